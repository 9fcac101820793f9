"""Many readers at once, asking and browsing at a real `serve` with accounts: errors, cross-talk, waiting times, and whether memory stays flat.

    python benchmarks/load.py [--users 4] [--minutes 0.5] [--home HOME] [--model quotes] [--port 7940] [--pause 6]
    python benchmarks/load.py --users 50 --minutes 5         # the run of docs/operations.md
    python benchmarks/load.py --users 10 --minutes 30 --name soak

HOME is a synced home, which is copied and not changed; without one, the sample collection is imported and synced first. Readers are made by
benchmarks/visitor.py: the requests of a browser, without one. Each has an account and a marker in every question; a marker of somebody else's in
anything a reader is sent, or a conversation of somebody else's that opens, is cross-talk. Between two acts a reader waits PAUSE seconds in the mean.
Writes docs/figures/NAME.json and NAME.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from visitor import FailedError, Visitor  # beside this file

from corpus import Library, Role

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "docs" / "figures"
QUESTIONS = Path(__file__).parent / "data" / "sample_questions.jsonl"
_COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]
_PASSWORD = "a passphrase for load"  # noqa: S105 - of a home that lives as long as the run
_MARKER = re.compile(r"marker\d{4}x")
#: What a reader does next, and how often in a hundred.
_ACTS = {"ask": 30, "search": 25, "record": 25, "conversations": 10, "somebody else's": 5, "library": 5}
_EVERY = 1.0  # seconds between looks at the memory


@dataclass
class Seen:
    """What all readers saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    crosstalk: list[str] = field(default_factory=list)
    conversations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    memory: list[tuple[float, float]] = field(default_factory=list)  # (seconds since the beginning, MB of the server and its children)


class Reader:
    """One account at one browser tab."""

    def __init__(self, number: int, url: str, seen: Seen, questions: Sequence[str], records: Sequence[str], pause: float) -> None:
        self.name, self._marker = f"reader{number:04}", f"marker{number:04}x"
        self._url, self._seen, self._pause = url, seen, pause
        self._questions, self._records = questions, records
        self._random = random.Random(number)  # noqa: S311 - the same run each time

    async def read(self, until: float) -> None:
        """Ask and browse until the time is over."""
        async with Visitor(self._url) as visitor:
            await self._timed("sign in", visitor.sign_in(self.name, _PASSWORD))
            await asyncio.sleep(self._random.uniform(0, self._pause))
            while time.monotonic() < until:
                act = self._random.choices(list(_ACTS), list(_ACTS.values()))[0]
                await self._timed(act, self._act(act, visitor))
                await asyncio.sleep(self._random.expovariate(1 / self._pause) if self._pause else 0)

    async def _timed(self, act: str, doing: Any) -> None:
        began = time.monotonic()
        try:
            text = await doing
        except (FailedError, httpx.HTTPError, ValueError) as error:
            self._seen.errors[f"{act}: {type(error).__name__} {str(error)[:120]}"] += 1
            return
        self._seen.seconds[act].append(time.monotonic() - began)
        others = {*_MARKER.findall(text or "")} - {self._marker}
        if others:
            self._seen.crosstalk.append(f"{self.name} was sent {sorted(others)[:3]} by {act}")

    async def _act(self, act: str, visitor: Visitor) -> str:
        if act == "ask":
            told = await visitor.ask(f"{self._random.choice(self._questions)} {self._marker}")
            self._seen.seconds["first text"].append(told.first)
            self._seen.conversations[self.name].append(str(told.talk["conversation"]))
            return told.text
        if act == "search":
            return (await visitor.search(" ".join(self._random.sample(self._random.choice(self._questions).rstrip("?").split(), 3)))).text
        if act == "record":
            return await visitor.get(f"/review/{self._random.choice(self._records)}")
        if act == "conversations":
            return await visitor.get("/conversations")
        if act == "library":
            return await visitor.get("/library")
        others = [ids for name, ids in self._seen.conversations.items() if name != self.name and ids]
        if others:
            place = f"/conversations/{self._random.choice(self._random.choice(others))}"
            try:
                await visitor.get(place)
            except FailedError as refused:
                if "404" not in str(refused):
                    raise
            else:
                self._seen.crosstalk.append(f"{self.name} could open {place}")
        return ""


def prepared(home: Path, users: int) -> list[str]:
    """Give the home its accounts; the ids of its records."""
    with closing(Library(f"sqlite:///{home / 'library.sqlite'}")) as library:
        there = {account.name for account in library.accounts.all()}
        for name, role in [("operator", Role.ADMIN), *((f"reader{number:04}", Role.MEMBER) for number in range(users))]:
            if name not in there:
                library.accounts.add(name, role, _PASSWORD)
        return sorted(library.statuses())


