"""The clock jumps by weeks and by a year under a running server: sessions end and begin, nobody is locked out, nothing is lost."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from benchmarks.visitor import FailedError, Visitor
from corpus import Library, UnavailableError
from corpus.database import Database
from corpus.sessions import Sessions
from tests.conftest import ROOT
from tests.faults.conftest import QUESTION, Run, Serve
from tests.scale.site import PASSWORD

#: What a real `serve` imports before anything else: its clock goes by as many days as a file says. (libfaketime 0.9.10 breaks Python's sleep.)
CLOCK = """
import os, time

real, file, day = time.time, os.environ["TEST_CLOCK"], 24 * 3600


def jumped():
    with open(file) as days:
        return real() + day * int(days.read() or 0)


time.time = jumped
import corpus.change  # whatever is written from here on has the time of that clock

corpus.change.now = lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time()))
"""


@pytest.mark.both_databases
def test_a_clock_put_back_makes_nobody_wait_longer_than_the_longest_wait(library: Library, library_url: str) -> None:
    now = [1_900_000_000.0]
    database = Database(library_url)
    sessions = Sessions(database, lambda: now[0])
    for _ in range(5):
        sessions.begin_try("ada", "192.0.2.1")
    with pytest.raises(UnavailableError, match="failed too often"):
        sessions.begin_try("ada", "192.0.2.1")
    now[0] -= 365 * 24 * 3600
    sessions.begin_try("ada", "192.0.2.1")
    database.close()


@pytest.mark.soak
def test_a_server_goes_on_whatever_its_clock_says(home: Path, run: Run, serve: Serve, tmp_path: Path) -> None:
    for name, role in (("ada", "admin"), ("ben", "member")):
        assert run("user", "add", name, "--role", role, stdin=f"{PASSWORD}\n").code == 0
    clock = tmp_path / "clock"
    clock.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(CLOCK)
    web = serve(FLORILEGIUM_AUTH="on", TEST_CLOCK=str(clock), PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    async def asked(visitor: Visitor) -> str:
        conversation = str((await visitor.ask(QUESTION)).talk["conversation"])
        assert conversation
        return conversation

    async def journey() -> list[str]:
        async with Visitor(f"http://127.0.0.1:{web.port}") as before:
            await before.sign_in("ben", PASSWORD)
            first = await asked(before)
            clock.write_text("40")
            with pytest.raises(FailedError, match=r"303|401"):
                await before.get("/account")
            async with Visitor(before.url) as later:
                await later.sign_in("ben", PASSWORD)
                second = await asked(later)
                clock.write_text("-365")
                async with Visitor(before.url) as back:
                    await back.sign_in("ben", PASSWORD)
                    third = await asked(back)
                    page = await back.get("/conversations")
                    assert all(each in page for each in (first, second, third))
                    return [first, second, third]

    assert len(set(asyncio.run(journey()))) == 3
    assert run("doctor").code == 0
