"""A reader's way through the page, in a real Chromium."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.models.scripted import Reply, ScriptedServer
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("TESTS_CHROMIUM")
    if not program:
        pytest.skip("no Chromium was found")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    import shutil

    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("site") / "home"))
    running = Served(home, models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def open_page(browser: Browser, site: Served, width: int, elsewhere: list[str]) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()

    def only_here(route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]
        if url.startswith((site.url, "data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            elsewhere.append(url)
            route.abort()  # type: ignore[attr-defined]

    page.route("**/*", only_here)
    page.goto(site.url)
    page.wait_for_selector("#fl-box textarea", timeout=30_000)
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_ask_click_a_citation_and_find_the_words_marked(browser: Browser, site: Served, width: int) -> None:
    elsewhere: list[str] = []
    page = open_page(browser, site, width, elsewhere)
    page.fill("#fl-box textarea", "How does ketamine act on glutamate to relieve depression?")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.fl-cite", timeout=30_000)
    sentence = page.locator(".fl-sentence").first.inner_text()
    page.locator("a.fl-cite").first.click()
    frame = page.frame_locator("#fl-evidence iframe")
    marked = frame.locator("#marked")
    marked.wait_for(timeout=15_000)
    assert marked.is_visible()
    assert marked.inner_text() in sentence
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    assert elsewhere == []
    page.context.close()


def test_a_question_beside_the_collection_shows_what_is_nearest(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 1280, [])
    page.fill("#fl-box textarea", "What is the boiling point of tungsten?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-none", timeout=30_000)
    assert "does not answer" in page.locator(".fl-none").inner_text()
    assert page.locator(".fl-nearest li").count() == 3
    page.context.close()


def test_a_follow_up_is_shown_stand_alone_and_can_be_edited(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 390, [])
    page.fill("#fl-box textarea", "Does psilocybin help with depression?")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.fl-cite", timeout=30_000)
    page.wait_for_selector("#fl-send", state="visible", timeout=30_000)
    page.fill("#fl-box textarea", "And for anxiety?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-taken", timeout=30_000)
    assert "Does psilocybin help with anxiety?" in page.locator(".fl-taken").inner_text()
    understood = page.locator("#fl-understood textarea")
    understood.wait_for(timeout=15_000)
    assert understood.input_value() == "Does psilocybin help with anxiety?"
    understood.fill("Does ketamine help with anxiety?")
    page.locator("#fl-again").click()
    page.wait_for_function("document.querySelectorAll('#fl-chat .user').length >= 3", timeout=30_000)
    assert "Does ketamine help with anxiety?" in page.locator("#fl-chat .user").last.inner_text()
    page.context.close()


def test_a_counting_question_shows_its_records(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 390, [])
    page.fill("#fl-box textarea", "How many systematic reviews of psilocybin since 2020?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-said", timeout=30_000)
    assert "records for" in page.locator(".fl-said").inner_text()
    assert page.locator(".fl-nearest li").count() > 5
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    page.context.close()


def test_words_of_a_question_are_shown_as_words(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 1280, [])
    asked = "<img src=x onerror=document.title='broken'> **is** ketamine [safe](javascript:alert(1))?"
    page.fill("#fl-box textarea", asked)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-foot", timeout=30_000)
    page.wait_for_selector(".fl-answer", timeout=30_000)
    assert page.title() != "broken"
    assert asked in page.locator("#fl-chat .user").first.inner_text()
    page.context.close()


def test_an_example_is_asked_by_a_click(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 1280, [])
    page.get_by_text("Is microdosing better than placebo?").first.click()
    page.wait_for_selector("a.fl-cite", timeout=30_000)
    page.context.close()


def test_filters_show_counts_and_narrow_the_answer(browser: Browser, site: Served) -> None:
    page = open_page(browser, site, 1280, [])
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("From year").click()
    page.get_by_role("option", name="2023").click()
    page.wait_for_function("/\\d+ records/.test(document.querySelector('#fl-matching')?.innerText || '')", timeout=15_000)
    page.fill("#fl-box textarea", "Does psilocybin help in depression?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-sources li", timeout=30_000)
    labels = page.locator(".fl-sources .fl-record").all_inner_texts()
    assert labels
    assert all(int(label[-4:]) >= 2023 for label in labels if label[-4:].isdigit())
    page.context.close()


def test_stop_ends_a_draft_and_the_quotes_stay(browser: Browser, home: Path, models_folder: Path, command: list[str]) -> None:
    endless = "Psilocybin and " + " and ".join(f"thing {number}" for number in range(300))
    with ScriptedServer([Reply(endless, pause_seconds=0.3)]) as model:
        site = Served(home, models_folder, command, f"{model.url}#scripted")
        try:
            page = open_page(browser, site, 1280, [])
            page.fill("#fl-box textarea", "Does psilocybin help with depression?")
            page.keyboard.press("Enter")
            page.wait_for_selector(".fl-draft", timeout=30_000)
            page.locator("#fl-stop button, button#fl-stop").click()
            page.wait_for_selector("#fl-send", state="visible", timeout=30_000)
            assert "You stopped the language model; these are quotes." in page.locator(".fl-answer").inner_text()
            assert page.locator(".fl-sentence").count() >= 1
            assert page.locator(".fl-draft").count() == 0
            page.context.close()
        finally:
            site.stop(signal.SIGKILL)
