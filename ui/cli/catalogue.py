"""Commands on the catalogue: records (filtered, sorted, counted), export and lists. They need the library alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.finding import Filters
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Filter, Library, Page, RecordList
    from corpus.exporting import Export

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The list's name.")]
_Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Records' ids.")]
_MOST_ADDED = 100_000
_MOST_FOUND = 200  # records of a saved search with words


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def records(
        filters: Filters = None,
        sort: Annotated[str, typer.Option("--sort", help="year (newest first), title, author or added; -year and so on for the other way round.")] = "year",
        n: Annotated[int, typer.Option("-n", min=0, max=10_000, help="How many records.")] = 20,
        start: Annotated[int, typer.Option("--start", min=0, help="How many to pass over first.")] = 0,
        count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
        facets: Annotated[bool, typer.Option("--facets", help="Count each facet's values as well.")] = False,
        json: Json = False,
    ) -> int:
        """List the records a filter lets through, with their number."""
        library = session.library()
        chosen = parsed(library, filters)
        page = library.catalogue.page(chosen, sort=sort, start=start, size=0 if count else n)
        counts = library.catalogue.facet_counts(chosen) if facets else {}
        if json:
            from ui.desk import counts_as_dict, near_as_list, page_as_dict

            table = page_as_dict(page, chosen, sort)
            if count:
                del table["records"]
            table |= {"facets": counts_as_dict(counts)} if facets else {}
            print_json(table | {"suggestions": near_as_list(_suggestions(library, chosen))})
        else:
            _print_page(page, counts)
        tell_suggestions(library, chosen)
        return 0

    @app.command()
    def export(
        format: Annotated[str, typer.Option("--format", metavar="F", help="ris, bibtex, csl-json, csv, markdown, jsonl or bibliography.")],
        filters: Filters = None,
        answer: Annotated[str, typer.Option("--answer", metavar="ID", help="The records that an answer cites, in that order.")] = "",
        list_: Annotated[str, typer.Option("--list", metavar="NAME", help="The records of a list.")] = "",
        style: Annotated[str, typer.Option("--style", metavar="S", help="Of a bibliography: apa or vancouver.")] = "apa",
        sort: Annotated[str, typer.Option("--sort", help="year (newest first), title, author or added; -year and so on for the other way round.")] = "",
        output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")] = None,
    ) -> int:
        """Write records out in a format that other programs read."""
        from corpus import Role
        from corpus.exporting import export_from

        library = session.library()
        chosen = parsed(library, filters) if filters else None
        made = export_from(
            library, format, chosen=chosen, list_name=list_, answer_id=answer, style=style, sort=sort, role=Role.ADMIN, find=partial(_found, session)
        )
        if chosen:
            tell_suggestions(library, chosen)
        write_out(made, output)
        for line in [*made.notes, *(f"{fault.review_id}: {fault.text}." for fault in made.faults)]:
            print(line, file=sys.stderr)
        if output is not None:
            print(f"{made.count:,} records written to {output}.", file=sys.stderr)
        return 0

    lists = typer.Typer(no_args_is_help=False, rich_markup_mode=None, help="Named lists of records, and saved searches.")
    app.add_typer(lists, name="lists")

    @lists.callback(invoke_without_command=True)
    def all_lists(context: typer.Context, json: Json = False) -> None:
        """Show all lists."""
        if context.invoked_subcommand is None:
            kept = session.library().lists.all()
            if json:
                print_json([_as_dict(session, each) for each in kept])
            elif not kept:
                print("There are no lists. Make one: florilegium lists create NAME")
            for each in kept if not json else ():
                print(f"{each.name}: {_size(session, each)}")

    @lists.command("show")
    def show(name: _Name, json: Json = False) -> int:
        """Show a list's records."""
        return _tell(session, session.library().lists.get(name), json, whole=True)

    @lists.command("create")
    def create(
        name: _Name,
        filters: Filters = None,
        words: Annotated[str, typer.Option("--words", metavar="QUERY", help="What to search for; makes it a saved search.")] = "",
        json: Json = False,
    ) -> int:
        """Make a list; with --filter or --words a saved search, whose records are those that it finds."""
        library = session.library()
        return _tell(session, library.lists.create(name, parsed(library, filters).as_list(), words=words), json)

    @lists.command("rename")
    def rename(name: _Name, new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")], json: Json = False) -> int:
        """Give a list another name."""
        return _tell(session, session.library().lists.rename(name, new), json)

    @lists.command("move")
    def move(
        name: _Name,
        review_id: Annotated[str, typer.Argument(metavar="ID", help="A record on it.")],
        place: Annotated[int, typer.Argument(min=1, help="Its new place, from 1.")],
        json: Json = False,
    ) -> int:
        """Put a record of a list at another place."""
        return _tell(session, session.library().lists.move(name, review_id, place - 1), json)

    @lists.command("add")
    def add(name: _Name, ids: _Ids, json: Json = False) -> int:
        """Put records on a list; - reads ids from standard input, one a line."""
        wanted = [word for each in ids for word in (sys.stdin.read().split()[:_MOST_ADDED] if each == "-" else [each])]
        return _tell(session, session.library().lists.add(name, wanted), json)

    @lists.command("remove")
    def remove(name: _Name, ids: _Ids, json: Json = False) -> int:
        """Take records off a list."""
        return _tell(session, session.library().lists.remove(name, ids), json)

    @lists.command("delete")
    def delete(name: _Name, json: Json = False) -> int:
        """Delete a list; its records stay in the library."""
        session.library().lists.delete(name)
        print_json({"deleted": name}) if json else print(f"The list {name!r} is deleted.")
        return 0


def parsed(library: Library, filters: list[str] | None) -> Filter:
    """Filters as people write them. Raises UsageError."""
    from corpus import parse_filter

    return parse_filter(filters or [], library.vocabulary, library.catalogue.facet_names())


def tell_suggestions(library: Library, chosen: Filter) -> None:
    """Say on stderr which facet values no record has, and what is near them."""
    for each in _suggestions(library, chosen):
        print(f"florilegium: {each}", file=sys.stderr)


def _suggestions(library: Library, chosen: Filter) -> list[Any]:
    return library.catalogue.suggestions(chosen, library.vocabulary)


def _print_page(page: Page, counts: dict[str, list[tuple[str, int]]]) -> None:
    from rich.text import Text

    out = console()
    for review in page.reviews:
        mark = "" if review.status == "current" else f"  {review.status.value.upper()}"
        out.print(Text(f"{review.label()}. {review.title}{mark}"))
        out.print(Text(f"    {review.id}", style="dim"))
    for name, values in counts.items():
        print(f"{name}: " + ", ".join(f"{value} ({n:,})" for value, n in values[:20]) + (f" and {len(values) - 20:,} more" if len(values) > 20 else ""))
    left = f"; {page.left_out:,} have no year and were left out" if page.left_out else ""
    shown = f", {page.start + 1:,} to {page.start + len(page.reviews):,} shown" if 0 < len(page.reviews) < page.total else ""
    print(f"{page.total:,} record{'s' if page.total != 1 else ''}{shown}{left}.")


def write_out(made: Export, output: Path | None) -> None:
    """Write an export; a file is put in its place when it is whole."""
    from corpus import UnavailableError

    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # CSV's line ends are its own
        for chunk in made.chunks:
            sys.stdout.write(chunk)
        return
    partial = output.with_name(f".{output.name}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.writelines(made.chunks)
        partial.replace(output)
    except OSError as error:
        raise UnavailableError(f"the export cannot be written: {error.strerror}", where=str(output), remedy="Name a file in a folder that is yours") from error
    finally:
        partial.unlink(missing_ok=True)


def _found(session: Session, words: str, filters: Sequence[str]) -> list[str]:
    """What a saved search with words finds, best first."""
    return [hit["review_id"] for hit in session.engine().search(words, _MOST_FOUND, list(filters), None)["hits"]]


def _as_dict(session: Session, kept: RecordList) -> dict[str, Any]:
    ids, current = _ids(session, kept)
    head = {"name": kept.name, "changed": kept.at, "filters": list(kept.filters), "words": kept.words}
    return {**head, "records": len(ids), "current": len(current), "ids": ids}


def _ids(session: Session, kept: RecordList) -> tuple[list[str], list[str]]:
    """(all ids of a list, those of current records)."""
    library = session.library()
    if kept.words:
        ids = _found(session, kept.words, kept.filters)
        return ids, ids
    if kept.filters:
        ids = library.select(parsed(library, list(kept.filters))).ids
        return ids, ids
    found = library.get_many(kept.ids)
    return list(kept.ids), [review_id for review_id in kept.ids if review_id in found and found[review_id].status == "current"]


def _size(session: Session, kept: RecordList) -> str:
    ids, current = _ids(session, kept)
    asked = [*([f"“{kept.words}”"] if kept.words else []), *kept.filters]
    what = f"saved search {' and '.join(asked)}, " if asked else ""
    rest = f" ({len(ids) - len(current):,} of them not current)" if len(current) < len(ids) else ""
    return f"{what}{len(ids):,} record{'s' if len(ids) != 1 else ''}{rest}"


def _tell(session: Session, kept: RecordList, json: bool, *, whole: bool = False) -> int:
    if json:
        print_json(_as_dict(session, kept))
        return 0
    print(f"{kept.name}: {_size(session, kept)}")
    if whole:
        for review in session.library().iterate(_ids(session, kept)[0]):
            mark = "" if review.status == "current" else f"  {review.status.value.upper()}"
            print(f"  {review.id}  {review.label()}. {review.short_title()}{mark}")
    return 0
