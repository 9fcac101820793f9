"""Private notes, comments, saved searches with words, and which words answers cite."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MANY = 1_000


def upgrade() -> None:
    """Create the tables; what is cited is read out of the answers kept so far."""
    op.add_column("record_list", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "note",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("review_id", sa.String(100), nullable=False),
        sa.Column("anchor", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
    )
    op.create_index("ix_note_owner", "note", ["owner", "review_id"])
    op.create_table(
        "comment",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("review_id", sa.String(100), nullable=False),
        sa.Column("anchor", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("moderator", sa.String(100), nullable=False, server_default=""),
        sa.Column("moderated", sa.String(32)),
    )
    op.create_index("ix_comment_review_id", "comment", ["review_id"])
    op.create_index("ix_comment_state", "comment", ["state"])
    cited = op.create_table(
        "answer_citation",
        sa.Column("answer_id", sa.String(40), sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("review_id", sa.String(100), primary_key=True),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("end", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("ix_answer_citation_review_id", "answer_citation", ["review_id"])
    connection = op.get_bind()
    rows = [row for answer in connection.execute(sa.text("SELECT id, document FROM answer")) for row in _cited(answer.id, answer.document)]
    for start in range(0, len(rows), _MANY):
        connection.execute(cited.insert(), rows[start : start + _MANY])


def _cited(answer_id: str, document: str) -> Iterator[dict[str, Any]]:
    found = {}
    for sentence in json.loads(document).get("sentences", ()):
        for place in sentence.get("citations", ()):
            row = {name: place[name] for name in ("review_id", "field", "start", "end")}
            found[tuple(row.values())] = row | {"answer_id": answer_id, "revision": place["revision"]}
    yield from found.values()
