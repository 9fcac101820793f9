"""corpus.lab: what people made in the lab: test sets with their queries, judgements, pools, gates, sweeps, and the results of runs.

None of it changes the collection, so none of it takes a library revision. `corpus.lab.drafts` (queries from the chat) and `corpus.lab.queue`
(what is judged next) work on a whole library.
"""

from corpus.lab.grades import Grades, Verdicts, grades
from corpus.lab.judgements import SUGGESTED, Judgement, Judgements
from corpus.lab.pools import Pool, Pools
from corpus.lab.runs import Run, Runs
from corpus.lab.sets import TestQuery, TestSets
from corpus.lab.sweeps import Sweep, Sweeps

__all__ = [
    "SUGGESTED",
    "Grades",
    "Judgement",
    "Judgements",
    "Pool",
    "Pools",
    "Run",
    "Runs",
    "Sweep",
    "Sweeps",
    "TestQuery",
    "TestSets",
    "Verdicts",
    "grades",
]
