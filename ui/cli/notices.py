"""The command that takes retractions, concerns and errata from a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.cli.curating import By, print_table, who
from ui.cli.output import print_json
from ui.cli.records import Json
from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def notices(
        file: Annotated[str, typer.Argument(metavar="FILE", help="CSV with doi,pmid,type,date,text, or Retraction Watch's export; - reads it.")] = "",
        list_: Annotated[bool, typer.Option("--list", help="List the tables taken so far.")] = False,
        undo: Annotated[str, typer.Option("--undo", metavar="BATCH", help="Take a table's notices back.")] = "",
        by: By = "",
        json: Json = False,
    ) -> int:
        """Note retractions, expressions of concern and errata on the records they belong to; a retracted one is no evidence any more."""
        from corpus import UsageError
        from corpus.importing import undo_import
        from corpus.notices import list_notices, take_notices

        if list_:
            batches = list_notices(session.library())
            print_json(batches) if json else _print_batches(batches)
            return 0
        if undo:
            left = undo_import(session.library(), undo, actor=who(by))
            if json:
                print_json({"undone": undo, "left": left})
            else:
                print(f"The notices of {undo} are taken back." + (f" Changed since, and left alone: {', '.join(left)}" if left else ""))
            return 0
        if not file:
            raise UsageError("no table of notices", remedy="Name a CSV file: `florilegium notices FILE.csv`")
        if file != "-" and not Path(file).is_file():
            raise UsageError("there is no such file", where=file, remedy="Check the path")
        source = sys.stdin.buffer.read() if file == "-" else Path(file)
        report = take_notices(session.library(), source, path=file, actor=who(by)).as_dict()
        print_json(report) if json else _print_report(report)
        return 1 if report["bad"] else 0


def _print_report(report: dict[str, Any]) -> None:
    for row in report["bad"]:
        print(f"Left out {report['path']}, line {row['line']}: {row['reason']}", file=sys.stderr)
    counts = f"{report['matched']:,} noted, {report['unchanged']:,} known already, {report['unmatched']:,} of works not in the library"
    print(f"Read {report['read']:,} rows: {counts}, {len(report['bad']):,} left out.")
    if report["records"]:
        print("Changed: " + ", ".join(report["records"][:20]) + (f" and {len(report['records']) - 20:,} more" if len(report["records"]) > 20 else ""))
        print(f"To take it back: florilegium notices --undo {report['batch']}")


def _print_batches(batches: list[dict[str, Any]]) -> None:
    rows = [(b["batch"], b["at"], b["actor"], Path(b["path"]).name, b["matched"], "undone" if b["undone"] else "") for b in batches]
    print_table(("Batch", "When", "By", "File", "Noted", "State"), rows)
