"""Whether the site has accounts, at which names it is reached, and which proxies it believes: decided once, when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus import Library, UnavailableError, UsageError

if TYPE_CHECKING:
    from ui.settings import Settings

#: The names of this very machine.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
#: Listening at these is listening at every address of the machine.
EVERYWHERE = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, not listened at


@dataclass(frozen=True)
class Access:
    """How the site is reached. `hosts` are names without ports; `public` is "https://name[:port]" or ""; `proxies` are addresses."""

    accounts: bool = False
    open_reading: bool = False
    hosts: frozenset[str] = LOOPBACK
    public: str = ""
    proxies: frozenset[str] = field(default_factory=frozenset)

    @property
    def secure(self) -> bool:
        """Whether readers come by https, so that cookies may say so."""
        return self.public.startswith("https://")

    @property
    def public_host(self) -> str:
        """The public name, with its port where it has one; "" where there is none."""
        return urlsplit(self.public).netloc.lower()


def access_of(settings: Settings, library: Library) -> Access:
    """What the settings ask for. Raises UsageError where it would let strangers in, UnavailableError where nobody could sign in."""
    beyond = settings.host not in LOOPBACK
    accounts = settings.auth == "on" or (settings.auth == "auto" and beyond)
    if beyond and not accounts:
        raise UsageError("without accounts it only listens on this machine", where=settings.host, remedy="Set FLORILEGIUM_AUTH=on, or use --host 127.0.0.1")
    public = _public(settings.public_url)
    if not accounts and (public or settings.open_reading or settings.oidc_issuer):
        name = "FLORILEGIUM_PUBLIC_URL" if public else "FLORILEGIUM_OPEN_READING" if settings.open_reading else "FLORILEGIUM_OIDC_ISSUER"
        raise UsageError("this setting is for a site with accounts, and they are off", where=name, remedy="Set FLORILEGIUM_AUTH=on, or unset it")
    if settings.host in EVERYWHERE and not public:
        remedy = "Set FLORILEGIUM_PUBLIC_URL to the address that readers use, such as https://reviews.example.org"
        raise UsageError("a page that listens at every address has to know its own name", where=settings.host, remedy=remedy)
    if accounts and not library.accounts.has_admin():
        raise UnavailableError("there is no admin who could sign in", where=str(settings.home), remedy="Run `florilegium user add NAME --role admin`")
    hosts = {*LOOPBACK, *({settings.host} - EVERYWHERE), *([urlsplit(public).hostname or ""] if public else [])}
    proxies = frozenset(address.strip() for address in settings.proxies.split(",") if address.strip())
    return Access(accounts, settings.open_reading, frozenset(host.lower() for host in hosts), public, proxies if public else frozenset())


def _public(url: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise UsageError("this is no address of a site", where="FLORILEGIUM_PUBLIC_URL", remedy="Write it as https://reviews.example.org")
    return f"{parts.scheme}://{parts.netloc.lower()}"
