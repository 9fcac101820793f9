"""What the page of a record shows to a person: its fields with the marked words, and what was written about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Anchor, Comment, CommentState, InputError, Library, Note, NotFoundError, Review, Role, find_again
from ui.web.full_text import Sight, excerpt, sight_of
from ui.web.markup import markdown_html
from ui.web.people import Person
from ui.web.place import Place, link_to


@dataclass(frozen=True)
class Part:
    """A field, or a part of it from the code point `start` on: its text in three pieces, the middle one marked (empty where nothing is)."""

    field: str
    title: str
    before: str
    marked: str
    after: str
    start: int = 0
    cut: bool = False


@dataclass(frozen=True)
class Block:
    """Fields under one heading; `withheld`: some of their text is not for this reader."""

    name: str
    parts: tuple[Part, ...]
    withheld: bool = False


@dataclass(frozen=True)
class Written:
    """A note or comment as it is shown. `html` is safe; `quote` are the words it stands on, `link` leads to them; `lost`: they are gone from the record."""

    entry: Note | Comment
    html: str
    quote: str
    link: str
    lost: bool
    own: bool


@dataclass(frozen=True)
class Since:
    """What has become of the marked words since the revision shown: where they stand now, or that they are gone."""

    link: str
    gone: bool


def blocks_of(shown: Review, place: Place | None, sight: Sight) -> list[Block]:
    """The fields of a record that a reader sees."""
    parts: dict[str, list[Part]] = {}
    hidden: set[str] = set()
    titles = dict(enumerate(shown.section_titles))
    for field, text in shown.evidence():
        name, _, number = field.partition("[")
        title = titles.get(int(number[:-1]), "") if name == "sections" else ""
        here = place if place and place.field == field and place.end <= len(text) else None
        start, end = (here.start, here.end) if here else (0, 0)
        part = Part(field, title, text[:start], text[start:end], text[end:])
        parts.setdefault(name, [])
        if name == "sections" and not sight.open:
            hidden.add(name)
            if here is None or not sight.sees(here):
                continue
            seen = excerpt(text, here)
            part = Part(field, title, text[seen.start : start], text[start:end], text[end : seen.end], seen.start, cut=True)
        parts[name].append(part)
    return [Block(name, tuple(found), name in hidden) for name, found in parts.items()]


def since_then(shown: Review, newest: Review, place: Place | None, sight: Sight) -> Since | None:
    """Where the words marked in an earlier state stand today; None where nothing is marked, or the state is today's."""
    if place is None or shown.revision == newest.revision or not sight.sees(place):
        return None
    try:
        now = find_again(Anchor.to(shown, place.field, place.start, place.end), newest)
    except (InputError, NotFoundError):
        return None
    return Since(link_to(now) if now else "", now is None)


def notes_on(library: Library, newest: Review, person: Person) -> list[Written]:
    """A person's own notes on a record, oldest first."""
    return [_written(note, newest, own=True) for note in library.notes.of_review(person.name, newest.id)] if person.may(Role.MEMBER) else []


def comments_on(library: Library, newest: Review, person: Person) -> list[Written]:
    """The comments on a record that a person sees: members those that are shown and their own hidden ones, librarians all but the deleted ones."""
    if not person.may(Role.MEMBER):
        return []
    sight = sight_of(library, newest, newest, person)
    seen = []
    for comment in library.comments.of_review(newest.id):
        own = comment.author == person.name
        if comment.state == CommentState.SHOWN or (comment.state == CommentState.HIDDEN and (own or person.may(Role.LIBRARIAN))):
            seen.append(_written(comment, newest, own=own, sight=sight))
    return seen


def written(entry: Note | Comment, newest: Review | None, *, own: bool) -> Written:
    """A note or comment by itself; `newest` is its record as it is, None where it is no longer in the library."""
    if newest is not None:
        return _written(entry, newest, own=own)
    return Written(entry, markdown_html(entry.text), entry.anchor.quote if entry.anchor else "", "", entry.anchor is not None, own)


def _written(entry: Note | Comment, newest: Review, *, own: bool, sight: Sight | None = None) -> Written:
    if entry.anchor is None:
        return Written(entry, markdown_html(entry.text), "", "", lost=False, own=own)
    now = find_again(entry.anchor, newest)
    quote, link = entry.anchor.quote, link_to(now or entry.anchor)
    if sight is not None and not sight.open and entry.anchor.field.startswith("sections"):
        place = Place(now.field, now.start, now.end) if now else None
        if place is None or not sight.sees(place):
            quote, link = "", ""  # another one's marked words must not carry full text to whom it is withheld
    return Written(entry, markdown_html(entry.text), quote, link, now is None, own)


def lists_for(library: Library, newest: Review, person: Person) -> tuple[list[str], list[str]]:
    """The names of a person's lists that a record is on, and of those that it could be put on."""
    if not person.may(Role.MEMBER):
        return [], []
    lists = [each for each in library.lists.all(person.name) if not each.is_search]
    on = [each.name for each in lists if newest.id in each.ids]
    return on, [each.name for each in lists if each.name not in on]


def labels_of(reviews: Sequence[Review]) -> list[tuple[str, str, str]]:
    """(id, whose and when, title) of records to link to."""
    return [(review.id, review.label(), review.title if review.byline() else "") for review in reviews]
