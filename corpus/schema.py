"""The tables of the library, as the newest migration leaves them (a test compares both)."""

from __future__ import annotations

import sqlalchemy as sa

#: The newest migration in `corpus/migrations/versions`; a test holds it equal to Alembic's one head.
HEAD = "0013"

metadata = sa.MetaData()

library = sa.Table(
    "library",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
)

review = sa.Table(
    "review",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, server_default="0"),  # in the order of adding; what facets are linked by
    sa.Column("revision", sa.Integer, nullable=False, index=True),
    sa.Column("added_revision", sa.Integer, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_folded", sa.Text, nullable=False),
    sa.Column("authors_folded", sa.Text, nullable=False),
    sa.Column("author_key", sa.Text, nullable=False, server_default=""),  # what records are sorted by
    sa.Column("year", sa.Integer, index=True),
    sa.Column("journal", sa.Text, nullable=False),
    sa.Column("journal_folded", sa.Text, nullable=False, server_default=""),
    sa.Column("keywords_folded", sa.Text, nullable=False, server_default=""),  # each between line feeds
    sa.Column("doi", sa.String(300), index=True),
    sa.Column("pmid", sa.String(20), index=True),
    sa.Column("work_key", sa.String(40), index=True),
    sa.Column("issn", sa.Text, index=True),  # several with spaces between
    sa.Column("has_text", sa.String(60), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("ix_review_number", "number", unique=True),
)
#: All that filters and sorting look at, newest first: SQLite answers from it alone and never reads past the documents. (In PostgreSQL long texts lie
#: outside their rows, and an entry of an index may not be that long.)
catalogue_index = sa.Index(
    "ix_review_catalogue", review.c.status, review.c.year.desc(), review.c.title_folded, review.c.id, review.c.number, review.c.author_key,
    review.c.authors_folded, review.c.journal_folded, review.c.keywords_folded, review.c.has_text, review.c.doi, review.c.pmid,
).ddl_if(dialect="sqlite")  # fmt: skip

review_version = sa.Table(
    "review_version",
    metadata,
    sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
)

facet_value = sa.Table(
    "facet_value",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("facet", sa.String(60), nullable=False),
    sa.Column("value", sa.String(300), nullable=False),
    sa.Column("value_folded", sa.String(300), nullable=False),
    sa.Index("ix_facet_value", "facet", "value", unique=True),
)

review_facet = sa.Table(
    "review_facet",
    metadata,
    sa.Column("value_number", sa.Integer, sa.ForeignKey("facet_value.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("review_number", sa.Integer, sa.ForeignKey("review.number", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

review_alias = sa.Table(
    "review_alias",
    metadata,
    sa.Column("alias", sa.String(100), primary_key=True),
    sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), nullable=False),
)

vocabulary = sa.Table(
    "vocabulary",
    metadata,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

#: What candidates for duplicates are found by: records that share a key are compared (corpus/duplicates/blocking.py).
block = sa.Table(
    "block",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("review_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

#: Two records that were made one. `other_status` is what the other one had; `changed` what the kept one gained, field -> [before, after].
merge = sa.Table(
    "merge",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kept_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("other_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False, index=True),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("other_status", sa.String(12), nullable=False),
    sa.Column("changed", sa.Text, nullable=False),
    sa.Column("undone_revision", sa.Integer),
)

#: Pairs of records that may be one work, and what a person said of them. `first_id` < `second_id`.
duplicate_pair = sa.Table(
    "duplicate_pair",
    metadata,
    sa.Column("first_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("second_id", sa.String(100), sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("decision", sa.String(12), nullable=False, index=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("found_at", sa.String(32), nullable=False),
    sa.Column("decided_by", sa.String(100)),
    sa.Column("decided_at", sa.String(32)),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("undone_revision", sa.Integer),
    sa.Column("report", sa.Text, nullable=False),
)

batch_item = sa.Table(
    "batch_item",
    metadata,
    sa.Column("batch_id", sa.String(40), sa.ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("review_id", sa.String(100), primary_key=True),
    sa.Column("before_revision", sa.Integer),
)

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("owner", sa.String(100), nullable=False, server_default="local"),
)

#: The words that answers cite, so that a record knows who cites it.
answer_citation = sa.Table(
    "answer_citation",
    metadata,
    sa.Column("answer_id", sa.String(40), sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("review_id", sa.String(100), primary_key=True, index=True),  # no foreign key: a merged record's id stays, and is followed by `review_alias`
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("end", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False),
)

#: What readers say of answers, each person once of each.
answer_feedback = sa.Table(
    "answer_feedback",
    metadata,
    sa.Column("answer_id", sa.String(40), sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)

search_config = sa.Table(
    "search_config",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

promotion = sa.Table(
    "promotion",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("config", sa.String(100), sa.ForeignKey("search_config.name"), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
)

test_set = sa.Table(
    "test_set",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("guideline", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("after_sync", sa.Boolean, nullable=False, server_default=sa.false()),  # whether it is run whenever the search data has followed
)

test_query = sa.Table(
    "test_query",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
    sa.Column("id", sa.String(200), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.UniqueConstraint("set_id", "id", name="uq_test_query_set_id"),
)

judgement = sa.Table(
    "judgement",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("query_number", sa.Integer, sa.ForeignKey("test_query.number", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("judge", sa.String(100), nullable=False),
    sa.Column("review_id", sa.String(100), nullable=False),
    sa.Column("anchor", sa.Text),
    sa.Column("grade", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("adjudicated", sa.Boolean, nullable=False),
    sa.Column("undone", sa.Boolean, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)

lab_pool = sa.Table(
    "lab_pool",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

lab_run = sa.Table(
    "lab_run",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("set_name", sa.String(300), nullable=False, index=True),
    sa.Column("config", sa.String(300), nullable=False),
    sa.Column("config_hash", sa.String(64), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("rankings", sa.LargeBinary, nullable=False),
)

gate = sa.Table(
    "gate",
    metadata,
    sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

sweep = sa.Table(
    "sweep",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("set_id", sa.Integer, sa.ForeignKey("test_set.id", ondelete="CASCADE"), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

record_list = sa.Table(
    "record_list",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("filters", sa.Text, nullable=False),  # a JSON list; one that is not empty makes the list a saved search
    sa.Column("words", sa.Text, nullable=False, server_default=""),  # what to search for; makes it a saved search too
    sa.Index("ix_record_list_name", "owner", "name", unique=True),
)

record_list_item = sa.Table(
    "record_list_item",
    metadata,
    sa.Column("list_number", sa.Integer, sa.ForeignKey("record_list.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("review_id", sa.String(100), primary_key=True),  # no foreign key: a merged record's id stays, and is followed by `review_alias`
    sa.Column("position", sa.Integer, nullable=False),
)

#: Private notes. `anchor` is an Anchor as JSON; `folded` is what is searched.
note = sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("review_id", sa.String(100), nullable=False),  # no foreign key, as above
    sa.Column("anchor", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("changed", sa.String(32), nullable=False),
    sa.Index("ix_note_owner", "owner", "review_id"),
)

comment = sa.Table(
    "comment",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("author", sa.String(100), nullable=False),
    sa.Column("review_id", sa.String(100), nullable=False, index=True),  # no foreign key, as above
    sa.Column("anchor", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("changed", sa.String(32), nullable=False),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("moderator", sa.String(100), nullable=False, server_default=""),
    sa.Column("moderated", sa.String(32)),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("password", sa.String(300), nullable=False),  # argon2's own text; "" where there is none
    sa.Column("subject", sa.String(500)),  # issuer and subject of whom an OIDC provider vouches for
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Index("ix_account_subject", "subject", unique=True),
)

#: Who is signed in where. Tokens are kept as their SHA-256 alone; times are seconds since 1970.
account_session = sa.Table(
    "account_session",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("started", sa.BigInteger, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("agent", sa.String(200), nullable=False),
    sa.Index("ix_account_session_token_hash", "token_hash", unique=True),
)

#: Links by which a person sets a password once.
account_link = sa.Table(
    "account_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(100), sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False),
    sa.Column("expires", sa.BigInteger, nullable=False),
)

#: What programs act for an account by (corpus/tokens.py); kept as sessions are. `scopes` with spaces between.
account_token = sa.Table(
    "account_token",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), sa.ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("scopes", sa.String(100), nullable=False),
    sa.Column("made", sa.BigInteger, nullable=False),
    sa.Column("expires", sa.BigInteger),
    sa.Column("used", sa.BigInteger),
    sa.Index("ix_account_token_token_hash", "token_hash", unique=True),
)

#: Failed sign-ins of a name or an address (a hash of it), and from when the next one is let through.
sign_in_try = sa.Table(
    "sign_in_try",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("free", sa.BigInteger, nullable=False),
)

#: Sign-ins under way at an OIDC provider: what the answer has to match.
sign_in_flow = sa.Table(
    "sign_in_flow",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("expires", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_folded", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("changed", sa.String(32), nullable=False),
    sa.Column("share", sa.String(64)),  # what stands in the link; its owner can see it again, so it is kept as it is
    sa.Index("ix_conversation_owner", "owner", "changed"),
    sa.Index("ix_conversation_share", "share", unique=True),
)

conversation_turn = sa.Table(
    "conversation_turn",
    metadata,
    sa.Column("conversation_id", sa.String(40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("standalone_question", sa.Text, nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False, index=True),
    sa.Column("filters", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),  # questions and answer in lower case, to be searched
    sa.Column("at", sa.String(32), nullable=False),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("step", sa.String(60), nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("worker", sa.String(200), nullable=False),  # host and process id
    sa.Column("started", sa.String(32), nullable=False),
    sa.Column("ended", sa.String(32)),
    sa.Column("log", sa.Text, nullable=False),
)

#: A question an account wants to be told about; `document` is the answer that news are told against.
saved_question = sa.Table(
    "saved_question",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("owner", sa.String(100), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("filters", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("asked_at", sa.String(32)),
    sa.Column("document", sa.Text),
)

#: An issue of the digest; `document` are its entries as they were when it was made, with what its editor did to them.
digest_issue = sa.Table(
    "digest_issue",
    metadata,
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

subscriber = sa.Table(
    "subscriber",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("locale", sa.String(20), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("confirmed_at", sa.String(32)),
    sa.Index("ix_subscriber_uid", "uid", unique=True),
    sa.Index("ix_subscriber_address", "address", unique=True),
)

#: An issue for a subscriber (corpus/digest/mails.py); `document` are the private news it carries.
digest_mail = sa.Table(
    "digest_mail",
    metadata,
    sa.Column("issue_number", sa.Integer, sa.ForeignKey("digest_issue.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("subscriber_number", sa.Integer, sa.ForeignKey("subscriber.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("document", sa.Text),
)

#: What only this site knows: the keys that sign its links.
site_secret = sa.Table("site_secret", metadata, sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Text, nullable=False))


def _within(document: sa.Column[str], *path: str) -> sa.ColumnElement[str]:
    """A text inside a JSON document, in SQLite (where a document is text) as in PostgreSQL."""
    held: sa.ColumnElement[str] = sa.cast(document, sa.JSON().with_variant(sa.Text(), "sqlite"))[path].as_string()
    return held


#: What holds an answer's id: an answer that none of them names any more can be deleted with what held it.
ANSWER_HOLDERS: list[sa.ColumnElement[str]] = [
    conversation_turn.c.answer_id,
    answer_feedback.c.answer_id,
    _within(saved_question.c.document, "id"),
    _within(test_query.c.document, "origin", "answer"),
]

#: Whose a row is: what a person made for themselves, or said under their name. It goes with them, or to whom it is given (corpus/belongings.py).
OWNERS: list[sa.Column[str]] = [
    conversation.c.owner, answer.c.owner, answer_feedback.c.person, note.c.owner, comment.c.author, record_list.c.owner, saved_question.c.owner,
    subscriber.c.owner,
]  # fmt: skip

#: Who did something for the library, which stays when they go.
ACTORS: list[sa.Column[str]] = [
    review_version.c.actor, vocabulary.c.actor, merge.c.actor, duplicate_pair.c.decided_by, batch.c.actor, promotion.c.actor, test_set.c.actor, gate.c.actor,
    judgement.c.judge, comment.c.moderator, job.c.owner, digest_issue.c.actor, digest_issue.c.published_by,
]  # fmt: skip
