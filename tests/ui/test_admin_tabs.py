"""The Admin page without a browser: how the search data stands, what its tabs do, and who may."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus import CancelledError, FlorilegiumError, Role, Status
from tests.corpus.making import put, review
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.access import Access
from ui.web.admin import accounts_tab as accounts
from ui.web.admin import index_tab as standing
from ui.web.admin import jobs_tab as jobs
from ui.web.admin.page import ways_html
from ui.web.follower import Follower
from ui.web.rules import role_of_page, role_of_path
from ui.web.works import Work, Works
from ui.wiring import Workshop, open_library

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def works(built_home: Path, models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    home = Path(shutil.copytree(built_home, tmp_path_factory.mktemp("admin") / "home"))
    settings = Settings(home=home, models=models_folder, model="quotes")
    library = open_library(settings)
    made = LocalEngine(Workshop(settings, library).open(patience=5))
    yield Works(made)
    made.close()
    library.close()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def text_of(html: str) -> str:
    import html as entities
    import re

    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_page_is_for_admins() -> None:
    assert role_of_path("/admin") is role_of_path("/admin/") is role_of_page("admin") is Role.ADMIN


def test_the_search_data_stands_in_step_then_behind_then_in_step_again(works: Works) -> None:
    engine = works.engine
    before = text_of(standing.standing_html(engine))
    assert "120 records at revision" in before
    assert "default (in force) in step with the library" in before
    ketamine = next(iter(engine.library.iterate())).id
    engine.library.set_status(ketamine, Status.WITHDRAWN)
    assert "1 revision behind; records changed: 1" in text_of(standing.standing_html(engine))
    seen = standing._signature(works)
    works.start("sync", lambda: works.sync(owner="ada"))
    wait_until(lambda: standing._signature(works) != seen)
    assert "in step with the library" in text_of(standing.standing_html(engine))
    job = works.jobs.last("sync")
    assert job is not None
    assert (job.owner, job.state) == ("ada", "done")


def test_a_check_is_a_job_whose_findings_stay(works: Works) -> None:
    assert "has not been checked" in standing.findings_html(works)
    works.doctor(owner="ada")
    shown = text_of(standing.findings_html(works))
    assert "library well" in shown
    assert "passages of" in shown
    assert "not installed: answers are quotes" in shown or "language model" in shown
    job = works.jobs.last("check")
    assert job is not None
    assert next(check for _, check, _ in standing.findings_of(job)) == "library"


def test_jobs_are_listed_with_progress_log_and_the_way_to_end_them(works: Works) -> None:
    def slow(tell: Callable[[str, int, int], None]) -> None:
        for done in range(1_000):
            tell("pairs", done, 1_000)
            time.sleep(0.01)

    works.start("pairs", lambda: works.do(Work("pairs", "all <b>", "ben"), slow))
    wait_until(lambda: any(job.state == "running" and job.done for job in works.jobs.all()))
    listed, picked, _, now = jobs.shown(works.jobs, "", None)
    assert "Duplicates looked for: all <b>" in text_of(listed)
    assert "<b>" not in listed
    assert "Pairs compared" in listed
    number = works.jobs.all()[0].number
    assert picked["value"] == number
    assert jobs.shown(works.jobs, now, number)[1].get("__type__") == "update", "nothing is taken from under a hand"
    assert "choices" not in jobs.shown(works.jobs, now, number)[1]
    assert "ends at its next step" in jobs.end(works.jobs, number)
    wait_until(lambda: works.jobs.get(number).state == "cancelled")
    assert "ended by a person" in jobs.jobs_html(works.jobs.all())
    assert "fl-warn" in jobs.end(works.jobs, number)
    assert "fl-warn" in jobs.end(works.jobs, None)


class EndedWorks(Works):
    """Works whose syncs somebody ends at their first step, as long as `ending`."""

    ending = True
    ended = 0

    def sync(self, config: str | None = None, **more: Any) -> dict[str, Any]:
        return super().sync(config, **more | {"heard": self.end_it if self.ending else None})

    def end_it(self, step: str, done: int, total: int) -> None:
        self.ended += 1
        raise CancelledError("somebody ended it")


def test_a_follower_leaves_a_sync_that_somebody_ended_until_there_is_more(works: Works) -> None:
    library, ending = works.engine.library, EndedWorks(works.engine)
    follower = Follower(ending)
    put(library, review("first", "A first one", summary="Of the first."))
    follower.start()
    wait_until(lambda: ending.ended > 0)
    time.sleep(2.5)
    assert ending.ended == 1, "it is not begun again at once"
    ending.ending = False
    put(library, review("second", "A second one", summary="Of the second."))
    wait_until(lambda: not works.engine.behind())
    follower.stop()
    assert [job.state for job in works.jobs.all() if job.kind == "sync"][:2] == ["done", "cancelled"]


def test_accounts_are_made_locked_signed_out_and_erased(works: Works) -> None:
    library = works.engine.library
    library.accounts.add("ada", Role.ADMIN, PASSWORD)
    library.accounts.add("ben", Role.MEMBER)
    link = accounts._link_html(library, "ben", Access(True, public="https://reviews.example.org"))
    assert "https&#58;//reviews&#46;example&#46;org/link/" in link
    assert "waits for a password" in accounts.accounts_html(library)
    library.accounts.set_password("ben", PASSWORD)
    library.sessions.start("ben", agent="Firefox <b>")
    assert "Firefox &lt;b" in accounts.sessions_html(library, "ben")
    assert "now: Librarian" in accounts.give_role(library, "ben", "librarian")
    assert "1 browser" in accounts.sign_out_everywhere(library, "ben")
    assert library.sessions.all("ben") == []
    accounts.set_locked(library, "ben", locked=True)
    assert library.accounts.check("ben", PASSWORD) is None
    accounts.set_locked(library, "ben", locked=False)
    assert library.accounts.check("ben", PASSWORD)
    library.notes.add("ben", "second", "A thought.")
    assert "with 1 thing" in accounts.erase_account(library, " BEN ")
    assert [one.name for one in library.accounts.all()] == ["ada"]
    for wrong in ("", "ben", "ada"):
        with pytest.raises(FlorilegiumError):
            accounts.erase_account(library, wrong)


def test_the_way_to_the_curators_tabs(works: Works) -> None:
    shown = ways_html(works.engine.library)
    assert all(f'href="/curate?tab={name}"' in shown for name in ("import", "duplicates", "vocabulary"))
