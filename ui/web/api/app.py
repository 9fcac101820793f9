"""The applications that stand at `/api/v1` and `/v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Security
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Depends
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from corpus import InputError
from ui.desk import Desk
from ui.web.api.asking import asking
from ui.web.api.chat import chat
from ui.web.api.described import EVERYWHERE, faults
from ui.web.api.finding import finding
from ui.web.api.judging import judging
from ui.web.faults import tell_faults

if TYPE_CHECKING:
    from ui.engine import LocalEngine

#: Where the API stands; the number goes up when something is taken away or means something else.
PLACE = "/api/v1"
#: Where chat clients look for it: what they are given is this address.
CHAT_PLACE = "/v1"
_ABOUT = (
    "A curated collection of reviews: find records, ask questions whose every sentence carries the words it rests on, export, judge. "
    "Where the site has accounts, send a token (page /tokens, or `florilegium token new`) as `Authorization: Bearer TOKEN`."
)
#: For the description alone: who asks is known before a call comes here (ui/web/people.py).
_TOKEN = Security(HTTPBearer(auto_error=False, scheme_name="token", description="A token with the scopes read, ask or judge."))


def _known_parameters(request: Request) -> None:
    """A misspelt parameter is told, not passed over: what was asked for would silently not be done. Raises InputError."""
    route = request.scope["route"]
    known = {param.alias for param in get_flat_params(route.dependant)} if isinstance(route, APIRoute) else set()
    for name in request.query_params:
        if name not in known:
            raise InputError(f"there is no parameter {name!r}", where=request.url.path, remedy=f"Use one of: {', '.join(sorted(known)) or 'none'}")


def program_api(engine: LocalEngine) -> FastAPI:
    """The API, to be mounted at `/api/v1`."""
    app = FastAPI(
        title="Florilegium",
        description=_ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=faults(*EVERYWHERE),
        dependencies=[_TOKEN, Depends(_known_parameters)],
    )
    desk = Desk(engine)
    app.include_router(finding(engine, desk))
    app.include_router(asking(engine, desk))
    app.include_router(judging(engine.library))
    tell_faults(app)
    return app


def chat_api(engine: LocalEngine) -> FastAPI:
    """What chat clients talk to, to be mounted at `/v1`. It is described by whoever made up its shapes."""
    app = FastAPI(title="Florilegium", openapi_url=None)
    app.include_router(chat(engine))
    tell_faults(app)
    return app
