"""Deleting for good: compact."""

from __future__ import annotations

import typer

from ui.cli.output import print_json, progress_bar
from ui.cli.records import Json
from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def compact(json: Json = False) -> int:
        """Write the search data anew, so that nothing of a deleted record is left in its files; nothing is embedded again."""
        with progress_bar() as progress:
            report = session.engine().compact(progress)
        if json:
            print_json(report)
            return 0
        before, after = (report["bytes"][when] / 1e6 for when in ("before", "after"))
        print(f"{len(report['indexes'])} built indexes written anew in {report['seconds']:.1f} s: {before:,.1f} MB before, {after:,.1f} MB after.")
        if report["removed"]:
            print(f"Deleted, since no configuration here can use them: {', '.join(report['removed'])}.")
        if report["store"] != "embedded":
            print(f"The files of the Chroma server at {report['store']} are its own: what was deleted there is gone from them when its keeper compacts them.")
        return 0
