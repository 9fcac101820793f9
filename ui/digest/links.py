"""Addresses in mails and feeds: this site's own, and signed ones that work without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from corpus import UsageError

if TYPE_CHECKING:
    from corpus import Library
    from ui.settings import Settings

_CONFIRM_SECONDS = 7 * 24 * 3600


def base_url(settings: Settings) -> str:
    """Where readers reach this site, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def doi_url(doi: str) -> str:
    """The address of a DOI."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-<>')}".replace("<", "%3C").replace(">", "%3E")


class Tokens:
    """Signed names of subscriptions, for links in mails. One made for one purpose does not serve the other."""

    def __init__(self, library: Library) -> None:
        self._key = library.subscribers.signing_key()

    def unsubscribe(self, uid: str) -> str:
        """For leaving; holds as long as the subscription."""
        from itsdangerous import URLSafeSerializer

        return str(URLSafeSerializer(self._key, salt="unsubscribe").dumps(uid))

    def confirm(self, uid: str) -> str:
        """For confirming an address; holds for seven days."""
        from itsdangerous import URLSafeTimedSerializer

        return str(URLSafeTimedSerializer(self._key, salt="confirm").dumps(uid))

    def read_unsubscribe(self, token: str) -> str:
        """The uid of a token for leaving. Raises UsageError."""
        from itsdangerous import BadData, URLSafeSerializer

        try:
            return str(URLSafeSerializer(self._key, salt="unsubscribe").loads(token))
        except BadData as error:
            raise UsageError("this link is not whole", remedy="Copy it from the mail once more") from error

    def read_confirm(self, token: str) -> str:
        """The uid of a token for confirming. Raises UsageError for one that is not ours or too old."""
        from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

        try:
            return str(URLSafeTimedSerializer(self._key, salt="confirm").loads(token, max_age=_CONFIRM_SECONDS))
        except SignatureExpired as error:
            raise UsageError("this link is older than seven days", remedy="Subscribe once more to get a new one") from error
        except BadData as error:
            raise UsageError("this link is not whole", remedy="Copy it from the mail once more") from error
