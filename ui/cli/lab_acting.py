"""Commands that act on what was measured: gates, sweeps, and runs after every sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.curating import By, who
from ui.cli.finding import Config
from ui.cli.output import console, print_json, progress_bar, tell
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus.lab import Sweep

_Name = Annotated[str, typer.Argument(metavar="SET", help="The set's name.")]


def register(lab: typer.Typer, session: Session) -> None:
    """Add the commands."""
    _register_gate(lab, session)
    _register_sweep(lab, session)

    @lab.command("after-sync")
    def after_sync(name: _Name, state: Annotated[str, typer.Argument(metavar="on|off")] = "on") -> int:
        """Run a set with the active configuration whenever the search data has followed the library, or no longer."""
        from corpus import UsageError

        if state not in ("on", "off"):
            raise UsageError(f"{state!r} is neither on nor off", remedy="florilegium lab after-sync SET on")
        session.library().sets.set_after_sync(name, state == "on")
        print(f"{name!r} is {'run after every sync' if state == 'on' else 'no longer run after a sync'}.")
        return 0


def _register_gate(lab: typer.Typer, session: Session) -> None:
    @lab.command("gate")
    def gate(
        name: Annotated[str, typer.Argument(metavar="SET", help="A test set of the library, or a folder in the BEIR layout.")],
        config: Config = None,
        limits: Annotated[
            list[str] | None,
            typer.Option(
                "--set", metavar="LIMIT", help='Keep these limits as the gate: "nDCG@10>=0.5", or "nDCG@10-0.01": at most so much below what is in force.'
            ),
        ] = None,
        once: Annotated[list[str] | None, typer.Option("--limit", metavar="LIMIT", help="Hold against these instead, and keep nothing.")] = None,
        clear: Annotated[bool, typer.Option("--clear", help="Take the gate away.")] = False,
        by: By = "",
        json: Json = False,
    ) -> int:
        """Hold a configuration against the gate of a set; the exit code is 3 when it does not pass. --set keeps a gate and measures nothing."""
        from corpus import UsageError
        from index.lab import parse_threshold
        from ui.lab import check_gate, resolve_target
        from ui.lab.targets import is_folder

        if limits or clear:
            written = [] if clear else [str(parse_threshold(text)) for text in limits or ()]
            session.library().sets.set_gate(name, written, actor=who(by))
            said = (
                f"The gate of {name!r} is {', '.join(written)}; a configuration must pass it to be promoted." if written else f"{name!r} has no gate any more."
            )
            print_json({"set": name, "gate": written}) if json else print(said)
            return 0
        library = session.library()
        target = resolve_target(library, name)
        if is_folder(target) and not once:
            raise UsageError("a folder keeps no gate", where=name, remedy='Give limits: --limit "nDCG@10>=0.5"')
        with progress_bar() as progress:
            found = check_gate(session.engine(), target, config, thresholds=once, actor=who(by), progress=progress)
        tell(found["notes"])
        print_json(found) if json else _print_gate(found)
        return 0 if found["passed"] else 3


def _register_sweep(lab: typer.Typer, session: Session) -> None:
    @lab.command("sweep")
    def sweep(
        name: _Name,
        choices: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=V1,V2,…", help="Values of a setting to try; may be repeated.")] = None,
        config: Annotated[str | None, typer.Option("--config", metavar="NAME", help="The configuration to start from; else the active one.")] = None,
        measure: Annotated[str, typer.Option("--measure", metavar="NAME", help="What to choose by.")] = "nDCG@10",
        resume: Annotated[str, typer.Option("--resume", metavar="SWEEP", help="Go on with one that was stopped.")] = "",
        by: By = "",
        json: Json = False,
    ) -> int:
        """Measure every combination of some settings, and choose by cross-validation over queries. Ctrl-C stops it; --resume goes on."""
        from ui.lab import go_on, start_sweep

        library = session.library()
        started = library.sweeps.get(resume) if resume else start_sweep(library, name, _choices(choices or []), config=config, measure=measure, actor=who(by))
        try:
            with progress_bar() as progress:
                done = go_on(session.engine(), started.id, actor=who(by), progress=progress)
        except KeyboardInterrupt:
            tell([f"Stopped. Go on: florilegium lab sweep {name!r} --resume {started.id}"])
            raise
        tell(done.document["notes"])
        print_json(_sweep_data(done)) if json else _print_sweep(done)
        return 0

    @lab.command("sweeps")
    def sweeps(name: Annotated[str | None, typer.Argument(metavar="SET", help="Only this set's.")] = None, json: Json = False) -> int:
        """List the sweeps."""
        found = session.library().sweeps.all(name)
        if json:
            print_json({"sweeps": [_sweep_data(one) for one in found]})
            return 0
        for one in found:
            print(f"{one.id}  {one.set_name}  {one.state}, {one.done} of {one.total} settings, {one.at}")
        if not found:
            print('There is no sweep yet. Start one: florilegium lab sweep SET --set "smoothing=0,0.25,0.5"')
        return 0

    @lab.command("pause")
    def pause(sweep_id: Annotated[str, typer.Argument(metavar="SWEEP")]) -> int:
        """Ask a running sweep to stop after the setting it is at."""
        session.library().sweeps.pause(sweep_id)
        print(f"{sweep_id} stops after the setting it is at.")
        return 0


def _choices(given: list[str]) -> dict[str, list[str]]:
    from ui.cli.lab import settings_of

    return {key: [value.strip() for value in values.split(",")] for key, values in settings_of(given).items()}


def _sweep_data(sweep: Sweep) -> dict[str, Any]:
    head = {"sweep": sweep.id, "set": sweep.set_name, "state": sweep.state, "at": sweep.at, "done": sweep.done, "total": sweep.total}
    return {**head, "measure": sweep.document["measure"], "choices": sweep.document["choices"], "result": sweep.document["result"]}


def _print_gate(found: dict[str, Any]) -> None:
    for check in found["checks"]:
        print(f"{'passed' if check['passed'] else 'FAILED'}  {check['threshold']}: found {check['found']:.4f}, needed {check['needed']:.4f}")
    print(found["words"])


def _print_sweep(sweep: Sweep) -> None:
    result = sweep.document["result"]
    if result is None:
        print(f"{sweep.id} is {sweep.state} at {sweep.done} of {sweep.total} settings. Go on: florilegium lab sweep {sweep.set_name!r} --resume {sweep.id}")
        return
    from rich.table import Table

    table = Table("Settings", f"Mean {sweep.document['measure']}", "Chosen by parts", box=None)
    for row in result["table"][:20]:
        table.add_row(row["label"], f"{row['mean']:.4f}", str(result["chosen"].get(row["label"], "")))
    console().print(table)
    print(result["words"])
    if result["settings"]:
        options = " ".join(f"--set {key}={value}" for key, value in result["settings"].items())
        source = f" --from {sweep.document['config']}" if sweep.document["config"] else ""
        print(f"Keep it: florilegium config create NAME{source} {options}")
