"""index.lab: measuring and comparing retrieval with the very `Searcher` of production.

Owns test sets read from folders, runs over them, TREC files, measures and the comparison of two runs. May import `index` and `corpus`.
"""

from index.lab.agreement import Agreement, agreement
from index.lab.beir import TestSet, read_collection, read_set
from index.lab.collection import Collection
from index.lab.compare import Comparison, Difference, compare
from index.lab.measures import COMPARED_MEASURES, DEFAULT_MEASURES, Interval, Measured, mean_interval, measure, parse_measures
from index.lab.report import compare_report, intervals, run_report
from index.lab.run import Lab, Progress, RunResult
from index.lab.trec import read_run, run_text

__all__ = [
    "COMPARED_MEASURES",
    "DEFAULT_MEASURES",
    "Agreement",
    "Collection",
    "Comparison",
    "Difference",
    "Interval",
    "Lab",
    "Measured",
    "Progress",
    "RunResult",
    "TestSet",
    "agreement",
    "compare",
    "compare_report",
    "intervals",
    "mean_interval",
    "measure",
    "parse_measures",
    "read_collection",
    "read_run",
    "read_set",
    "run_report",
    "run_text",
]
