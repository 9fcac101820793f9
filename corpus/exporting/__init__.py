"""Records go out: as RIS, BibTeX, CSL-JSON, CSV, Markdown, JSON Lines, or a formatted bibliography, in a stream of bounded memory.

What a format cannot carry unharmed stands in a mark beside the record (`corpus.importing.own`), from which the import takes it back.
"""

from corpus.exporting.choosing import export_from
from corpus.exporting.export import FORMATS, MEDIA_TYPES, STYLES, Export, Fault, export_records

__all__ = ["FORMATS", "MEDIA_TYPES", "STYLES", "Export", "Fault", "export_from", "export_records"]
