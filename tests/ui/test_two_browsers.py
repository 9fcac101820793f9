"""Two people signed in side by side, each in a browser of their own: neither sees the other's filters, notes, chats or names."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.ui.conftest import environment
from tests.ui.test_journey import browser  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
PEOPLE = {"ada": "admin", "ben": "member"}
RECORD = "/review/haikazian-2023-psilocybin-assisted-therapy"


@pytest.fixture(scope="module")
def site(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("two") / "home"))
    for name, role in PEOPLE.items():
        words = [*command, "user", "add", name, "--role", role]
        subprocess.run(words, env=environment(home, models_folder), cwd=ROOT, check=True, capture_output=True, input=PASSWORD.encode(), timeout=60)
    running = Served(home, models_folder, command, auth="on")
    yield running
    running.stop(signal.SIGKILL)


def entered(browser: Browser, site: Served, name: str, onward: str = "/") -> Page:  # noqa: F811 - the fixture
    page = browser.new_context(viewport={"width": 1280, "height": 844}).new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{site.url}{onward}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}{onward}")
    return page


def ask(page: Page, question: str) -> str:
    """Ask, and wait until it is answered and kept; the chat as it is read."""
    page.fill("#fl-box textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-tools", timeout=60_000)
    page.wait_for_function("location.search.includes('c=')")
    page.locator("#fl-talks [data-talk]").first.wait_for(state="attached")
    return page.locator("#fl-chat").inner_text()


def test_neither_sees_what_is_the_others(browser: Browser, site: Served) -> None:  # noqa: F811 - the fixture
    ada, ben = entered(browser, site, "ada"), entered(browser, site, "ben")
    for page in (ada, ben):
        page.wait_for_selector("#fl-box textarea")
    # filters: one narrows the collection, the other's counts stay
    ada.get_by_role("button", name="Filters").click()
    ben.get_by_role("button", name="Filters").click()
    ada.locator("#fl-filters input").first.click()
    ada.get_by_role("option", name="2020").first.click()
    ada.locator("#fl-matching").get_by_text("records").wait_for()
    ben.wait_for_timeout(500)
    assert ben.locator("#fl-matching").text_content().strip() == ""  # type: ignore[union-attr]
    # chats: both ask at once
    said = {"ada": ask(ada, "What are the risks of ibogaine for the heart?"), "ben": ask(ben, "Is microdosing better than placebo?")}
    assert "ibogaine" in said["ada"]
    assert "ibogaine" not in said["ben"].lower()
    assert ben.locator("#fl-talks [data-talk]").count() == 1
    assert "microdosing" in ben.locator("#fl-talks li").text_content().lower()  # type: ignore[union-attr]
    talk = ada.url.rpartition("c=")[2]
    ben.goto(f"{site.url}/?c={talk}")
    ben.get_by_text("there is no conversation").wait_for()
    assert ben.goto(f"{site.url}/conversations/{talk}").status == 404  # type: ignore[union-attr]
    ben.goto(f"{site.url}/conversations?q=ibogaine")
    assert "ibogaine" not in ben.locator("main").inner_text()
    # notes
    ada.goto(f"{site.url}{RECORD}")
    ada.locator("form.write textarea").first.fill("A thought of Ada's.")
    ada.locator("form.write button:not([type=button])").first.click()
    ada.get_by_text("A thought of Ada's.").first.wait_for()
    ben.goto(f"{site.url}{RECORD}")
    assert "A thought of Ada's." not in ben.content()
    ben.goto(f"{site.url}/notes")
    assert "A thought of Ada's." not in ben.content()
    for page in (ada, ben):
        page.context.close()


def test_the_head_says_who_is_there_and_leads_where_they_may_go(browser: Browser, site: Served) -> None:  # noqa: F811 - the fixture
    for name, role in PEOPLE.items():
        page = entered(browser, site, name)
        for path in ("/", "/library", "/lists", "/notes", "/account"):
            page.goto(f"{site.url}{path}")
            who = page.locator(".who")
            who.wait_for()
            assert who.inner_text().split() == [name, f"({role.capitalize()})", "Sign", "out"], path
            ways = page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts()
            assert ("Admin" in ways, "Curate" in ways, "Notes" in ways) == (role == "admin", role == "admin", True), path
        page.locator(".who").get_by_role("link", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{site.url}/signin")
        assert page.locator(".who").inner_text().strip() == "Sign in"
        assert page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts() == []
        page.context.close()
