"""Takes the pictures of the README: the page at two widths, light and dark, with an answer and its evidence open.

Usage: python docs/screenshots/make.py URL-OF-A-RUNNING-SERVE [CHROMIUM]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
QUESTION = "How large is the effect of psilocybin on depression?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main(url: str, chromium: str) -> None:
    """Write ask-WIDTH-SCHEME.png into this folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width, height in ((1280, 860), (390, 844)):
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(url)
                page.wait_for_selector("#fl-box textarea")
                page.fill("#fl-box textarea", QUESTION)
                page.keyboard.press("Enter")
                page.wait_for_selector("a.fl-cite", timeout=60_000)
                page.wait_for_function("!document.querySelector('.fl-answer')?.innerText.includes('take this place')", timeout=180_000)
                if width > 860:
                    page.locator("a.fl-cite").first.click()
                    page.frame_locator("#fl-evidence iframe").locator("#marked").wait_for()
                page.wait_for_timeout(800)
                page.screenshot(path=FOLDER / f"ask-{width}-{scheme}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else shutil.which("chromium") or "chromium")
