"""Which test sets are run after every sync."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("test_set", sa.Column("after_sync", sa.Boolean, nullable=False, server_default=sa.false()))
