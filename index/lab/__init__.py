"""index.lab: measuring and comparing retrieval with the very `Searcher` of production.

Owns test sets read from folders, runs over them, TREC files, measures and the comparison of two runs. May import `index` and `corpus`.
"""

from index.lab.agreement import Agreement, agreement
from index.lab.beir import TestSet, read_collection, read_set
from index.lab.collection import Collection
from index.lab.compare import Comparison, Difference, compare, compare_all
from index.lab.comparing import compare_report
from index.lab.gate import parse_threshold
from index.lab.judged import Judged, LibrarySet, set_hash
from index.lab.measures import COMPARED_MEASURES, DEFAULT_MEASURES, Interval, Measured, mean_interval, measure, parse_measures
from index.lab.report import default_measures, run_report
from index.lab.run import Lab, Progress, RunResult, run_queries
from index.lab.side_by_side import Side
from index.lab.trec import read_run, run_text

__all__ = [
    "COMPARED_MEASURES",
    "DEFAULT_MEASURES",
    "Agreement",
    "Collection",
    "Comparison",
    "Difference",
    "Interval",
    "Judged",
    "Lab",
    "LibrarySet",
    "Measured",
    "Progress",
    "RunResult",
    "Side",
    "TestSet",
    "agreement",
    "compare",
    "compare_all",
    "compare_report",
    "default_measures",
    "mean_interval",
    "measure",
    "parse_measures",
    "parse_threshold",
    "read_collection",
    "read_run",
    "read_set",
    "run_queries",
    "run_report",
    "run_text",
    "set_hash",
]
