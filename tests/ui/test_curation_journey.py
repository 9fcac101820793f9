"""A librarian's way through the pages, in a real Chromium: look at a file, bring it in, correct a record, see what changed, go back."""

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
RIS = """TY  - JOUR
TI  - Xylophone therapy for insomnia
AU  - Doe, Jane
PY  - 2024
AB  - Xylophone therapy shortened sleep latency by 12 minutes in 40 adults.
ER  -
"""


@pytest.fixture
def library_site(built_home: Path, models_folder: Path, command: list[str], tmp_path: Path) -> Iterator[Served]:
    running = Served(Path(shutil.copytree(built_home, tmp_path / "home")), models_folder, command)
    yield running
    running.stop(signal.SIGKILL)


def test_look_bring_in_edit_see_what_changed_and_go_back(browser: Browser, library_site: Served, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    file = tmp_path / "new.ris"
    file.write_text(RIS, encoding="utf-8")
    elsewhere: list[str] = []
    page = open_page(browser, library_site, 1280, elsewhere)
    page.set_default_timeout(60_000)
    page.get_by_role("link", name="Curate").click()
    page.wait_for_selector("#fl-files input[type=file]", state="attached")
    page.set_input_files("#fl-files input[type=file]", str(file))
    page.get_by_text("new.ris").first.wait_for()
    page.locator("#fl-preview-files").click()
    page.get_by_text("Nothing is written yet.").wait_for()
    assert "Xylophone therapy for insomnia" in page.locator("#fl-preview").inner_text()
    assert library_site.get("/review/doe-2024-xylophone-therapy-insomnia")[0] == 404
    page.locator("#fl-accept").click()
    page.get_by_text("Done.").wait_for()
    assert "1 were added" in page.locator("#fl-preview").inner_text()

    page.goto(f"{library_site.url}/review/doe-2024-xylophone-therapy-insomnia")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("Xylophone therapy for insomnia: a trial")
    page.get_by_role("button", name="Save as a new revision").click()
    page.get_by_role("heading", name="Xylophone therapy for insomnia: a trial").wait_for()
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="What changed").first.click()
    assert ": a trial" in page.locator("ins").inner_text()
    page.get_by_role("button", name="Go back to revision").click()
    page.get_by_text("revert").first.wait_for()
    page.goto(f"{library_site.url}/review/doe-2024-xylophone-therapy-insomnia")
    assert page.locator("h1").inner_text() == "Xylophone therapy for insomnia"
    assert elsewhere == []
    page.context.close()


def test_reading_a_long_file_shows_how_far_it_is_and_can_be_stopped(browser: Browser, library_site: Served, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "long.ris"
    file.write_text("".join(RIS.replace("Xylophone", f"Xylophone number {number}") for number in range(20_000)), encoding="utf-8")
    page = open_page(browser, library_site, 390, [])
    page.goto(f"{library_site.url}/curate")
    page.locator("#fl-preview-files").click()
    page.locator("#fl-preview .fl-warn").wait_for()
    page.set_input_files("#fl-files input[type=file]", str(file))
    page.get_by_text("long.ris").first.wait_for()
    page.locator("#fl-preview-files").click()
    page.locator("#fl-preview .fl-progress").wait_for()
    page.locator("#fl-import-stop").click()
    page.locator("#fl-preview").get_by_text("Stopped; nothing of it is kept").wait_for()
    page.locator("#fl-import-stop").wait_for(state="hidden")
    page.context.close()
