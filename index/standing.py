"""How a built index stands, read from its manifest alone: no store is opened, so neither the owner lock nor Chroma is needed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from index.spec import IndexSpec


@dataclass(frozen=True)
class Standing:
    """A built index as its manifest says. `revision` is -1 before its first sync; `spec` is None where it cannot be read any more.

    `size` is that of the files in its folder, in bytes; vectors in Chroma are not counted. `synced` is when a sync last brought it in step (UTC), or "".
    """

    name: str
    spec: IndexSpec | None
    spec_hash: str
    revision: int
    clean: bool
    library: str
    records: int
    passages: int
    size: int
    synced: str = ""

    @property
    def built(self) -> bool:
        """Whether a sync of it has ever been finished."""
        return self.spec is not None and self.revision >= 0

    def in_step(self, library: str, revision: int) -> bool:
        """Whether it holds what that library holds at that revision."""
        return self.built and self.clean and self.library == library and self.revision == revision


def read_standing(folder: Path) -> Standing | None:
    """How the index in a folder stands, or None where there is none."""
    path = folder / "state.sqlite"
    if not path.is_file():
        return None
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    notes, records, passages = _notes(path)
    try:
        spec = IndexSpec.model_validate(json.loads(notes["spec"])) if notes.get("spec") else None
    except (ValidationError, ValueError):  # of another version of this program
        spec = None
    if spec is not None and spec.folder != folder.name:
        spec = None  # decisions were added since: under today's defaults it would be another index
    return Standing(
        name=folder.name,
        spec=spec,
        spec_hash=spec.hash if spec else "",
        revision=int(notes.get("revision", "-1")),
        clean=notes.get("clean") == "1",
        library=notes.get("library", ""),
        records=records,
        passages=passages,
        size=size,
        synced=notes.get("synced", ""),
    )


def _notes(path: Path) -> tuple[dict[str, str], int, int]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as connection:
            connection.execute("PRAGMA query_only = ON")
            notes = dict(connection.execute("SELECT key, value FROM meta"))
            counts = connection.execute("SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM passage)").fetchone()
            return notes, int(counts[0]), int(counts[1])
    except sqlite3.DatabaseError:
        return {}, 0, 0
