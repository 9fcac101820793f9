"""The digest for its editors: making a draft, editing it without a script, publishing and sending it. All of it is for librarians."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from corpus import ConflictError, FlorilegiumError, NotFoundError, Role, parse_filter
from corpus.digest import Digest, Entry, Issue, changes_since
from corpus.digest.issues import grouped
from ui.digest.mail import sender_of
from ui.digest.sending import send_issue
from ui.digest.view import title_of, view_issue
from ui.texts import locale_of, say
from ui.web.forms import Form, Sent
from ui.web.pages import page
from ui.web.people import require
from ui.web.works import Progress, Work, Works

_log = logging.getLogger("florilegium")


class Sendings:
    """The sendings of this process: which issues are on their way, and why the last one of an issue ended early. What has gone stands in the library."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._guard = threading.Lock()
        self._under_way: set[int] = set()
        self._faults: dict[int, str] = {}

    def start(self, issue: Issue, owner: str) -> None:
        """Begin one, on somebody's word, unless it is under way."""
        with self._guard:
            if issue.number in self._under_way:
                return
            self._under_way.add(issue.number)
            self._faults.pop(issue.number, None)
        threading.Thread(target=self._send, args=(issue, owner), name=f"digest {issue.number}", daemon=True).start()

    def standing(self, number: int) -> tuple[bool, str]:
        """(whether it is under way, why the last one ended early or "")."""
        with self._guard:
            return number in self._under_way, self._faults.get(number, "")

    def _send(self, issue: Issue, owner: str) -> None:
        fault, engine = "", self._works.engine

        def act(tell: Progress) -> None:
            send_issue(engine.library, engine.workshop.settings, issue, lambda: engine, lambda done, total: tell("mails", done, total))

        try:
            self._works.do(Work("mails", issue.title, owner), act)
        except FlorilegiumError as error:
            fault = str(error)
        except Exception as error:
            fault = f"unexpected {type(error).__name__}"
            _log.exception("sending issue %d ended early", issue.number)
        finally:
            with self._guard:
                self._under_way.discard(issue.number)
                if fault:
                    self._faults[issue.number] = fault


