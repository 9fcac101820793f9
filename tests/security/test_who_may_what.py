"""Every route and every event of the site, as everybody: who may what is written out here by hand, apart from ui/web/rules.py, and what has no row fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import gradio as gr
import pytest
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import Mount

from corpus import ForbiddenError, Role
from tests.security.conftest import PEOPLE, Site
from ui.web.people import LOCAL_PERSON, Person
from ui.web.site import Site as Pages

OPEN, CLOSED, TOKEN = "open to everybody", "closed to everybody", "for who has the token"
READER, MEMBER, LIBRARIAN, ADMIN = Role.READER, Role.MEMBER, Role.LIBRARIAN, Role.ADMIN
#: Routes by who may use them: methods and path as they are declared. What is Gradio's has the prefix /gradio_api.
ROUTES: dict[Any, str] = {
    OPEN: """
        GET /signin        POST /signin       GET /signout       POST /signout
        GET /signin/provider                  GET /signin/provider/back
        GET /link/{token}  POST /link/{token}
        GET /api/v1/openapi.json              HEAD /api/v1/openapi.json
        GET /health        GET /health/live   GET /health/ready
        GET /pages/page.css  GET /pages/record.js  GET /pages/empty
        GET /conversations/shared/{token}
        GET /digest/confirm/{token}       POST /digest/confirm/{token}
        GET /digest/unsubscribe/{token}   POST /digest/unsubscribe/{token}
        GET /svelte/{path:path}  GET /static/{path:path}  GET /assets/{path:path}
        GET /favicon.ico  GET /robots.txt  GET /manifest.json  GET /pwa_icon  GET /pwa_icon/{size}
        GET /theme.css    GET /gradio_api/theme.css
    """,
    TOKEN: """
        POST /api/local/{name}
    """,
    READER: """
        GET /tokens        POST /tokens/new   POST /tokens/{number}/revoke
        GET /account       POST /account/password   POST /account/sessions/{number}/end
        GET /  HEAD /      GET /library       GET /library/     GET /library/export
        GET /review/{review_id}               GET /review/{review_id}/history          GET /review/{review_id}/diff
        GET /answers/{answer_id}              GET /answers/{answer_id}.{ending}
        GET /answers/{answer_id}/table        GET /answers/{answer_id}/table.csv
        GET /digest        GET /digest/feed.atom    GET /digest/{number:int}   GET /digest/{number:int}.md
        POST /digest/subscribe
        GET /api/v1/search       GET /api/v1/records     GET /api/v1/records/{review_id}    GET /api/v1/records/{review_id}/history
        GET /api/v1/count        GET /api/v1/facets      GET /api/v1/export     POST /api/v1/ask       GET /api/v1/answers/{answer_id}
        GET /v1/models           GET /v1/models/{name}   POST /v1/chat/completions                     POST /mcp
        GET /config        GET /config/
        GET /gradio_api/info                  GET /gradio_api/info/
        POST /gradio_api/queue/join           GET /gradio_api/queue/data       GET /gradio_api/queue/status
        POST /gradio_api/run/{api_name}       POST /gradio_api/run/{api_name}/
        POST /gradio_api/api/{api_name}       POST /gradio_api/api/{api_name}/
        POST /gradio_api/call/{api_name}      POST /gradio_api/call/{api_name}/     GET /gradio_api/call/{api_name}/{event_id}
        POST /gradio_api/call/v2/{api_name}   POST /gradio_api/call/v2/{api_name}/  GET /gradio_api/call/v2/{api_name}/{event_id}
        POST /gradio_api/cancel               POST /gradio_api/reset                POST /gradio_api/reset/
        GET /gradio_api/heartbeat/{session_hash}   GET /gradio_api/startup-events
    """,
    MEMBER: """
        GET /notes         GET /notes/export  POST /notes/{note_id}/edit    POST /notes/{note_id}/delete
        POST /review/{review_id}/notes        POST /review/{review_id}/comments
        POST /comments/{number}/edit          POST /comments/{number}/delete
        GET /lists         GET /lists/show    GET /lists/export   POST /lists/create    POST /lists/add
        POST /lists/remove POST /lists/rename POST /lists/move    POST /lists/delete
        GET /conversations GET /conversations/{conversation_id}   POST /conversations/{conversation_id}/{act}
        GET /conversations/{conversation_id}/export.{ending}
        GET /questions     POST /questions    POST /questions/ask POST /questions/{number:int}/remove
        POST /answers/{answer_id}/feedback
    """,
    LIBRARIAN: """
        GET /curate        GET /curate/       GET /lab            GET /lab/
        GET /lab/export    GET /lab/runs/{run_id}.run             GET /lab/why
        GET /lab/compared/{key}.html          GET /lab/compared/{key}.csv
        GET /review/{review_id}/edit          POST /review/{review_id}/edit
        POST /review/{review_id}/revert       POST /review/{review_id}/status
        GET /comments      POST /comments/{number}/moderate
        GET /lab/judge     GET /lab/judge/record    GET /lab/judge/judge.js     GET /lab/judge/judge.css
        POST /lab/judge/grade    POST /lab/judge/undo    POST /lab/judge/suggest
        GET /api/v1/sets   GET /api/v1/sets/{name}    GET /api/v1/sets/{name}/judgements    POST /api/v1/sets/{name}/judgements
        GET /api/v1/runs   GET /api/v1/runs/{run_id}
        POST /digest/draft GET /digest/{number:int}/edit          POST /digest/{number:int}/edit
        POST /digest/{number:int}/publish     POST /digest/{number:int}/delete
        GET /digest/{number:int}/mails        POST /digest/{number:int}/send
        POST /gradio_api/upload               GET /gradio_api/upload_progress
        GET /gradio_api/file={path_or_url:path}   HEAD /gradio_api/file={path_or_url:path}   GET /gradio_api/file/{path:path}
    """,
    ADMIN: """
        GET /admin         GET /admin/        GET /metrics
    """,
    CLOSED: """
        GET /openapi.json  HEAD /openapi.json
        POST /login        POST /login/       GET /logout
        GET /monitoring    GET /monitoring/summary                GET /monitoring/{key}
        GET /gradio_api/deep_link             GET /gradio_api/openapi.json
        GET /gradio_api/user                  GET /gradio_api/user/           GET /gradio_api/login_check  GET /gradio_api/login_check/
        GET /gradio_api/token                 GET /gradio_api/token/          GET /gradio_api/app_id       GET /gradio_api/app_id/
        GET /gradio_api/dev/reload            GET /gradio_api/runs            GET /gradio_api/runs/
        POST /gradio_api/run-history/connect  GET /gradio_api/run-history/buckets   GET /gradio_api/run-history/records
        GET /gradio_api/run-history/records/{endpoint}/{record_id}/assets/{asset_id}
        GET /gradio_api/proxy={url_path:path} HEAD /gradio_api/proxy={url_path:path}
        GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
        POST /gradio_api/component_server     POST /gradio_api/component_server/    POST /gradio_api/process_recording
        POST /gradio_api/stream/{event_id}    POST /gradio_api/stream/{event_id}/close
        GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
        GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
        GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
        POST /gradio_api/vibe-edit            POST /gradio_api/vibe-edit/     POST /gradio_api/undo-vibe-edit  POST /gradio_api/undo-vibe-edit/
        GET /gradio_api/vibe-code             GET /gradio_api/vibe-code/      POST /gradio_api/vibe-code       POST /gradio_api/vibe-code/
        POST /gradio_api/vibe-starter-queries POST /gradio_api/vibe-starter-queries/
    """,
}
#: The events of the pages that are for readers, by their handlers (`<lambda>` and those that run in the browser alone besides).
EVENTS = {
    "": {
        READER: "_ask _ask_again _command _suggest _stop_it _open counted _model_stands <lambda> None",
        ADMIN: "_cancel_fetching",
    },
    "library": {READER: "show compose relisted None", MEMBER: "pick add_all save_it"},
}
#: Pages all of whose events are for one role.
PAGES = {"curate": LIBRARIAN, "lab": LIBRARIAN, "admin": ADMIN}


def rows() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for who, text in ROUTES.items():
        for route in re.findall(r"[A-Z]+ \S+", text):
            assert route not in found, route
            found[route] = who
    return found


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for route in iter_route_contexts(list(routes)):
        inner = route.original_route
        if isinstance(inner, Mount):
            yield from routes_of(inner.routes, prefix + inner.path)
        else:
            yield from (f"{method} {prefix}{route.path}" for method in sorted(route.methods or {"POST"}))


def pages_of(site: Site) -> Pages:
    mounted = next(route for route in site.app.routes if isinstance(route, Mount) and hasattr(route.app, "get_blocks"))
    return mounted.app.get_blocks()  # type: ignore[attr-defined, no-any-return]


ROWS = rows()
#: Routes that answer 401 or 403 to a wrong password, an unknown file or another's sign-in, whoever asks.
_REFUSES_WHAT_IS_GIVEN = (
    "POST /signin", "GET /signin/provider/back", "POST /account/password", "GET /gradio_api/file/{path:path}",
    "GET /gradio_api/file={path_or_url:path}", "HEAD /gradio_api/file={path_or_url:path}",
)  # fmt: skip
_FILLED = {"number": "999", "number:int": "999", "component_id": "1"}


def filled(route: str, who: str = "") -> tuple[str, str]:
    """A route with something in the place of its parameters; a tab is that of who asks."""
    method, _, path = route.partition(" ")
    values = _FILLED | {"session_hash": f"tab-{who}"}
    return method, re.sub(r"\{([^}]+)\}", lambda match: values.get(match[1], "none"), path)


def turned_away(got: Any) -> bool:
    """Whether somebody was not let in: told so, or sent to sign in."""
    return got.status in (401, 403) or (got.status in (303, 307) and got.headers["location"].startswith("/signin?next="))


def test_every_route_has_a_row_and_every_row_a_route(site: Site) -> None:
    declared = set(routes_of(site.app.routes))
    assert sorted(declared - set(ROWS)) == [], "say in the table above who may use these"
    assert sorted(set(ROWS) - declared) == [], "these are no routes any more"


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "other"])
def test_a_route_lets_in_whom_its_row_names(site: Site, who: str) -> None:
    role, wrong = PEOPLE[who] or 0, []
    for route, needed in ROWS.items():
        method, path = filled(route, who)
        got = site.ask(who, method, path)
        match needed:
            case "closed to everybody":
                right = got.status == 404 and "There is nothing here" in got.text
            case "for who has the token":
                right = got.status == 401
            case "open to everybody":
                right = not turned_away(got) or route in _REFUSES_WHAT_IS_GIVEN
            case _:
                # a call that cannot be understood is refused before anybody is asked for: that is no way in
                refused = turned_away(got) and not (role >= needed and route in _REFUSES_WHAT_IS_GIVEN)
                right = refused == (role < needed) or (role < needed and got.status == 422)
        if not right or (got.status == 500 and route != "POST /mcp"):  # which answers where the app runs as a whole
            wrong.append(f"{route}: {got.status} {got.text[:60]!r}, and it is for {needed}")
    assert not wrong, "\n".join(wrong)


def test_who_has_the_token_of_this_machine_uses_its_routes(site: Site) -> None:
    assert site.ask("nobody", "POST", "/api/local/ping", json=b"{}", authorization="Bearer the token of run/serve.json").status == 200
    for given in ("Bearer wrong", "Bearer ", "the token of run/serve.json"):
        assert site.ask("admin", "POST", "/api/local/ping", json=b"{}", authorization=given).status in (401, 403) or given.startswith("the"), given


@pytest.mark.parametrize(
    "path",
    [
        "//notes", "/notes/", "/./notes", "/notes/../notes", "/NOTES", "/%6eotes", "//curate", "/curate//", "/lab/../curate", "/gradio_api//queue/join",
        "/digest/../notes", "/pages/../notes", "/assets/../notes", "/signin/../notes", "/conversations/shared/../x",
    ],
)  # fmt: skip
def test_another_spelling_of_a_path_opens_nothing(site: Site, path: str) -> None:
    for who in ("nobody", "reader"):
        got = site.ask(who, "GET", path)
        assert turned_away(got) or got.status in (404, 405, 307), (path, who, got.status)
        assert "<form" not in got.text or "signin" in got.text


@pytest.mark.parametrize("page", ["/", "/library", "/curate", "/lab", "/notes", "/review/none", "/answers/none"])
def test_a_browser_that_has_not_signed_in_is_sent_to_do_so(site: Site, page: str) -> None:
    got = site.ask("nobody", "GET", page, accept="text/html")
    assert got.status == 303
    assert got.headers["location"].startswith("/signin?next=")


# ---- events


def needed_of(fn: Any) -> Role:
    page, name = fn.page or "", getattr(fn.fn, "__name__", "None")
    if page in PAGES:
        return PAGES[page]
    found = [role for role, names in EVENTS.get(page, {}).items() if name in names.split()]
    assert len(found) == 1, f"say in EVENTS who may use the event {name!r} of the page {page!r}"
    return found[0]


def asked_by(who: str) -> gr.Request:
    role = PEOPLE[who]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b"", "client": ("127.0.0.1", 1), "app": None}
    if role is not None:
        scope["florilegium.person"] = Person(who, role)
    return gr.Request(request=Request(scope), session_hash=f"tab of {who}")


def outcome(site: Site, fn: Any, who: str) -> str:
    """What becomes of an event with empty inputs: "refused", or "let in", whatever it made of them."""
    try:
        site.loop.run(pages_of(site).process_api(fn, [None] * len(fn.inputs), None, asked_by(who)))
    except (gr.Error, ForbiddenError) as error:
        cause = error.__cause__ if isinstance(error, gr.Error) else error
        return "refused" if isinstance(cause, ForbiddenError) else "let in"
    except Exception:  # what a handler makes of nothing is no matter here
        return "let in"
    return "let in"


def test_every_event_refuses_whoever_may_less(site: Site) -> None:
    pages = pages_of(site)
    wrong, count = [], 0
    for fn in pages.fns.values():
        needed = needed_of(fn)
        for who, role in PEOPLE.items():
            if (role or 0) < needed and fn.fn is not None:
                count += 1
                if outcome(site, fn, who) != "refused":
                    wrong.append(f"{fn.page or 'ask'}: {fn.api_name} lets {who} in, and is for {needed.word}")
    assert not wrong, "\n".join(wrong)
    assert count > 100


@pytest.mark.parametrize("who", ["reader", "member", "librarian", "admin"])
def test_an_event_is_done_for_whoever_may(site: Site, who: str) -> None:
    """Of those that change nothing when nothing is given."""
    pages, role = pages_of(site), PEOPLE[who]
    harmless = {"_stop_it": "", "counted": "", "relisted": "library", "shown": "curate"}
    seen = set()
    for fn in pages.fns.values():
        name = getattr(fn.fn, "__name__", "None")
        if harmless.get(name) == (fn.page or "") and name not in seen:
            seen.add(name)
            assert (outcome(site, fn, who) == "let in") == (role is not None and role >= needed_of(fn)), name
    assert len(seen) == len(harmless)


def test_a_tab_is_of_who_used_it_first_and_of_nobody_else(site: Site) -> None:
    pages = pages_of(site)
    fn = next(fn for fn in pages.fns.values() if getattr(fn.fn, "__name__", "") == "_stop_it")
    assert outcome(site, fn, "member") == "let in"
    stolen = asked_by("other")
    stolen.session_hash = "tab of member"
    with pytest.raises(gr.Error, match="somebody else's"):
        site.loop.run(pages.process_api(fn, [], None, stolen))


@pytest.mark.parametrize(
    "content",
    [
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        [{"type": "file", "file": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}],
        [{"type": "file", "file": {"path": "http://169.254.169.254/latest", "meta": {"_type": "gradio.FileData"}}}],
        [{"type": "component", "component": "file", "value": {"path": "/etc/passwd"}, "constructor_args": {}, "props": {}}],
        [{"type": "component", "component": "html", "value": "x", "constructor_args": {"js_on_load": "alert(1)"}, "props": {}}],
        {"component": "code", "value": "x", "constructor_args": {}, "props": {}},
    ],
)  # fmt: skip
def test_a_chat_cannot_be_made_to_read_or_fetch_a_file(site: Site, content: Any) -> None:
    pages = pages_of(site)
    fn = next(fn for fn in pages.fns.values() if getattr(fn.fn, "__name__", "") == "_ask")
    inputs: list[Any] = [None] * len(fn.inputs)
    inputs[next(at for at, block in enumerate(fn.inputs) if isinstance(block, gr.Chatbot))] = [{"role": "user", "content": content}]
    with pytest.raises(gr.Error, match="no file that was uploaded here"):
        site.loop.run(pages.process_api(fn, inputs, None, asked_by("reader")))


_NO_UPLOADS = ["/etc/passwd", "http://169.254.169.254/x", "https://example.org/x.ris", "../library.sqlite", "", "UPLOADS/../../library.sqlite"]


@pytest.mark.parametrize("path", _NO_UPLOADS)
def test_an_import_takes_nothing_but_what_was_uploaded(site: Site, path: str) -> None:
    pages = pages_of(site)
    uploads = site.engine.workshop.settings.home / "run" / "uploads"
    fn = next(fn for fn in pages.fns.values() if getattr(fn.fn, "__name__", "") == "previewed")
    given = [{"path": path.replace("UPLOADS", str(uploads)), "meta": {"_type": "gradio.FileData"}}]
    with pytest.raises(gr.Error, match="no file that was uploaded here"):
        site.loop.run(pages.process_api(fn, [given], None, asked_by("librarian")))
    (uploads / "some hash").mkdir(parents=True, exist_ok=True)
    there = uploads / "some hash" / "records.ris"
    there.write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    file: Any = {"path": str(there), "meta": {"_type": "gradio.FileData"}}
    told: list[str] = []
    done: dict[str, Any] = {"is_generating": True, "iterator": None}
    while done["is_generating"]:
        done = site.loop.run(pages.process_api(fn, [[file]], None, asked_by("librarian"), iterator=done["iterator"]))
        told.append(str(done["data"][0]))
    assert any("A title" in text for text in told)


@pytest.mark.parametrize(
    "path", ["file=https://example.org/x", "file=http:/169.254.169.254/x", "file/https://example.org/x", "file=file:///etc/passwd", "file= ftp://x"]
)
def test_nobody_makes_the_server_fetch_an_address(site: Site, path: str) -> None:
    for who in ("reader", "admin"):
        got = site.ask(who, "GET", f"/gradio_api/{path}")
        assert (got.status, got.text) == (404, "There is nothing here.")


_NOT_SERVED = ["/etc/passwd", "library.sqlite", "HOME/library.sqlite", "HOME/run/serve.json", "../../etc/passwd", "HOME/run/uploads/../serve.json"]


@pytest.mark.parametrize("path", _NOT_SERVED)
def test_no_file_of_the_machine_is_served(site: Site, path: str) -> None:
    home = site.engine.workshop.settings.home
    (home / "run" / "serve.json").write_text("a secret")
    for way in ("file=", "file/"):
        got = site.ask("admin", "GET", f"/gradio_api/{way}{path.replace('HOME', str(home))}")
        assert got.status in (403, 404), path
    assert LOCAL_PERSON.role is ADMIN
