"""`serve`: the web page, and the owner of the home's search data as long as it runs."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.session import Session

if TYPE_CHECKING:
    from ui.engine import LocalEngine
    from ui.settings import Settings
    from ui.web.access import Access


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def serve(
        host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
        port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = None,
        install_model: Annotated[
            str, typer.Option("--install-model", metavar="NAME", help="Fetch this language model beside the page if it is not there; none: do not.")
        ] = "none",
    ) -> int:
        """Serve the web page; makes the library where there is none."""
        settings = session.settings.model_copy(update={name: value for name, value in (("host", host), ("port", port)) if value is not None})
        return run(session, settings, install_model)


def run(session: Session, settings: Settings, install_model: str) -> int:
    """Listen until told to stop. Raises UsageError for what lets strangers in, UnavailableError for a taken port or no admin, LockedError for a second one."""
    from corpus import LockedError
    from ui.engine import LocalEngine
    from ui.remote import find_server
    from ui.web.access import access_of
    from ui.wiring import Workshop

    wish = _Wish()
    _heed(wish)  # from the first moment, also where a shell had us started with SIGINT ignored
    if install_model != "none":
        from assistant.models import find_model

        find_model(install_model)
    library = session.library(create=True)
    access = access_of(settings, library)
    if find_server(settings, lambda: library) is not None:
        raise LockedError("this home is being served already", pid=None, where=str(settings.home), remedy="Use the running one, or stop it first")
    listener = _listen(settings.host, settings.port)
    workshop = Workshop(settings, library).open(patience=10.0)
    engine = LocalEngine(workshop)
    try:
        return _serve(settings, access, engine, listener, install_model, wish)
    finally:
        settings.serve_file.unlink(missing_ok=True)
        engine.close()


def _serve(settings: Settings, access: Access, engine: LocalEngine, listener: socket.socket, install_model: str, wish: _Wish) -> int:
    from ui.logs import set_up

    set_up(settings.log, sys.stderr)
    print("Starting …", file=sys.stderr, flush=True)
    from ui.web.works import Works

    works = Works(engine)
    if engine.library.count():
        from ui.cli.output import progress_bar

        with progress_bar() as progress:
            works.sync(heard=progress)
    import uvicorn

    from ui.web.access import EVERYWHERE, LOOPBACK
    from ui.web.follower import Follower
    from ui.web.model_job import ModelJob
    from ui.web.server import create_app

    job = ModelJob(settings.models, settings.model, works.jobs)
    token = secrets.token_urlsafe(32)
    app = create_app(works, token, job, access)
    engine.warm()
    port = listener.getsockname()[1]
    own = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    url = f"http://{'[' + own + ']' if ':' in own else own}:{port}"
    follower = Follower(works)
    follower.start()
    _announce(settings, url, token)
    if install_model != "none":
        job.start(install_model)
    if access.accounts and not access.secure and settings.host not in LOOPBACK:
        print("florilegium: passwords travel unencrypted; set FLORILEGIUM_PUBLIC_URL=https://… and put a proxy with TLS before it", file=sys.stderr)
    config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, proxy_headers=False, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    _heed(server.handle_exit)
    try:
        if wish.told:
            return 0
        print(f"Florilegium is ready at {url}  (Ctrl-C stops it)", flush=True)
        server.run(sockets=[listener])
    finally:
        _heed(wish)
        job.cancel()
        follower.stop()
    return 0


class _Wish:
    """Heeds a signal that comes before the server can: remembers it, for Python drops what is raised while it runs a finaliser, and unwinds."""

    told = False

    def __call__(self, number: int, frame: object) -> None:
        self.told = True
        raise KeyboardInterrupt


def _heed(by: Callable[[int, Any], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, by)


def _listen(host: str, port: int) -> socket.socket:
    from corpus import UnavailableError, UsageError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except socket.gaierror as error:
        raise UsageError(f"there is no such address: {host}", remedy="Use 127.0.0.1") from error
    except OSError as error:
        listener.close()
        raise UnavailableError(f"port {port} is taken", where=host, remedy=f"Choose another: florilegium serve --port {port + 1}") from error
    return listener


def _announce(settings: Settings, url: str, token: str) -> None:
    path = settings.serve_file
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(file, json.dumps({"url": url, "token": token, "pid": os.getpid(), "chroma_url": settings.chroma_url}).encode())
    os.close(file)
    os.replace(fresh, path)
