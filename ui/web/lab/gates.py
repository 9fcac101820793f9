"""Gates on the page: thresholds of a set, and how runs stand against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError
from ui.texts import say
from ui.web.lab.shown import decimal, note, table

if TYPE_CHECKING:
    from ui.engine import LocalEngine


def gate_of_sides(engine: LocalEngine, set_name: str, report: Mapping[str, Any]) -> str:
    """How the compared sides stand against a set's gate, as far as their kept runs say; nothing for a set without one."""
    from index.lab.gate import check, parse_threshold

    written = engine.library.sets.gate(set_name)
    if not written:
        return note(say("lab.no_gate"))
    active = _active_means(engine, set_name)
    rows = []
    for text in written:
        threshold = parse_threshold(text)
        for side in report["sides"]:
            means = _means(engine, side["run"])
            known = threshold.measure in means and (not threshold.relative or threshold.measure in active)
            checked = check([threshold], means, active)[0] if known else None
            state = say("lab.gate_unknown") if checked is None else say("lab.gate_passed") if checked.passed else say("lab.gate_failed")
            figures = [decimal(checked.found, 4), decimal(checked.needed, 4)] if checked else ["", ""]
            rows.append([str(threshold), side["name"], state, *figures])
    heads = [say(f"lab.head_{one}") for one in ("threshold", "config", "gate", "found", "needed_value")]
    return table(heads, rows, numbers=2, caption=say("lab.gate_of", set=set_name))


def checks_html(report: Mapping[str, Any]) -> str:
    """A gate's check as a table."""
    rows = [
        [one["threshold"], say("lab.gate_passed") if one["passed"] else say("lab.gate_failed"), decimal(one["found"], 4), decimal(one["needed"], 4)]
        for one in report["checks"]
    ]
    heads = [say(f"lab.head_{one}") for one in ("threshold", "gate", "found", "needed_value")]
    return table(heads, rows, numbers=2, caption=say("lab.gate_of", set=report["set"]))


def _means(engine: LocalEngine, run_id: str | None) -> Mapping[str, float]:
    try:
        return dict(engine.library.runs.get(run_id)[0].document["measures"]) if run_id else {}
    except FlorilegiumError:
        return {}  # deleted meanwhile


def _active_means(engine: LocalEngine, set_name: str) -> Mapping[str, float]:
    """The newest kept figures of the configuration in force on a set."""
    active = engine.workshop.configurations.get().search.hash
    return next((dict(run.document["measures"]) for run in engine.library.runs.all(set_name) if run.config_hash == active), {})
