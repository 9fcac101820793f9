"""A member's way in a real Chromium: find a record, mark words, write a note, search it, take it along; and back and forward on the Library page."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.test_journey import browser, open_page  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
#: Marks the first `count` code points of the first finding, as a pointer would.
_MARK = """(count) => {
  const text = document.querySelector('[data-field="findings[0]"] .text');
  const node = text.firstChild;
  const range = document.createRange();
  range.setStart(node, 0);
  range.setEnd(node, count);
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}"""


@pytest.fixture(scope="module")
def room(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(Path(shutil.copytree(built_home, tmp_path_factory.mktemp("room") / "home")), models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def found(page: Page) -> str:
    return page.locator("#fl-found .fl-count").inner_text()


def test_the_librarys_address_is_its_state_and_back_works(browser: Browser, room: Served) -> None:  # noqa: F811 - the fixture
    elsewhere: list[str] = []
    page = open_page(browser, room, 1280, elsewhere)
    page.set_default_timeout(30_000)
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector("#fl-found .fl-count")
    assert found(page) == "120 records"
    page.locator("#fl-facets .fl-value", has_text="ketamine").first.click()
    page.wait_for_selector(".fl-chip")
    fewer = found(page)
    assert fewer != "120 records"
    assert "f=substances=ketamine" in page.url
    page.locator("#fl-words textarea, #fl-words input").fill("glutamate and depression")
    page.locator("#fl-find").click()
    page.wait_for_function("location.search.includes('q=glutamate')")
    assert page.locator(".fl-there").count() > 0
    page.go_back()
    page.wait_for_function("!location.search.includes('q=')")
    page.wait_for_function(f"document.querySelector('#fl-found .fl-count').innerText === '{fewer}'")
    page.go_back()
    page.wait_for_function("document.querySelector('#fl-found .fl-count').innerText === '120 records'")
    page.goto(f"{room.url}/library?f=year>=2020&sort=title&start=25")
    page.wait_for_selector("#fl-found .fl-count")
    assert page.locator(".fl-records").get_attribute("start") == "26"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("button.fl-pick").first.click()
    page.wait_for_selector("button.fl-pick[aria-pressed=true]")
    page.goto(f"{room.url}/lists")
    page.get_by_role("link", name="To read").click()
    assert page.locator(".records > li").count() == 1
    assert elsewhere == []
    page.context.close()


def test_record_note_on_marked_words_search_and_export(browser: Browser, room: Served, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    elsewhere: list[str] = []
    page = open_page(browser, room, 390, elsewhere)
    page.set_default_timeout(30_000)
    page.goto(f"{room.url}/library?q=ketamine+glutamate")
    page.locator(".fl-title a").first.click()
    page.wait_for_selector("[data-field='findings[0]']")
    words = page.locator("[data-field='findings[0]'] .text").inner_text()[:20].strip()
    page.evaluate(_MARK, 20)
    page.locator("#note-here").click()
    assert page.locator("form.write blockquote").inner_text() == words
    page.locator("#new-note").fill("Compare with the **Basel** talk")
    page.get_by_role("button", name="Save the note").click()
    page.wait_for_selector(".written")
    assert page.locator(".written blockquote").inner_text() == words
    assert page.locator(".written strong").inner_text() == "Basel"
    page.get_by_role("link", name="Show the words").click()
    assert page.locator("#marked").inner_text() == words
    page.get_by_role("link", name="Notes", exact=True).click()
    page.get_by_role("searchbox").fill("basel")
    page.get_by_role("button", name="Find").click()
    assert page.locator(".written").count() == 1
    with page.expect_download() as going:
        page.get_by_role("link", name="Export as Markdown").click()
    kept = tmp_path / "notes.md"
    going.value.save_as(kept)
    text = kept.read_text(encoding="utf-8")
    assert f"> {words}" in text
    assert "Compare with the **Basel** talk" in text
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    assert elsewhere == []
    page.context.close()
