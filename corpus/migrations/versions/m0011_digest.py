"""Saved questions, issues of the digest, its subscribers, and which mail has gone to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their tables."""
    op.create_table(
        "saved_question",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.String(32)),
        sa.Column("document", sa.Text),
    )
    op.create_index("ix_saved_question_owner", "saved_question", ["owner"])
    op.create_table(
        "digest_issue",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("introduction", sa.Text, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("published_at", sa.String(32)),
        sa.Column("published_by", sa.String(100)),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "subscriber",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("confirmed_at", sa.String(32)),
    )
    op.create_index("ix_subscriber_uid", "subscriber", ["uid"], unique=True)
    op.create_index("ix_subscriber_address", "subscriber", ["address"], unique=True)
    op.create_table(
        "digest_mail",
        sa.Column("issue_number", sa.Integer, sa.ForeignKey("digest_issue.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("subscriber_number", sa.Integer, sa.ForeignKey("subscriber.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("document", sa.Text),
    )
    op.create_table("site_secret", sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Text, nullable=False))
