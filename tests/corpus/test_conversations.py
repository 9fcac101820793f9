"""Conversations: kept in order, each person's own, deleted with the answers only they hold, shared by a link that can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from corpus import LOCAL, Exchange, InputError, Library, NotFoundError
from tests.corpus.making import opened

pytestmark = pytest.mark.both_databases


def said(library: Library, question: str, conversation: str = "", owner: str = LOCAL, answer: str = "", text: str = "") -> str:
    """Ask a question; the conversation's id."""
    answer = answer or f"a-{question}"
    library.answers.save(answer, question, 1, {"text": text}, owner)
    return library.conversations.append(conversation, Exchange(question, f"{question}!", answer, ("year>=2020",)), owner, said=text).id


def test_exchanges_keep_their_order_filters_and_answers(library: Library) -> None:
    first = said(library, "Why?")
    assert said(library, "And how?", first) == first
    kept = library.conversations.get(first)
    assert [(each.question, each.standalone_question, each.answer_id, each.filters) for each in kept.exchanges] == [
        ("Why?", "Why?!", "a-Why?", ("year>=2020",)),
        ("And how?", "And how?!", "a-And how?", ("year>=2020",)),
    ]
    assert (kept.title, kept.share, kept.owner) == ("Why?", "", LOCAL)
    assert library.answers.get_many(["a-Why?", "none", "a-And how?"]) == {"a-Why?": {"text": ""}, "a-And how?": {"text": ""}}


def test_the_last_one_spoken_in_comes_first_and_pages_follow_each_other(library: Library) -> None:
    ids = [said(library, f"Question {number}") for number in range(5)]
    said(library, "Again", ids[1])
    heads = library.conversations.all()
    assert [head.id for head in heads] == [ids[1], ids[4], ids[3], ids[2], ids[0]]
    assert [head.exchanges for head in heads] == [2, 1, 1, 1, 1]
    assert [head.id for start in (0, 2, 4) for head in library.conversations.all(limit=2, start=start)] == [head.id for head in heads]


def test_they_are_found_by_words_of_title_questions_and_answers(library: Library) -> None:
    one = said(library, "Does psilocybin help?", text="Für Émile: 50% fewer_relapses")
    two = said(library, "Is ketamine safe?", text="500 people")
    library.conversations.rename(two, "About ÄRZTE")
    expected = {"psilocybin HELP": [one], "emile": [one], "50%": [one], "r_r": [one], "0_p": [], "%": [one], "psilocybin safe": [], "ärzte": [two]}
    expected |= {"arzte about": [two], "safe about": [two], "": [two, one]}
    assert {words: sorted(head.id for head in library.conversations.all(words=words)) for words in expected} == {
        words: sorted(ids) for words, ids in expected.items()
    }


@pytest.mark.parametrize("act", ["get", "rename", "delete", "share", "unshare", "append", "cut"])
def test_anothers_conversation_is_as_if_it_were_not_there(library: Library, act: str) -> None:
    mine = said(library, "Why?", owner="ada")
    talks = library.conversations
    acts = {
        "get": lambda: talks.get(mine, "eve"),
        "rename": lambda: talks.rename(mine, "Hers", "eve"),
        "delete": lambda: talks.delete(mine, "eve"),
        "share": lambda: talks.share(mine, "eve"),
        "unshare": lambda: talks.unshare(mine, "eve"),
        "append": lambda: talks.append(mine, Exchange("?", "?", "a"), "eve"),
        "cut": lambda: talks.cut(mine, 0, "eve"),
    }
    before = talks.get(mine, "ada")
    with pytest.raises(NotFoundError, match=mine):
        acts[act]()
    assert talks.get(mine, "ada") == before
    assert talks.all("eve") == []
    with pytest.raises(NotFoundError):
        library.answers.get("a-Why?", "eve")
    assert library.answers.get("a-Why?", "ada") == {"text": ""}


def test_a_deleted_conversation_takes_the_answers_that_only_it_held(library: Library) -> None:
    first, second = said(library, "One", answer="alone"), said(library, "Two", answer="both")
    said(library, "Two again", first, answer="both")
    token = library.conversations.share(first)
    assert library.conversations.delete(first) == 1
    assert set(library.answers.get_many(["alone", "both"])) == {"both"}
    with pytest.raises(NotFoundError):
        library.conversations.shared(token)
    assert library.conversations.delete(second) == 1
    assert (library.answers.get_many(["both"]), library.conversations.all()) == ({}, [])


def test_nothing_of_a_deleted_conversation_is_left_in_the_files(tmp_path: Path) -> None:
    def held() -> bool:
        return any(word in path.read_bytes() for path in tmp_path.iterdir() for word in (b"Xylophone", b"xylophone", b"Glockenspiel"))

    with opened(tmp_path) as library:
        kept, gone = said(library, "Kept", text="Harp"), said(library, "Xylophone", text="Glockenspiel " * 2000)
        assert held()
        library.conversations.delete(gone)
        assert not held()
        assert library.conversations.get(kept).title == "Kept"


def test_a_link_is_unguessable_the_same_until_it_is_taken_back_and_then_dead(library: Library) -> None:
    one, two = said(library, "One", owner="ada"), said(library, "Two", owner="ada")
    token = library.conversations.share(one, "ada")
    assert len(token) >= 32
    assert library.conversations.share(one, "ada") == token != library.conversations.share(two, "ada")
    assert library.conversations.shared(token).id == one
    library.conversations.unshare(one, "ada")
    for dead in (token, "", one, "None"):
        with pytest.raises(NotFoundError):
            library.conversations.shared(dead)
    assert library.conversations.share(one, "ada") != token


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_title_that_is_none_is_refused(library: Library, title: str) -> None:
    with pytest.raises(InputError):
        library.conversations.rename(said(library, "Why?"), title)
    assert library.conversations.all()[0].title == "Why?"


@limits(max_examples=15, deadline=None)
@given(st.integers(0, 6), st.integers(-1, 8))
def test_cutting_keeps_what_stood_before_and_no_answer_of_what_stood_after(tmp_path_factory: pytest.TempPathFactory, count: int, start: int) -> None:
    with opened(tmp_path_factory.mktemp("cut")) as library:
        conversation = said(library, "0")
        for number in range(1, count + 1):
            said(library, str(number), conversation)
        kept = library.conversations.cut(conversation, start).exchanges
        assert [each.question for each in kept] == [str(number) for number in range(min(max(0, start), count + 1))]
        assert set(library.answers.get_many(f"a-{number}" for number in range(count + 1))) == {each.answer_id for each in kept}
        said(library, "next", conversation)
        assert [each.question for each in library.conversations.get(conversation).exchanges] == [*(each.question for each in kept), "next"]
