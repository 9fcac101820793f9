"""A reader's longer ways, in a real Chromium: export, keyboard alone, a restart in between, asking anew; and every page with axe-core."""

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
QUESTION = "How large is the effect of psilocybin on depression?"
RECORD = "/review/haikazian-2023-psilocybin-assisted-therapy"
GRADIO = ("/", "/library", "/curate", "/lab", "/admin")
#: Pages that axe looks at; ANSWER stands for the Ask page with an answer, its evidence and its table open.
PAGES = (
    *GRADIO,
    *("ANSWER", RECORD, f"{RECORD}/edit", f"{RECORD}/history", "/answers/{answer}", "/answers/{answer}/table", "/review/none"),
    *("/notes", "/lists", "/lists/show?name=To+read", "/questions", "/conversations", "/digest"),
)


@pytest.fixture(scope="module")
def site(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("reading") / "home"))
    running = Served(home, models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def ask(page: Page, text: str) -> None:
    """Ask, and wait until the answer stands with its tools."""
    before = page.locator(".fl-tools").count()
    page.fill("#fl-box textarea", text)
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.fl-tools').length > {before}", timeout=30_000)


def conversation(page: Page) -> str:
    page.wait_for_function("new URL(location.href).searchParams.get('c')", timeout=15_000)
    return str(page.evaluate("new URL(location.href).searchParams.get('c')"))


def test_from_a_question_by_its_citation_to_the_record_a_note_and_an_export(browser: Browser, site: Served, tmp_path: Path) -> None:  # noqa: F811
    elsewhere: list[str] = []
    page = open_page(browser, site, 1280, elsewhere)
    ask(page, QUESTION)
    kept = conversation(page)
    cite = page.locator("a.fl-cite").first
    address = str(cite.get_attribute("href"))
    cite.click()
    cited = page.frame_locator("#fl-evidence iframe").locator("#marked")
    cited.wait_for(timeout=15_000)
    words = cited.inner_text()
    page.goto(f"{site.url}{address}")
    assert page.locator("#marked").inner_text() == words
    page.locator("#new-note").fill("Ask the authors about the doses")
    page.get_by_role("button", name="Save the note").click()
    assert "Ask the authors about the doses" in page.locator(".written").inner_text()
    page.goto(f"{site.url}/?c={kept}")
    page.wait_for_selector("a.fl-cite", timeout=30_000)
    assert page.locator("a.fl-cite").first.get_attribute("href") == address
    page.locator("details.fl-exports summary").click()
    with page.expect_download() as going:
        page.locator("details.fl-exports a", has_text="RIS").click()
    going.value.save_as(tmp_path / "answer.ris")
    records = (tmp_path / "answer.ris").read_text(encoding="utf-8")
    assert records.count("TY  - ") == page.locator("a.fl-cite").evaluate_all("all => new Set(all.map((each) => new URL(each.href).pathname)).size")
    assert "Ask the authors" not in records, "a private note is in an export"
    assert elsewhere == []
    page.context.close()


def test_with_the_keyboard_alone_a_citation_is_opened_and_the_next_and_the_way_back(browser: Browser, site: Served) -> None:  # noqa: F811
    page = open_page(browser, site, 1280, [])
    page.wait_for_function("document.activeElement?.closest('#fl-box')", timeout=15_000)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-tools", timeout=30_000)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.fl-cite')"):
            break
    assert page.evaluate("document.activeElement.matches('.fl-cite')"), "no citation is reached by the keyboard"
    cited = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    marked = page.frame_locator("#fl-evidence iframe").locator("#marked")
    marked.wait_for(timeout=15_000)
    assert page.evaluate("document.activeElement.id") == "fl-evidence"
    place = page.locator("#fl-place").inner_text()
    page.keyboard.press("p")
    assert page.locator("#fl-place").inner_text() != place
    page.keyboard.press("n")
    assert page.locator("#fl-place").inner_text() == place
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('href')") == cited
    page.context.close()


def test_a_question_is_changed_and_asked_again_and_what_came_after_goes(browser: Browser, site: Served) -> None:  # noqa: F811
    page = open_page(browser, site, 390, [])
    ask(page, QUESTION)
    ask(page, "And for anxiety?")
    kept = conversation(page)
    page.locator("a.fl-do-edit").first.click()
    page.wait_for_selector("#fl-editing p", timeout=15_000)
    assert page.input_value("#fl-box textarea") == QUESTION
    page.fill("#fl-box textarea", "Does ketamine help with depression?")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#fl-chat .user').length === 1 && document.querySelector('.fl-tools')", timeout=30_000)
    page.locator("a.fl-do-retry").first.click()
    page.wait_for_timeout(300)
    page.wait_for_selector(".fl-tools", timeout=30_000)
    assert page.locator("#fl-chat .user").all_inner_texts() == ["Does ketamine help with depression?"]
    assert conversation(page) == kept
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    page.context.close()


