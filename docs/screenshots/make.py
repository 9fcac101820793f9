"""Takes the pictures: every page at two widths, light and dark, the Ask page with an answer and its evidence open.

Usage: python docs/screenshots/make.py URL-OF-A-RUNNING-SERVE [CHROMIUM] [--all FOLDER]

Without --all only the README's pictures (the Ask page) are written, into this folder; with it every page is, into FOLDER, to be looked at.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
QUESTION = "How large is the effect of psilocybin on depression?"
RECORD = "/review/haikazian-2023-psilocybin-assisted-therapy"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAGES = {
    "library": "/library",
    "lab": "/lab",
    "curate": "/curate",
    "admin": "/admin",
    "record": RECORD,
    "edit": f"{RECORD}/edit",
    "history": f"{RECORD}/history",
    "notes": "/notes",
    "lists": "/lists",
    "questions": "/questions",
    "conversations": "/conversations",
    "digest": "/digest",
    "answer": "{answer}",
    "table": "{answer}/table",
}


def main(url: str, chromium: str, everything: Path | None) -> None:
    """Write NAME-WIDTH-SCHEME.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width, height in ((1280, 860), (390, 844)):
            for scheme in ("light", "dark"):
                shoot(browser, url, width, height, scheme, everything)
        browser.close()


def shoot(browser: Browser, url: str, width: int, height: int, scheme: str, everything: Path | None) -> None:
    """All pages at one width in one theme."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#fl-box textarea")
    page.wait_for_selector(".fl-suggested")
    if everything:
        page.screenshot(path=everything / f"start-{width}-{scheme}.png")
    answer = ask(page, width)
    page.screenshot(path=(everything or FOLDER) / f"ask-{width}-{scheme}.png")
    for name, path in PAGES.items() if everything else ():
        page.goto(url + path.format(answer=answer))
        page.wait_for_timeout(1_500)
        page.screenshot(path=everything / f"{name}-{width}-{scheme}.png")  # type: ignore[operator]
    context.close()


def ask(page: Page, width: int) -> str:
    """Ask, open the first citation where there is room for it beside the chat; the answer's path."""
    page.fill("#fl-box textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".fl-tools", timeout=180_000)
    page.wait_for_timeout(2_500)  # what to ask next
    if width > 860:
        page.locator("a.fl-cite").first.click()
        page.frame_locator("#fl-evidence iframe").locator("#marked").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    return str(page.locator('a.fl-tool[href*="/answers/"]').get_attribute("href"))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--all"]
    target = Path(words.pop()) if "--all" in sys.argv else None
    main(words[0], words[1] if len(words) > 1 else shutil.which("chromium") or "chromium", target)
