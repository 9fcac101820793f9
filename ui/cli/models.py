"""`model list | install | remove`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from corpus import FlorilegiumError
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Language models that can be installed.", rich_markup_mode=None)
    app.add_typer(group, name="model")

    @group.command("list")
    def list_(json: Json = False) -> int:
        """List the models of the catalogue."""
        from assistant.models import CATALOGUE

        rows = [describe(entry, session) for entry in CATALOGUE]
        if json:
            print_json(rows)
            return 0
        from rich.table import Table

        table = Table("Name", "What", "Licence", "Size", "Installed", box=None)
        for row in rows:
            table.add_row(row["name"], row["title"], row["licence"], f"{row['size'] / 1e9:.2f} GB", "yes" if row["installed"] else "no")
        console().print(table)
        return 0

    @group.command()
    def install(name: Annotated[str, typer.Argument(help="Name in the catalogue.")] = "embedded", json: Json = False) -> int:
        """Download a model; an interrupted download goes on where it stopped."""
        from assistant.models import find_model
        from assistant.models import install as fetch

        entry = find_model(name)
        fetch(entry, session.settings.models, _bar() if sys.stderr.isatty() else lambda progress: None, lambda: False)
        if sys.stderr.isatty():
            print(file=sys.stderr)
        row = describe(entry, session)
        print_json(row) if json else print(f"{entry.title} is installed: {row['path']}")
        return 0

    @group.command()
    def remove(name: Annotated[str, typer.Argument(help="Name in the catalogue.")] = "embedded", json: Json = False) -> int:
        """Delete an installed model's file."""
        from assistant.models import find_model
        from assistant.models import remove as delete

        delete(find_model(name), session.settings.models)
        row = describe(find_model(name), session)
        print_json(row) if json else print(f"{name} is removed.")
        return 0


def describe(entry: Any, session: Session) -> dict[str, Any]:
    """A catalogue entry as `model list --json` prints it."""
    from assistant.models import installed_path

    try:
        path = installed_path(entry, session.settings.models)
    except FlorilegiumError as error:
        print(f"florilegium: {error}", file=sys.stderr)
        path = None
    return {
        "name": entry.name,
        "title": entry.title,
        "licence": entry.licence,
        "size": entry.size,
        "sha256": entry.sha256,
        "installed": path is not None,
        "path": str(path) if path else None,
    }


def _bar() -> Any:
    def tell(progress: Any) -> None:
        share = progress.done_bytes / max(1, progress.total_bytes)
        print(f"\r{progress.step:<24} {share:6.1%} of {progress.total_bytes / 1e9:.2f} GB", end="", file=sys.stderr, flush=True)

    return tell
