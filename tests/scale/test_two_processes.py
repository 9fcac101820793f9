"""Two web processes behind nginx, with PostgreSQL and a Chroma server: a reader stays at one, and where it dies the other goes on from the database."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from benchmarks.visitor import FailedError, Visitor
from corpus import Library, Role
from corpus.importing import import_files
from tests.configs.test_chroma_server import Server
from tests.conftest import SAMPLE
from tests.postgres import Postgres
from tests.scale.site import PASSWORD, Nginx, Web, certificate, free_port, ran, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx is installed (Debian: apt-get install nginx)")]
RECORDS = [path for path in sorted(SAMPLE.glob("*.md")) if "ketamine" in path.name][:6]
QUESTION = "How does ketamine act on glutamate to relieve depression?"


@dataclass
class Site:
    url: str
    webs: dict[str, Web]
    nginx: Nginx
    trust: ssl.SSLContext
    library: Library
    settings: dict[str, str]


@pytest.fixture
def site(postgres: Postgres, tmp_path: Path, models_folder: Path, encoder: object) -> Iterator[Site]:
    chroma = Server(tmp_path / "chroma")
    port, database = free_port(), postgres.url(postgres.template)
    settings = {"FLORILEGIUM_DATABASE": database, "FLORILEGIUM_CHROMA_URL": chroma.url, "FLORILEGIUM_MODELS": str(models_folder)}
    settings |= {"FLORILEGIUM_MODEL": "quotes", "FLORILEGIUM_AUTH": "on", "FLORILEGIUM_PUBLIC_URL": f"https://127.0.0.1:{port}"}
    first, second = tmp_path / "first", tmp_path / "second"
    library = Library(database)
    assert import_files(library, RECORDS).total("added") == len(RECORDS)
    for name, role in (("ada", Role.ADMIN), ("ben", Role.MEMBER), ("cleo", Role.MEMBER)):
        library.accounts.add(name, role, PASSWORD)
    assert json.loads(ran(first, settings, "sync", "--json"))["passages"]["embedded"] > 0
    webs = {str(each): Web(home, each, settings) for home, each in ((first, free_port()), (second, free_port()))}
    nginx = Nginx(tmp_path, port, [web.port for web in webs.values()])
    try:
        trust = certificate(tmp_path)
        nginx.check()
        nginx.start()
        for web in webs.values():
            web.wait()
        yield Site(f"https://127.0.0.1:{port}", webs, nginx, trust, library, settings)
    finally:
        nginx.stop()
        for web in webs.values():
            web.stop()
        library.close()
        chroma.stop()
        postgres.drop(database)


async def signed_in(site: Site, name: str, place: str) -> Visitor:
    """A visitor whose session nginx sends to the web process at this port."""
    for _ in range(24):
        visitor = Visitor(site.url, verify=site.trust)
        await visitor.sign_in(name, PASSWORD)
        await visitor.get("/account")
        if site.nginx.asked("/account")[-1] == place:
            return visitor
        await visitor.__aexit__()
    raise AssertionError(f"none of 24 sessions came to {place}")


async def conversation_of(visitor: Visitor, question: str) -> str:
    """Ask, and give the id of the conversation the answer is kept in."""
    told = await visitor.ask(question)
    assert "fl-sentence" in told.text
    conversation = str(told.talk["conversation"])
    assert conversation
    return conversation


def citations(page: str) -> list[str]:
    """The addresses that a page's citations lead to."""
    return re.findall(r'href="(/review/[^"]+\?at=[^"]+)"', page)


async def journey(site: Site) -> None:
    one, other = site.webs
    ben, cleo = await signed_in(site, "ben", one), await signed_in(site, "cleo", other)
    async with ben, cleo:
        of_ben, of_cleo = await conversation_of(ben, QUESTION), await conversation_of(cleo, "Does ketamine help with depression?")
        before = await ben.get(f"/conversations/{of_ben}")
        assert citations(before)
        with pytest.raises(FailedError, match="404"):
            await cleo.get(f"/conversations/{of_ben}")

        site.webs[one].stop()
        after = await ben.get(f"/conversations/{of_ben}")
        assert site.nginx.asked(f"/conversations/{of_ben}")[-1] == other
        assert (citations(after), QUESTION in after) == (citations(before), True)
        marked = await ben.get(citations(after)[0].replace("&amp;", "&"))
        assert '<mark id="marked">' in marked
        assert citations(await cleo.get(f"/conversations/{of_cleo}"))

        reloaded = Visitor(site.url, verify=site.trust)  # a browser that loads the page again has a tab of another name
        reloaded._client.cookies = ben._client.cookies
        async with reloaded:
            assert of_ben in (await ben.get("/conversations"))
            assert await conversation_of(reloaded, "Is ketamine safe?") != of_ben


def test_a_reader_stays_at_one_process_and_goes_on_at_the_other_when_it_dies(site: Site) -> None:
    asyncio.run(journey(site))
    dead, alive = site.webs
    new = {"title": "Xylophone therapy for insomnia", "findings": ["Xylophone therapy shortened sleep latency by 12 minutes."]}
    home = Path(site.webs[alive].environment["FLORILEGIUM_HOME"])
    ran(home, site.settings, "import", "-", stdin=json.dumps(new))
    until(60, lambda: "Xylophone" in ran(home, site.settings, "search", "xylophone therapy", "--json"), site.webs[alive].errors)
    again = Web(Path(site.webs[dead].environment["FLORILEGIUM_HOME"]), site.webs[dead].port, site.settings)
    again.wait()
    try:  # what the other one embedded meanwhile is not embedded again, and nothing of it is taken away
        report = json.loads(ran(home, site.settings, "sync", "--json"))
        assert (report["passages"]["embedded"], report["repaired"], report["reviews"]) == (0, 0, len(RECORDS) + 1)
    finally:
        again.stop()

    async def spoofed() -> None:
        transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2", verify=site.trust)
        async with httpx.AsyncClient(transport=transport, base_url=site.url, headers={"Origin": site.url, "X-Forwarded-For": "203.0.113.9"}) as client:
            assert (await client.post("/signin", data={"name": "ada", "password": PASSWORD})).status_code == 303
            assert (await client.get("/api/local/ping")).status_code == 404

    asyncio.run(spoofed())
    assert [session.address for session in site.library.sessions.all("ada")] == ["127.0.0.2"]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """What Chroma's client leaves open is closed before another test is warned of it."""
    yield
    gc.collect()
