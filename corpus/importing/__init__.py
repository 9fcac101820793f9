"""Records come in: files are read by content, not by ending, and every record found is accounted for in a report."""

from corpus.importing.intake import import_files, undo_import
from corpus.importing.parsing import Draft, Rejected
from corpus.importing.report import FileReport, ImportReport, SkippedRecord

__all__ = ["Draft", "FileReport", "ImportReport", "Rejected", "SkippedRecord", "import_files", "undo_import"]
