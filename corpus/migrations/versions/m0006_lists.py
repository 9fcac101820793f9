"""Named lists of records, and saved searches."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their tables."""
    op.create_table(
        "record_list",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
    )
    op.create_index("ix_record_list_name", "record_list", ["owner", "name"], unique=True)
    op.create_table(
        "record_list_item",
        sa.Column("list_number", sa.Integer, sa.ForeignKey("record_list.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("review_id", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
