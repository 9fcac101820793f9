"""Commands on the library alone: import, show. They never wait for the search data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import console, print_json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus.importing.report import ImportReport

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command("import")
    def import_(
        files: Annotated[list[str] | None, typer.Argument(help="Files or folders; - reads standard input.", show_default=False)] = None,
        list_: Annotated[bool, typer.Option("--list", help="List the imports so far.")] = False,
        undo: Annotated[str, typer.Option("--undo", metavar="BATCH", help="Take an import back.")] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and match everything, keep nothing.")] = False,
        columns: Annotated[
            list[str] | None, typer.Option("--map", metavar="FIELD=HEADING", help='What a table\'s column holds: --map "title=Article Title". Repeatable.')
        ] = None,
        json: Json = False,
    ) -> int:
        """Bring records in; makes the library where there is none."""
        from corpus import UsageError
        from corpus.importing import import_files, undo_import
        from corpus.importing.intake import Upload, list_imports
        from corpus.importing.table_columns import named_columns

        if list_:
            batches = list_imports(session.library())
            print_json(batches) if json else _print_batches(batches)
            return 0
        if undo:
            left = undo_import(session.library(), undo)
            if json:
                print_json({"undone": undo, "left": left})
            else:
                print(f"Import {undo} is undone." + (f" Changed since, and left alone: {', '.join(left)}" if left else ""))
            return 0
        if not files:
            raise UsageError("nothing to import", remedy="Name files or folders: `florilegium import FILE…`")
        missing = next((name for name in files if name != "-" and not Path(name).exists()), None)
        if missing is not None:
            raise UsageError("there is no such file", where=missing, remedy="Check the path")
        sources = [Upload("-", sys.stdin.buffer.read()) if name == "-" else Path(name) for name in files]
        report = import_files(session.library(create=True), sources, dry_run=dry_run, progress=_counter(), columns=named_columns(columns or ()))
        print_json(report.as_dict()) if json else _print_report(report, dry_run)
        return 0 if report.wholly_good else 1

    @app.command()
    def show(
        review_id: Annotated[str, typer.Argument(metavar="ID", help="The record's id.")],
        revision: Annotated[int | None, typer.Option(help="As it stood at this library revision.")] = None,
        json: Json = False,
    ) -> int:
        """Show one record with all its fields."""
        review = session.library().get(review_id, revision)
        if json:
            print_json(review.public())
        else:
            from corpus.importing import markdown

            print(markdown.write(review))
        return 0


def _counter() -> Any:
    if not sys.stderr.isatty():
        return None

    def tell(path: str, read: int) -> None:
        print(f"\r{Path(path).name[:50]:<50} {read:>9,} records", end="", file=sys.stderr, flush=True)

    return tell


def _print_report(report: ImportReport, dry_run: bool) -> None:
    table = report.as_dict()
    if sys.stderr.isatty():
        print("\r" + " " * 72 + "\r", end="", file=sys.stderr)
    for entry in table["files"]:
        if entry.get("note"):
            print(f"{entry['path']}: {entry['note']}", file=sys.stderr)
        for skipped in entry["skipped"]:
            where = f"{entry['path']}, record {skipped['record']}, line {skipped['line']}" if skipped["record"] else entry["path"]
            print(f"Skipped {where}: {skipped['reason']}", file=sys.stderr)
    counts = ", ".join(f"{table[name]:,} {name}" for name in ("added", "updated", "unchanged", "duplicates", "skipped") if table[name] or name == "added")
    files = len(table["files"])
    print(f"{'Would read' if dry_run else 'Read'} {table['read']:,} records from {files} file{'s' if files != 1 else ''}: {counts}.")
    if report.merged:
        print(f"{report.merged:,} records that were here turned out to be one with another.")
    if report.in_doubt:
        print(f"{report.in_doubt:,} pairs may be one work each. To see them: florilegium duplicates")
    if table["batch"]:
        print(f"To take it back: florilegium import --undo {table['batch']}")


def _print_batches(batches: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("Batch", "When", "Files", "Added", "Updated", "State", box=None)
    for batch in batches:
        state = "undone" if batch["undone"] else ""
        table.add_row(batch["batch"], batch["at"], ", ".join(Path(path).name for path in batch["files"][:3]), str(batch["added"]), str(batch["updated"]), state)
    console().print(table)
