"""What people, files and language models write is shown as text: a corpus of payloads through every field, in a real Chromium, and nothing runs.

Chromium is told to leave the pages' content policy aside: what is tested is the escaping, not the second wall behind it.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from assistant.models.scripted import Reply, ScriptedServer
from corpus import Anchor, Filter, Library, Review
from corpus.digest import changes_since
from corpus.importing import import_files
from corpus.importing.intake import Upload
from corpus.lab import TestQuery
from tests.ui.payloads import PAYLOADS
from tests.ui.test_journey import browser  # noqa: F401 - a fixture
from tests.ui.test_serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
EVERY = " ".join(PAYLOADS)
SHORT = [text for text in PAYLOADS if len(text) <= 60 and text.isprintable()]
QUESTION = "How does ketamine raise glutamate?"
#: Whatever of a payload became more than text: an attribute, an element, an address.
_LEFT = """() => [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map((each) => [element, each.name, each.value]))
  .filter(([element, name, value]) => (/^on/i.test(name) && /xss/.test(value)) || (/^(href|src|action|formaction|data|xlink:href|poster|srcset)$/i.test(name)
    && /^[\\s\\u0000-\\u001f]*(javascript|vbscript|data:text|\\/\\/evil)/i.test(value)))
  .map(([element, name, value]) => element.outerHTML.slice(0, 200))
  .concat([...document.querySelectorAll('script, style, template, base, meta[http-equiv], link')].map((each) => each.outerHTML)
    .filter((text) => /xss\\(\\d|evil\\.example/.test(text) && !/gradio_config/.test(text)).map((text) => text.slice(0, 200)))"""


def records() -> list[dict[str, Any]]:
    """Some records that hold every payload in every field; by their first words a question finds them."""
    fact = "Ketamine raised prefrontal glutamate in 12 patients."
    whole = {
        "title": f"Ketamine and glutamate {EVERY[:900]}",
        "authors": [f"Doe{text}, Jane{text}" for text in SHORT[:6]],
        "journal": EVERY[:600],
        "year": 2021,
        "url": "javascript:xss(9001)",
        "doi": '10.1000/x"onmouseover="xss(9002)',
        "summary": f"{fact} {EVERY}",
        "abstract": EVERY,
        "findings": [f"{fact} {text}" for text in PAYLOADS[::7]] + PAYLOADS,
        "limits": PAYLOADS[::2],
        "sections": [EVERY, EVERY],
        "section_titles": [SHORT[0], EVERY[:300]],
        "keywords": SHORT,
        "facets": {"topics": SHORT[:10], "substances": SHORT[10:14], "kind": SHORT[14:18], "own<img src=x onerror=xss(9003)>": SHORT[18:22]},
        "notices": [{"type": "concern", "text": EVERY, "date": SHORT[0]}],
        "extra": {SHORT[1]: SHORT[2:6]},
    }
    titles = [{"title": text, "authors": [text], "year": 2020, "findings": [f"Glutamate and ketamine: {text}"]} for text in PAYLOADS[::9]]
    return [whole, *titles, {"title": "Ketamine and glutamate in twelve patients", "year": 2022, "findings": [f"{fact} {text}" for text in SHORT[:12]]}]


def fill(library: Library, folder: Path) -> dict[str, Any]:
    """Everything a person can write, written."""
    name = "<img src=x onerror=xss(9004)>\"'.jsonl"
    text = "\n".join(json.dumps(record) for record in records()).encode()
    report = import_files(library, [Upload(name, text), Upload('"><script>xss(9005)<script>.ris', b"<img src=x onerror=xss(9006)>")])
    assert report.total("added") == len(records()), report
    found = [review for review in library.get_many(library.select(Filter()).ids).values() if "xss(" in review.title or "twelve" in review.title]
    first: Review = next(review for review in found if review.title.startswith("Ketamine and glutamate <"))
    anchor = Anchor.to(first, "findings[0]", 0, len(first.findings[0]))
    for start in range(0, len(PAYLOADS), 25):
        part = "\n\n".join(PAYLOADS[start : start + 25])
        library.notes.add("local", first.id, part, anchor)
        library.comments.add("local", first.id, part, anchor)
    for payload in SHORT[:25]:
        library.lists.create(payload[:60])
        library.lists.add(payload[:60], [first.id])
    library.lists.create(SHORT[30], [f"topics={SHORT[0]}"], words=EVERY[:300])
    library.questions.save(EVERY[:900], ["year>=2000"])
    library.sets.create("a set", EVERY)
    library.sets.put("a set", [TestQuery(f"q{at}", text, need=text, tags=(text[:30],)) for at, text in enumerate(SHORT[:20])])
    changed = changes_since(library, 0)
    issue = library.issues.create(changed, EVERY[:150], "local")
    entries = issue.digest.entries
    saved = library.issues.save(issue.number, issue.version, title=EVERY[:150], introduction=EVERY, entries=entries, actor="local")
    library.issues.publish(issue.number, saved.version, "local")
    return {"first": first.id, "all": [review.id for review in found], "issue": issue.number, "list": SHORT[0][:60], "folder": folder}


@pytest.fixture(scope="module")
def written(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("payloads") / "home"))
    library = Library(f"sqlite:///{home / 'library.sqlite'}")
    told = fill(library, home.parent)
    library.close()
    return home, told


class Watched:
    """A page whose every execution, dialog and request to elsewhere is noted."""

    def __init__(self, browser: Browser, url: str) -> None:  # noqa: F811 - the fixture's type
        self.url = url
        self.seen: list[str] = []
        context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
        context.expose_binding("xss", lambda source, number=0: self.seen.append(f"ran {number} on {source['page'].url}"))
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("dialog", lambda dialog: (self.seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.route("**/*", self._only_here)

    def _only_here(self, route: Any) -> None:
        address = route.request.url
        if address.startswith((self.url, "data:image", "blob:")):
            route.continue_()
        else:
            self.seen.append(f"asked {address} on {self.page.url}")
            route.abort()

    def look(self, path: str = "", ready: str = "body") -> None:
        if path:
            self.page.goto(self.url + path, wait_until="load")
            self.page.wait_for_selector(ready)
        self.seen += [f"left {text!r} on {self.page.url}" for text in self.page.evaluate(_LEFT)]


def test_nothing_that_somebody_wrote_runs_anywhere(
    browser: Browser,  # noqa: F811 - the fixture
    written: tuple[Path, dict[str, Any]],
    models_folder: Path,
    command: list[str],
) -> None:
    assert len(PAYLOADS) >= 100
    home, told = written
    with ScriptedServer([Reply(f"Ketamine raised prefrontal glutamate in 12 patients. {EVERY} [1].")]) as model:
        served = Served(home, models_folder, command, f"{model.url}#scripted")
        try:
            watched = Watched(browser, served.url)
            hears_what_runs(watched)
            conversation = ask(watched)
            server_pages(watched, told, conversation)
            gradio_pages(watched)
            assert watched.seen == []
        finally:
            served.stop(signal.SIGKILL)


def hears_what_runs(watched: Watched) -> None:
    """That something that does run is noted, and what is left of it too."""
    watched.page.goto(f"{watched.url}/health")
    watched.page.evaluate(
        "(text) => { document.body.innerHTML = text }", "<img src=x onerror=xss(1)><a href='javascript:xss(2)'>a</a><img src=//evil.example/x>"
    )
    kinds: set[str] = set()
    for _ in range(50):
        watched.page.wait_for_timeout(200)
        watched.look()
        kinds = {line.split()[0] for line in watched.seen}
        if len(kinds) == 3:
            break
    assert kinds == {"ran", "asked", "left"}, watched.seen
    watched.seen.clear()


def ask(watched: Watched) -> str:
    """A question that finds the records, and one that is made of payloads; the address of the conversation."""
    page = watched.page
    page.goto(watched.url)
    for turn, text in enumerate((QUESTION, EVERY[:700]), start=1):
        page.wait_for_selector("#fl-box textarea")
        page.fill("#fl-box textarea", text)
        page.keyboard.press("Enter")
        page.wait_for_function("(turn) => document.querySelectorAll('#fl-chat .fl-tools').length === turn", arg=turn, timeout=40_000)
        page.wait_for_selector("#fl-stop", state="hidden", timeout=40_000)
        watched.look()
    assert "xss(" in page.locator("#fl-chat").inner_text(), "the payloads are there to be seen"
    page.locator("a.fl-cite").first.click()
    page.frame_locator("#fl-evidence iframe").locator("#marked").wait_for(timeout=15_000)
    page.wait_for_function("location.search.includes('c=')")
    return str(page.evaluate("new URLSearchParams(location.search).get('c')"))


def server_pages(watched: Watched, told: dict[str, Any], conversation: str) -> None:
    page, first = watched.page, told["first"]
    for review_id in told["all"]:
        watched.look(f"/review/{quote(review_id)}")
    watched.look(f"/review/{first}?at=findings%5B0%5D:0-40&rev=1")
    watched.look(f"/review/{first}?at={quote(EVERY[:200])}")
    watched.look(f"/review/{first}/edit")
    page.fill("[name=summary]", f"{EVERY} <img src=x onerror=xss(9007)>")
    page.locator("form button.main").first.click()
    watched.look(f"/review/{first}/history")
    for path in (
        "/notes",
        "/lists",
        f"/lists/show?name={quote(told['list'])}",
        "/questions",
        "/digest",
        f"/digest/{told['issue']}",
        f"/notes?q={quote(EVERY[:200])}",
    ):
        watched.look(path)
    page.goto(f"{watched.url}/conversations/{conversation}")
    watched.look()
    page.fill("[name=title]", EVERY[:180])
    page.locator("form[action$='/rename'] button").click()
    page.locator("form[action$='/share'] button").click()
    watched.look("/conversations")
    watched.look(f"/conversations/{conversation}")
    shared = page.locator("a[href*='/conversations/shared/'], input[value*='/conversations/shared/']").first
    watched.look("/conversations/shared/" + (shared.get_attribute("href") or shared.get_attribute("value") or "").rpartition("/")[2])
    watched.look(f"/?c={conversation}", "a.fl-cite")
    answer = page.locator("a[href*='/answers/']").first.get_attribute("href") or ""
    answer_id = answer.split("/answers/")[1].split("/")[0].split(".")[0]
    watched.look(f"/answers/{answer_id}")
    watched.look(f"/answers/{answer_id}/table")
    for wrong in (
        f"/review/{quote(SHORT[0])}",
        f"/lists/show?name={quote(SHORT[3])}",
        f"/lab/export?set={quote(SHORT[0])}&kind={quote(SHORT[1])}",
        "/digest/confirm/%3Cscript%3E",
    ):
        watched.look(wrong)


def gradio_pages(watched: Watched) -> None:
    page = watched.page
    watched.look("/library", "#fl-found .fl-count")
    watched.look(f"/library?q={quote('ketamine glutamate ' + EVERY[:200])}&f={quote('topics=' + SHORT[0])}", "#fl-found p")
    watched.look("/library?q=ketamine+glutamate", ".fl-records")
    page.goto(f"{watched.url}/curate")
    page.wait_for_selector("#fl-batches")
    page.wait_for_timeout(300)
    watched.look()
    page.set_input_files("#fl-files input[type=file]", [{"name": 'a"><img src=x onerror=xss(9008)>.ris', "mimeType": "text/plain", "buffer": _ris().encode()}])
    page.wait_for_timeout(250)
    page.locator("#fl-preview-files").click()
    page.wait_for_selector("#fl-preview table")
    watched.look()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(250)
        watched.look()
    page.goto(f"{watched.url}/lab")
    page.wait_for_selector("[role=tab]")
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(250)
        watched.look()
    watched.look("/lab/judge?set=a%20set")


def _ris() -> str:
    return "".join(f"TY  - JOUR\nTI  - {text.splitlines()[0]}\nAU  - {text.splitlines()[0]}\nAB  - {text.splitlines()[0]}\nER  - \n" for text in PAYLOADS[::3])
