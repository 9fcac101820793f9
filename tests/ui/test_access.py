"""When the site starts at all, and at which names it answers."""

from __future__ import annotations

from typing import Any

import pytest

from corpus import Library, Role, UnavailableError, UsageError
from ui.settings import Settings
from ui.web.access import Access, access_of

PUBLIC = "https://Reviews.example.org/"


@pytest.fixture
def staffed(library: Library) -> Library:
    library.accounts.add("ada", Role.ADMIN, "correct horse battery")
    return library


def test_on_this_machine_there_are_no_accounts(library: Library) -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        assert not access_of(Settings(host=host), library).accounts


@pytest.mark.parametrize("given", [{"auth": "on"}, {"host": "192.0.2.7"}, {"host": "0.0.0.0", "public_url": PUBLIC}])
def test_with_accounts_there_has_to_be_an_admin(library: Library, given: dict[str, Any]) -> None:
    with pytest.raises(UnavailableError, match="user add NAME --role admin"):
        access_of(Settings(**given), library)
    library.accounts.add("ben", Role.ADMIN)  # who has no password yet
    with pytest.raises(UnavailableError):
        access_of(Settings(**given), library)
    library.accounts.add("ada", Role.ADMIN, "correct horse battery")
    assert access_of(Settings(**given), library).accounts


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"host": "192.0.2.7", "auth": "off"}, "only listens on this machine"),
        ({"host": "0.0.0.0"}, "FLORILEGIUM_PUBLIC_URL"),
        ({"public_url": PUBLIC}, "FLORILEGIUM_AUTH=on"),
        ({"open_reading": True}, "FLORILEGIUM_OPEN_READING"),
        ({"oidc_issuer": "https://id.example"}, "FLORILEGIUM_OIDC_ISSUER"),
        ({"auth": "on", "public_url": "reviews.example.org"}, "no address of a site"),
        ({"auth": "on", "public_url": "https://x.example/below"}, "no address of a site"),
        ({"auth": "on", "public_url": "https://me:pw@x.example"}, "no address of a site"),
        ({"auth": "on", "public_url": "ftp://x.example"}, "no address of a site"),
    ],
)
def test_what_would_let_strangers_in_is_refused_in_a_line(staffed: Library, given: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refused:
        access_of(Settings(**given), staffed)
    assert "\n" not in str(refused.value)


def test_the_names_it_answers_to(staffed: Library) -> None:
    everywhere = access_of(Settings(host="0.0.0.0", public_url=PUBLIC, proxies="10.0.0.1, 10.0.0.2"), staffed)
    assert everywhere.hosts == Access().hosts | {"reviews.example.org"}
    assert (everywhere.public, everywhere.public_host, everywhere.secure) == ("https://reviews.example.org", "reviews.example.org", True)
    assert everywhere.proxies == {"10.0.0.1", "10.0.0.2"}
    inside = access_of(Settings(host="192.0.2.7"), staffed)
    assert (inside.hosts, inside.secure, inside.proxies) == (Access().hosts | {"192.0.2.7"}, False, frozenset())
