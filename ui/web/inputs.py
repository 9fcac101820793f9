"""What a browser may send to an event of Gradio's pages: values, and files that were uploaded here; no path, no address and no component of its own.

Gradio looks at where a file lies only in an app that it launched itself, and this one is mounted; what it would do with a file that a message of the
chat names is to copy it, or fetch it, to where the browser can read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from corpus import ForbiddenError

_DEEPEST = 40


def check_inputs(blocks: Sequence[Any], values: Sequence[Any]) -> None:
    """Look at the values that are sent for an event's inputs. Raises ForbiddenError."""
    for block, value in zip(blocks, values, strict=False):
        uploads = isinstance(block, (gr.File, gr.UploadButton))
        for found in _dicts(value):
            if uploads and _is_upload(found):
                continue
            if uploads or "path" in found or "constructor_args" in found or found.get("type") in ("file", "component"):
                raise ForbiddenError("this is no file that was uploaded here", remedy="Upload it anew")


def _dicts(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        raise ForbiddenError("this is nested too deeply")
    if isinstance(value, dict):
        yield value
        value = list(value.values()) if "path" not in value else []
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _dicts(each, depth + 1)


def _is_upload(value: dict[str, Any]) -> bool:
    """Whether this names a file, by the path where an upload put it."""
    path = value.get("path")
    if not isinstance(path, str) or "\0" in path or not Path(path).is_absolute():
        return False
    return Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
