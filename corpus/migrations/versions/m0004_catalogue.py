"""What the catalogue filters and sorts by, in columns and one index of their own; facets linked by numbers."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from corpus.text import fold

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CATALOGUE: list[str | sa.TextClause] = [
    "status", sa.text("year DESC"), "title_folded", "id", "number", "author_key", "authors_folded", "journal_folded", "keywords_folded", "has_text", "doi",
    "pmid",
]  # fmt: skip


def upgrade() -> None:
    """Add the columns, fill them from the records, and build the facets' tables anew."""
    op.drop_index("ix_review_status", "review")
    op.add_column("review", sa.Column("number", sa.Integer, nullable=False, server_default="0"))
    for name in ("author_key", "journal_folded", "keywords_folded"):
        op.add_column("review", sa.Column(name, sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    _fill(connection)
    op.create_index("ix_review_number", "review", ["number"], unique=True)
    if connection.dialect.name == "sqlite":
        op.create_index("ix_review_catalogue", "review", _CATALOGUE)
    _facets(connection)


def _fill(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT id, journal, document FROM review ORDER BY added_revision, id")).all()
    update = sa.text("UPDATE review SET number = :number, author_key = :author, journal_folded = :journal, keywords_folded = :keywords WHERE id = :id")
    for start in range(0, len(rows), 500):
        connection.execute(update, [_columns(number, *row) for number, row in enumerate(rows[start : start + 500], start=start)])


def _columns(number: int, review_id: str, journal: str, document: str) -> dict[str, Any]:
    record = json.loads(document)
    first: dict[str, Any] = next(iter(record.get("csl", {}).get("author") or []), {})
    parts = [first.get("non-dropping-particle"), first.get("family") or first.get("literal"), first.get("given")]
    keywords = [fold(" ".join(word.split())) for word in record.get("keywords", [])]
    return {
        "id": review_id,
        "number": number,
        "author": fold(" ".join(str(part) for part in parts if part))[:100],
        "journal": fold(journal),
        "keywords": "\n".join(["", *keywords, ""]) if keywords else "",
    }


def _facets(connection: sa.Connection) -> None:
    value = op.create_table(
        "facet_value",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("facet", sa.String(60), nullable=False),
        sa.Column("value", sa.String(300), nullable=False),
        sa.Column("value_folded", sa.String(300), nullable=False),
    )
    op.create_index("ix_facet_value", "facet_value", ["facet", "value"], unique=True)
    known = connection.execute(sa.text("SELECT DISTINCT facet, value FROM review_facet ORDER BY facet, value")).all()
    if known:
        connection.execute(value.insert(), [{"facet": row.facet, "value": row.value, "value_folded": fold(row.value)} for row in known])
    op.create_table(
        "review_facet_numbers",
        sa.Column("value_number", sa.Integer, sa.ForeignKey("facet_value.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("review_number", sa.Integer, sa.ForeignKey("review.number", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    connection.execute(
        sa.text(
            "INSERT INTO review_facet_numbers (value_number, review_number) SELECT v.number, r.number FROM review_facet f"
            " JOIN facet_value v ON v.facet = f.facet AND v.value = f.value JOIN review r ON r.id = f.review_id"
        )
    )
    op.drop_table("review_facet")
    op.rename_table("review_facet_numbers", "review_facet")
    op.create_index("ix_review_facet_review_number", "review_facet", ["review_number"])
