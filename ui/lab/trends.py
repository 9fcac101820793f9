"""How a set's figures went over time, which queries got worse between two runs, and which records are behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from corpus import Library, UsageError, schema
from corpus.lab import Run
from ui.lab.targets import Target, followed, followed_legs, open_target, run_key

_SAME = 1e-9
_FIRST = 10


def trend(library: Library, target: str, measure: str = "nDCG@10") -> dict[str, Any]:
    """{set, measure, points}: the mean of each kept run that has the measure, oldest first, as it was when it ran."""
    from index.lab import parse_measures

    name = parse_measures(measure)[0]
    points = []
    for run in reversed(library.runs.all(run_key(target))):
        if name in run.document["measures"] and run.document["judged"]:
            head = {"run": run.id, "at": run.at, "revision": run.revision, "config": run.config, "config_hash": run.config_hash, "reason": run.reason}
            span = run.document["intervals"].get(name)
            points.append({**head, "mean": run.document["measures"][name], "interval": span, "grades_hash": run.document["grades_hash"]})
    return {"set": target, "measure": name, "points": points}


def worse(library: Library, target: str, since: str | None = None, until: str | None = None, measure: str = "nDCG@10") -> dict[str, Any]:
    """Which queries got worse from one run to a later one, and because of which records; both are measured by the judgements of today.

    Without `until` the newest run, without `since` the one before it under the same configuration. Raises UsageError where there are no two.
    """
    from index.lab import measure as measured
    from index.lab import parse_measures

    name = parse_measures(measure)[0]
    opened = open_target(library, target)
    after = _run(library, opened, until) if until else _newest(library, opened)
    before = _run(library, opened, since) if since else _former(library, opened, after)
    kept = [library.runs.whole(run.id) for run in (before, after)]
    sides, legs = [rankings for _, rankings, _ in kept], [said for _, _, said in kept]
    if opened.folder is None:
        sides, legs = [followed(library, one) for one in sides], [followed_legs(library, one) for one in legs]
    values = [measured(side, opened.judged.judgements, [name]) for side in sides]
    fallen = {
        query_id: (row[name], values[1].per_query[query_id][name])
        for query_id, row in values[0].per_query.items()
        if values[1].per_query[query_id][name] < row[name] - _SAME
    }
    rows = {query_id: _records(query_id, opened, sides, legs) for query_id in fallen}
    named = {row["review_id"] for own in rows.values() for row in own}
    changes = {} if opened.folder is not None else changes_between(library, named, before.revision, after.revision)
    titles = opened.titles(named)
    queries = []
    for query_id, (was, now) in sorted(fallen.items(), key=lambda pair: (pair[1][1] - pair[1][0], pair[0])):
        own = [_told(row, titles.get(row["review_id"], ""), changes.get(row["review_id"], "none")) for row in rows[query_id]]
        head = {"query": query_id, "text": opened.judged.queries[query_id], "before": was, "after": now, "difference": now - was}
        queries.append({**head, "records": own, "words": _query_words(opened.judged.queries[query_id], was, now, name, own)})
    means = [one.means[name] for one in values]
    said = _words(before, after, name, means, len(queries), len(values[0].per_query))
    shown = [{key: value for key, value in run.as_dict().items() if key != "document"} for run in (before, after)]
    head = {"set": target, "measure": name, "since": shown[0], "until": shown[1], "mean_before": means[0], "mean_after": means[1]}
    return {**head, "words": said, "queries": queries}


def changes_between(library: Library, ids: set[str], since: int, until: int) -> dict[str, str]:
    """What was done to records after revision `since` and up to `until`: added, edited, withdrawn, retracted or merged; untouched ones are absent."""
    version, review = schema.review_version, schema.review
    found: dict[str, str] = {}
    wanted = list(ids)
    with library.reading() as connection:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = connection.execute(sa.select(review.c.id, review.c.added_revision).where(review.c.id.in_(part)))
            added = {row.id: row.added_revision for row in rows}
            query = sa.select(version.c.review_id, version.c.action).where(
                version.c.review_id.in_(part), version.c.revision > since, version.c.revision <= until
            )
            for row in connection.execute(query.order_by(version.c.revision)):
                known = {"withdrawn": "withdrawn", "retracted": "retracted", "merge": "merged", "merged-away": "merged"}
                new = since < added.get(row.review_id, 0) <= until
                found[row.review_id] = known.get(row.action, "added" if new else "edited")
    return found


def _newest(library: Library, opened: Target) -> Run:
    found = library.runs.all(opened.key)
    if not found:
        raise UsageError("the set has not been run yet", where=opened.key, remedy="Run it: `florilegium lab run SET`")
    return found[0]


def _former(library: Library, opened: Target, after: Run) -> Run:
    earlier = [run for run in library.runs.all(opened.key, config_hash=after.config_hash) if (run.at, run.id) < (after.at, after.id)]
    found = next((run for run in earlier if run.document["fingerprint"] != after.document["fingerprint"]), next(iter(earlier), None))
    if found is None:
        message = f"there is no run before {after.id} under the same configuration"
        raise UsageError(message, where=opened.key, remedy="Name one with --since: `florilegium lab runs` lists them")
    return found


def _run(library: Library, opened: Target, run_id: str) -> Run:
    found = library.runs.get(run_id)[0]
    if found.set_name != opened.key:
        raise UsageError(f"the run {run_id} is one of the set {found.set_name!r}", remedy="Name a run of this set")
    return found


def _records(query_id: str, opened: Target, sides: list[dict[str, list[tuple[str, float]]]], legs: list[Any]) -> list[dict[str, Any]]:
    """The records behind a fall: relevant ones that stand lower than before, and others that came into the first ten before them."""
    from index.lab.side_by_side import reason

    grades = opened.judged.judgements.get(query_id, {})
    before, after = ({one: rank for rank, (one, _) in enumerate(side.get(query_id, ()), 1)} for side in sides)
    rows = []
    for one in {*before, *after}:
        was, now, grade = before.get(one), after.get(one), grades.get(one)
        lower = (grade or 0) > 0 and was is not None and was <= _FIRST and (now is None or now > was)
        came = (grade or 0) <= 0 and now is not None and now <= _FIRST and (was is None or was > _FIRST)
        if lower or came:
            said = reason(legs[0].get(query_id, {}).get(one), legs[1].get(query_id, {}).get(one), better=came)
            rows.append({"review_id": one, "grade": grade, "rank_before": was, "rank_after": now, "reason": said})
    return sorted(rows, key=lambda row: (-(row["grade"] or 0), row["rank_before"] or 1_000, row["rank_after"] or 1_000, row["review_id"]))


def _told(row: dict[str, Any], title: str, change: str) -> dict[str, Any]:
    was = "beyond the first ten" if row["rank_before"] is None or row["rank_before"] > _FIRST else f"place {row['rank_before']}"
    now = "no longer found" if row["rank_after"] is None else f"place {row['rank_after']}"
    graded = "not judged" if row["grade"] is None else f"grade {row['grade']}"
    since = {"none": "", "added": "; added since", "edited": "; edited since", "merged": "; merged since"}.get(change, f"; {change} since")
    because = f" ({row['reason']})" if row["reason"] else ""
    return {**row, "title": title, "change": change, "words": f"{row['review_id']} ({graded}): from {was} to {now}{because}{since}"}


def _query_words(text: str, was: float, now: float, name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    changed = [f"{row['review_id']} ({row['change']})" for row in rows if row["change"] != "none"]
    because = f", because of {', '.join(changed[:3])}" if changed else ""
    return f"“{text}” fell from {was:.3f} to {now:.3f} in {name}{because}."


def _words(before: Run, after: Run, name: str, means: list[float], worse_count: int, of: int) -> list[str]:
    said = [f"{name} went from {means[0]:.4f} ({before.at}, revision {before.revision}) to {means[1]:.4f} ({after.at}, revision {after.revision})."]
    said.append(f"{worse_count} of {of} queries got worse." if worse_count else "No query got worse.")
    if before.config_hash != after.config_hash:
        said.append(f"The runs are of different configurations: {before.config} and {after.config}.")
    return said
