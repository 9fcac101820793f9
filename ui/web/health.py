"""Whether the process lives, and whether it can answer: for load balancers and watchdogs, without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ui.logs import logger

if TYPE_CHECKING:
    from ui.engine import LocalEngine


def health_pages(engine: LocalEngine) -> APIRouter:
    """The routes /health, /health/live and /health/ready. Not ready is answered 503, by /health/ready alone."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    def live() -> JSONResponse:
        return JSONResponse({"live": True})

    @router.get("/health")
    def health() -> JSONResponse:
        return JSONResponse({"live": True, **state_of(engine)})

    @router.get("/health/ready")
    def ready() -> JSONResponse:
        found = state_of(engine)
        return JSONResponse(found, status_code=200 if found["ready"] else 503)

    return router


def state_of(engine: LocalEngine) -> dict[str, Any]:
    """`ready`: the library answers, and what is in it can be searched; `behind`: its newest records are not in the search data yet."""
    try:
        revision = engine.library.revision()
        standing = engine.workshop.configurations.standing_of(engine.workshop.config())
        built = standing is not None and standing.built
        return {"ready": built or not engine.library.count(), "behind": engine.behind(), "revision": revision}
    except Exception as error:  # whatever keeps it from answering now: who asks wants to know that, and who runs it finds the rest in the log
        logger().warning("not ready", error=type(error).__name__)
        return {"ready": False, "behind": True, "revision": None}
