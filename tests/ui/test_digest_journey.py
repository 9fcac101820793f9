"""An editor's way to an issue, in a real Chromium: make the draft, edit it with the keyboard at phone width, publish it, read it."""

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
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def digest_site(built_home: Path, models_folder: Path, command: list[str], tmp_path: Path) -> Iterator[Served]:
    running = Served(Path(shutil.copytree(built_home, tmp_path / "home")), models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def test_draft_edit_publish_and_read(browser: Browser, digest_site: Served) -> None:  # noqa: F811 - the fixture
    elsewhere: list[str] = []
    page = open_page(browser, digest_site, 390, elsewhere)
    page.set_default_timeout(60_000)
    page.get_by_role("link", name="Digest").click()
    page.get_by_role("button", name="Make a draft").click()
    page.get_by_role("heading", name="Edit issue 1").wait_for()
    page.wait_for_load_state()  # its style too
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    quotes = page.locator("blockquote").all_inner_texts()
    assert len(quotes) == 120

    entries = page.locator(".entry[id]")
    section = page.locator("fieldset").filter(has=page.locator(".entry:nth-of-type(2)")).first
    first, second = (section.locator(".entry[id]").nth(at).get_attribute("id") for at in (0, 1))
    page.get_by_label("Title").fill("The first week")
    page.locator(f"#{second}").get_by_role("button", name="Move up").press("Enter")
    page.wait_for_url(f"**/digest/1/edit#{second}")
    order = [each.get_attribute("id") for each in entries.all()]
    assert order.index(second) == order.index(first) - 1
    page.locator(f"#{first}").get_by_label("Leave it out").check()
    page.locator(f"#{second}").get_by_label("Lead").fill("Of note:")
    page.locator(f"#{second}").get_by_label("Lead").press("Enter")
    page.wait_for_load_state()
    assert page.get_by_label("Title").input_value() == "The first week"
    assert page.locator(f"#{first}").get_by_label("Leave it out").is_checked()
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name="The first week").wait_for()
    assert page.get_by_text("Of note:").count() == 1
    assert page.locator("q").count() == 119
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Mails").wait_for()
    assert page.get_by_role("button", name="Publish").count() == 0
    page.locator(".entry .source a").first.click()
    page.locator("mark").first.wait_for()
    assert page.locator("mark").first.inner_text() in quotes
    assert elsewhere == []
    page.context.close()