def memory_of(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    pages = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [str(pid), *children]:
        try:
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def slope(points: Sequence[tuple[float, float]]) -> float:
    """MB a minute over the second half of a run: what is loaded once has been loaded by then."""
    later = points[len(points) // 2 :]
    if len(later) < 3:
        return 0.0
    return 60 * statistics.linear_regression([at for at, _ in later], [mb for _, mb in later]).slope


def percentile(values: Sequence[float], share: float) -> float:
    """A percentile, in seconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else 0.0


async def run(url: str, pid: int, given: argparse.Namespace, records: Sequence[str]) -> Seen:
    """All readers until the time is over."""
    seen = Seen()
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [row["question"] for row in rows if len(row["question"].split()) > 4]
    began = time.monotonic()
    until = began + 60 * given.minutes

    async def watch() -> None:
        while True:
            seen.memory.append((time.monotonic() - began, memory_of(pid)))
            await asyncio.sleep(_EVERY)

    watching = asyncio.create_task(watch())
    readers = [Reader(number, url, seen, questions, records, given.pause) for number in range(given.users)]
    try:
        await asyncio.gather(*(reader.read(until) for reader in readers))
    finally:
        watching.cancel()
    return seen


def figures(seen: Seen, given: argparse.Namespace) -> dict[str, Any]:
    """What is kept of a run."""
    whole = [mb for _, mb in seen.memory]
    acts = {
        act: {"count": len(taken), "p50": percentile(taken, 0.5), "p95": percentile(taken, 0.95), "worst": percentile(taken, 1.0)}
        for act, taken in sorted(seen.seconds.items())
    }
    return {
        "users": given.users,
        "minutes": given.minutes,
        "pause": given.pause,
        "model": given.model,
        "acts": acts,
        "errors": dict(seen.errors),
        "crosstalk": seen.crosstalk[:20],
        "search_p95": acts.get("search", {}).get("p95"),
        "first_text_p95": acts.get("first text", {}).get("p95"),
        "memory_mb": {"start": round(whole[0]), "middle": round(whole[len(whole) // 2]), "end": round(whole[-1]), "most": round(max(whole))},
        "memory_slope_mb_per_minute": round(slope(seen.memory), 2),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def table(found: Mapping[str, Any]) -> str:
    """The figures as a Markdown table."""
    memory = found["memory_mb"]
    lines = [
        f"{found['users']} readers for {found['minutes']:g} minutes, {found['pause']:g} s between two acts, model {found['model']}, {found['cores']} cores"
        f" (the readers run on them too), load average at the end {found['load']}.",
        "",
        "| act | count | p50 s | p95 s | worst s |",
        "|---|---|---|---|---|",
        *(f"| {act} | {row['count']} | {row['p50']:.3f} | {row['p95']:.3f} | {row['worst']:.3f} |" for act, row in found["acts"].items()),
        "",
        f"Errors: {sum(found['errors'].values())}. Cross-talk: {len(found['crosstalk'])}. Memory of the server: {memory['start']} MB at the start,"
        f" {memory['middle']} MB in the middle, {memory['end']} MB at the end;"
        f" slope over the second half {found['memory_slope_mb_per_minute']:+.2f} MB a minute.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run it, print the figures, and fail where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--pause", type=float, default=6.0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--model", default="quotes")
    parser.add_argument("--port", type=int, default=7940)
    parser.add_argument("--name", default="load", help="docs/figures/NAME.json and NAME.md; empty: print only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="florilegium-load") as folder:
        home = Path(folder) / "home"
        environment = os.environ | {"FLORILEGIUM_HOME": str(home), "FLORILEGIUM_AUTH": "on", "FLORILEGIUM_MODEL": given.model}
        if given.home:
            shutil.copytree(given.home, home, ignore=shutil.ignore_patterns("run"))
        else:
            for words in (["import", str(ROOT / "corpus" / "sample")], ["sync"]):
                subprocess.run([*_COMMAND, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
        records = prepared(home, given.users)
        serve = subprocess.Popen([*_COMMAND, "serve", "--port", str(given.port)], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert serve.stdout is not None
            while "ready at" not in serve.stdout.readline():
                if serve.poll() is not None:
                    return 3
            found = figures(asyncio.run(run(f"http://127.0.0.1:{given.port}", serve.pid, given, records)), given)
            lives = serve.poll() is None
        finally:
            serve.terminate()
            serve.wait()
    print(json.dumps(found, indent=1))
    if given.name:
        (FIGURES / f"{given.name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (FIGURES / f"{given.name}.md").write_text(table(found), encoding="utf-8")
    return 0 if lives and not found["errors"] and not found["crosstalk"] else 3


if __name__ == "__main__":
    sys.exit(main())
