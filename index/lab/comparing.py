"""What `lab compare` prints as JSON, and reports and pages show: two or more rankings over one set, measured, tested and laid side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from corpus import UsageError
from index.lab.compare import Comparison, compare_all
from index.lab.judged import Judged
from index.lab.measures import measure
from index.lab.side_by_side import Side, rows_of

#: How far the share of judged documents among the first ten may fall before a comparison warns of it.
_JUDGED_GAP = 0.05
_JUDGED = "Judged@10"
#: Queries laid side by side at most: those that differ most.
MOST_QUERIES = 300
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Titles of records by id; unknown ones are left out.
Titles = Callable[[Iterable[str]], Mapping[str, str]]


def compare_report(chosen: Judged, sides: Sequence[Side], measures: Sequence[str], titles: Titles | None = None) -> dict[str, Any]:
    """A comparison of named rankings over one set, each with the first (A): means, differences (B - A), p-values, wins, losses, words, and rankings
    side by side. Holm's correction is over all measures of all sides. Raises UsageError for fewer than two sides, or more than 26.
    """
    if not 2 <= len(sides) <= len(LETTERS):
        raise UsageError(f"a comparison needs from 2 to {len(LETTERS)} runs, not {len(sides)}", remedy="Name two configurations, runs or files")
    if not chosen.judgements:
        raise UsageError("no query of the set is judged", where=chosen.name, remedy="Judge some first")
    measured = [measure(side.rankings, chosen.judgements, measures) for side in sides]
    compared = compare_all(measured[0], measured[1:])
    tables = [found.as_dict(letter) for found, letter in zip(compared, LETTERS[1:], strict=False)]
    first: dict[str, Any] = {"a": sides[0].name, "b": sides[1].name, "queries": len(chosen.queries), "judged": len(chosen.judgements), "measures": tables[0]}
    return {
        **first,
        "set": chosen.name,
        "sides": [side.as_dict() for side in sides],
        "others": [{"b": side.name, "measures": table} for side, table in zip(sides[2:], tables[1:], strict=True)],
        "words": [row["words"] for table in tables for row in table.values()],
        "notes": _notes(chosen, sides),
        "texts": dict(chosen.queries),
        "changes": _changes(chosen, sides, compared[0], titles),
    }


def _changes(chosen: Judged, sides: Sequence[Side], compared: Comparison, titles: Titles | None) -> dict[str, Any]:
    """By query id, largest difference first: text, difference in the first measure, and the rows; queries on which nothing moved are left out."""
    first = next(iter(compared.differences.values())).per_query
    found: dict[str, Any] = {}
    for query_id in sorted(chosen.queries, key=lambda one: (-abs(first.get(one, 0.0)), one)):
        rows = rows_of(query_id, sides, chosen.judgements.get(query_id, {}))
        if any(move["move"] != "same" for row in rows for move in row["moves"]):
            found[query_id] = {"text": chosen.queries[query_id], "difference": first.get(query_id), "rows": rows}
        if len(found) == MOST_QUERIES:
            break
    named = titles({row["review_id"] for entry in found.values() for row in entry["rows"]}) if titles else {}
    for entry in found.values():
        for row in entry["rows"]:
            row["title"] = named.get(row["review_id"], "")
    return found


def _notes(chosen: Judged, sides: Sequence[Side]) -> list[str]:
    notes = chosen.notes()
    for side in sides:
        if unknown := sum(query_id not in chosen.queries for query_id in side.rankings):
            notes.append(f"{unknown} queries of {side.name} are not in the set and were left out.")
        if strange := sum(one not in chosen.ids for ranking in side.rankings.values() for one, _ in ranking):
            notes.append(f"{strange} documents of {side.name} are not in the set; they count as not relevant.")
    revisions = {side.revision for side in sides if side.revision is not None}
    if len(revisions) > 1:
        said = ", ".join(f"{side.name} at {side.revision}" for side in sides if side.revision is not None)
        notes.append(f"The runs are of different revisions of the library ({said}): part of a difference may be the library's.")
    shares = [measure(side.rankings, chosen.judgements, [_JUDGED]).means[_JUDGED] for side in sides]
    for at, share in enumerate(shares[1:], 1):
        if abs(share - shares[0]) > _JUDGED_GAP:
            said = f"{shares[0]:.0%} of A's first ten are judged and {share:.0%} of {LETTERS[at]}'s"
            notes.append(f"{said}: what is not judged counts as not relevant, so part of the difference may be missing judgements.")
    return notes
