"""Runs a program and notes every attempt of it, or of what it starts, to reach beyond loopback. Imported by Python itself, as `sitecustomize`."""

from __future__ import annotations

import os
import sys

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "unix"
        if event == "socket.bind":
            return
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    host = host.decode("latin-1") if isinstance(host, bytes) else host
    if host is None or host == "unix" or str(host).startswith(_LOOPBACK):
        return
    with open(os.environ["CALLS_OUT"], "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {event} {host} by {' '.join(sys.argv)[:80]!r}\n")
    raise OSError(f"{event} {host}: this test has no network")


if "CALLS_OUT" in os.environ:
    sys.addaudithook(_heard)
