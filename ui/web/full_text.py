"""Full text that is not for everybody: whoever may not read it sees the words that answers cite, with a sentence around them, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from corpus import Anchor, InputError, Library, NotFoundError, Review, Role, find_again, is_withheld
from index.segment import sentence_spans
from ui.web.people import Person
from ui.web.place import Place

#: Code points of the sentence before and of the one after the cited words, at most; and of the words a note or comment stands on.
AROUND = 300
LONGEST_ANCHOR = 2_000


class Excerpt(NamedTuple):
    """What is shown of a field around a place: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Sight:
    """What a person sees of the full text of a record, in one of its states: `open`, or else the `places` that are cited."""

    open: bool
    places: tuple[Place, ...] = ()

    def sees(self, place: Place) -> bool:
        """Whether the words at a place may be shown, with a sentence around them."""
        if self.open or not place.field.startswith("sections"):
            return True
        return any(cited.field == place.field and cited.start <= place.start and place.end <= cited.end for cited in self.places)


def sight_of(library: Library, newest: Review, shown: Review, person: Person) -> Sight:
    """What a person sees of `shown`, a state of the record that is `newest` today. Cited words are found again where the state is another one."""
    if not is_withheld("sections", newest, person.role):
        return Sight(open=True)
    places = []
    for cited in library.answers.cited_places(newest.id):
        if not cited.field.startswith("sections"):
            continue
        if cited.revision == shown.revision:
            places.append(Place(cited.field, cited.start, cited.end))
            continue
        try:
            then = library.get(newest.id, cited.revision)
            now = find_again(Anchor.to(then, cited.field, cited.start, cited.end), shown)
        except (InputError, NotFoundError):
            continue
        if now is not None:
            places.append(Place(now.field, now.start, now.end))
    return Sight(open=False, places=tuple(places))


def excerpt(text: str, place: Place) -> Excerpt:
    """The place's sentences and one on each side; the ones beside it are cut where they are very long."""
    spans = sentence_spans(text)
    own = [at for at, (start, end) in enumerate(spans) if start < place.end and place.start < end]
    if not own:
        return Excerpt(place.start, place.end)
    before, after = spans[max(0, own[0] - 1)], spans[min(len(spans) - 1, own[-1] + 1)]
    return Excerpt(max(before[0], place.start - AROUND), min(after[1], place.end + AROUND))


def anchor_at(library: Library, review_id: str, place: Place | None, revision: int | None, person: Person) -> Anchor | None:
    """The words that a person writes a note or a comment on, or None for the record as a whole.

    Raises NotFoundError, and InputError for words that are none, too many, or not shown to that person.
    """
    if place is None:
        return None
    newest, shown = library.get(review_id), library.get(review_id, revision)
    if place.end - place.start > LONGEST_ANCHOR:
        raise InputError(f"more than {LONGEST_ANCHOR:,} characters are marked", where=review_id, remedy="Mark less")
    if not sight_of(library, newest, shown, person).sees(place):
        raise InputError("these words of the full text are not shown to you", where=review_id)
    return Anchor.to(shown, place.field, place.start, place.end)


def shown_hits(hits: Iterable[Mapping[str, Any]], reviews: Mapping[str, Review], query: str, role: Role) -> list[dict[str, Any]]:
    """Hits as `search --json` has them, for whoever may not read all full text: of a withheld passage the one sentence that has most words of the query."""
    from index.lexical import analyse

    asked, made = set(analyse(query)), []

    def cut(span: Mapping[str, Any], review: Review) -> dict[str, Any]:
        if not is_withheld(str(span["field"]), review, role):
            return dict(span)
        text = str(span["text"])
        best = max(sentence_spans(text) or ((0, len(text)),), key=lambda own: len(asked & set(analyse(text[slice(*own)]))))
        start, end = best[0], min(best[1], best[0] + AROUND)
        return {**span, "start": span["start"] + start, "end": span["start"] + end, "text": text[start:end]}

    for hit in hits:
        review = reviews[hit["review_id"]]
        others = [dict(span) for span in hit["others"] if not is_withheld(str(span["field"]), review, role)]
        made.append({**cut(hit, review), "others": others})
    return made
