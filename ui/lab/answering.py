"""Answer measures of a stored set: does the assistant abstain where it should, what are its sentences worth, and are the cited records the right ones?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import UsageError

if TYPE_CHECKING:
    from index.sync import Progress
    from ui.engine import LocalEngine
    from ui.lab.targets import Target


def answer_measures(engine: LocalEngine, target: Target, config: str, model: str | None, progress: Progress | None) -> dict[str, Any]:
    """As `lab answers` prints it, with `citations` and what became of each query. Raises UsageError where no query is labelled."""
    from assistant.abstention import abstention_report
    from ui.measuring import answer_all

    labelled = {key: query for key, query in (target.queries or {}).items() if query.answerable is not None}
    if not labelled:
        remedy = "Say of some whether the collection answers them: `florilegium lab add SET TEXT --answerable` or `--unanswerable`"
        raise UsageError("no query of the set is labelled answerable or unanswerable", where=target.judged.name, remedy=remedy)
    questions = [{"question": query.text, "answerable": query.answerable, "kind": next(iter(query.tags), "")} for query in labelled.values()]
    found = answer_all(engine, questions, None, config, model, progress)
    rows = [{"query": query_id, **row} for query_id, row in zip(labelled, found["results"], strict=True)]
    head = {"config": found["config"], "model": found["model"], **abstention_report(rows)}
    return head | {"citations": citation_precision(rows, target.judged.judgements), "per_question": rows}


def citation_precision(rows: Sequence[Mapping[str, Any]], grades: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Of the records that answers cite, how many were judged, and which share of those is relevant (grade above 0): pooled over all citations.

    `precision` is None where no cited record is judged; its interval is 95 %, by resampling the queries' own shares.
    """
    from index.lab import mean_interval

    shares, judged, relevant, cited = [], 0, 0, 0
    for row in rows:
        said = [grades.get(row["query"], {}).get(one) for one in row["cited"]]
        known = [grade for grade in said if grade is not None]
        cited, judged, relevant = cited + len(said), judged + len(known), relevant + sum(grade > 0 for grade in known)
        if known:
            shares.append(sum(grade > 0 for grade in known) / len(known))
    interval = [round(value, 4) for value in mean_interval(shares)] if shares else None
    precision = round(relevant / judged, 4) if judged else None
    mean = round(sum(shares) / len(shares), 4) if shares else None
    return {"cited": cited, "judged": judged, "relevant": relevant, "precision": precision, "mean_of_queries": mean, "interval": interval}
