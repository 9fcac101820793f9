"""The digest for its readers: the archive, each issue, its feed, and subscribing and leaving by mail.

The links of mails work for whoever has them, without signing in; following one changes nothing before a button is pressed (mail scanners follow links).
Leaving is also what a mail program's own button does, by RFC 8058, from no page of ours: so the guard lets it through.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response

from corpus import FlorilegiumError, Library, NotFoundError, Role, UsageError
from corpus.digest import Issue
from corpus.digest.subscribers import clean_address
from ui.digest.links import Tokens, base_url
from ui.digest.mail import sender_of
from ui.digest.view import view_issue
from ui.settings import Settings
from ui.texts import locale_of, say
from ui.web.forms import Form
from ui.web.pages import page
from ui.web.people import Person, person_of, require

#: What begins the path of a link for leaving.
LEAVING = "/digest/unsubscribe/"
_log = logging.getLogger("florilegium")
_MOST_AN_HOUR = 30  # addresses given by readers that have not confirmed yet


def digest_pages(library: Library, settings: Settings) -> APIRouter:
    """Routes for readers."""
    router = APIRouter(include_in_schema=False)

    @router.get("/digest")
    def archive(request: Request) -> Response:
        person = require(request)
        issues = [issue for issue in library.issues.all() if issue.published or person.may(Role.LIBRARIAN)]
        values: dict[str, Any] = {
            "issues": issues,
            "librarian": person.may(Role.LIBRARIAN),
            "member": person.may(Role.MEMBER),
            "mail": mail_works(settings),
            "drafting": any(not each.published for each in issues),
        }
        return page("digest_list.html", form=True, said="", **values)

    @router.get("/digest/feed.atom")
    def feed(request: Request) -> Response:
        from ui.digest.feed import feed_of

        require(request)
        return Response(feed_of(library, base_url(settings), locale_of(request)), media_type="application/atom+xml")

    @router.get("/digest/{number:int}.md")
    def as_markdown(number: int, request: Request) -> Response:
        from ui.digest.writing import markdown

        issue = _readable(library, number, require(request))
        if issue is None:
            return _missing()
        text = markdown(view_issue(issue, library, locale_of(request), base=base_url(settings)))
        headers = {"Content-Disposition": f'attachment; filename="digest-{number}.md"'}
        return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)

    @router.get("/digest/{number:int}")
    def issue(number: int, request: Request) -> Response:
        person = require(request)
        shown = _readable(library, number, person)
        if shown is None:
            return _missing()
        view = view_issue(shown, library, locale_of(request))
        return page("digest_issue.html", form=True, issue=shown, view=view, librarian=person.may(Role.LIBRARIAN))

    @router.post("/digest/subscribe")
    def subscribe(request: Request, form: Form, later: BackgroundTasks) -> Response:
        person = person_of(request)
        try:
            _subscribe(library, settings, form.get("address"), person, locale_of(request), later)
        except FlorilegiumError as error:
            return page("digest_said.html", status=400, heading=say("digest.subscribe_heading"), said=str(error))
        return page("digest_said.html", heading=say("digest.subscribe_heading"), said=say("digest.subscribe_sent"))

    @router.get("/digest/confirm/{token}")
    @router.post("/digest/confirm/{token}")
    def confirm(token: str, request: Request) -> Response:
        heading = say("digest.confirm_heading")
        try:
            uid = Tokens(library).read_confirm(token)
            address = library.subscribers.get(uid).address
            if request.method == "POST":
                library.subscribers.confirm(uid)
                return page("digest_said.html", heading=heading, said=say("digest.confirm_done"))
        except UsageError as error:
            return page("digest_said.html", status=404, heading=heading, said=str(error))
        return page("digest_said.html", form=True, heading=heading, said=address, button=say("digest.confirm_button"))

    @router.get(LEAVING + "{token}")
    @router.post(LEAVING + "{token}")
    def leave(token: str, request: Request) -> Response:
        heading = say("digest.leave_heading")
        try:
            uid = Tokens(library).read_unsubscribe(token)
            if request.method == "POST":
                library.subscribers.remove(uid)
                return page("digest_said.html", heading=heading, said=say("digest.leave_done"))
            address = library.subscribers.get(uid).address
        except NotFoundError:
            return page("digest_said.html", heading=heading, said=say("digest.leave_done"))
        except UsageError as error:
            return page("digest_said.html", status=404, heading=heading, said=str(error))
        return page("digest_said.html", form=True, heading=heading, said=address, button=say("digest.leave_button"))

    return router


def mail_works(settings: Settings) -> bool:
    """Whether the settings say how to send mail."""
    try:
        sender_of(settings)
    except UsageError:
        return False
    return True


def _readable(library: Library, number: int, person: Person) -> Issue | None:
    """The issue, where there is one that this person may read: drafts are for librarians."""
    try:
        issue = library.issues.get(number)
    except NotFoundError:
        return None
    return issue if issue.published or person.may(Role.LIBRARIAN) else None


def _missing() -> Response:
    return page("missing.html", status=404, heading=say("missing.digest"), message=say("digest.no_issues"))


def _subscribe(library: Library, settings: Settings, given: str, person: Person, locale: str, later: BackgroundTasks) -> None:
    """Ask an address whether it wants the digest, whoever typed it. What is answered does not tell whether it was subscribed."""
    sender_of(settings)
    address = clean_address(given)
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lately = [each for each in library.subscribers.all(active=False) if each.at >= hour_ago]
    if len(lately) >= _MOST_AN_HOUR:
        raise UsageError(say("digest.subscribe_many"))
    if any(each.address == address for each in lately):  # it has been asked, and is not asked again and again
        return
    owner = person.name if person.may(Role.MEMBER) else ""
    made = library.subscribers.add(address, owner=owner, locale=locale)
    if not made.active:
        later.add_task(_ask, library, settings, made.uid)


def _ask(library: Library, settings: Settings, uid: str) -> None:
    """After the response: how long it takes tells nothing, and a mail server that is away is told to the operator."""
    from ui.digest.sending import send_confirmation

    try:
        send_confirmation(library, settings, library.subscribers.get(uid))
    except FlorilegiumError as error:
        _log.warning("a mail to confirm a subscription was not sent: %s", error.message)
        library.subscribers.remove(uid)
