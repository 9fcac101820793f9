"""Which records an export holds: those of a filter, of a list, or those that an answer cites."""

from __future__ import annotations

from corpus.errors import UsageError
from corpus.exporting.export import Export, export_records
from corpus.filters import Filter, parse_filter
from corpus.library import Library
from corpus.text import slug


def export_from(
    library: Library,
    format: str,
    *,
    chosen: Filter | None = None,
    list_name: str = "",
    answer_id: str = "",
    style: str = "apa",
    sort: str = "",
) -> Export:
    """An export of a library's records: its text in chunks, its media type and file name, and `notes` on what was left out.

    A filter's records come in the order `sort` (newest first; a bibliography in APA style by author), a list's and an answer's in their own. Of a list
    or filter only current records, unless the filter names a status; of an answer all that it cites, each with its status and notices.
    Raises UsageError, NotFoundError.
    """
    if list_name and answer_id:
        raise UsageError("an export is of a list or of an answer, not of both")
    if answer_id:
        ids, notes = _cited(library, answer_id, chosen)
        name = f"answer-{answer_id}"
    elif list_name:
        ids, notes = _listed(library, list_name, chosen or Filter(), sort, _usual(format, style))
        name = slug("florilegium", list_name) or "florilegium"
    else:
        selection = library.catalogue.select(chosen or Filter(), sort=sort or _usual(format, style))
        ids, name = selection.ids, "florilegium"
        notes = [f"{selection.left_out:,} records have no year and were left out."] if selection.left_out else []
    export = export_records(library.iterate(ids), format, style=style, name=name)
    export.notes = notes
    return export


def _usual(format: str, style: str) -> str:
    return "author" if format == "bibliography" and style == "apa" else "year"


def _listed(library: Library, name: str, given: Filter, sort: str, usual: str) -> tuple[list[str], list[str]]:
    kept = library.lists.get(name)
    if kept.filters:
        saved = parse_filter(kept.filters, library.vocabulary, library.catalogue.facet_names())
        selection = library.catalogue.select(Filter((*saved.conditions, *given.conditions)), sort=sort or usual)
        return selection.ids, [f"{selection.left_out:,} records have no year and were left out."] if selection.left_out else []
    selection = library.catalogue.select(given, sort=sort or "year")
    through, listed = set(selection.ids), set(kept.ids)
    ids = [review_id for review_id in (selection.ids if sort else kept.ids) if review_id in through and review_id in listed]
    left = len(kept.ids) - len(ids)
    return ids, [f"{left:,} of the {len(kept.ids):,} records on the list {name!r} are not current or not let through, and were left out."] if left else []


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
