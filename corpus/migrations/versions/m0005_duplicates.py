"""What duplicates are found by, pairs in doubt with what was decided, and merges that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _record(name: str, **options: bool) -> "sa.Column[str]":
    return sa.Column(name, sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Create three tables. The keys of records that are there already are written when duplicates are next looked for."""
    op.create_table(
        "block",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        _record("review_id", primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_block_review_id", "block", ["review_id"])
    op.create_table(
        "merge",
        sa.Column("number", sa.Integer, primary_key=True),
        _record("kept_id", nullable=False),
        _record("other_id", nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("other_status", sa.String(12), nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("undone_revision", sa.Integer),
    )
    for column in ("kept_id", "other_id", "revision"):
        op.create_index(f"ix_merge_{column}", "merge", [column])
    op.create_table(
        "duplicate_pair",
        _record("first_id", primary_key=True),
        _record("second_id", primary_key=True),
        sa.Column("decision", sa.String(12), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("found_at", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("decided_at", sa.String(32)),
    )
    for column in ("second_id", "decision"):
        op.create_index(f"ix_duplicate_pair_{column}", "duplicate_pair", [column])
