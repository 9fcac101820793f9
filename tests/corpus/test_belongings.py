"""An erased account leaves no byte of its owner's in the file, and nothing of anybody else's is touched; what the local user made can be given away."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from corpus import LOCAL, ConflictError, Exchange, Library, NotFoundError, Role, UsageError, schema
from corpus.digest import changes_since
from corpus.lab import Judgement, TestQuery
from corpus.lab.drafts import accept_draft, draft_from_answer, drafts
from tests.corpus.making import put, review

MARK = "zqxmarker"
OTHER = "otherperson"
PASSWORD = "correct horse battery"


def answer(text: str) -> dict[str, object]:
    citation = {"review_id": "sleep", "field": "findings[0]", "start": 0, "end": 5, "revision": 1}
    return {"id": f"a-{text}", "question": text, "sentences": [{"text": text, "citations": [citation]}], "reviews": [{"id": "sleep"}], "nearest": []}


def use_everything(library: Library, name: str, word: str) -> None:
    """Write a word through every channel that a person has."""
    library.accounts.add(name, Role.LIBRARIAN, PASSWORD, subject=f"https://id.example.org {word}")
    library.accounts.link(name)
    library.sessions.start(name, address="10.0.0.1", agent=f"{word} browser")
    library.sessions.begin_try(name, f"{word} address")
    library.tokens.new(name, ["read"], label=f"{word} program")
    library.answers.save(f"a-{word}", f"{word}?", 1, answer(word), name)
    talk = library.conversations.append("", Exchange(f"{word}?", f"{word}?!", f"a-{word}", (f"topics={word}",)), name, said=f"{word} said").id
    library.conversations.rename(talk, f"About {word}", name)
    library.conversations.share(talk, name)
    library.feedback.put(f"a-{word}", False, "wrong", f"{word} is wrong", person=name)
    draft_from_answer(library, f"a-{word}", why="thumbs down", note=f"{word} is wrong", actor=name)
    note = library.notes.add(name, "sleep", f"{word} before " * 40)
    library.notes.edit(name, note.id, f"{word} after")
    comment = library.comments.add(name, "sleep", f"{word} before " * 40)
    library.comments.edit(name, comment.number, f"{word} after")
    library.lists.create(f"{word} list", owner=name)
    library.lists.add(f"{word} list", ["sleep"], name)
    library.lists.create(f"{word} search", [f"topics={word}"], name, words=word)
    library.questions.save(f"{word}?", [f"topics={word}"], name, answer(word))
    library.subscribers.add(f"{word}@example.org", owner=name, active=True)
    with library.jobs.run("import", f"{word}.ris", name) as job:
        job.say(word)
    record = library.get("sleep")
    library.edit("sleep", {"summary": f"Edited {len(word)}"}, base_revision=record.revision, actor=name)
    library.judgements.add("set", [Judgement("q", "sleep", 2, name)])


@pytest.fixture
def used(library: Library) -> Library:
    put(library, review("sleep", "On sleep", findings=["Sleep is long."]))
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    library.sets.create("set")
    library.sets.put("set", [TestQuery("q", "sleep?")])
    for name, word in ((MARK, MARK), (OTHER, OTHER)):
        use_everything(library, name, word)
    issue = library.issues.create(changes_since(library, 0), "An issue", MARK)
    library.issues.publish(issue.number, issue.version, MARK)
    library.mails.begin(issue.number)
    for mail in library.mails.all(issue.number):
        library.mails.keep_news(mail, [{"question": f"{mail.owner} news"}], {})
    return library


def bytes_with(word: str, folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and word.encode() in path.read_bytes()]


def test_every_channel_is_really_written(used: Library, tmp_path: Path) -> None:
    assert set(used.belongings.count(MARK)) == {column.table.name for column in schema.OWNERS}
    assert bytes_with(MARK, tmp_path)


def test_no_byte_is_left_of_an_erased_account_and_all_of_the_others(used: Library, tmp_path: Path) -> None:
    others = used.belongings.count(OTHER)
    erased = used.belongings.erase(MARK)
    assert erased.rows == {**others, "subscriber": 1}
    assert erased.overwritten
    assert bytes_with(MARK, tmp_path) == []
    used.close()
    assert bytes_with(MARK, tmp_path) == []
    assert used.belongings.count(OTHER) == others
    assert used.conversations.all(OTHER)[0].title == f"About {OTHER}"
    assert [name for name, _ in drafts(used)] == ["from the chat"]
    assert used.sessions.all() == used.sessions.all(OTHER) != []
    assert used.tokens.all() == used.tokens.all(OTHER) != []


@pytest.mark.both_databases
def test_no_row_is_left_of_an_erased_account_and_all_of_the_others(used: Library) -> None:
    others = used.belongings.count(OTHER)
    assert used.belongings.erase(MARK).rows == {**others, "subscriber": 1}
    with used.reading() as connection:
        rows = [str(row) for table in schema.metadata.sorted_tables for row in connection.execute(table.select())]
    assert not [row for row in rows if MARK in row]
    assert used.belongings.count(OTHER) == others


@pytest.mark.both_databases
def test_what_they_did_for_the_library_stays_under_a_stand_in(used: Library) -> None:
    before = used.get("sleep")
    stand_in = used.belongings.erase(MARK).stand_in
    assert used.get("sleep") == before
    assert [version.actor for version in used.history("sleep")].count(stand_in) == 1
    assert {one.judge for one in used.judgements.of("set")} == {stand_in, OTHER}
    assert used.issues.all()[0].published_by == stand_in


@pytest.mark.both_databases
def test_a_query_that_a_librarian_accepted_is_the_librarys(used: Library) -> None:
    accept_draft(used, "from the chat", f"chat-a-{MARK}")
    used.belongings.erase(MARK)
    query = used.sets.queries("from the chat")[f"chat-a-{MARK}"]
    assert (query.text, query.draft, query.origin) == (MARK, False, {})


@pytest.mark.both_databases
def test_who_cannot_be_erased(used: Library) -> None:
    for name, error in (("ada", ConflictError), ("nobody", NotFoundError), (LOCAL, UsageError)):
        with pytest.raises(error):
            used.belongings.erase(name)
    assert used.accounts.get("ada").role is Role.ADMIN
    used.accounts.remove(OTHER)
    assert used.belongings.erase(OTHER.upper()).rows, "what a removed account left behind is erased by its name"
    with pytest.raises(NotFoundError):
        used.belongings.erase(OTHER)


@pytest.mark.both_databases
def test_an_account_is_given_what_was_made_before_there_were_any(library: Library) -> None:
    put(library, review("sleep", "On sleep", findings=["Sleep is long."]))
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    for owner in (LOCAL, "ada"):
        library.lists.create("To read", owner=owner)
        library.answers.save(f"a-{owner}", "Why?", 1, answer(owner), owner)
        library.conversations.append("", Exchange("Why?", "Why?", f"a-{owner}"), owner)
        library.notes.add(owner, "sleep", f"by {owner}")
        library.feedback.put(f"a-{LOCAL}", owner == "ada", person=owner)
    library.lists.add("To read", ["sleep"])
    given = library.belongings.adopt("Ada")
    assert given == {"conversation": 1, "answer": 1, "answer_feedback": 1, "note": 1, "record_list": 1}
    assert library.belongings.count(LOCAL) == {}
    assert [(each.name, each.ids) for each in library.lists.all("ada")] == [("To read", ()), ("To read (local)", ("sleep",))]
    assert {note.text for note in library.notes.find("ada")} == {"by local", "by ada"}
    assert library.feedback.of(f"a-{LOCAL}", "ada").useful  # type: ignore[union-attr]
    assert len(library.conversations.all("ada")) == 2
    assert library.belongings.adopt("ada") == {}
    with pytest.raises(NotFoundError):
        library.belongings.adopt("eve")


@pytest.mark.both_databases
def test_an_answer_that_something_else_holds_outlives_its_conversation(library: Library) -> None:
    put(library, review("sleep", "On sleep", findings=["Sleep is long."]))
    talks = {}
    for held in ("none", "question", "feedback", "draft"):
        library.answers.save(f"a-{held}", held, 1, answer(held), "ann")
        talks[held] = library.conversations.append("", Exchange(held, held, f"a-{held}"), "ann").id
    library.questions.save("question", owner="ann", answer=answer("question"))
    library.feedback.put("a-feedback", True, person="ann")
    draft_from_answer(library, "a-draft", actor="eve")
    gone = {held: library.conversations.delete(talk, "ann") for held, talk in talks.items()}
    assert gone == {"none": 1, "question": 0, "feedback": 0, "draft": 0}
    assert set(library.answers.get_many(f"a-{held}" for held in talks)) == {"a-question", "a-feedback", "a-draft"}


def test_every_column_that_names_a_person_is_known() -> None:
    """A new table whose rows are somebody's cannot be forgotten by an erasure."""
    words = ("actor", "owner", "author", "person", "judge", "moderator", "user", "_by")
    own = {"review.authors_folded", "review.author_key"}  # those of reviews
    named = {f"{table.name}.{column.name}" for table in schema.metadata.sorted_tables for column in table.columns if any(word in column.name for word in words)}
    assert named - own == {str(column) for column in (*schema.OWNERS, *schema.ACTORS)}


def test_a_text_in_a_document_is_found_in_postgresql_too() -> None:
    written = str(sa.select(schema.ANSWER_HOLDERS[3]).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
    assert "CAST(test_query.document AS JSON) #>> '{origin, answer}'" in written
