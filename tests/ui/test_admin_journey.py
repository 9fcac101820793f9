"""An admin's way in a real Chromium: the search data brought in step, a job of another process ended, an account made, locked and erased; and the panel of
conversations on a phone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.ui.test_journey import browser, open_page  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
_HOLD = """
import sys, time
from corpus import Library
with Library(sys.argv[1]).jobs.run("sweep", "topics", "ann") as job:
    while True:
        job.progress("settings", 3, 9)
        time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def site(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(Path(shutil.copytree(built_home, tmp_path_factory.mktemp("admin") / "home")), models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def at(browser: Browser, site: Served, path: str, width: int) -> Page:  # noqa: F811 - the fixture
    page = open_page(browser, site, width, [])
    page.set_default_timeout(30_000)
    page.goto(f"{site.url}{path}")
    return page


def test_an_admin_looks_after_search_data_jobs_and_accounts(browser: Browser, site: Served) -> None:  # noqa: F811 - the fixture
    page = at(browser, site, "/admin", 1280)
    page.get_by_text("in step with the library").wait_for()
    page.get_by_role("button", name="Check and repair").click()
    page.get_by_text("All is well.").or_(page.get_by_text("needs a look")).wait_for()

    page.get_by_role("tab", name="Jobs").click()
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, f"sqlite:///{site.home / 'library.sqlite'}"], cwd=ROOT)
    try:
        page.locator("#fl-jobs").get_by_text("Setting 3 of 9").wait_for()
        page.locator("#fl-job input").click()
        page.get_by_role("option", name="Settings tried: topics (running)").click()
        page.get_by_role("button", name="End this job").click()
        page.locator("#fl-jobs").get_by_text("ended by a person").wait_for()
        assert holder.wait(20) != 0
    finally:
        holder.kill()
        holder.wait()

    page.get_by_role("tab", name="Accounts").click()
    page.get_by_role("button", name="New account").click()
    page.locator("#fl-account-name input, #fl-account-name textarea").fill("Ben")
    page.locator("#fl-account-add").click()
    page.locator("#fl-account-said").get_by_text("/link/").wait_for()
    page.locator("#fl-accounts").get_by_text("waits for a password").wait_for()
    page.locator("#fl-lock").click()
    page.locator("#fl-accounts").get_by_text("locked").wait_for()
    page.get_by_role("button", name="Erase an account").click()
    page.locator("#fl-erase-name input, #fl-erase-name textarea").fill("ben")
    page.locator("#fl-erase").click()
    page.locator("#fl-accounts").get_by_text("There are no accounts yet.").wait_for()

    page.locator("#fl-ways").get_by_role("link", name="Duplicates").click()
    page.locator("#fl-scan").wait_for(state="visible")
    page.locator("#fl-beside").get_by_text("No pair").or_(page.locator("#fl-beside table")).first.wait_for()
    assert page.locator(".who").count() == 0, "without accounts nobody is named"
    page.context.close()


def test_conversations_are_found_renamed_and_deleted_beside_the_chat_on_a_phone(browser: Browser, site: Served) -> None:  # noqa: F811 - the fixture
    page = at(browser, site, "/", 390)
    page.wait_for_selector("#fl-talks summary")
    assert page.locator("#fl-talks details[open]").count() == 0
    for question in ("Is microdosing better than placebo?", "What are the risks of ibogaine for the heart?"):
        page.goto(site.url)
        page.wait_for_selector("#fl-box textarea")
        page.fill("#fl-box textarea", question)
        page.keyboard.press("Enter")
        page.wait_for_selector(".fl-tools", timeout=60_000)
        page.locator("#fl-talks a[aria-current]").wait_for(state="attached")
    page.locator("#fl-talks summary").focus()
    page.keyboard.press("Enter")
    rows = page.locator("#fl-talks [data-talk]")
    rows.nth(1).get_by_role("button", name="Rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Small doses")
    page.keyboard.press("Enter")
    rows.nth(1).get_by_role("link", name="Small doses").wait_for()
    assert page.evaluate("document.activeElement.dataset.do") == "rename", "the keyboard stays where it was"
    rows.nth(0).get_by_role("button", name="Delete").click()
    page.keyboard.press("Escape")
    assert rows.count() == 2
    rows.nth(0).get_by_role("button", name="Delete").click()
    rows.nth(0).get_by_role("button", name="Delete it").click()
    page.wait_for_url(f"{site.url}/")
    page.wait_for_selector("#fl-talks summary")
    page.locator("#fl-talks summary").click()
    assert rows.count() == 1
    rows.get_by_role("link", name="Small doses").click()
    page.locator("#fl-chat").get_by_text("microdosing").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#fl-talks summary").click()
    page.locator("#fl-talks input[type=search]").fill("ibogaine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversations?q=ibogaine")
    assert "ibogaine" not in page.locator("main").inner_text().lower()
    page.context.close()
