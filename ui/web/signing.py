"""Signing in and out, one's own account and sessions, and the link by which a password is set once. Plain pages, forms that are POSTs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from corpus import Account, FlorilegiumError, Library, Role, UnavailableError
from corpus.sessions import LONGEST_SECONDS
from ui.texts import say
from ui.web.access import Access
from ui.web.pages import page
from ui.web.people import cookie_name, require, safe_next

if TYPE_CHECKING:
    from ui.web.provider import Provider

_FLOW = "florilegium_flow"
_Field = Annotated[str, Form()]


def signing_pages(library: Library, access: Access, provider: Provider | None = None) -> APIRouter:
    """Routes for a site with accounts."""
    router = APIRouter(include_in_schema=False)

    def form(onward: str, *, name: str = "", fault: str = "", status: int = 200) -> Response:
        by = f"/signin/provider?{urlencode({'next': safe_next(onward)})}" if provider else ""
        return page("signin.html", status=status, form=True, onward=safe_next(onward), name=name, fault=fault, provider=by, open_reading=access.open_reading)

    def entered(request: Request, account: Account, onward: str) -> Response:
        """A new session, whatever the browser had before: a token that somebody else put there is worth nothing."""
        library.sessions.end(request.cookies.get(cookie_name(access), ""))
        token = library.sessions.start(account.name, address=_address(request), agent=request.headers.get("user-agent", ""))
        response = RedirectResponse(safe_next(onward), status_code=303)
        response.set_cookie(cookie_name(access), token, max_age=LONGEST_SECONDS, path="/", httponly=True, secure=access.secure, samesite="lax")
        response.delete_cookie(_FLOW, path="/signin")
        return response

    @router.get("/signin")
    def signin(next: str = "/") -> Response:
        return form(next)

    @router.post("/signin")
    def enter(request: Request, name: _Field = "", password: _Field = "", next: _Field = "/") -> Response:
        try:
            library.sessions.begin_try(name, _address(request))
        except UnavailableError as error:
            return form(next, name=name, fault=str(error), status=429)
        account = library.accounts.check(name, password)
        if account is None:
            return form(next, name=name, fault=say("signin.wrong"), status=401)
        library.sessions.succeeded(name, _address(request))
        return entered(request, account, next)

    @router.post("/signout")
    def leave(request: Request) -> Response:
        library.sessions.end(request.cookies.get(cookie_name(access), ""))
        response = RedirectResponse("/signin", status_code=303)
        response.delete_cookie(cookie_name(access), path="/", secure=access.secure, httponly=True, samesite="lax")
        return response

    @router.get("/signout")
    def ask_to_leave() -> Response:
        return page("signout.html", form=True)

    @router.get("/signin/provider")
    def to_provider(next: str = "/") -> Response:
        if provider is None:
            return RedirectResponse("/signin", status_code=303)
        try:
            address, kept = provider.begin(safe_next(next))
        except FlorilegiumError as error:
            return form(next, fault=str(error), status=503)
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(_FLOW, library.sessions.begin_flow(kept), max_age=600, path="/signin", httponly=True, secure=access.secure, samesite="lax")
        return response

    @router.get("/signin/provider/back")
    def from_provider(request: Request) -> Response:
        if provider is None:
            return RedirectResponse("/signin", status_code=303)
        try:
            kept = library.sessions.end_flow(request.cookies.get(_FLOW, ""))
            account = provider.account(library, provider.finish(request.query_params, kept))
        except FlorilegiumError as error:
            return form("/", fault=str(error), status=503 if isinstance(error, UnavailableError) else 403)
        return entered(request, account, kept["onward"])

    # ---- one's own account

    def own(request: Request, *, fault: str = "", done: str = "", status: int = 200) -> Response:
        person = require(request)
        if not person.name:  # anyone, where anyone may read
            return RedirectResponse("/signin?next=/account", status_code=303)
        account = library.accounts.get(person.name)
        sessions = library.sessions.all(person.name)
        return page("account.html", status=status, form=True, account=account, sessions=sessions, here=person.session, fault=fault, done=done)

    @router.get("/account")
    def account(request: Request) -> Response:
        return own(request)

    @router.post("/account/password")
    def change(request: Request, old: _Field = "", new: _Field = "", again: _Field = "") -> Response:
        person = require(request)
        if not person.name:
            return RedirectResponse("/signin?next=/account", status_code=303)
        try:
            library.sessions.begin_try(person.name, _address(request))
            if library.accounts.get(person.name).has_password and library.accounts.check(person.name, old) is None:
                return own(request, fault=say("account.wrong"), status=403)
            library.sessions.succeeded(person.name, _address(request))
            if new != again:
                return own(request, fault=say("account.differ"), status=400)
            library.accounts.set_password(person.name, new, keep_session=person.session)
        except FlorilegiumError as error:
            return own(request, fault=str(error), status=400)
        return own(request, done=say("account.changed"))

    @router.post("/account/sessions/{number}/end")
    def end(request: Request, number: int) -> Response:
        person = require(request)
        try:
            library.sessions.revoke(number, person.name)
        except FlorilegiumError as error:
            return own(request, fault=str(error), status=404)
        return RedirectResponse("/account", status_code=303)

    # ---- a password by a link

    @router.get("/link/{token}")
    def by_link(token: str) -> Response:
        try:
            return page("link.html", form=True, account=library.accounts.linked(token), token=token, fault="")
        except FlorilegiumError as error:
            return page("missing.html", status=404, heading=say("link.dead"), message=str(error))

    @router.post("/link/{token}")
    def set_by_link(request: Request, token: str, new: _Field = "", again: _Field = "") -> Response:
        try:
            holder = library.accounts.linked(token)
        except FlorilegiumError as error:
            return page("missing.html", status=404, heading=say("link.dead"), message=str(error))
        try:
            if new != again:
                return page("link.html", status=400, form=True, account=holder, token=token, fault=say("account.differ"))
            library.accounts.set_password(holder.name, new)
        except FlorilegiumError as error:
            return page("link.html", status=400, form=True, account=holder, token=token, fault=str(error))
        return entered(request, holder, "/")

    return router


def without_accounts() -> APIRouter:
    """The same addresses where accounts are off: they say so."""
    router = APIRouter(include_in_schema=False)

    @router.get("/signin")
    @router.get("/signout")
    @router.get("/account")
    @router.get("/tokens")
    def off(request: Request) -> Response:
        require(request, Role.READER)
        return page("missing.html", status=404, heading=say("signin.absent"), message=say("signin.absent_do"))

    return router


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
