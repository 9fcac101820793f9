"""Reviews with their revisions, facets, aliases, import batches, answers and search configurations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the first schema."""
    op.create_table(
        "library",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("added_revision", sa.Integer, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_folded", sa.Text, nullable=False),
        sa.Column("authors_folded", sa.Text, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("journal", sa.Text, nullable=False),
        sa.Column("doi", sa.String(300)),
        sa.Column("pmid", sa.String(20)),
        sa.Column("work_key", sa.String(40)),
        sa.Column("has_text", sa.String(60), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    for column in ("revision", "status", "year", "doi", "pmid", "work_key"):
        op.create_index(f"ix_review_{column}", "review", [column])
    op.create_table(
        "review_version",
        sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text),
    )
    op.create_table(
        "review_facet",
        sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("facet", sa.String(60), primary_key=True),
        sa.Column("value", sa.String(300), primary_key=True),
    )
    op.create_index("ix_review_facet_value", "review_facet", ["facet", "value", "review_id"])
    op.create_table(
        "review_alias",
        sa.Column("alias", sa.String(100), primary_key=True),
        sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("undone_revision", sa.Integer),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(40), sa.ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("review_id", sa.String(100), primary_key=True),
        sa.Column("before_revision", sa.Integer),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "search_config",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "promotion",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("config", sa.String(100), sa.ForeignKey("search_config.name"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
    )
