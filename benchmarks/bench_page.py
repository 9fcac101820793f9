"""The Ask page as a reader meets it, in a real Chromium: ready after `serve` is up, first text of a quotes answer, and many conversations at once.

    python benchmarks/bench_page.py HOME [--times 5] [--at-once 20] [--port 7899] [--chromium /usr/bin/chromium]

HOME is a home that has been synced; answers are quotes. Each page has a browser context of its own: in one, six open pages use up the connections that a
browser makes to one server over HTTP/1.1. Every figure is wall time in the browser, from the key press or the address entered to the words on the screen;
each question is a new one, asked a second after the answer before it, when the page has made its suggestions. Writes docs/figures/page.json. The
baseline in the same run is an empty page of the same server (`/pages/empty`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_FLORILEGIUM = [sys.executable, "-c", "from ui.cli import main; main()"]
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_DATA = Path(__file__).parent / "data" / "sample_questions.jsonl"
_QUESTIONS = [line["question"] for line in map(json.loads, _DATA.read_text(encoding="utf-8").splitlines()) if line["answerable"]]
_FIGURES = Path(__file__).parent.parent / "docs" / "figures" / "page.json"
#: When the first sentence of the answer numbered by the argument is on the screen.
_SENTENCE = "(turn) => document.querySelectorAll('#fl-chat .fl-answer')[turn]?.querySelector('.fl-sentence, .fl-none')"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--port", type=int, default=7899)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    url = f"http://127.0.0.1:{given.port}"
    environment = os.environ | {"FLORILEGIUM_MODEL": "quotes"}
    serve = subprocess.Popen([*_FLORILEGIUM, "--home", given.home, "serve", "--port", str(given.port)], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.chromium, args=_FLAGS)
            assert serve.stdout is not None
            while "ready at" not in serve.stdout.readline():
                assert serve.poll() is None
            figures = measure(browser, url, given.times, given.at_once)
            browser.close()
    finally:
        serve.terminate()
        serve.wait()
    figures["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures, indent=2))
    _FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(browser: Browser, url: str, times: int, at_once: int) -> dict[str, object]:
    """All figures, in seconds."""
    page, ready = opened(browser, url)
    empty = browser.new_context().new_page()
    began = time.perf_counter()
    empty.goto(f"{url}/pages/empty")
    bare = time.perf_counter() - began
    first = [first_text(page, question, turn) for turn, question in enumerate(_QUESTIONS[: times + 1])]
    again = opened(browser, url)[1]
    page.context.close()
    pages = [opened(browser, url)[0] for _ in range(at_once)]
    for number, each in enumerate(pages):
        each.fill("#fl-box textarea", _QUESTIONS[(times + 1 + number) % len(_QUESTIONS)])
    began = time.perf_counter()
    for each in pages:
        each.keyboard.press("Enter")
    waits = []
    for each in pages:
        each.wait_for_function(_SENTENCE, arg=0, timeout=120_000)
        waits.append(time.perf_counter() - began)
    late = first_text(pages[-1], "Does ketamine help with suicidality?", 1)  # a question in one of many open pages
    return {
        "empty_page": round(bare, 3),
        "page_ready_first": round(ready, 3),
        "page_ready_again": round(again, 3),
        "first_text_first": round(first[0], 3),
        "first_text_warm_median": round(statistics.median(first[1:]), 3),
        "first_text_warm_worst": round(max(first[1:]), 3),
        "at_once": at_once,
        "at_once_all_answered": round(max(waits), 3),
        "first_text_with_all_open": round(late, 3),
    }


def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """A page in a browser context of its own, and how long it took until a question could be typed."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("#fl-box textarea", timeout=120_000)
    return page, time.perf_counter() - began


def first_text(page: Page, question: str, turn: int) -> float:
    """Ask, and wait for the first sentence; seconds."""
    page.wait_for_timeout(1000)
    page.fill("#fl-box textarea", question)
    began = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function(_SENTENCE, arg=turn, timeout=60_000)
    waited = time.perf_counter() - began
    page.wait_for_selector("#fl-send", state="visible", timeout=60_000)
    return waited


if __name__ == "__main__":
    sys.exit(main())
