"""corpus.lab: what people made in the lab: test sets with their queries, judgements, pools, gates, and the results of runs.

None of it changes the collection, so none of it takes a library revision.
"""

from corpus.lab.grades import Grades, Verdicts, grades
from corpus.lab.judgements import Judgement, Judgements
from corpus.lab.runs import Run, Runs
from corpus.lab.sets import TestQuery, TestSets

__all__ = ["Grades", "Judgement", "Judgements", "Run", "Runs", "TestQuery", "TestSets", "Verdicts", "grades"]
