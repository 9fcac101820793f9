"""A mail as a message: plain text and HTML beside each other, with the headers by which mail programs let a reader leave (RFC 2369, RFC 8058)."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from corpus import UsageError
from ui.digest.view import View
from ui.digest.writing import html_document, plain
from ui.texts import say

if TYPE_CHECKING:
    from datetime import datetime

    from ui.settings import Settings


def sender_of(settings: Settings) -> tuple[str, str]:
    """(name, address) that mails come from. Raises UsageError where the settings do not say how to send."""
    name, address = parseaddr(settings.mail_from)
    missing = [key for key, value in (("FLORILEGIUM_SMTP_HOST", settings.smtp_host), ("FLORILEGIUM_MAIL_FROM", address)) if not value]
    if missing or "@" not in address:
        raise UsageError(f"mail is not set up: {' and '.join(missing) or 'FLORILEGIUM_MAIL_FROM'} says no address", remedy="See docs/digest.md")
    return name or "Florilegium", address


def issue_mail(view: View, to: str, key: str, leave: str, settings: Settings, at: datetime) -> EmailMessage:
    """An issue for one subscriber. `key` names issue and subscription: a second try has the same Message-ID. `leave` is the address for leaving."""
    message = _message(view.title, to, key, settings, at)
    message["List-Id"] = f"Florilegium digest <digest.{_domain(settings)}>"
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    page = f"{view.base}/digest/{view.number}"
    foot = [(say("digest.mail_page", view.locale), page), (say("digest.mail_leave", view.locale), leave)]
    message.set_content(plain(view, "\n".join(f"{text}: {address}" for text, address in foot)), cte="quoted-printable")
    message.add_alternative(html_document(view, foot=foot), subtype="html", cte="quoted-printable")
    return message


def confirm_mail(to: str, key: str, confirm: str, locale: str, settings: Settings, at: datetime) -> EmailMessage:
    """The one question an address gets before it gets anything else."""
    message = _message(say("digest.confirm_subject", locale), to, key, settings, at)
    message.set_content(f"{say('digest.confirm_text', locale)}\n\n{confirm}\n\n{say('digest.confirm_else', locale)}\n", cte="quoted-printable")
    return message


def _message(subject: str, to: str, key: str, settings: Settings, at: datetime) -> EmailMessage:
    name, address = sender_of(settings)
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{_domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _domain(settings: Settings) -> str:
    return sender_of(settings)[1].rpartition("@")[2]
