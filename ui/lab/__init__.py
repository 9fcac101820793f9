"""ui.lab: what pages and commands share of the lab: runs, comparisons, pools, gates, sweeps, trends, and what a run missed.

Each takes the engine (local or remote) and gives plain data, the same that the command's --json prints.
"""

from ui.lab.comparing import compare, rerun
from ui.lab.gating import GateError, check_gate, promote
from ui.lab.missing import missed, why_missed
from ui.lab.pooling import make_pool
from ui.lab.report_page import report_csv, report_html
from ui.lab.sweeping import go_on, start_sweep
from ui.lab.targets import resolve_target
from ui.lab.trends import trend, worse

__all__ = [
    "GateError",
    "check_gate",
    "compare",
    "go_on",
    "make_pool",
    "missed",
    "promote",
    "report_csv",
    "report_html",
    "rerun",
    "resolve_target",
    "start_sweep",
    "trend",
    "why_missed",
    "worse",
]