def digest_desk(works: Works) -> APIRouter:
    """Routes for editors."""
    router = APIRouter(include_in_schema=False, prefix="/digest")
    engine, sendings = works.engine, Sendings(works)
    library = engine.library

    def since_last(held: Issue | None) -> Digest:
        if held is not None:
            chosen = parse_filter(held.digest.filters, library.vocabulary, library.catalogue.facet_names())
            return changes_since(library, held.digest.since, chosen)
        last = library.issues.last_published()
        return changes_since(library, last.digest.until if last else 0)

    def form_page(issue: Issue, locale: str, fault: str = "", status: int = 200) -> Response:
        every = replace(issue, digest=replace(issue.digest, entries=tuple(replace(entry, left_out=False) for entry in issue.digest.entries)))
        left_out = {entry.review_id for entry in issue.digest.entries if entry.left_out}
        return page("digest_edit.html", status=status, form=True, issue=issue, view=view_issue(every, library, locale), left_out=left_out, fault=fault)

    @router.post("/draft")
    def draft(request: Request) -> Response:
        person = require(request, Role.LIBRARIAN)
        held = library.issues.draft()
        if held is None:
            found = since_last(None)
            held = library.issues.create(found, title_of(found, locale_of(request)), person.name)
        return _to(f"/digest/{held.number}/edit")

    @router.get("/{number:int}/edit")
    def edit(number: int, request: Request) -> Response:
        require(request, Role.LIBRARIAN)
        try:
            issue = library.issues.get(number)
        except NotFoundError as error:
            return _refused(error, 404)
        return _to(f"/digest/{number}") if issue.published else form_page(issue, locale_of(request))

    @router.post("/{number:int}/edit")
    def save(number: int, request: Request, form: Form) -> Response:
        person = require(request, Role.LIBRARIAN)
        try:
            issue = library.issues.get(number)
        except NotFoundError as error:
            return _refused(error, 404)
        typed = _typed(issue, form)
        what, _, which = form.get("do").partition(":")
        entries = _moved(typed.digest.entries, what, which)
        try:
            values = {"title": typed.title, "introduction": typed.introduction}
            saved = library.issues.save(number, form.number("version"), entries=entries, actor=person.name, **values)
            if what == "refresh":
                library.issues.refresh(number, saved.version, since_last(saved), person.name)
        except ConflictError as error:
            return form_page(typed, locale_of(request), f"{error.message}. {say('digest.kept')}", 409)
        except FlorilegiumError as error:
            return form_page(typed, locale_of(request), str(error), 400)
        if what == "preview":
            return _to(f"/digest/{number}")
        return _to(f"/digest/{number}/edit{f'#{what[0]}-{which}' if which else ''}")

    @router.post("/{number:int}/publish")
    def publish(number: int, request: Request, form: Form) -> Response:
        person = require(request, Role.LIBRARIAN)
        try:
            library.issues.publish(number, form.number("version"), person.name)
        except FlorilegiumError as error:
            return _refused(error, 409)
        return _to(f"/digest/{number}")

    @router.post("/{number:int}/delete")
    def delete(number: int, request: Request) -> Response:
        require(request, Role.LIBRARIAN)
        try:
            library.issues.delete(number)
        except FlorilegiumError as error:
            return _refused(error, 409)
        return _to("/digest")

    @router.get("/{number:int}/mails")
    def mails(number: int, request: Request) -> Response:
        require(request, Role.LIBRARIAN)
        try:
            issue = library.issues.get(number)
        except NotFoundError as error:
            return _refused(error, 404)
        under_way, fault = sendings.standing(number)
        subscribers = library.subscribers.all(active=True)
        values: dict[str, Any] = {"mails": library.mails.all(number), "counts": library.mails.counts(number), "under_way": under_way, "fault": fault}
        return page("digest_mails.html", form=True, issue=issue, subscribers=len(subscribers), **values)

    @router.post("/{number:int}/send")
    def send(number: int, request: Request, form: Form) -> Response:
        person = require(request, Role.LIBRARIAN)
        try:
            issue = library.issues.get(number)
            sender_of(engine.workshop.settings)
        except FlorilegiumError as error:
            return _refused(error, 400)
        if form.get("doubt"):
            library.mails.reopen(number)
        if issue.published:
            sendings.start(issue, person.name)
        return _to(f"/digest/{number}/mails")

    return router


def _typed(issue: Issue, form: Sent) -> Issue:
    """The issue as the form has it, whatever became of it since: entries that the form knows in the form's order, all others after them."""
    own = {entry.review_id: entry for entry in issue.digest.entries}
    named = [review_id for review_id in dict.fromkeys(form.all("entry")) if review_id in own]
    entries = [replace(own[name], lead=form.get(f"lead:{name}", own[name].lead), left_out=bool(form.get(f"out:{name}"))) for name in named]
    others = [entry for entry in issue.digest.entries if entry.review_id not in set(named)]
    digest = replace(issue.digest, entries=(*entries, *others))
    return replace(issue, title=form.get("title"), introduction=form.get("introduction").replace("\r\n", "\n"), digest=digest)


def _moved(entries: Sequence[Entry], what: str, which: str) -> list[Entry]:
    """The entries with one of them, or one section (by its place), a step up or down. What stands before all topics stays there."""
    sections = [(name, list(held)) for name, held in grouped(entries)]
    step = -1 if what.endswith("up") else 1
    if what in ("section-up", "section-down") and which.isdecimal():
        at = int(which)
        to = at + step
        if 0 <= at < len(sections) and 0 <= to < len(sections) and sections[at][0] is not None and sections[to][0] is not None:
            sections[at], sections[to] = sections[to], sections[at]
    elif what in ("entry-up", "entry-down"):
        for _, held in sections:
            at = next((place for place, entry in enumerate(held) if entry.review_id == which), -1)
            if at >= 0 and 0 <= at + step < len(held):
                held[at], held[at + step] = held[at + step], held[at]
    return [entry for _, held in sections for entry in held]


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


def _refused(error: FlorilegiumError, status: int) -> Response:
    return page("missing.html", status=status, heading=say("missing.not_done"), message=str(error))
