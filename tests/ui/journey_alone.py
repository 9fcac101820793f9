"""Commands and the served pages, one after the other, as a program: `python -m tests.ui.journey_alone HOME MODELS CALLS`.

Run in a network of its own (`unshare -rn`), it says at the end how many packets found no way out: that is what code outside Python tried too.
"""

from __future__ import annotations

import fcntl
import json
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import httpx

from tests.conftest import ROOT
from tests.ui.conftest import environment
from tests.ui.test_serving import Served
from tests.ui.test_watching import asked

RECORD = {"title": "Quokka therapy for insomnia", "year": 2024, "doi": "10.1000/quokka", "findings": ["Quokka therapy shortened sleep latency."]}
PAGES = ("/", "/library", "/curate", "/lab", "/notes", "/lists", "/conversations", "/questions", "/digest", "/health", "/metrics", "/config")
COMMAND = [sys.executable, "-c", "import sys; from ui.cli import main; main()"]


def loopback_up() -> None:
    """A new network has nothing but a loopback that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def no_ways_out() -> int:
    """How many packets this network had no way for, or nobody on it took: a question to a name server is one, wherever that is."""
    lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    rows = {}
    for head, row in zip(lines[::2], lines[1::2], strict=True):
        kind = head.partition(":")[0]
        rows |= {f"{kind}.{name}": int(value) for name, value in zip(head.split()[1:], row.split()[1:], strict=True)}
    return rows["Ip.OutNoRoutes"] + rows["Udp.NoPorts"]


def main(home: Path, models: Path, calls: Path) -> None:
    """Go the whole way."""
    own = {"CALLS_OUT": str(calls), "PYTHONPATH": f"{calls.parent}:{ROOT}", "HTTPS_PROXY": "", "HTTP_PROXY": "", "NO_PROXY": ""}

    def run(*words: str, given: str = "") -> None:
        env = environment(home, models) | own
        done = subprocess.run([*COMMAND, *words], env=env, cwd=ROOT, input=given, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stderr

    run("import", "-", given=json.dumps(RECORD))
    run("sync")
    run("search", "quokka therapy")
    run("ask", "Does quokka therapy help with sleep?")
    served = Served(home, models, COMMAND, FLORILEGIUM_LOG="info", **own)
    try:
        with httpx.Client(base_url=served.url, headers={"origin": served.url}, timeout=60) as browser:
            for path in PAGES:
                assert browser.get(path).status_code == 200, path
            assert '"event": "answered"' not in served.log.read_text()
            asked(browser, "Does quokka therapy help with sleep?")
            assert '"event": "answered"' in served.log.read_text()
            assert browser.get("/gradio_api/file=https://example.org/x").status_code == 404
    finally:
        served.stop(signal.SIGINT)


if __name__ == "__main__":
    alone = sys.argv[4:] == ["alone"]
    if alone:
        loopback_up()
    main(*map(Path, sys.argv[1:4]))
    print(json.dumps({"done": True, "no_ways_out": no_ways_out() if alone else None}))
