"""Accounts by command: made, given roles and links, given what was there before them, and erased with all that is theirs."""

from __future__ import annotations

from pathlib import Path

from corpus import LOCAL, Library
from tests.ui.conftest import Run

PASSWORD = b"correct horse battery\n"


def test_an_account_from_its_making_to_its_erasure(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("user", "add", "ada", "--role", "admin", home=home, stdin=PASSWORD).code == 0
    made = run("user", "add", "ben", "--link", "--json", home=home).json
    assert (made["role"], made["password"], made["link"][:6]) == ("member", False, "/link/")
    library = Library(f"sqlite:///{home / 'library.sqlite'}")
    library.lists.create("To read", owner=LOCAL)
    assert run("user", "adopt", "ben", home=home).out == "ben now has: 1 × record list.\n"
    assert [each.name for each in library.lists.all("ben")] == ["To read"]
    looked = run("user", "erase", "ben", home=home)
    assert (looked.code, looked.out) == (0, "It would take: 1 × record list. To do it: florilegium user erase ben --yes\n")
    assert run("user", "erase", "ben", "--json", home=home).json == {"would_erase": {"record_list": 1}}
    erased = run("user", "erase", "ben", "--yes", "--json", home=home).json
    assert (erased["erased"], erased["overwritten"], erased["stand_in"][:7]) == ({"record_list": 1}, True, "erased-")
    assert library.lists.all("ben") == []
    library.close()
    refused = run("user", "erase", "ada", "--yes", home=home)
    assert (refused.code, "the last admin" in refused.err) == (2, True)
    assert run("user", "adopt", "eve", home=home).code == 2
    assert [one["name"] for one in run("user", "list", "--json", home=home).json] == ["ada"]
