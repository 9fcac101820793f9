"""Rankings as TREC run files: `query Q0 document rank score tag`, six columns, scores strictly decreasing within a query."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus import InputError

#: (document id, score), best first, by query id.
Rankings = Mapping[str, Sequence[tuple[str, float]]]
#: How many documents a query's ranking has at most.
DEPTH = 1_000
_COLUMNS = 6


def run_text(rankings: Rankings, tag: str) -> str:
    """The rankings as a TREC run of depth 1000.

    Scores are written with full precision. trec_eval keeps them as 32-bit floats and breaks ties by document id, so a score that would tie
    there with the one before is lowered to the next 32-bit float: every program reads the order that the searcher gave.
    """
    label = "-".join(tag.split()) or "run"
    lines = []
    for query_id, ranking in rankings.items():
        last = np.float32(math.inf)
        for rank, (document_id, score) in enumerate(ranking[:DEPTH], 1):
            written = score
            if not np.float32(score) < last:
                written = float(np.nextafter(last, np.float32(-math.inf)))
            last = np.float32(written)
            lines.append(f"{query_id} Q0 {document_id} {rank} {written!r} {label}\n")
    return "".join(lines)


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """Read a TREC run; the order is that of the scores, as trec_eval has it, and the rank column is not used.

    Raises InputError, naming file and line, for wrong columns, a score that is no number, a document given twice, and ties: measures of a
    ranking with ties depend on how a program breaks them.
    """
    found: dict[str, dict[str, float]] = {}
    lines: dict[tuple[str, float], int] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("the run is not UTF-8 text", where=str(path), remedy="Name a TREC run file") from error
    except OSError as error:
        raise InputError(f"the run cannot be read: {error.strerror}", where=str(path), remedy="Name a TREC run file") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        at, columns = f"{path}, line {number}", line.split()
        if len(columns) != _COLUMNS:
            raise InputError(f"a line of a run has six columns, this one has {len(columns)}", where=at, remedy="Write: query Q0 document rank score tag")
        query_id, document_id, score = columns[0], columns[2], _score(columns[4], at)
        ranking = found.setdefault(query_id, {})
        if document_id in ranking:
            raise InputError(f"document {document_id!r} stands twice under query {query_id!r}", where=at, remedy="Keep its better line")
        if (other := lines.setdefault((query_id, score), number)) != number:
            message = f"two documents of query {query_id!r} have the score {columns[4]}"
            raise InputError(message, where=f"{path}, lines {other} and {number}", remedy="Break the tie: scores must decrease strictly")
        ranking[document_id] = score
    if not found:
        raise InputError("the run is empty", where=str(path), remedy="Name a TREC run file")
    return {query_id: sorted(ranking.items(), key=lambda pair: -pair[1]) for query_id, ranking in found.items()}


def _score(text: str, at: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise InputError(f"the score {text[:40]!r} is not a number", where=at, remedy="Write a decimal number")
    return score
