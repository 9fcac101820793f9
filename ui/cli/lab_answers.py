"""The lab's command on answers: do labelled questions get an answer where there is one, and none where there is none?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.finding import Config
from ui.cli.output import console, print_json, progress_bar
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from assistant import LabelledQuestion


def add(lab: typer.Typer, session: Session) -> None:
    """Add the command to `lab`."""

    @lab.command("answers")
    def answers(
        file: Annotated[str, typer.Argument(metavar="FILE", help='Lines {"question": …, "answerable": true, "without": […]}; - reads standard input.')],
        collection: Annotated[
            Path | None, typer.Option("--collection", metavar="DIR", help="Answer from the documents of this test set, not from the library.")
        ] = None,
        model: Annotated[str, typer.Option("--model", metavar="M", help="What answers, as for ask.")] = "quotes",
        config: Config = None,
        json: Json = False,
    ) -> int:
        """Measure on labelled questions whether answers are given and held back where they should be."""
        from assistant import abstention_report
        from assistant.models import parse_model_name

        parse_model_name(model)
        name = "standard input" if file == "-" else file
        questions, bad = _questions(file, name)
        session.library(create=collection is not None)
        folder = str(collection.expanduser().absolute()) if collection else None
        with progress_bar() as progress:
            found = session.engine().lab_answers([question.as_dict() for question in questions], folder, config, model, progress)
        if found["unknown"]:
            print(f"{len(found['unknown'])} ids to leave out are in no record, such as {found['unknown'][0]}.", file=sys.stderr)
        report = {
            "collection": folder,
            "config": found["config"],
            "model": found["model"],
            **abstention_report(found["results"]),
            "per_question": found["results"],
        }
        print_json(report) if json else print_report(report, collection.name if collection else "the library")
        return 1 if bad else 0


def _questions(file: str, name: str) -> tuple[list[LabelledQuestion], int]:
    """The questions of a file, and how many of its lines are bad; each of those is told. Raises UsageError, InputError for no questions at all."""
    from corpus import InputError, UsageError

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError as error:
        raise UsageError("there is no such file", where=file, remedy="Check the path") from error
    except OSError as error:
        raise InputError(f"the file could not be read: {error.strerror}", where=file) from error
    questions, bad = [], 0
    for number, found in _parsed(data):
        if isinstance(found, str):
            bad += 1
            print(f"florilegium: {name}, line {number}: {found}", file=sys.stderr)
        else:
            questions.append(found)
    if not questions:
        raise InputError("there is no question in it", where=name, remedy='Write lines such as {"question": "…", "answerable": true, "without": []}')
    return questions, bad


def _parsed(data: bytes) -> Iterator[tuple[int, LabelledQuestion | str]]:
    from assistant import LabelledQuestion

    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON in UTF-8 ({error})"
            continue
        try:
            yield number, LabelledQuestion.from_dict(entry) if isinstance(entry, dict) else 'not an object with "question" and "answerable"'
        except ValueError as error:
            yield number, str(error)


def print_report(report: dict[str, Any], over: str) -> None:
    """What became of labelled questions over a collection."""
    from rich.table import Table

    print(f"{report['questions']:,} questions, {report['answerable']:,} answerable, over {over} under {report['config']}, answered by {report['model']}")
    table = Table("Abstaining", "", "95 % interval", box=None)
    for name, words in (("precision", "precision"), ("recall", "recall"), ("auroc", "AUROC")):
        found = report["abstention"][name]
        low, high = found["interval"] or (0.0, 0.0)
        table.add_row(words, "-" if found["value"] is None else f"{found['value']:.3f}", f"{low:.3f} to {high:.3f}" if found["interval"] else "")
    console().print(table)
    for name, words in (("sentences", "Sentences shown"), ("draft", "Sentences drafted")):
        if report[name]["number"]:
            print(f"{words}: {report[name]['number']:,}, " + ", ".join(f"{share:.1%} {support}" for support, share in report[name]["shares"].items()))
    for kind, row in report["kinds"].items():
        print(f"  {kind}: {row['questions']} questions, {row['answerable']} answerable, {row['abstained']} held back; {row['right']} judged rightly")
    print(f"A question {report['seconds']['p50']:.2f} s (median), {report['seconds']['p95']:.2f} s (95th percentile)")
    if (cited := report.get("citations")) and cited["precision"] is not None:
        print(f"Records cited: {cited['cited']:,}, {cited['judged']:,} of them judged, {cited['precision']:.1%} of those relevant")
