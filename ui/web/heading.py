"""The head of every page: the way to the pages that whoever asks may open, and, where there are accounts, who that is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus import LOCAL
from ui.texts import say
from ui.web.people import Person
from ui.web.rules import role_of_path

_MARK = re.compile(rb"\[\[heading:([a-z]*)\]\]")
_PAGES = ("ask", "conversations", "library", "lists", "notes", "digest", "curate", "lab", "admin")


class PageLink(NamedTuple):
    """A page in the navigation."""

    name: str
    path: str
    text: str


def pages_for(person: Person | None) -> Sequence[PageLink]:
    """The pages that somebody may open, in their order; None is nobody, before signing in."""
    paths = {name: "/" if name == "ask" else f"/{name}" for name in _PAGES}
    needed = {name: role_of_path(path) for name, path in paths.items()}
    return [PageLink(name, paths[name], say(f"site.page_{name}")) for name, role in needed.items() if role is None or (person is not None and person.may(role))]


def has_accounts(person: Person | None) -> bool:
    """Whether the page should say who is signed in: with accounts off everybody is the one local user."""
    return person is None or person.name != LOCAL


def heading_html(person: Person | None, current: str = "") -> str:
    """Navigation, and who is signed in with the way out, or the way in."""
    links = "".join(f'<a href="{path}"{" aria-current=page" if name == current else ""}>{html.escape(text)}</a>' for name, path, text in pages_for(person))
    nav = f'<nav aria-label="{html.escape(say("site.pages"))}">{links}</nav>'
    return nav + (who_html(person) if has_accounts(person) else "")


def who_html(person: Person | None) -> str:
    """Name and role of whoever is signed in, and Sign out; or Sign in."""
    if person is None or not person.name:
        return f'<p class="who"><a href="/signin">{html.escape(say("signin.title"))}</a></p>'
    role = html.escape(say(f"role.{person.role.word}"))
    out = html.escape(say("signin.leave"))
    return f'<p class="who"><a href="/account">{html.escape(person.name)}</a> <span>({role})</span> <a href="/signout">{out}</a></p>'


def heading_mark(current: str) -> str:
    """What stands for the heading in a page that is made once for everybody."""
    return f"[[heading:{current}]]"


def headed(page: bytes, person: Person | None) -> bytes:
    """Such a page on its way out; its marks stand in HTML within JSON."""
    return _MARK.sub(lambda match: json.dumps(heading_html(person, match[1].decode()), ensure_ascii=False)[1:-1].encode(), page)
