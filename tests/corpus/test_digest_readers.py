"""Saved questions, subscribers, and the state of mails: each owner's alone, no mail twice."""

from __future__ import annotations

import threading

import pytest

from corpus import InputError, Library, NotFoundError, UsageError
from corpus.digest import changes_since
from corpus.questions import MOST

pytestmark = pytest.mark.both_databases


def test_a_question_is_its_owners_and_kept_once(library: Library) -> None:
    mine = library.questions.save("  Does it   help? ", ["year>=2020"], "ann", {"id": "a1", "text": "x"})
    assert (mine.question, mine.filters, mine.owner) == ("Does it help?", ("year>=2020",), "ann")
    assert mine.answer == {"id": "a1", "text": "x"}
    assert library.questions.save("does it help?", ["year>=2020"], "ann") == mine
    other = library.questions.save("Does it help?", [], "ann")
    assert other.number != mine.number
    assert (other.answer, other.asked_at) == (None, "")
    assert library.questions.all("bob") == []
    for stolen in (lambda: library.questions.get(mine.number, "bob"), lambda: library.questions.remove(mine.number, "bob")):
        with pytest.raises(NotFoundError, match="you have no saved question"):
            stolen()
    library.questions.answered("bob", {mine.number: {"id": "evil"}})
    assert library.questions.get(mine.number, "ann") == mine
    library.questions.answered("ann", {mine.number: {"id": "a2"}, 999: {"id": "gone"}})
    assert library.questions.get(mine.number, "ann").answer == {"id": "a2"}
    library.questions.remove(mine.number, "ann")
    assert library.questions.all("ann") == [other]


def test_what_cannot_be_saved_is_said(library: Library) -> None:
    for wrong in ("", "  ", "x" * 2001):
        with pytest.raises(InputError, match="between 1 and 2,000"):
            library.questions.save(wrong)
    for number in range(MOST):
        library.questions.save(f"Question {number}?")
    with pytest.raises(UsageError, match="50 saved questions"):
        library.questions.save("One more?")


@pytest.mark.parametrize(
    "wrong", ["", "ann", "@b.org", "a@b", "a b@c.org", "Ann <a@b.org>", "a@b.org\nBcc: x@y.org", "a@b..org", "a,b@c.org", "a@-b.org", "a@" + "b" * 200 + ".org"]
)
def test_what_is_no_address_is_refused(library: Library, wrong: str) -> None:
    with pytest.raises(InputError, match="no mail address"):
        library.subscribers.add(wrong)
    assert library.subscribers.all() == []


def test_an_address_gets_nothing_before_it_said_yes(library: Library) -> None:
    asked = library.subscribers.add(" Ann.O'Neill+x@Example.ORG ")
    assert (asked.address, asked.active) == ("Ann.O'Neill+x@example.org", False)
    assert library.subscribers.add("Ann.O'Neill+x@example.org").uid == asked.uid
    assert library.subscribers.all(active=True) == []
    assert library.subscribers.confirm(asked.uid).active
    assert library.subscribers.confirm(asked.uid).active, "a second click does no harm"
    again = library.subscribers.add("Ann.O'Neill+x@example.org", owner="thief")
    assert (again.active, again.owner) == (True, ""), "an active subscription is nobody else's to change"
    assert library.subscribers.remove(asked.uid)
    assert not library.subscribers.remove(asked.uid)
    for call in (library.subscribers.get, library.subscribers.confirm):
        with pytest.raises(NotFoundError, match="not known any more"):
            call(asked.uid)
    assert library.subscribers.add("Ann.O'Neill+x@example.org").uid != asked.uid, "an old link does not reach a new subscription"


def test_an_accounts_addresses_go_with_it(library: Library) -> None:
    library.subscribers.add("a@example.org", owner="ann", active=True)
    library.subscribers.add("b@example.org", owner="ann", active=True)
    library.subscribers.add("c@example.org", active=True)
    assert [each.address for each in library.subscribers.of_owner("ann")] == ["a@example.org", "b@example.org"]
    assert library.subscribers.of_owner("") == []


def test_the_signing_key_is_made_once(library: Library) -> None:
    key = library.subscribers.signing_key()
    assert len(key) == 64
    assert library.subscribers.signing_key() == key


@pytest.fixture
def issue(library: Library) -> int:
    number = library.issues.create(changes_since(library, 0), "One", "ann").number
    return library.issues.publish(number, 1, "ann").number


def test_a_mail_is_handed_over_once_however_many_try(library: Library, issue: int) -> None:
    for name in "abc":
        library.subscribers.add(f"{name}@example.org", active=True)
    library.subscribers.add("waits@example.org")
    library.mails.begin(issue)
    library.mails.begin(issue)
    assert library.mails.counts(issue) == {"waiting": 3, "handed": 0, "sent": 0, "failed": 0}
    first, second, third = library.mails.all(issue)
    won: list[bool] = []
    threads = [threading.Thread(target=lambda: won.append(library.mails.hand_over(first))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 5 + [True]
    library.mails.sent(first)
    library.mails.failed(second, "550 no such\nmailbox")
    assert library.mails.hand_over(second), "what failed is tried again"
    assert library.subscribers.remove(third.uid)
    assert not library.mails.hand_over(third), "who has left gets nothing more"
    library.subscribers.add("late@example.org", active=True)
    library.mails.begin(issue)
    assert library.mails.counts(issue) == {"waiting": 1, "handed": 1, "sent": 1, "failed": 0}
    assert library.mails.reopen(issue) == 1
    assert [mail.address for mail in library.mails.all(issue, "waiting")] == ["b@example.org", "late@example.org"]


def test_private_news_are_kept_with_the_answer_they_are_told_against(library: Library, issue: int) -> None:
    question = library.questions.save("Q?", [], "ann")
    library.subscribers.add("a@example.org", owner="ann", active=True)
    library.mails.begin(issue)
    (mail,) = library.mails.all(issue)
    assert mail.news is None
    library.mails.keep_news(mail, [{"question": "Q?"}], {question.number: {"id": "now"}})
    (mail,) = library.mails.all(issue)
    assert mail.news == [{"question": "Q?"}]
    assert "news" not in mail.as_dict()
    assert library.questions.get(question.number, "ann").answer == {"id": "now"}
