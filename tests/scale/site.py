"""A whole site of real processes: PostgreSQL, a Chroma server, web processes with homes of their own, nginx with the configuration that ships."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT

PASSWORD = "an ordinary passphrase"
COMMAND = [sys.executable, "-c", "import sys; from ui.cli import main; main()"]
CONFIGURATION = ROOT / "deploy" / "nginx.conf"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 in `folder` (cert.pem, key.pem), and what a client trusts it by."""
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem", *names]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


class Nginx:
    """Debian's nginx with deploy/nginx.conf: its ports, its certificate's place and its web processes changed, and nothing else."""

    def __init__(self, folder: Path, port: int, upstreams: list[int]) -> None:
        text = CONFIGURATION.read_text(encoding="utf-8")
        changes = {"listen 80;": f"listen 127.0.0.1:{free_port()};", "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;", "/etc/ssl/florilegium": str(folder)}
        changes |= {f"127.0.0.1:{7861 + number}": f"127.0.0.1:{upstream}" for number, upstream in enumerate(upstreams)}
        for old, new in changes.items():
            assert old in text, f"{CONFIGURATION} no longer says {old}"
            text = text.replace(old, new)
        (folder / "site.conf").write_text(text, encoding="utf-8")
        temporary = "".join(f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        as_root = "user root;\n" if os.getuid() == 0 else ""  # the folder is nobody else's
        form = "log_format who '$upstream_addr $status $request_method $uri';"
        whole = (
            f"{as_root}daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\nevents {{}}\n"
            f"http {{\n{temporary}{form}\naccess_log {folder / 'access.log'} who;\ninclude {folder / 'site.conf'};\n}}\n"
        )
        self.folder = folder
        (folder / "nginx.conf").write_text(whole, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def check(self) -> str:
        """What `nginx -t` says; it passed."""
        done = subprocess.run(self._words("-t"), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self) -> None:
        self._process = subprocess.Popen(self._words(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def asked(self, path: str) -> list[str]:
        """The web process (its last one, should one have been gone) that each request for a path went to, in order."""
        lines = (line.split(" GET ") for line in (self.folder / "access.log").read_text(encoding="utf-8").splitlines() if " GET " in line)
        return [re.findall(r"127\.0\.0\.1:(\d+)", who)[-1] for who, asked in lines if asked == path]

    def _words(self, *more: str) -> list[str]:
        return ["nginx", "-p", str(self.folder), "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf"), *more]


class Web:
    """A web process with a home of its own."""

    def __init__(self, home: Path, port: int, settings: dict[str, str]) -> None:
        self.port = port
        self.environment = environment(home, settings)
        self.errors = home.with_name(f"{home.name}.err")
        with self.errors.open("wb") as errors:
            words = [*COMMAND, "serve", "--port", str(port)]
            self.process = subprocess.Popen(words, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)

    def wait(self) -> None:
        """Until it is ready."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "ready at" in line, self.errors.read_text(encoding="utf-8")

    def stop(self, how: int = signal.SIGKILL) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


def environment(home: Path, settings: dict[str, str]) -> dict[str, str]:
    """The environment of a process of the site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLORILEGIUM_")}
    return kept | {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost", "FLORILEGIUM_HOME": str(home)} | settings


def ran(home: Path, settings: dict[str, str], *words: str, stdin: str = "") -> str:
    """What a command printed; it worked."""
    done = subprocess.run([*COMMAND, *words], env=environment(home, settings), cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(seconds: float, true: Callable[[], bool], log: Path) -> None:
    """Wait until something is true; where it never is, the log says why."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {log.read_text(encoding='utf-8')[-3_000:]}"
        time.sleep(2.0)  # a command takes the processor that the server needs
