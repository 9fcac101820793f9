"""A mail server on this machine that keeps what it gets, and an issue to send."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from corpus import Library
from corpus.digest import Issue, changes_since
from tests.corpus.making import put, review
from ui.settings import Settings

USER, PASSWORD = "digest", "a secret of the mail server"


class Inbox:
    """What a mail server took. `answer` says what it answers to a recipient or a whole mail, by the recipient's address; None is yes."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.refuse_data: dict[str, str] = {}
        self.hold: dict[str, Callable[[], None]] = {}
        self.guard = threading.Lock()
        self.port = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if not session.authenticated:
            return "530 sign in first"
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        (address,) = envelope.rcpt_tos
        if address in self.refuse_data:
            return self.refuse_data.pop(address)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        with self.guard:
            self.mails.append((address, email.message_from_bytes(content, policy=email.policy.default)))  # type: ignore[arg-type]
        if address in self.hold:
            self.hold.pop(address)()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.mails if recipient == address]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A mail server that wants a name and a password."""
    held = Inbox()

    def authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    with socket.socket() as free:  # the controller takes no port 0
        free.bind(("127.0.0.1", 0))
        held.port = free.getsockname()[1]
    controller = Controller(held, hostname="127.0.0.1", port=held.port, authenticator=authenticated, auth_require_tls=False)
    controller.start()
    yield held
    controller.stop()


@pytest.fixture
def settings(inbox: Inbox, tmp_path: Path) -> Settings:
    """Settings that send through it."""
    values: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": inbox.port, "smtp_tls": "none", "smtp_user": USER, "smtp_password": PASSWORD}
    return Settings(home=tmp_path, mail_from="The library <digest@example.org>", public_url="https://reviews.example.org/", **values)


@pytest.fixture
def issue(library: Library) -> Issue:
    """A published issue with a record of which all is awkward."""
    title, summary = "On <b>mice</b> & men: *a* [review]", "Mice <script>alert(1)</script> ran; “they” won.\n.\nA dot stood alone."
    put(
        library, review("mice", title, year=2019, authors=["Müs & Söhne"], doi="10.1000/(a)<b>", journal="J. <i>", summary=summary, facets={"topics": ["pain"]})
    )
    draft = library.issues.create(changes_since(library, 0), "Wöchentliches & <mehr>", "ann")
    saved = library.issues.save(draft.number, 1, title=draft.title, introduction="Dear <reader>,\n\nhello.", entries=draft.digest.entries, actor="ann")
    return library.issues.publish(draft.number, saved.version, "ann")
