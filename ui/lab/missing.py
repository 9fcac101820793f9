"""Judged records that a run missed, and why each was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus import UsageError
from corpus.configs import DEFAULT_CONFIG
from ui.lab.targets import followed, open_target

if TYPE_CHECKING:
    from corpus import Library
    from ui.engine import Engine


def missed(library: Library, run_id: str, *, query_id: str | None = None, depth: int = 10, most: int = 200) -> list[dict[str, Any]]:
    """The relevant records (grade above 0, best first) that a run has not among its first `depth`, query by query. Raises NotFoundError."""
    run, rankings = library.runs.get(run_id)
    opened = open_target(library, run.document["folder"] or run.set_name)
    if opened.folder is None:
        rankings = followed(library, rankings)
    rows: list[dict[str, Any]] = []
    for query, grades in opened.judged.judgements.items():
        if query_id is not None and query != query_id:
            continue
        ranks = {one: rank for rank, (one, _) in enumerate(rankings.get(query, ()), 1)}
        for one, grade in sorted(grades.items(), key=lambda pair: (-pair[1], pair[0])):
            if grade > 0 and ranks.get(one, depth + 1) > depth:
                head = {"query": query, "text": opened.judged.queries[query], "review_id": one, "grade": grade}
                rows.append({**head, "rank": ranks.get(one), "in_library": one in opened.judged.ids})
    rows = rows[:most]
    titles = opened.titles({row["review_id"] for row in rows})
    return [{**row, "title": titles.get(row["review_id"], "")} for row in rows]


def why_missed(engine: Engine, run_id: str, query_id: str, review_id: str) -> dict[str, Any]:
    """Why a record was not found: as `why` says it under the run's configuration, with its rank in the run, and in words.

    Raises NotFoundError, and UsageError for a run over a folder: its documents are not in the library.
    """
    run, rankings = engine.library.runs.get(run_id)
    if run.document["folder"]:
        raise UsageError("a folder's documents are not in the library", where=run.set_name, remedy="Only runs of a stored set can be asked")
    text = run.document["texts"].get(query_id)
    if text is None:
        raise UsageError(f"the run has no query {query_id!r}", where=run_id, remedy="`florilegium lab show RUN` lists them")
    base = run.document["base"]
    known = base == DEFAULT_CONFIG or base in engine.library.configs.all()
    found = engine.why(text, review_id, [], base if known else None)
    ranks = {one: rank for rank, (one, _) in enumerate(followed(engine.library, rankings).get(query_id, ()), 1)}
    rank = ranks.get(found["review_id"])
    return found | {"query_id": query_id, "rank_in_run": rank, "words": _words(found, rank, run.config_hash)}


def _words(found: dict[str, Any], rank: int | None, config_hash: str) -> list[str]:
    from index.lab.side_by_side import LEG_NAMES

    said = [f"In the run it stands at place {rank}." if rank is not None else "The run did not find it at all."]
    if found["removed_by"]:
        said.append(f"It is left out: {found['removed_by']}.")
    if not found["proposed"]:
        said.append("No leg proposes it as a candidate.")
    legs = [f"{LEG_NAMES.get(name, name)}: {'not found' if leg is None else leg['rank']}" for name, leg in found["legs"].items()]
    if legs:
        said.append(f"Ranks among {found['of']} candidates: {', '.join(legs)}.")
    if found["missing_words"]:
        said.append(f"It lacks these words of the query: {', '.join(found['missing_words'])}.")
    if found["config_hash"] != config_hash:
        said.append(f"This is what {found['config']} says now; the run was made with other settings.")
    return said
