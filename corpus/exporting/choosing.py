"""Which records an export holds (those of a filter, of a list, those that an answer cites, or given ones), and what of them whoever asks may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus.access import Reading
from corpus.errors import UsageError
from corpus.exporting.export import Export, export_records
from corpus.filters import Filter, parse_filter
from corpus.library import Library
from corpus.lists import RecordList
from corpus.people import LOCAL, Role
from corpus.text import slug

#: Finds the ids of the records for the words and filters of a saved search, best first.
Find = Callable[[str, Sequence[str]], Sequence[str]]


def export_from(
    library: Library,
    format: str,
    *,
    chosen: Filter | None = None,
    list_name: str = "",
    answer_id: str = "",
    style: str = "apa",
    sort: str = "",
    ids: Sequence[str] | None = None,
    owner: str = LOCAL,
    role: Role = Role.READER,
    find: Find | None = None,
) -> Export:
    """An export of a library's records: its text in chunks, its media type and file name, and `notes` on what was left out.

    A filter's records come in the order `sort` (newest first; a bibliography in APA style by author), a list's, an answer's and given `ids` in their own.
    Of a list or filter only current records, unless the filter names a status; of an answer all that it cites, each with its status and notices.
    A list is one of `owner`; full text that a person of `role` does not read stays out. `find` is needed for saved searches with words.
    Raises UsageError, NotFoundError.
    """
    if list_name and answer_id:
        raise UsageError("an export is of a list or of an answer, not of both")
    if ids is not None:
        name, notes = "florilegium", list[str]()
    elif answer_id:
        ids, notes = _cited(library, answer_id, chosen)
        name = f"answer-{answer_id}"
    elif list_name:
        ids, notes = _listed(library, library.lists.get(list_name, owner), chosen or Filter(), sort, _usual(format, style), find)
        name = slug("florilegium", list_name) or "florilegium"
    else:
        selection = library.catalogue.select(chosen or Filter(), sort=sort or _usual(format, style))
        ids, name = selection.ids, "florilegium"
        notes = [f"{selection.left_out:,} records have no year and were left out."] if selection.left_out else []
    reading = Reading(role)
    export = export_records(reading.each(library.iterate(ids)), format, style=style, name=name)
    export.notes = notes
    export.chunks = _told(export, export.chunks, reading)
    return export


def _told(export: Export, chunks: Iterator[str], reading: Reading) -> Iterator[str]:
    """The chunks; what was left out of the records is noted when they have come to their end."""
    yield from chunks
    if reading.withheld:
        export.notes.append(f"The full text of {reading.withheld:,} records is not for everyone's eyes and was left out.")


def _usual(format: str, style: str) -> str:
    return "author" if format == "bibliography" and style == "apa" else "year"


def _listed(library: Library, kept: RecordList, given: Filter, sort: str, usual: str, find: Find | None) -> tuple[list[str], list[str]]:
    if kept.words:
        if find is None:
            raise UsageError(f"the saved search {kept.name!r} looks for words, which needs the search data")
        return list(find(kept.words, [*kept.filters, *given.as_list()])), []
    if kept.filters:
        saved = parse_filter(kept.filters, library.vocabulary, library.catalogue.facet_names())
        selection = library.catalogue.select(Filter((*saved.conditions, *given.conditions)), sort=sort or usual)
        return selection.ids, [f"{selection.left_out:,} records have no year and were left out."] if selection.left_out else []
    selection = library.catalogue.select(given, sort=sort or "year")
    through, listed = set(selection.ids), set(kept.ids)
    ids = [review_id for review_id in (selection.ids if sort else kept.ids) if review_id in through and review_id in listed]
    left = len(kept.ids) - len(ids)
    return ids, [f"{left:,} of the {len(kept.ids):,} records on the list {kept.name!r} are not current or not let through, and were left out."] if left else []


def _cited(library: Library, answer_id: str, chosen: Filter | None) -> tuple[list[str], list[str]]:
    answer = library.answers.get(answer_id)
    cited = [str(review["id"]) for review in answer.get("reviews", ())] or [str(each) for each in (answer.get("catalogue") or {}).get("ids", ())]
    ids = [library.get(each).id for each in cited] if cited else []
    ids = list(dict.fromkeys(ids))
    if chosen and chosen.conditions:
        through = set(library.select(chosen).ids)
        ids = [review_id for review_id in ids if review_id in through]
    notes = [] if cited else ["The answer cites no record."]
    return ids, [*notes, *([f"{len(cited) - len(ids):,} of the {len(cited):,} records cited were left out."] if len(ids) < len(cited) else [])]
