"""The loopback API through which commands use a live `serve`: same JSON as theirs, behind the token of run/serve.json."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from corpus import FlorilegiumError
from ui.remote import LOCAL_API
from ui.web.works import Works


def local_api(works: Works, token: str) -> APIRouter:
    """Routes for what commands ask of an Engine; what takes long is a job."""
    engine = works.engine
    router = APIRouter(prefix=LOCAL_API, include_in_schema=False)
    calls: dict[str, Callable[..., Any]] = {
        "ping": lambda: {"ok": True},
        "search": engine.search,
        "why": engine.why,
        "ask": engine.ask,
        "ask-again": engine.ask_again,
        "sync": works.sync,
        "lab-run": works.lab_run,
        "lab-after-sync": lambda: {"runs": works.lab_after_sync()},
        "lab-answers": works.lab_answers,
        "lab-suggest": engine.lab_suggest,
        "remove-index": engine.remove_index,
        "doctor": lambda rebuild: {"checks": works.doctor(rebuild=rebuild)},
    }

    @router.post("/{name}")
    async def call(name: str, request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), token.encode()):
            return _error("the token is wrong", status=401)
        if name not in calls:
            return _error(f"there is no call {name!r}", status=404)
        try:
            return JSONResponse(await run_in_threadpool(calls[name], **await request.json()))
        except FlorilegiumError as error:
            return _error(error.message, where=error.where, remedy=error.remedy, exit_code=error.exit_code)
        except (TypeError, ValueError) as error:
            return _error(f"the call cannot be read: {error}", exit_code=2)

    return router


def _error(message: str, *, where: str = "", remedy: str = "", exit_code: int = 3, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "where": where, "remedy": remedy, "exit_code": exit_code}}, status_code=status)
