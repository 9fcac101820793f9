"""One conversation with the mail server, with the moment kept apart at which a mail is out of our hands."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from types import TracebackType
from typing import TYPE_CHECKING

from corpus import UnavailableError

if TYPE_CHECKING:
    from ui.settings import Settings

_SECONDS = 60.0


class NotTakenError(Exception):
    """The server did not take a mail, and has not got it; the text says why, in one line."""


class DoubtError(Exception):
    """The server got the whole mail but did not say what became of it."""


class MailServer:
    """A context manager: signed in to the server that the settings name, over TLS unless they say `none`. Raises UnavailableError on entering."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> MailServer:
        self._smtp = self._connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._hang_up()

    def send(self, message: EmailMessage, sender: str, recipient: str, hand_over: Callable[[], bool]) -> bool:
        """Send a mail. `hand_over` is asked right before its last line: where it says no, the server gets nothing, and False is returned.

        Raises NotTakenError when the server has not got it, DoubtError when it may have. A broken connection is made anew by the next call; where that
        cannot be done, UnavailableError.
        """
        smtp = self._smtp = self._smtp or self._connect()
        try:
            self._offer(smtp, message, sender, recipient)
        except smtplib.SMTPResponseException as error:  # a clear no to this mail; the conversation goes on
            if error.smtp_code == 421:
                self._hang_up(abruptly=True)
            raise NotTakenError(_reason(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(abruptly=True)
            raise NotTakenError(_reason(error)) from error
        if not hand_over():
            self._hang_up(abruptly=True)
            return False
        try:
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(abruptly=True)
            raise DoubtError(f"the server did not say whether it took the mail: {_reason(error)}") from error
        if code != 250:
            raise NotTakenError(f"{code} {_text(text)}")
        return True

    def _offer(self, smtp: smtplib.SMTP, message: EmailMessage, sender: str, recipient: str) -> None:
        """All but the last line. Until that line a server has taken no mail (RFC 5321, 4.1.1.4)."""
        wide = not (sender + recipient).isascii()
        if wide and not smtp.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("the server takes no address with letters beyond ASCII")
        options = [*(["SMTPUTF8", "BODY=8BITMIME"] if wide else []), *(["BODY=8BITMIME"] if not wide and smtp.has_extn("8bitmime") else [])]
        for code, text in (smtp.mail(sender, options), smtp.rcpt(recipient)):
            if code not in (250, 251):
                if code != 421:
                    smtp.rset()
                raise smtplib.SMTPResponseException(code, text)
        code, text = smtp.docmd("DATA")
        if code != 354:
            if code != 421:
                smtp.rset()
            raise smtplib.SMTPResponseException(code, text)
        body = message.as_bytes(policy=WIRE.clone(utf8=wide))
        lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
        smtp.send(b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines))

    def _connect(self) -> smtplib.SMTP:
        settings, context = self._settings, ssl.create_default_context()
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        smtp: smtplib.SMTP | None = None
        try:
            if settings.smtp_tls == "tls":
                smtp = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=_SECONDS, context=context)
            else:
                smtp = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS)
            smtp.ehlo_or_helo_if_needed()
            if settings.smtp_tls == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if settings.smtp_user:
                smtp.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except (OSError, smtplib.SMTPException) as error:
            if smtp is not None:
                smtp.close()
            remedy = "Check FLORILEGIUM_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD"
            raise UnavailableError(f"the mail server cannot be used: {_reason(error)}", where=where, remedy=remedy) from error
        return smtp

    def _hang_up(self, *, abruptly: bool = False) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.close() if abruptly else smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()


def _reason(error: Exception) -> str:
    """What went wrong in one line. What a server answers to a sign-in is not passed on: it may hold what was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{error.smtp_code}, name or password is wrong"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return " ".join(str(error).split())[:300] or type(error).__name__


def _text(text: bytes | str) -> str:
    return " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())[:300]
