"""From judgements to the one grade a measure uses: over words, over judges, over edits, merges and withdrawals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from corpus.anchor import find_again
from corpus.lab.judgements import Judgement
from corpus.review import Review, Status

#: Grades by judge, by review id, by query id.
Verdicts = Mapping[str, Mapping[str, Mapping[str, int]]]
#: Reviews by the ids they were judged under: merged ids lead to the record that took them in, unknown ids are left out.
Resolve = Callable[[Iterable[str]], Mapping[str, Review]]


@dataclass(frozen=True)
class Grades:
    """`final`: one grade for each judged record, by review id, by query id. `verdicts`: what each judge said. The rest counts what was left out.

    `withdrawn`: records that are no evidence any more; `unknown`: ids the library does not have; `detached`: words that are gone from their
    record; `cannot_tell`: judgements without a grade. `disputed`: (query, review) pairs on which judges differ and nobody has decided.
    """

    final: Mapping[str, Mapping[str, int]]
    verdicts: Verdicts
    withdrawn: int = 0
    unknown: int = 0
    detached: int = 0
    cannot_tell: int = 0
    disputed: tuple[tuple[str, str], ...] = ()

    def notes(self) -> list[str]:
        """What a reader of figures made from these grades must know, a line each."""
        said = (
            (self.withdrawn, "judgements are of records that are withdrawn or retracted and were left out"),
            (self.unknown, "judgements name a record that the library does not have and were left out"),
            (self.detached, "judgements are of words that are no longer in their record and were left out"),
            (self.cannot_tell, "judgements say that it cannot be told and were left out"),
            (len(self.disputed), "records are graded differently by different judges; the lower middle grade was used"),
        )
        return [f"{count} {text}." for count, text in said if count]


@dataclass
class _Said:
    """What one judge said of one record for one query: of the whole, and of words in it."""

    whole: int | None = None
    words: list[int] = field(default_factory=list)

    def grade(self) -> int | None:
        return self.whole if self.whole is not None else max(self.words, default=None)


def grades(judgements: Iterable[Judgement], resolve: Resolve) -> Grades:
    """One grade a record: a judge's explicit one, else that of its best words; across judges the adjudicated one, else the lower median.

    What models suggested is no judgement.
    """
    given = [one for one in judgements if not one.suggested]
    reviews = resolve({one.review_id for one in given})
    counts = dict.fromkeys(("withdrawn", "unknown", "detached", "cannot_tell"), 0)
    said: dict[str, dict[str, dict[str, _Said]]] = {}
    decided: dict[tuple[str, str], int] = {}
    for one in given:
        review = reviews.get(one.review_id)
        fault = _left_out(one, review)
        if fault or review is None or one.grade is None:
            counts[fault or "cannot_tell"] += 1
            continue
        if one.adjudicated:
            decided[one.query_id, review.id] = one.grade
            continue
        own = said.setdefault(one.query_id, {}).setdefault(review.id, {}).setdefault(one.judge, _Said())
        if one.anchor is None:
            own.whole = one.grade
        else:
            own.words.append(one.grade)
    verdicts = {
        query_id: {review_id: {judge: grade for judge, one in judges.items() if (grade := one.grade()) is not None} for review_id, judges in by_review.items()}
        for query_id, by_review in said.items()
    }
    final: dict[str, dict[str, int]] = {}
    disputed = []
    for query_id, by_review in verdicts.items():
        for review_id, by_judge in by_review.items():
            ordered = sorted(by_judge.values())
            final.setdefault(query_id, {})[review_id] = ordered[(len(ordered) - 1) // 2]
            if ordered[0] != ordered[-1] and (query_id, review_id) not in decided:
                disputed.append((query_id, review_id))
    for (query_id, review_id), grade in decided.items():
        final.setdefault(query_id, {})[review_id] = grade
    return Grades(final, verdicts, **counts, disputed=tuple(disputed))


def _left_out(one: Judgement, review: Review | None) -> str:
    """Why a judgement does not count, or ""."""
    if review is None:
        return "unknown"
    if review.status is not Status.CURRENT:
        return "withdrawn"
    if one.grade is None:
        return "cannot_tell"
    return "detached" if one.anchor is not None and find_again(one.anchor, review) is None else ""
