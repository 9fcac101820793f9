"""Commands of the lab: measure the finding on a test set, and compare two ways of finding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli import lab_answers, lab_sets
from ui.cli.finding import Config
from ui.cli.output import console, print_json, progress_bar
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from index.lab import TestSet

_Set = Annotated[Path, typer.Argument(metavar="SET", help="Folder with corpus.jsonl, queries.jsonl and qrels.tsv.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    lab = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure and compare finding on judged queries, and answers on labelled questions.")
    app.add_typer(lab, name="lab")
    lab_sets.register(lab, session)

    @lab.command("run")
    def run(
        folder: _Set,
        config: Config = None,
        measures: Annotated[str, typer.Option("--measures", metavar="NAMES", help='As ir_measures writes them: "nDCG@10 R@100".')] = "",
        file: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="Write the rankings here, as a TREC run.")] = None,
        settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for this run; may be repeated.")] = None,
        json: Json = False,
    ) -> int:
        """Run the queries of a test set and measure what is found."""
        from index.lab import DEFAULT_MEASURES, parse_measures

        names, changes = measures or DEFAULT_MEASURES, settings_of(settings or [])
        parse_measures(names)
        if file is not None:
            _check_writable(file)
        session.library(create=True)
        found = _run(session, folder, config, names, changes, rankings=file is not None)
        if file is not None:
            _write_run(file, found["rankings"], found["report"]["config"])
        print_json(found["report"]) if json else _print_run(found["report"])
        return 0

    @lab.command("compare")
    def compare(
        a: Annotated[str, typer.Argument(metavar="A", help="A configuration's name, or a TREC run file.")],
        b: Annotated[str, typer.Argument(metavar="B", help="Likewise; differences are B - A.")],
        folder: _Set,
        measures: Annotated[str, typer.Option("--measures", metavar="NAMES", help='As ir_measures writes them: "nDCG@10 R@100".')] = "",
        json: Json = False,
    ) -> int:
        """Say whether B finds better than A on a test set, and whether there is enough evidence to tell."""
        from index.lab import COMPARED_MEASURES, compare_report, parse_measures, read_set

        names = measures or COMPARED_MEASURES
        wanted, chosen = parse_measures(names), read_set(folder)
        sides = [(side, _rankings(session, side, folder, names)) for side in (a, b)]
        report = compare_report(chosen, sides[0], sides[1], wanted)
        notes = report.pop("notes")
        _tell(notes)
        print_json(report) if json else _print_comparison(report, chosen)
        return 0

    lab_answers.add(lab, session)


def _run(session: Session, folder: Path, config: str | None, measures: str, settings: dict[str, str], *, rankings: bool) -> dict[str, Any]:
    with progress_bar() as progress:
        found = session.engine().lab_run(str(folder.expanduser().absolute()), config, measures, settings, rankings=rankings, progress=progress)
    _tell([*found["notes"], f"{found['passages']:,} passages, {found['embedded']:,} of them embedded now."])
    return found


def _rankings(session: Session, side: str, folder: Path, measures: str) -> Any:
    """The rankings of one side: read from a run file, or made by running a configuration."""
    from index.lab import read_run

    path = Path(side).expanduser()
    if path.is_file():
        return read_run(path)
    if len(path.parts) > 1:
        from corpus import UsageError

        raise UsageError("there is no such run file", where=side, remedy="Name a TREC run file, or a configuration (`florilegium config list`)")
    return _run(session, folder, side, measures, {}, rankings=True)["rankings"]


def settings_of(given: Sequence[str]) -> dict[str, str]:
    """`--set KEY=VALUE` options as a table. Raises UsageError."""
    from corpus import UsageError

    changes = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"{text!r} is no setting", remedy="Write it as --set KEY=VALUE, such as --set smoothing=0")
        changes[key.strip()] = value.strip()
    return changes


def _check_writable(file: Path) -> None:
    """Find out before a long run that its file could not be written."""
    import os

    from corpus import UsageError

    file = file.expanduser().absolute()
    reason = "this is a folder" if file.is_dir() else "" if file.parent.is_dir() else "there is no such folder"
    if not reason and not os.access(file if file.exists() else file.parent, os.W_OK):
        reason = "no permission"
    if reason:
        raise UsageError(f"the run cannot be written: {reason}", where=str(file), remedy="Name a file in a folder that exists and is yours")


def _write_run(file: Path, rankings: Any, tag: str) -> None:
    from corpus import UnavailableError
    from index.lab import run_text

    try:
        file.expanduser().write_text(run_text(rankings, f"florilegium-{tag}"), encoding="utf-8")
    except OSError as error:
        raise UnavailableError(f"the run cannot be written: {error.strerror}", where=str(file), remedy="Name another file") from error


def _tell(notes: Sequence[str]) -> None:
    import sys

    for note in notes:
        print(note, file=sys.stderr)


def _print_run(report: dict[str, Any]) -> None:
    from rich.table import Table

    from index.lab import intervals

    seconds, spans = report["seconds"], intervals(report)
    print(f"{report['queries']:,} queries, {report['judged']:,} of them judged, under {report['config']}")
    table = Table("Measure", "Mean", "95 % interval", box=None)
    for name, value in report["measures"].items():
        low, high = spans[name]
        counted = not low - 1e-9 <= value <= high + 1e-9  # a sum over queries, such as NumRet, has no interval
        table.add_row(name, f"{value:.4f}", "" if counted else f"{low:.4f} to {high:.4f}")
    console().print(table)
    print(f"Index {seconds['index']:.1f} s; a query {1000 * seconds['query_p50']:.1f} ms (median), {1000 * seconds['query_p95']:.1f} ms (95th percentile)")


def _print_comparison(report: dict[str, Any], chosen: TestSet) -> None:
    from rich.table import Table

    print(f"A = {report['a']}, B = {report['b']}, on {chosen.name} ({report['judged']:,} judged queries); differences are B - A")
    table = Table("Measure", "A", "B", "B - A", "95 % interval", "p", "p (Holm)", "Won/tied/lost", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name, row in report["measures"].items():
        low, high = row["interval"]
        figures = [f"{row['mean_a']:.4f}", f"{row['mean_b']:.4f}", f"{row['difference']:+.4f}", f"{low:+.3f} … {high:+.3f}"]
        table.add_row(name, *figures, f"{row['p_value']:.4f}", f"{row['p_value_holm']:.4f}", f"{row['wins']}/{row['ties']}/{row['losses']}")
    console().print(table)
    for row in report["measures"].values():
        print(row["words"])
