"""What the served process tells its operator: a JSON line each, or words on a terminal. Nothing that a person wrote, and no secret, gets into it.

Whoever logs names what happened and how much of it; an error is told by its kind and by where it was raised, since its message may quote what was asked.
"""

from __future__ import annotations

import logging
import re
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

_ROOT = Path(__file__).parent.parent
_FRAMES = 12  # of an error's way, the innermost ones
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_Event = MutableMapping[str, Any]


def logger() -> Any:
    """Where events with values are told: `logger().info("answered", outcome="partly")`."""
    processors: list[Any] = [structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    return structlog.wrap_logger(logging.getLogger("florilegium"), processors, structlog.stdlib.BoundLogger, cache_logger_on_first_use=True)


def set_up(level: str, stream: TextIO) -> None:
    """Send everything that is logged in this process to a stream. `level` is debug, info, warning, or "": info, and on a terminal warning."""
    terminal = stream.isatty()
    chosen = (level or ("warning" if terminal else "info")).upper()
    shown: Any = structlog.dev.ConsoleRenderer(colors=False) if terminal else structlog.processors.JSONRenderer()
    about: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_messages,
        _in_one_line,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[*about, structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("florilegium").setLevel(chosen)
    threading.excepthook = _thread_ended


def where_of(error: BaseException) -> dict[str, Any]:
    """An error without its message: its kind, where it was raised, and the kinds it came of."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _FRAMES:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    told: dict[str, Any] = {"error": type(error).__name__, "at": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]}
    return told | ({"of": causes} if causes else {})


def _without_messages(_logger: Any, _method: str, event: _Event) -> _Event:
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    event.pop("exception", None)
    return {**event, **where_of(error)} if isinstance(error, BaseException) else event


def _in_one_line(_logger: Any, _method: str, event: _Event) -> _Event:
    """No value makes a second line, or steers a terminal."""
    return {name: _CONTROL.sub(_named, value) if isinstance(value, str) else value for name, value in event.items()}


def _named(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _short(path: str) -> str:
    return str(Path(path).relative_to(_ROOT)) if Path(path).is_relative_to(_ROOT) else "/".join(Path(path).parts[-2:])


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    error: BaseException | None = ended.exc_value
    trace: TracebackType | None = ended.exc_traceback
    if error is not None and not issubclass(ended.exc_type, SystemExit):
        logging.getLogger("florilegium").error("a thread ended early", exc_info=(ended.exc_type, error, trace))
