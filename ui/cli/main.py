"""Entry: global options, then the command; every error becomes one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ui.cli.output import fail
from ui.cli.session import Session


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 bad input, 2 wrong usage, 3 could not."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on matrices as small as a search's, OpenBLAS's threads cost far more than they save
    given = list(sys.argv[1:] if arguments is None else arguments)
    session = Session()
    debug = False
    try:
        given, debug = _global_options(given, session)
        code = _run(given, session)
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if debug:
            raise
        code = fail(error)
    finally:
        session.close()
    if arguments is None:
        _leave(code)
    return code


def _global_options(given: list[str], session: Session) -> tuple[list[str], bool]:
    """Take --home, --chroma-url and --debug out, wherever they stand before a `--`."""
    from corpus import UsageError

    rest: list[str] = []
    debug = False
    words = iter(given)
    for word in words:
        name, sign, value = word.partition("=")
        if word == "--":
            rest.extend([word, *words])
        elif word == "--debug":
            debug = True
        elif name in ("--home", "--chroma-url"):
            value = value if sign else next(words, "")
            if not value:
                raise UsageError(f"{name} needs {'a folder' if name == '--home' else 'an address'}")
            if name == "--home":
                session.home = Path(value)
            else:
                session.chroma_url = value
        else:
            rest.append(word)
    return rest, debug


def _run(given: list[str], session: Session) -> int:
    import typer
    from typer.exceptions import Abort, Exit, TyperException

    from ui.cli.app import build

    command = typer.main.get_command(build(session))
    try:
        result = command.main(given, prog_name="florilegium", standalone_mode=False)
    except Exit as left:
        return left.exit_code
    except Abort:
        return 130
    except TyperException as error:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
            print(context.get_help())
            return 2
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        return fail_usage(message, context.command_path if context is not None else "florilegium")
    return result if isinstance(result, int) else 0


def fail_usage(message: str, command: str) -> int:
    """Report a wrong call in one line."""
    print(f"florilegium: {' '.join(message.split()).rstrip('.')}. See `{command} --help`", file=sys.stderr)
    return 2


def _leave(code: int) -> None:
    """End at once: native libraries (onnxruntime, Chroma, tantivy) have nothing left to write, and their orderly unloading costs a second."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = 0
    os._exit(code)
