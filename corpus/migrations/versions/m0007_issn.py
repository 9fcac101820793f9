"""The records' ISSNs in a column of their own, so that all of them can be checked without reading the records."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and fill it from the records."""
    op.add_column("review", sa.Column("issn", sa.Text))
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, document FROM review WHERE document LIKE '%\"ISSN\"%'"))
    rows = [{"id": row.id, "issn": issn} for row in found if (issn := _issn(row.document))]
    if rows:
        connection.execute(sa.text("UPDATE review SET issn = :issn WHERE id = :id"), rows)
    op.create_index("ix_review_issn", "review", ["issn"])


def _issn(document: str) -> str:
    value = json.loads(document).get("csl", {}).get("ISSN") or ""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
