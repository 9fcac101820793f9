"""Commands that keep a library safe: backup, restore. They need no search data, which is made again."""

from __future__ import annotations

import json as json_module
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus.backup import Manifest
    from ui.settings import Settings


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; a file that is there is replaced.")], json: Json = False) -> int:
        """Write the whole library into one file, while it is in use: records, notes, judgements, accounts, answers, and settings without secrets."""
        from importlib.metadata import version

        from corpus.backup import write_backup

        made = write_backup(session.library(), file, program=version("florilegium"), settings=told_settings(session.settings), tell=_teller())
        size = file.stat().st_size
        if json:
            print_json({"file": str(file), "bytes": size, **_as_dict(made)})
        else:
            print(f"Revision {made.revision}, {made.rows:,} rows of {len(made.tables)} tables, {size / 1e6:,.1f} MB, are in {file}.")
        return 0

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `backup` wrote.")],
        check: Annotated[bool, typer.Option("--check", help="Only read it and compare its checksums.")] = False,
        json: Json = False,
    ) -> int:
        """Put a backup into an empty home, and compare what is there then with what was backed up."""
        from corpus.backup import check_backup

        found = check_backup(file, _teller()) if check else _restored(session.settings, file)
        if json:
            print_json({"file": str(file), "equal": True, **_as_dict(found)})
        elif check:
            print(f"The backup of {found.at} is whole: revision {found.revision}, {found.rows:,} rows.")
        else:
            print(f"Revision {found.revision} of {found.at} is back, {found.rows:,} rows, each table equal to what was backed up.")
            print("To make the search data again: florilegium sync")
        return 0


def told_settings(settings: Settings) -> dict[str, str]:
    """The settings that are not the default, by their variable, without secrets and without what is this machine's own."""
    import sqlalchemy as sa
    from pydantic import SecretStr

    from ui.settings import PREFIX

    found = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if name in ("home", "models") or isinstance(value, SecretStr) or any(word in name for word in ("key", "password", "secret")):
            continue
        if name == "database" and value:
            value = sa.make_url(value).render_as_string()  # its password as ***
        if value != field.get_default(call_default_factory=True):
            found[PREFIX + name.upper()] = str(value)
    return found


def _restored(settings: Settings, file: Path) -> Manifest:
    """Put it back; SQLite beside the library's place first, so that a restore cut off leaves no library."""
    from corpus import UsageError
    from corpus.backup import restore_backup

    if settings.database:
        found = restore_backup(file, settings.database_url, _teller())
    else:
        if settings.library_file.exists():
            raise UsageError("there is a library already", where=str(settings.home), remedy="Restore into an empty --home")
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = settings.library_file.with_name("library.restoring")
        try:
            found = restore_backup(file, f"sqlite:///{part}", _teller())
            os.replace(part, settings.library_file)
        finally:
            for ending in ("", "-wal", "-shm"):
                part.with_name(part.name + ending).unlink(missing_ok=True)
    if found.settings:
        kept = settings.home / "restored-settings.env"
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = "".join(f"{name}={json_module.dumps(value, ensure_ascii=False)}\n" for name, value in found.settings.items())
        kept.write_text(f"# The settings of the library that was backed up at {found.at}, without secrets.\n{lines}", encoding="utf-8")
        print(f"Its settings, without secrets, are in {kept}; set them as you need them.", file=sys.stderr)
    return found


def _as_dict(manifest: Manifest) -> dict[str, Any]:
    table = {name: getattr(manifest, name) for name in ("program", "schema", "uid", "revision", "at")}
    return table | {"rows": manifest.rows, "tables": {name: dict(said) for name, said in manifest.tables.items()}, "settings": dict(manifest.settings)}


def _teller() -> Any:
    if not console(stderr=True).is_terminal:
        return None
    return lambda name, rows: print(f"\r{name:<24} {rows:>10,} rows", end="", file=sys.stderr, flush=True)
