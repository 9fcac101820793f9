"""Who is asking: every page, route and event learns it here, and asks here whether they may.

    person = require(request, Role.MEMBER)      # in a route (Starlette's Request) and in a Gradio handler (gr.Request) alike
    library.lists.all(person.name)

The door below stands before the whole site and says who each request is from. A request that came by no door is nobody's, and is refused:
in a test of single routes, `app.add_middleware(Door)` makes all of it the local user's.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Asgi

from corpus import LOCAL, ForbiddenError, Library, Role, Scope
from ui.web.access import Access
from ui.web.faults import fault
from ui.web.rules import is_closed, is_for_programs, role_of_path
from ui.web.tabs import Tabs

if TYPE_CHECKING:
    import gradio as gr

_KEY = "florilegium.person"  # in the ASGI scope, which no header of a request reaches
_COOKIE = "florilegium_session"


@dataclass(frozen=True)
class Person:
    """Whoever asks. `name` owns their notes, lists, conversations and saved questions, and stands beside every change they make.

    It is LOCAL without accounts, and "" for somebody without one where anyone may read. `session` numbers the session they are signed in by; `scopes`
    are those of the token that a program acts for them by, None where they act themselves.
    """

    name: str
    role: Role
    session: int = 0
    scopes: frozenset[Scope] | None = None

    def may(self, role: Role, scope: Scope | None = None) -> bool:
        """Whether their role is at least this one, and their token, where they have come by one, has the scope."""
        return self.role >= role and (scope is None or self.scopes is None or scope in self.scopes)


_now: ContextVar[Person | None] = ContextVar("person", default=None)
#: The one user of a home without accounts.
LOCAL_PERSON = Person(LOCAL, Role.ADMIN)
#: Anyone, where the operator lets anyone read.
ANYONE = Person("", Role.READER)


class Door:
    """ASGI middleware that says who a request is from, and turns away who has no business behind it.

    Without accounts every request is the local user's; with them it is whose session the cookie names, and what a role may not see is refused here
    already (ui/web/rules.py), whatever stands behind. What programs call takes a token besides, and nothing else does.
    """

    def __init__(self, app: ASGIApp, access: Access | None = None, library: Library | None = None, tabs: Tabs | None = None) -> None:
        self._app = app
        self._access = access or Access()
        self._library = library
        self._tabs = tabs or Tabs()

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Let a request through with its person, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if is_closed(scope["path"]):
            await _refuse(scope, receive, send, PlainTextResponse("There is nothing here.", status_code=404))
            return
        person = await self._person(scope)
        scope[_KEY] = person
        _now.set(person)  # of this request's own context
        needed = role_of_path(scope["path"])
        if person is not None and not self._tabs.is_of(_tab_of(scope), person.name):
            await _refuse(scope, receive, send, PlainTextResponse("This tab is somebody else's. Load the page again.", status_code=403))
        elif needed is None or (person is not None and person.may(needed)):
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, receive, send, _turned_away(scope, person, needed))

    async def _person(self, scope: Asgi) -> Person | None:
        if not self._access.accounts or self._library is None:
            return LOCAL_PERSON
        if scope["type"] == "http" and is_for_programs(scope["path"]) and (given := Request(scope).headers.get("authorization")) is not None:
            kind, _, secret = given.partition(" ")  # and a wrong token is told, whatever cookie comes with it
            found = await run_in_threadpool(self._library.tokens.find, secret.strip()) if kind.lower() == "bearer" else None
            return Person(found.name, found.role, scopes=found.scopes) if found else None
        token = Request(scope).cookies.get(cookie_name(self._access), "") if scope["type"] == "http" else ""
        session = await run_in_threadpool(self._library.sessions.find, token) if token else None
        if session is not None:
            return Person(session.name, session.role, session.number)
        return ANYONE if self._access.open_reading else None


def cookie_name(access: Access) -> str:
    """The session's cookie; over https its name binds it to this very host."""
    return f"__Host-{_COOKIE}" if access.secure else _COOKIE


def person_of(request: Request | gr.Request) -> Person:
    """Who a request is from. Raises ForbiddenError where nobody has signed in."""
    inner = request if isinstance(request, Request) else request.request
    person = inner.scope.get(_KEY) if inner is not None else None
    if not isinstance(person, Person):
        raise ForbiddenError("nobody has signed in", remedy="Sign in first")
    return person


def person_now() -> Person | None:
    """Who the request that is being answered here is from, for what is shown; None for nobody. What may be done is for `require` to say."""
    return _now.get()


def require(request: Request | gr.Request, role: Role = Role.READER, scope: Scope | None = None) -> Person:
    """The person a request is from, who has at least this role; a program that acts for them has the scope. Raises ForbiddenError."""
    person = person_of(request)
    if person.may(role) and not person.may(role, scope):
        raise ForbiddenError(f"this token lacks the scope {scope}", remedy="Make one that has it: on the page /tokens, or by `florilegium token new`")
    if not person.may(role):
        raise ForbiddenError(f"this is for the role {role.word}, and yours is {person.role.word}", remedy="Ask an admin of this site for it")
    return person


def known_as(scope: Asgi) -> Person | None:
    """Whom the door took a request to be from; None for nobody, and for what came by no door."""
    person = scope.get(_KEY)
    return person if isinstance(person, Person) else None


def owner_for(person: Person) -> str | None:
    """Whose answers a person may read, as `library.answers.get` takes it: their own; without accounts, all."""
    return None if person.name == LOCAL else person.name


def safe_next(address: str) -> str:
    """A path of this site to go on to; "/" for anything that leads elsewhere."""
    parts = urlsplit(address)
    bad = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//") or "\\" in address or any(ord(char) < 33 for char in address)
    return "/" if bad else address


def _tab_of(scope: Asgi) -> str:
    """The tab that a call for Gradio's events names in its address."""
    path = scope["path"]
    if path.startswith("/gradio_api/heartbeat/"):
        return str(path.rpartition("/")[2])
    return QueryParams(scope["query_string"]).get("session_hash", "") if path.startswith("/gradio_api/") else ""


def _turned_away(scope: Asgi, person: Person | None, needed: Role) -> Response:
    if is_for_programs(scope["path"]):
        if person is not None and person.name:
            return fault(403, f"this is for the role {needed.word}, and yours is {person.role.word}", remedy="Ask an admin of this site for it")
        return fault(401, "this needs a token that holds", remedy="Make one on the page /tokens, and send it as `Authorization: Bearer TOKEN`")
    if person is not None and person.name:
        return PlainTextResponse(f"This is for the role {needed.word}, and yours is {person.role.word}.", status_code=403)
    request = Request(scope) if scope["type"] == "http" else None
    if request is not None and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/signin?next={quote(safe_next(back), safe='')}", status_code=303)
    return PlainTextResponse("Sign in first.", status_code=401)


async def _refuse(scope: Asgi, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "http":
        await response(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
