"""The report of an import: read = added + updated + unchanged + duplicates + skipped, for each file and in all."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

COUNTS = ("added", "updated", "unchanged", "duplicates")


class SkippedRecord(NamedTuple):
    """A record that did not come in: its number in the file, its line, and why. Both count from 1; 0 = the whole file."""

    record: int
    line: int
    reason: str


@dataclass
class FileReport:
    """What became of one file's records."""

    path: str
    format: str = ""
    encoding: str = ""
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    skipped: list[SkippedRecord] = field(default_factory=list)
    error: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The file's part of the report as `import --json` prints it."""
        table = asdict(self)
        table["skipped"] = [entry._asdict() for entry in self.skipped]
        return {key: value for key, value in table.items() if value or key not in ("error", "note")}


@dataclass
class ImportReport:
    """What an import did. `batch` names it for undoing; "" where nothing was changed.

    `merged` counts records of the library that turned out to be one, `in_doubt` pairs that were put into the queue of duplicates.
    """

    batch: str = ""
    files: list[FileReport] = field(default_factory=list)
    merged: int = 0
    in_doubt: int = 0

    def total(self, name: str) -> int:
        """The sum of a count over the files."""
        values = [getattr(entry, name) for entry in self.files]
        return sum(len(value) if isinstance(value, list) else value for value in values)

    @property
    def wholly_good(self) -> bool:
        """Whether every file was readable and every record came in."""
        return not any(entry.skipped or entry.error for entry in self.files)

    def as_dict(self) -> dict[str, Any]:
        """The report as `import --json` prints it (DESIGN section 8)."""
        sums = {name: self.total(name) for name in ("read", *COUNTS, "skipped")}
        return {"batch": self.batch, "files": [entry.as_dict() for entry in self.files], **sums}
