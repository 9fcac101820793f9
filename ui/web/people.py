"""Who is asking: every page, route and event learns it here, and asks here whether they may.

    person = require(request, Role.MEMBER)      # in a route (Starlette's Request) and in a Gradio handler (gr.Request) alike
    library.lists.all(person.name)

The door below stands before the whole site and says who each request is from. A request that came by no door is nobody's, and is refused:
in a test of single routes, `app.add_middleware(Door)` makes all of it the local user's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import LOCAL, ForbiddenError, Role

if TYPE_CHECKING:
    import gradio as gr

_KEY = "florilegium.person"  # in the ASGI scope, which no header of a request reaches


@dataclass(frozen=True)
class Person:
    """Whoever asks. `name` owns their notes, lists, conversations and saved questions, and stands beside every change they make."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether their role is at least this one."""
        return self.role >= role


#: The one user of a home without accounts.
LOCAL_PERSON = Person(LOCAL, Role.ADMIN)


class Door:
    """ASGI middleware that says who a request is from: without accounts always the local user."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its person."""
        if scope["type"] in ("http", "websocket"):
            scope[_KEY] = LOCAL_PERSON
        await self._app(scope, receive, send)


def person_of(request: Request | gr.Request) -> Person:
    """Who a request is from. Raises ForbiddenError where nobody has signed in."""
    inner = request if isinstance(request, Request) else request.request
    person = inner.scope.get(_KEY) if inner is not None else None
    if not isinstance(person, Person):
        raise ForbiddenError("nobody has signed in", remedy="Sign in first")
    return person


def require(request: Request | gr.Request, role: Role = Role.READER) -> Person:
    """The person a request is from, who has at least this role. Raises ForbiddenError."""
    person = person_of(request)
    if not person.may(role):
        raise ForbiddenError(f"this is for the role {role.word}, and yours is {person.role.word}", remedy="Ask an admin of this site for it")
    return person