def test_a_question_entered_while_another_is_answered_is_asked_after_it(browser: Browser, site: Served) -> None:  # noqa: F811
    page = open_page(browser, site, 1280, [])
    page.fill("#fl-box textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#fl-box textarea').value === ''", timeout=15_000)
    page.fill("#fl-box textarea", "Does ketamine help with depression?")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.fl-tools').length === 2", timeout=30_000)
    assert page.locator("#fl-chat .user").all_inner_texts() == [QUESTION, "Does ketamine help with depression?"]
    page.context.close()


def test_a_page_that_only_stands_there_asks_the_server_for_nothing(browser: Browser, site: Served) -> None:  # noqa: F811
    page = open_page(browser, site, 1280, [])
    page.wait_for_selector(".fl-suggested", timeout=15_000)
    page.wait_for_timeout(1_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(5_000)
    assert asked == []
    page.context.close()


def test_a_thumb_down_asks_why_and_is_kept(browser: Browser, site: Served) -> None:  # noqa: F811
    elsewhere: list[str] = []
    page = open_page(browser, site, 390, elsewhere)
    ask(page, QUESTION)
    page.locator("a.fl-do-down").click()
    page.check("#fl-down input[value=wrong_source]")
    page.locator("#fl-down-sources input").first.check()
    page.locator("#fl-down button.fl-main").click()
    page.wait_for_function("document.querySelector('#fl-said').textContent.includes('lab')", timeout=15_000)
    page.locator(".fl-suggested").first.wait_for(timeout=15_000)
    page.locator(".fl-suggested").first.click()
    page.wait_for_function("document.querySelectorAll('.fl-tools').length === 2", timeout=30_000)
    assert elsewhere == []
    page.context.close()


def test_a_conversation_goes_on_after_a_restart_with_every_citation(browser: Browser, home: Path, models_folder: Path, command: list[str]) -> None:  # noqa: F811
    first = Served(home, models_folder, command)
    try:
        page = open_page(browser, first, 1280, [])
        ask(page, "Does psilocybin help with depression?")
        cites = page.locator("a.fl-cite").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
        kept = conversation(page)
        page.context.close()
    finally:
        first.stop(signal.SIGKILL)
    second = Served(home, models_folder, command)
    try:
        page = browser.new_context().new_page()
        page.goto(f"{second.url}/?c={kept}")
        page.wait_for_selector("a.fl-cite", timeout=30_000)
        assert page.locator("a.fl-cite").evaluate_all("all => all.map((each) => each.getAttribute('href'))") == cites
        ask(page, "And for anxiety?")
        assert "Does psilocybin help with anxiety?" in page.locator(".fl-taken").inner_text()
        assert conversation(page) == kept
        page.locator("a.fl-cite").first.click()
        page.frame_locator("#fl-evidence iframe").locator("#marked").wait_for(timeout=15_000)
        page.context.close()
    finally:
        second.stop(signal.SIGKILL)


def test_the_page_speaks_german_to_whoever_asks_for_it(browser: Browser, site: Served) -> None:  # noqa: F811
    page = browser.new_context(locale="de-AT").new_page()
    page.goto(site.url)
    page.wait_for_selector("#fl-send", timeout=30_000)
    assert page.locator("#fl-send").inner_text() == "Fragen"
    assert page.locator("html").get_attribute("lang") == "de"
    ask(page, QUESTION)
    assert "wörtlich zitiert" in page.locator(".fl-legend").inner_text()
    page.goto(f"{site.url}{RECORD}?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"{site.url}{RECORD}")
    assert page.locator("h2").first.inner_text().casefold() == "curator's summary", "the choice is kept"
    page.context.close()


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_page_in_either_theme(browser: Browser, site: Served) -> None:  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    found: list[str] = []
    answer = ""
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}).new_page()  # type: ignore[arg-type]
        page.request.post(f"{site.url}/lists/create", form={"name": "To read"}, headers={"Origin": site.url})
        for path in PAGES:
            page.goto(site.url + ("/" if path == "ANSWER" else path.format(answer=answer)))
            if path in (*GRADIO, "ANSWER"):
                page.wait_for_selector("#fl-head", timeout=30_000)
                page.wait_for_timeout(1_200)  # what is filled in after loading
            if path == "ANSWER":
                ask(page, QUESTION)
                answer = str(page.locator('a.fl-tool[href*="/answers/"]').get_attribute("href")).rpartition("/")[2]
                page.locator("details.fl-evidence-table summary").click()
                page.locator("a.fl-cite").first.click()
                page.wait_for_timeout(500)
            report = Axe().run(page, options=None if scheme == "light" else {"runOnly": ["color-contrast"]})  # what a theme changes is colours
            serious = [fault for fault in report.response["violations"] if fault["impact"] in ("serious", "critical")]
            found += [f"{scheme} {path}: {fault['id']} {node['target']} {node['html'][:120]}" for fault in serious for node in fault["nodes"]]
        page.context.close()
    assert found == []
