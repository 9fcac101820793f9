"""Commands on configurations: list, show, create, promote, rollback, remove-index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.lab import settings_of
from ui.cli.output import console, print_json, tell
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from ui.configurations import Configurations

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The configuration's name.")]
_Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting other than the source's; may be repeated.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    configs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Name ways of finding, compare them, and put one in force.")
    app.add_typer(configs, name="config")

    def opened() -> Configurations:
        from ui.configurations import Configurations

        return Configurations(session.settings, session.library())

    @configs.command("list")
    def list_(json: Json = False) -> int:
        """List the configurations and the built indexes."""
        from ui.config_report import list_report

        report = list_report(opened(), session.library())
        print_json(report) if json else _print_list(report)
        return 0

    @configs.command("show")
    def show(
        name: Annotated[str | None, typer.Argument(metavar="NAME", help="The configuration's name; else the active one.")] = None, json: Json = False
    ) -> int:
        """Show every setting of a configuration."""
        from ui.config_report import show_report

        report = show_report(opened(), session.library(), name)
        print_json(report) if json else _print_show(report)
        return 0

    @configs.command("create")
    def create(
        name: _Name,
        settings: _Settings = None,
        source: Annotated[str | None, typer.Option("--from", metavar="NAME", help="Start from this one; else from default.")] = None,
        json: Json = False,
    ) -> int:
        """Keep a configuration under a name; it never changes afterwards. --set model=FOLDER and reranker=FOLDER name models on this disk."""
        from ui.config_report import show_report

        configurations = opened()
        configurations.create(name, settings_of(settings or []), source)
        report = show_report(configurations, session.library(), name)
        if json:
            print_json(report)
        else:
            next_step = "Its index is built already." if report["built"] else f"Build its index: florilegium sync --config {name}"
            print(f"{name} ({report['hash'][:12]}) is kept. {next_step}")
        return 0

    @configs.command("promote")
    def promote(
        name: _Name,
        gates: Annotated[bool, typer.Option("--gate/--no-gate", help="Only if it passes every gate that is set (`lab gate`).")] = True,
        json: Json = False,
    ) -> int:
        """Put a configuration in force for everyone, at once. Where test sets have gates it must pass them; the exit code is 3 when it does not."""
        configurations, library = opened(), session.library()
        before = configurations.active_name()
        if gates and any(library.sets.gate(entry.name) for entry in library.sets.all()):
            from ui.lab import promote as promote_gated

            done = promote_gated(session.engine(), name, configurations=configurations)
            tell(report["words"] for report in done["gates"])
            _print_change(before, done["hash"], done["active"], json=json)
            return 0
        _print_change(before, configurations.promote(name).search.hash, configurations.active_name(), json=json)
        return 0

    @configs.command("rollback")
    def rollback(json: Json = False) -> int:
        """Put the formerly promoted configuration in force again."""
        configurations = opened()
        before = configurations.active_name()
        _print_change(before, configurations.rollback().search.hash, configurations.active_name(), json=json)
        return 0

    @configs.command("remove-index")
    def remove_index(
        name: Annotated[str, typer.Argument(metavar="INDEX", help="An index that config list names, or a configuration that uses it.")], json: Json = False
    ) -> int:
        """Delete a built index that is not in force; the configurations stay, and sync --config NAME builds it again."""
        report = session.engine().remove_index(name)
        if json:
            print_json(report)
        else:
            again = f" Built again by: florilegium sync --config {report['configs'][0]}" if report["configs"] else ""
            print(f"The index {report['index']} is deleted ({report['bytes'] / 1e6:,.1f} MB and its vectors).{again}")
        return 0


def _print_change(before: str, digest: str, active: str, *, json: bool) -> None:
    if json:
        print_json({"active": active, "hash": digest, "before": before})
    else:
        print(f"{active} ({digest[:12]}) is in force; before it was {before}.")


def _print_list(report: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("", "Configuration", "Hash", "Index", "State", "Changed settings", box=None, pad_edge=False)
    for row in report["configs"]:
        if "error" in row:
            table.add_row("", row["name"], "", "", "cannot be read", row["error"])
            continue
        changed = " ".join(f"{key}={value}" for key, value in row["changed"].items())
        table.add_row("*" if row["active"] else "", row["name"], row["hash"][:12], row["index"], _state(row), changed)
    console().print(table)
    if report["indexes"]:
        table = Table("Built index", "Used by", "Revision", "Passages", "MB", box=None, pad_edge=False)
        for row in report["indexes"]:
            users = ", ".join(row["configs"]) or "nothing: config remove-index"
            table.add_row(row["index"], users, str(row["revision"]), f"{row['passages']:,}", f"{row['bytes'] / 1e6:,.1f}")
        console().print(table)
    if report["rollback"]:
        print(f"config rollback would put {report['rollback']} in force.")


def _print_show(report: dict[str, Any]) -> None:
    from rich.table import Table

    print(f"{report['name']}{' (in force)' if report['active'] else ''}: {_state(report)}")
    print(f"hash {report['hash']}\nindex {report['index']} (spec {report['spec_hash']})")
    table = Table("Setting", "Value", "Default", box=None, pad_edge=False)
    for key, value in report["settings"].items():
        table.add_row(key, str(value), str(report["defaults"][key]) if key in report["changed"] else "")
    console().print(table)
    for what, folder in report["folders"].items():
        print(f"{what}: {folder}")


def _state(row: dict[str, Any]) -> str:
    if not row["built"]:
        return "not built"
    return "in step" if row["in_step"] else f"behind, at revision {row['revision']}"
