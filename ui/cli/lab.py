"""Commands of the lab: measure the finding on a test set, and compare ways of finding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli import lab_acting, lab_answers, lab_judging, lab_runs, lab_sets
from ui.cli.curating import By, who
from ui.cli.finding import Config
from ui.cli.lab_runs import print_run
from ui.cli.output import console, print_json, progress_bar, tell
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Library

_Set = Annotated[str, typer.Argument(metavar="SET", help="A test set of the library, or a folder with corpus.jsonl, queries.jsonl and qrels.tsv.")]
_Measures = Annotated[str, typer.Option("--measures", metavar="NAMES", help='As ir_measures writes them: "nDCG@10 R@100".')]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    lab = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure, compare and improve finding on judged queries, and answers on labelled ones.")
    app.add_typer(lab, name="lab")
    lab_sets.register(lab, session)
    lab_judging.register(lab, session)

    @lab.command("run")
    def run(
        name: _Set,
        config: Config = None,
        measures: _Measures = "",
        file: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="Write the rankings here, as a TREC run.")] = None,
        settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for this run; may be repeated.")] = None,
        answers: Annotated[bool, typer.Option("--answers", help="Also answer the queries labelled answerable or not, and measure the answers.")] = False,
        model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Language model for --answers; else quotes.")] = None,
        keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Keep the run, to be compared and run again.")] = True,
        by: By = "",
        json: Json = False,
    ) -> int:
        """Run the queries of a test set and measure what is found."""
        from index.lab import parse_measures

        if measures:
            parse_measures(measures)
        changes = settings_of(settings or [])
        if file is not None:
            check_writable(file)
        target = _target(session, name)
        with progress_bar() as progress:
            found = session.engine().lab_run(
                target, config, measures, changes, rankings=file is not None, keep=keep, actor=who(by), answers=answers, model=model, progress=progress
            )
        tell([*found["notes"], f"{found['passages']:,} passages, {found['embedded']:,} of them embedded now."])
        if file is not None:
            _write_run(file, found["rankings"], found["report"]["config"])
        shown = {key: value for key, value in found["report"].items() if key not in ("texts", "settings")} | {"run": found["run"]}
        print_json(shown) if json else print_run(shown)
        return 0

    @lab.command("compare")
    def compare(
        names: Annotated[
            list[str], typer.Argument(metavar="A B [C…] SET", help="Configurations, runs (`lab runs`) or TREC run files, then the set; differences are from A.")
        ],
        measures: _Measures = "",
        html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report that any browser shows, in one file.")] = None,
        table: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write every figure, by query too.")] = None,
        fresh: Annotated[bool, typer.Option("--fresh", help="Run configurations anew even where a kept run is of this very library.")] = False,
        rankings: Annotated[bool, typer.Option("--rankings", help="With --json: the rankings side by side, with what moved and why.")] = False,
        by: By = "",
        json: Json = False,
    ) -> int:
        """Say whether B finds better than A on a test set, why, and whether there is enough evidence to tell."""
        from corpus import UsageError
        from ui.lab import compare as compared
        from ui.lab import report_csv, report_html
        from ui.lab.comparing import file_side

        if len(names) < 3:
            raise UsageError("a comparison needs two runs and a set", remedy="florilegium lab compare A B SET")
        *sides, name = names
        for wanted in filter(None, (html, table)):
            check_writable(wanted)
        opened = [file_side(side) or side for side in sides]
        alone = not any(isinstance(side, str) for side in opened) and Path(name).expanduser().is_dir() and not _in_library(session, name)
        target = str(Path(name).expanduser().absolute()) if alone else _target(session, name, create=False)
        with progress_bar() as progress:
            report = compared(None if alone else session.engine(), target, opened, measures, fresh=fresh, actor=who(by), progress=progress)
        for file, text in ((html, report_html(report) if html else ""), (table, report_csv(report) if table else "")):
            if file is not None:
                write_text(file, text)
        tell(report["notes"])
        left_out = ("notes", "texts") if rankings else ("notes", "texts", "changes")
        print_json({key: value for key, value in report.items() if key not in left_out}) if json else _print_comparison(report)
        return 0

    lab_runs.register(lab, session)
    lab_acting.register(lab, session)
    lab_answers.add(lab, session)


def _target(session: Session, name: str, *, create: bool = True) -> str:
    """What SET means. A folder needs no library yet: one is made for the run to be kept in."""
    from ui.lab import resolve_target

    folder = Path(name).expanduser().is_dir()
    if not folder and not session.settings.database and not session.settings.library_file.exists():
        return resolve_target(None, name)
    library: Library = session.library(create=create and folder)
    return resolve_target(library, name)


def _in_library(session: Session, name: str) -> bool:
    """Whether a library that is there has a set of this name."""
    if not session.settings.database and not session.settings.library_file.exists():
        return False
    return name in {entry.name for entry in session.library().sets.all()}


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


def check_writable(file: Path) -> None:
    """Find out before a long run that its file could not be written."""
    import os

    from corpus import UsageError

    file = file.expanduser().absolute()
    reason = "this is a folder" if file.is_dir() else "" if file.parent.is_dir() else "there is no such folder"
    if not reason and not os.access(file if file.exists() else file.parent, os.W_OK):
        reason = "no permission"
    if reason:
        raise UsageError(f"the file cannot be written: {reason}", where=str(file), remedy="Name a file in a folder that exists and is yours")


def write_text(file: Path, text: str) -> None:
    """Write a file whole. Raises UnavailableError."""
    from corpus import UnavailableError

    try:
        file.expanduser().write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UnavailableError(f"the file cannot be written: {error.strerror}", where=str(file), remedy="Name another file") from error


def _write_run(file: Path, rankings: Any, tag: str) -> None:
    from index.lab import run_text

    write_text(file, run_text(rankings, f"florilegium-{tag}"))


def _print_comparison(report: dict[str, Any]) -> None:
    from rich.table import Table

    pairs = [(report["b"], report["measures"]), *((other["b"], other["measures"]) for other in report["others"])]
    for letter, (name, measures) in zip("BCDEFGHIJKLMNOPQRSTUVWXYZ", pairs, strict=False):
        print(f"A = {report['a']}, {letter} = {name}, on {report['set']} ({report['judged']:,} judged queries); differences are {letter} - A")
        table = Table(
            "Measure", "A", letter, f"{letter} - A", "95 % interval", "p", "p (Holm)", "Won/tied/lost", box=None, pad_edge=False, padding=(0, 1, 0, 0)
        )
        for measure, row in measures.items():
            low, high = row["interval"]
            figures = [f"{row['mean_a']:.4f}", f"{row['mean_b']:.4f}", f"{row['difference']:+.4f}", f"{low:+.3f} … {high:+.3f}"]
            table.add_row(measure, *figures, f"{row['p_value']:.4f}", f"{row['p_value_holm']:.4f}", f"{row['wins']}/{row['ties']}/{row['losses']}")
        console().print(table)
    for line in report["words"]:
        print(line)
    if report["changes"]:
        print(f"The first ten changed on {len(report['changes']):,} queries; --html FILE lays them side by side and says why.")
