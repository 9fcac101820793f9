"""A PostgreSQL server of the tests' own: Debian's binaries, a folder in the temporary one, a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import sqlalchemy as sa

_FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "60"}  # nothing here has to outlive the machine, but the server killed


def binaries() -> Path | None:
    """The folder of the newest server installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class Postgres:
    """A running server. `url(name)` makes an empty database."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        # Not in pytest's folder, which is closed to the server's user; and a socket's path may have 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="florilegium-pg", dir="/tmp"))
        self.data = self._folder / "data"
        self.log = self._folder / "log"
        self.template = ""  # the database that an empty library is in, once one is
        self._made = 0
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # it refuses to run as root
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if self._as:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join([f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1", *(f"-c {name}={value}" for name, value in _FAST.items())])
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "60", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """End it at once, as a power cut does."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """End it for good."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, template: str = "template0") -> str:
        """The address of a fresh database, a copy of `template`."""
        self._made += 1
        name = f"library{self._made}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.address(name)

    def address(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Delete a database, whoever is connected to it."""
        self._sql(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def make_database(self, options: str) -> str:
        """The address of a fresh database made with options of one's own."""
        self._made += 1
        self._sql(f"CREATE DATABASE library{self._made} TEMPLATE template0 {options}")
        return self.address(f"library{self._made}")

    def _sql(self, statement: str) -> None:
        engine = sa.create_engine(self.address("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        log = self._folder / f"{program}.log"  # not a pipe: the server that pg_ctl starts would hold it open
        with log.open("wb") as out:
            done = subprocess.run([*self._as, str(self._bin / program), *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        assert done.returncode == 0, f"{program}: {log.read_text()}"
