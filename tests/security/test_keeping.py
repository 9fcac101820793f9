"""How long conversations are kept, where the operator says so: deleted for good afterwards, but for what somebody still reads."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from corpus import Exchange, Library, NotFoundError
from corpus.schema import conversation
from tests.corpus.making import opened
from ui.settings import load_settings
from ui.web.follower import forget_conversations


def said(library: Library, words: str, answer: str, going: str = "", owner: str = "ada") -> str:
    library.answers.save(answer, words, 1, {"text": words}, owner)
    return library.conversations.append(going, Exchange(words, words, answer), owner, said=words).id


def aged(folder: Path, *ids: str, days: int) -> None:
    """As if nobody had spoken in them for so long."""
    engine = sa.create_engine(f"sqlite:///{folder / 'library.sqlite'}")
    with engine.begin() as connection:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() - days * 86_400))
        connection.execute(sa.update(conversation).where(conversation.c.id.in_(ids)).values(changed=moment))
    engine.dispose()


def test_they_are_kept_for_good_unless_the_operator_says_otherwise(tmp_path: Path) -> None:
    assert load_settings(environment={}).keep_conversations_days == 0
    with opened(tmp_path) as library:
        old = said(library, "Harp", "a1")
        aged(tmp_path, old, days=10_000)
        assert forget_conversations(library, 0) == 0
        assert library.conversations.get(old, "ada")


def test_old_ones_leave_nothing_in_the_files_and_the_others_stay(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        old, fresh = said(library, "Xylophone " * 500, "a1"), said(library, "Harp", "a2")
        going_on, both = said(library, "Lute", "a3", owner="ben"), said(library, "Viol", "a4")
        library.conversations.append(fresh, Exchange("Viol", "Viol", "a4"), "ada")
        aged(tmp_path, old, going_on, both, days=31)
        said(library, "Lute again", "a5", going_on, "ben")
        assert forget_conversations(library, 30) == 2
        assert forget_conversations(library, 30) == 0
        for gone in (old, both):
            with pytest.raises(NotFoundError):
                library.conversations.get(gone, "ada")
        assert len(library.conversations.get(going_on, "ben").exchanges) == 2, "who speaks in one keeps it"
        assert set(library.answers.get_many(["a1", "a2", "a3", "a4", "a5"])) == {"a2", "a3", "a4", "a5"}, "another conversation holds a4"
        assert not any(b"ylophone" in path.read_bytes() for path in tmp_path.iterdir())


def test_one_that_is_shared_stays_until_its_link_is_taken_back(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        shared = said(library, "Harp", "a1")
        token = library.conversations.share(shared, "ada")
        aged(tmp_path, shared, days=400)
        assert forget_conversations(library, 30) == 0
        assert library.conversations.shared(token).exchanges[0].answer_id == "a1"
        library.conversations.unshare(shared, "ada")
        assert forget_conversations(library, 30) == 1


def test_many_go_in_parts(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        ids = [said(library, f"Harp {number}", f"a{number}") for number in range(3)]
        aged(tmp_path, *ids, days=2)
        assert library.conversations.forget("2000-01-01T00:00:00.000000Z") == 0
        assert forget_conversations(library, 1) == 3
