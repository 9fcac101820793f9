"""Whether a disk has room left: SQLite says of a full one only "disk I/O error", even where it was to read."""

from __future__ import annotations

import shutil
from pathlib import Path

_SMALL = 1_000_000  # bytes
#: What to do about it.
MAKE_ROOM = "Make room on that disk, then try again; nothing was changed"


def no_room(folder: Path) -> bool:
    """Whether the files of a folder cannot grow any more. To read, SQLite makes a file beside its own."""
    return folder.is_dir() and shutil.disk_usage(folder).free < _SMALL
