"""An issue on its way to its subscribers: each gets it once, whatever ends the sending in between (corpus/digest/mails.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError, UsageError
from ui.digest.links import Tokens, base_url
from ui.digest.mail import confirm_mail, issue_mail, sender_of
from ui.digest.smtp import DoubtError, MailServer, NotTakenError
from ui.digest.view import view_issue

if TYPE_CHECKING:
    from corpus import Library
    from corpus.digest import Issue, Mail, Subscriber
    from ui.engine import Engine
    from ui.settings import Settings

#: (done, total)
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Sent:
    """What a sending did: mails taken by the server, and those it did not take; `doubt` are all of the issue that may or may not have been taken."""

    issue: int
    sent: int
    failed: int
    doubt: int

    def as_dict(self) -> dict[str, Any]:
        """As `digest send --json` prints it."""
        return {"issue": self.issue, "sent": self.sent, "failed": self.failed, "in_doubt": self.doubt}


def send_issue(library: Library, settings: Settings, issue: Issue, engine: Callable[[], Engine], tell: Tell | None = None) -> Sent:
    """Send a published issue to every active subscriber that has not got it: those waiting, and those that failed before.

    `engine` is asked for only where a subscriber has saved questions. Raises UsageError for a draft or where mail is not set up, UnavailableError where
    the mail server cannot be reached at all.
    """
    if not issue.published:
        raise UsageError(f"issue {issue.number} is a draft", remedy=f"Publish it first: `florilegium digest publish {issue.number}`")
    sender = sender_of(settings)[1]
    library.mails.begin(issue.number)
    open_mails = library.mails.all(issue.number, "waiting", "failed")
    sent = failed = 0
    if open_mails:
        tokens, base = Tokens(library), base_url(settings)
        with MailServer(settings) as server:
            for at, mail in enumerate(open_mails):
                if tell:
                    tell(at, len(open_mails))
                fault = _send_one(library, settings, issue, mail, engine, server, sender, tokens, base)
                sent, failed = sent + (fault is None), failed + bool(fault)
        if tell:
            tell(len(open_mails), len(open_mails))
    return Sent(issue.number, sent, failed, library.mails.counts(issue.number)["handed"])


def _send_one(
    library: Library, settings: Settings, issue: Issue, mail: Mail, engine: Callable[[], Engine], server: MailServer, sender: str, tokens: Tokens, base: str
) -> str | None:
    """None when it was sent, what went wrong when not, "" when it was not this process's to send or is in doubt."""
    try:
        news = _private_news(library, mail, engine)
    except FlorilegiumError as error:
        library.mails.failed(mail, str(error))
        return str(error)
    view = view_issue(issue, library, mail.locale, base=base, news=news)
    leave = f"{base}/digest/unsubscribe/{tokens.unsubscribe(mail.uid)}"
    key = f"digest.{issue.number}.{hashlib.sha256(mail.uid.encode()).hexdigest()[:24]}"
    message = issue_mail(view, mail.address, key, leave, settings, datetime.now(UTC))
    try:
        if not server.send(message, sender, mail.address, lambda: library.mails.hand_over(mail)):
            return ""
    except NotTakenError as error:
        library.mails.failed(mail, str(error))
        return str(error)
    except DoubtError:
        return ""
    library.mails.sent(mail)
    return None


def _private_news(library: Library, mail: Mail, engine: Callable[[], Engine]) -> list[Any]:
    """The owner's news on their saved questions: made once for an issue, and the same at every later try."""
    from assistant.news import News

    if not mail.owner:
        return []
    kept = mail.news
    if kept is None:
        if not library.questions.all(mail.owner):
            return []
        found = engine().ask_again(mail.owner)
        kept = found["news"]
        library.mails.keep_news(mail, kept, {int(number): answer for number, answer in found["answers"].items()})
    return [News.from_dict(entry) for entry in kept]


def send_confirmation(library: Library, settings: Settings, subscriber: Subscriber) -> None:
    """Ask an address whether it wants the digest. Raises UsageError, UnavailableError."""
    from corpus import UnavailableError

    link = f"{base_url(settings)}/digest/confirm/{Tokens(library).confirm(subscriber.uid)}"
    now = datetime.now(UTC)
    key = f"confirm.{hashlib.sha256(f'{subscriber.uid} {now.isoformat()}'.encode()).hexdigest()[:24]}"
    message = confirm_mail(subscriber.address, key, link, subscriber.locale, settings, now)
    with MailServer(settings) as server:
        try:
            server.send(message, sender_of(settings)[1], subscriber.address, lambda: True)
        except (NotTakenError, DoubtError) as error:
            raise UnavailableError(f"the mail server did not take the mail: {error}", where=subscriber.address, remedy="Try again later") from error
