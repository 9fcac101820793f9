"""Printing: JSON on stdout when asked for, everything else readable; progress and errors on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError

if TYPE_CHECKING:
    from rich.console import Console

    from index.sync import Progress


def print_json(value: Any) -> None:
    """Exactly one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=None) + "\n")


def console(*, stderr: bool = False) -> Console:
    """A terminal that wraps and colours where it can."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())


def fail(error: Exception) -> int:
    """Say an error in one line on stderr; returns its exit code."""
    from pydantic import ValidationError

    if isinstance(error, FlorilegiumError):
        print(f"florilegium: {one_line(error)}", file=sys.stderr)
        return error.exit_code
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        print(f"florilegium: {'.'.join(map(str, first['loc']))}: {first['msg']}", file=sys.stderr)
        return 1
    if isinstance(error, BrokenPipeError):
        return 0
    reason = " ".join(str(error).split())[:300]
    print(f"florilegium: unexpected {type(error).__name__}: {reason}. Run it again with --debug to see where, and report it", file=sys.stderr)
    return 3


def one_line(error: FlorilegiumError) -> str:
    """What, where, remedy."""
    return " ".join(str(error).split())


def tell(notes: Iterable[str]) -> None:
    """Say lines on stderr."""
    for note in notes:
        print(note, file=sys.stderr)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on stderr for the steps of a sync; silent where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    names = {
        "embed": "Embedding records",
        "repair": "Repairing search data",
        "compact": "Copying vectors",
        "questions": "Answering questions",
    }
    names |= {"queries": "Running queries", "settings": "Trying settings", "configurations": "Running configurations", "export": "Making the query encoder"}
    out = console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out, disable=not out.is_terminal, transient=True
    ) as bar:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(names.get(step, step), total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield tell
