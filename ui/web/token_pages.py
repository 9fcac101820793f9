"""One's own tokens for programs: made (and shown once), listed, revoked. A plain page whose forms are POSTs."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from corpus import FlorilegiumError, ForbiddenError, Library, Role, Scope
from ui.web.forms import Form
from ui.web.pages import page
from ui.web.people import Person, require

#: Days after which a token may be made to end.
DAYS = (30, 90, 365)


def token_pages(library: Library) -> APIRouter:
    """Routes for a site with accounts."""
    router = APIRouter(include_in_schema=False)

    def shown(person: Person, *, secret: str = "", fault: str = "", status: int = 200) -> Response:
        scopes = [scope for scope in Scope if scope != Scope.JUDGE or person.may(Role.LIBRARIAN)]
        held, now = library.tokens.all(person.name), time.time()
        response = page("tokens.html", status=status, form=True, tokens=held, scopes=scopes, days=DAYS, secret=secret, fault=fault, now=now)
        response.headers["Cache-Control"] = "no-store"
        return response

    @router.get("/tokens")
    def tokens(request: Request) -> Response:
        person = require(request)
        return shown(person) if person.name else RedirectResponse("/signin?next=/tokens", status_code=303)

    @router.post("/tokens/new")
    def new(request: Request, form: Form) -> Response:
        person = _somebody(request)
        try:
            days = form.number("days")
            secret, _ = library.tokens.new(person.name, form.all("scope"), label=form.get("label"), days=days if days > 0 else None)
        except FlorilegiumError as error:
            return shown(person, fault=str(error), status=400)
        return shown(person, secret=secret)

    @router.post("/tokens/{number}/revoke")
    def revoke(request: Request, number: int) -> Response:
        person = _somebody(request)
        try:
            library.tokens.revoke(number, person.name)
        except FlorilegiumError as error:
            return shown(person, fault=str(error), status=404)
        return RedirectResponse("/tokens", status_code=303)

    return router


def _somebody(request: Request) -> Person:
    """Whoever has signed in themselves."""
    person = require(request)
    if not person.name:
        raise ForbiddenError("nobody has signed in", remedy="Sign in first")
    return person
