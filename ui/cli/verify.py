"""Checking claims that others made: verify. It needs no home, only the embedding model."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus import InputError, UsageError
from ui.cli.session import Session

if TYPE_CHECKING:
    from assistant import Checker, OpenedModel, Verdict

#: Pairs checked together: enough to encode in full batches, few enough to see results come.
_TOGETHER = 32
_EMPTY = {"support": None, "score": None, "quote": None}


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def verify(
        file: Annotated[str, typer.Argument(metavar="FILE", help='Lines {"claim": …, "evidence": …}; - reads standard input.')],
        explain: Annotated[bool, typer.Option("--explain", help="Say for each claim what was not found or was turned.")] = False,
        name: Annotated[
            str | None, typer.Option("--checker", metavar="C", help="small, nli:FOLDER (a cross-encoder), judge or judge:MODEL (a language model).")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print JSON Lines, one for each line read, in order.")] = False,
    ) -> int:
        """Score claims against their evidence: supported, contradicted or unsupported, with the sentence that carries it best."""
        place = "standard input" if file == "-" else file
        lines = list(_read(file))
        checker = _checker(session, name)
        counts: Counter[str] = Counter()
        bad = 0
        for start in range(0, len(lines), _TOGETHER):
            for number, line, verdict in _checked(checker, lines[start : start + _TOGETHER], start):
                if isinstance(line, str):
                    bad += 1
                    print(f"florilegium: {place}, line {number}: {line}", file=sys.stderr)
                if json:
                    _print_line(line, verdict, explain)
                elif verdict is not None and isinstance(line, tuple):
                    counts[verdict.support.value] += 1
                    _print_readable(number, line, verdict, explain)
            sys.stdout.flush()
        if not json:
            print(
                f"{sum(counts.values()):,} checked" + "".join(f", {count:,} {support}" for support, count in sorted(counts.items())) + f"; {bad:,} bad lines."
            )
        return 1 if bad else 0


def _read(file: str) -> Iterator[tuple[str, str] | str]:
    """Claim and evidence of each line, or what is wrong with it."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError as error:
        raise UsageError("there is no such file", where=file, remedy="Check the path") from error
    except OSError as error:
        raise InputError(f"the file could not be read: {error.strerror}", where=file) from error
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        yield _parsed(line)


def _parsed(line: bytes) -> tuple[str, str] | str:
    try:
        entry = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return "the line is empty" if not line.strip() else f"not JSON in UTF-8 ({error})"
    if not isinstance(entry, dict):
        return 'not an object with "claim" and "evidence"'
    for key in ("claim", "evidence"):
        if not isinstance(entry.get(key), str):
            return f'"{key}" is missing' if key not in entry else f'"{key}" is not a text'
        if any("\ud800" <= c <= "\udfff" for c in entry[key]):
            return f'"{key}" has half of a surrogate pair in it'
    return entry["claim"], entry["evidence"]


def _checker(session: Session, name: str | None) -> Checker:
    from index import EmbeddingModel, Encoder, packaged_folder
    from ui.checkers import open_checker
    from ui.wiring import open_model

    settings = session.settings
    encoder = Encoder(EmbeddingModel(packaged_folder(), settings.models))
    opened: dict[str, OpenedModel] = {}

    def open_once(model: str) -> OpenedModel:
        if model not in opened:
            opened[model] = open_model(settings, model)
        return opened[model]

    return open_checker(name or settings.checker, encoder, open_once, settings.model)


def _checked(checker: Checker, lines: Sequence[tuple[str, str] | str], before: int) -> Iterator[tuple[int, tuple[str, str] | str, Verdict | None]]:
    verdicts = iter(checker.check_pairs([line for line in lines if isinstance(line, tuple)]))
    for number, line in enumerate(lines, start=before + 1):
        yield number, line, next(verdicts) if isinstance(line, tuple) else None


def _print_line(line: tuple[str, str] | str, verdict: Verdict | None, explain: bool) -> None:
    table: dict[str, Any]
    if verdict is None or isinstance(line, str):
        table = {**_EMPTY, "error": line}
    else:
        table = {"support": verdict.support.value, "score": round(verdict.score, 6), "quote": line[1][verdict.start : verdict.end]}
        if explain:
            table["reasons"] = list(verdict.reasons)
    sys.stdout.write(json.dumps(table, ensure_ascii=False) + "\n")


def _print_readable(number: int, line: tuple[str, str], verdict: Verdict, explain: bool) -> None:
    print(f"{number}. {verdict.support.value} ({verdict.score:.2f}): {' '.join(line[0].split())}")
    if verdict.end:
        print(f"     “{' '.join(line[1][verdict.start : verdict.end].split())}”")
    if explain:
        for reason in verdict.reasons:
            print(f"     {reason}")
