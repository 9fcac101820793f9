"""A librarian's way through the lab in a real Chromium: from a question in the chat to a better configuration, and back."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus import Library
from corpus.lab.drafts import draft_from_answer
from tests.ui.conftest import Run
from tests.ui.test_journey import browser, open_page  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
QUESTION = "How does ketamine act on glutamate to relieve depression?"
# From the press of a key until the next record is on the screen: the observer sees the change, the frame after it paints it.
WATCH = """() => {
  window.took = [];
  let pressed = 0;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (!pressed || !document.querySelector("#record h2.title")) return;
    const began = pressed;
    pressed = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.took.push(performance.now() - began)));
  }).observe(document.getElementById("record"), { childList: true, subtree: true });
}"""


@pytest.fixture
def lab_site(built_home: Path, models_folder: Path, command: list[str], tmp_path: Path, run: Run) -> Iterator[Served]:
    home = Path(shutil.copytree(built_home, tmp_path / "home"))
    assert run("config", "create", "words", "--set", "dense_weight=0", home=home).code == 0
    running = Served(home, models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def choose(page: Page, field: str, text: str) -> None:
    """Choose in a dropdown of Gradio by typing."""
    box = page.locator(f"{field} input")
    box.click()
    page.get_by_role("option", name=text).first.click()


def test_from_a_question_to_a_better_configuration_and_back(browser: Browser, lab_site: Served) -> None:  # noqa: F811 - the fixture
    elsewhere: list[str] = []
    page = open_page(browser, lab_site, 1280, elsewhere)
    page.set_default_timeout(60_000)
    page.fill("#fl-box textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("a.fl-cite")
    draft = _draft(lab_site)

    # the draft waits under Queries, and a pool gives it ten records to be judged
    page.goto(f"{lab_site.url}/lab?set=from+the+chat")
    page.get_by_text("1 draft from the chat waits").wait_for()
    page.get_by_role("tab", name="Judging").click()
    page.get_by_role("link", name="Start judging").wait_for()
    page.get_by_role("button", name="Build a pool: what is to be judged").click()
    choose(page, "#fl-pool-configs", "words")
    page.keyboard.press("Escape")
    page.locator("#fl-build-pool").click()
    page.get_by_text("pairs to be judged").wait_for()

    # ten records by keyboard alone
    page.goto(f"{lab_site.url}/lab/judge?set=from+the+chat")
    page.wait_for_selector("#record h2.title")
    assert page.locator("#query").inner_text() == QUESTION
    assert page.locator("#record .best mark").count() == 1
    page.wait_for_timeout(600)  # what is next has been fetched: nobody reads a record in less
    page.evaluate(WATCH)
    for key in "3210123u321":
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    page.keyboard.press("c")
    page.keyboard.type("2 the title says too little")  # keys that are grades elsewhere are words here
    page.keyboard.press("Enter")
    page.get_by_text("Saved: cannot tell").wait_for()
    took = sorted(page.evaluate("window.took"))
    print(f"\na key to the next record: median {took[len(took) // 2]:.0f} ms, longest {took[-1]:.0f} ms, of {len(took)}", file=sys.stderr)
    assert took[len(took) // 2] < 100
    assert "10 of" in page.locator("#count").inner_text()
    judged = _judged(lab_site)
    assert len(judged) == 10
    assert [reason for grade, reason in judged if grade is None] == ["2 the title says too little"]

    # accepted, run under two configurations, compared
    page.goto(f"{lab_site.url}/lab?set=from+the+chat")
    page.get_by_text("1 draft from the chat waits").wait_for()
    choose(page, "#fl-query", draft)
    page.locator("#fl-accept-draft").click()
    page.get_by_text("is part of from the chat now").wait_for()
    page.get_by_role("tab", name="Runs").click()
    page.wait_for_function("document.querySelector('#fl-run-config input')?.value === 'default'")
    page.locator("#fl-run").click()
    page.get_by_text("default: 1 query run, 1 judged").wait_for()
    page.get_by_text("What it measured").wait_for()
    choose(page, "#fl-run-config", "words")
    page.locator("#fl-run").click()
    page.get_by_text("words: 1 query run, 1 judged").wait_for()
    page.get_by_role("tab", name="Compare").click()
    for name in ("default (configuration)", "words (configuration)"):
        choose(page, "#fl-sides", name)
    page.keyboard.press("Escape")
    page.locator("#fl-compare").click()
    page.get_by_text("1 query:").first.wait_for()
    page.wait_for_selector("#fl-differences-plot .plotly .main-svg")
    assert page.locator("#fl-differences td").count() == 2
    assert page.locator("#fl-rankings tbody tr").count() >= 10

    # promoted by a click, rolled back by another
    choose(page, "#fl-better", "words")
    page.locator("#fl-promote").click()
    page.get_by_text("words is in force, in the place of default").wait_for()
    page.locator("#fl-roll-back").click()
    page.get_by_text("default is in force again").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    assert elsewhere == []
    page.context.close()


def test_judging_on_a_narrow_screen_by_buttons(browser: Browser, lab_site: Served) -> None:  # noqa: F811 - the fixture
    page = open_page(browser, lab_site, 390, [])
    page.fill("#fl-box textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("a.fl-cite", timeout=60_000)
    _draft(lab_site)
    page.goto(f"{lab_site.url}/lab/judge?set=from+the+chat")
    page.wait_for_selector("#record h2.title")
    first = page.locator("#record h2.title").inner_text()
    page.locator('[data-grade="2"]').click()
    page.get_by_text("Saved: 2").wait_for()
    assert page.locator("#record h2.title").inner_text() != first
    page.locator('[data-key="u"]').first.click()
    page.get_by_text("Taken back").wait_for()
    assert page.locator("#record h2.title").inner_text() == first
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    page.context.close()


def _library(site: Served) -> Library:
    return Library(f"sqlite:///{site.home / 'library.sqlite'}")


def _draft(site: Served) -> str:
    """Make the last answer's question a draft, as the chat's button does."""
    library = _library(site)
    try:
        with library.reading() as connection:
            answer_id = connection.exec_driver_sql("select id from answer order by at desc limit 1").scalar_one()
        return draft_from_answer(library, answer_id, why="thumbs down").id
    finally:
        library.close()


def _judged(site: Served) -> list[tuple[int | None, str]]:
    library = _library(site)
    try:
        return [(one.grade, one.reason) for one in library.judgements.of("from the chat")]
    finally:
        library.close()
