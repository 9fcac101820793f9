"""The command that says what is missing or wrong in the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ui.cli.curating import print_table
from ui.cli.finding import Filters
from ui.cli.output import print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus.completeness import Completeness

_SHOWN = 20


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def completeness(filters: Filters = None, json: Json = False) -> int:
        """Say which records lack title, authors, year, DOI, abstract or summary, and what in them cannot be right."""
        from corpus import parse_filter
        from corpus.completeness import completeness as examine

        library = session.library()
        chosen = parse_filter(filters or [], library.vocabulary, library.catalogue.facet_names())
        found = examine(library, chosen)
        print_json({"filter": chosen.as_list(), **found.as_dict()}) if json else _print(found)
        return 0


def _print(found: Completeness) -> None:
    print(f"{found.complete:,} of {found.records:,} records lack nothing and have nothing wrong.")
    lacking = [(name, ids) for name, ids in found.lacks.items() if ids]
    rows = [(name, f"{len(ids):,}", f"{len(ids) / found.records:.1%}", ", ".join(ids[:3]) + (" …" if len(ids) > 3 else "")) for name, ids in lacking]
    if rows:
        print_table(("Lacking", "Records", "Share", "Such as"), rows)
    for title, lines in (
        ("Invalid", [f"{fault.review_id}: {fault.field}: {fault.reason}" for fault in found.faults]),
        ("Not in the vocabulary", [f"{v.facet}: {v.value} ({v.records:,})" + (f", nearest {v.nearest}" if v.nearest else "") for v in found.unknown]),
    ):
        if lines:
            print(f"{title}: {len(lines):,}")
            print("\n".join(f"  {line}" for line in lines[:_SHOWN]))
        if len(lines) > _SHOWN:
            print(f"  and {len(lines) - _SHOWN:,} more (--json lists all)")
