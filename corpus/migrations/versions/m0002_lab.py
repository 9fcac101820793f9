"""Test sets, queries, judgements, pools, runs, gates and sweeps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the lab."""
    op.create_table(
        "test_set",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("guideline", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
    )
    op.create_table(
        "test_query",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.UniqueConstraint("set_id", "id", name="uq_test_query_set_id"),
    )
    op.create_table(
        "judgement",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("query_number", sa.Integer, sa.ForeignKey("test_query.number", ondelete="CASCADE"), nullable=False),
        sa.Column("judge", sa.String(100), nullable=False),
        sa.Column("review_id", sa.String(100), nullable=False),
        sa.Column("anchor", sa.Text),
        sa.Column("grade", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("adjudicated", sa.Boolean, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_judgement_query_number", "judgement", ["query_number"])
    op.create_table(
        "lab_pool",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "lab_run",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("set_name", sa.String(300), nullable=False),
        sa.Column("config", sa.String(300), nullable=False),
        sa.Column("config_hash", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("rankings", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_lab_run_set_name", "lab_run", ["set_name"])
    op.create_table(
        "gate",
        sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "sweep",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
