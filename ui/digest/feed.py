"""The Atom feed of published issues (RFC 4287), by feedgen. Nothing private is ever in it: it is made from the issues alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ui.digest.view import view_issue
from ui.digest.writing import html_fragment
from ui.texts import say
from ui.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus import Library
    from corpus.digest import Issue
    from ui.digest.view import View

#: Issues in the feed.
NEWEST = 20
_NOWHEN = "1970-01-01T00:00:00Z"


def feed_of(library: Library, base: str, locale: str, issues: Sequence[Issue] | None = None) -> bytes:
    """The newest published issues as an Atom feed; `base` is the site's address."""
    out = library.issues.all(drafts=False)[:NEWEST] if issues is None else issues
    views = [view_issue(issue, library, locale, base=base) for issue in out]
    return _feed(library.uid(), base, locale, [(view, f"{base}/digest/{view.number}", f"digest {view.number}", view.published_at) for view in views])


def feed_of_view(library: Library, view: View, at: str) -> bytes:
    """A digest that is no issue as a feed of one entry, as it stands at a moment (ISO 8601)."""
    return _feed(library.uid(), view.base, view.locale, [(view, f"{view.base}/digest", f"digest at {at}", at)])


def _feed(uid: str, base: str, locale: str, entries: Sequence[tuple[View, str, str, str]]) -> bytes:
    from feedgen.feed import FeedGenerator

    space = uuid.uuid5(uuid.NAMESPACE_OID, uid)
    feed = FeedGenerator()
    feed.id(space.urn)
    feed.title(say("digest.feed_title", locale))
    feed.subtitle(say("digest.feed_subtitle", locale))
    feed.author({"name": "Florilegium"})
    feed.language(locale)
    feed.link(href=f"{base}/digest", rel="alternate", type="text/html")
    feed.link(href=f"{base}/digest/feed.atom", rel="self", type="application/atom+xml")
    feed.updated(max((at for *_, at in entries), default=_NOWHEN))
    for view, address, name, at in entries:
        entry = feed.add_entry(order="append")
        entry.id(uuid.uuid5(space, name).urn)
        entry.title(xml_text(view.title))
        entry.updated(at)
        entry.published(at)
        entry.link(href=address, rel="alternate", type="text/html")
        entry.summary(xml_text(view.summary))
        entry.content(xml_text(html_fragment(view)), type="html")
    return bytes(feed.atom_str(pretty=True))
