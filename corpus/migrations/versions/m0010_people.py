"""Accounts with their sessions, conversations over kept answers, whose each answer is, and jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their tables; the answers kept so far are the local user's."""
    op.add_column("answer", sa.Column("owner", sa.String(100), nullable=False, server_default="local"))
    op.create_table(
        "account",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("password", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(500)),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_account_subject", "account", ["subject"], unique=True)
    op.create_table(
        "account_session",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
    )
    op.create_index("ix_account_session_token_hash", "account_session", ["token_hash"], unique=True)
    op.create_index("ix_account_session_name", "account_session", ["name"])
    op.create_table(
        "account_link",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(100), sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("free", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sign_in_flow",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_folded", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
        sa.Column("share", sa.String(64)),
    )
    op.create_index("ix_conversation_owner", "conversation", ["owner", "changed"])
    op.create_index("ix_conversation_share", "conversation", ["share"], unique=True)
    op.create_table(
        "conversation_turn",
        sa.Column("conversation_id", sa.String(40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("standalone_question", sa.Text, nullable=False),
        sa.Column("answer_id", sa.String(40), nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_conversation_turn_answer_id", "conversation_turn", ["answer_id"])
    op.create_table(
        "job",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("ended", sa.String(32)),
        sa.Column("log", sa.Text, nullable=False),
    )
    op.create_index("ix_job_state", "job", ["state"])
