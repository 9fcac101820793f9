"""A digest as text: nothing of a record is read as markup, and the feed has what RFC 4287 asks for."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from corpus import Library, Status
from corpus.digest import Issue, changes_since
from tests.corpus.making import put, review
from ui.digest.feed import feed_of, feed_of_view
from ui.digest.view import view_digest, view_issue
from ui.digest.writing import html_document, markdown, md, plain

BASE = "https://reviews.example.org"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_markdown_holds_the_records_words_and_none_of_their_markup(library: Library, issue: Issue) -> None:
    text = markdown(view_issue(issue, library, "en", base=BASE))
    assert text.startswith("# Wöchentliches \\& \\<mehr\\>\n\nDear \\<reader\\>,\n\nhello.\n")
    assert "## Pain" in text
    assert "“Mice \\<script\\>alert(1)\\</script\\> ran; “they” won. . A dot stood alone.”" in text
    assert f"]({BASE}/review/mice?at=summary:0-" in text
    assert "(https://doi.org/10.1000/(a)%3Cb%3E)" in text


@given(st.text(max_size=60))
def test_text_in_markdown_is_only_text(text: str) -> None:
    escaped = md(text)
    assert "\n" not in escaped
    assert re.sub(r"\\(.)", r"\1", escaped) == " ".join(text.split())
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_\[\]<>#`|~&]", escaped)


def test_an_empty_week_says_so_in_every_form(library: Library) -> None:
    put(library, review("mice", "On mice", summary="Mice ran."))
    view = view_digest(changes_since(library, 1), library, "en", base=BASE)
    assert view.empty
    for text in (markdown(view), plain(view), html_document(view)):
        assert "Nothing came in or changed." in text
    german = view_digest(changes_since(library, 1), library, "de")
    assert "Es kam nichts hinzu" in plain(german)


def test_html_is_escaped_and_has_its_styles_in_its_elements(library: Library, issue: Issue) -> None:
    text = html_document(view_issue(issue, library, "en", base=BASE))
    assert {"script", "mehr", "reader"} & Tags(text).tags == set()
    assert re.search(r"<h1[^>]*style=", text)
    assert "prefers-color-scheme: dark" in text


def atom(text: bytes) -> ElementTree.Element:
    return fromstring(text)  # type: ignore[no-any-return]


def required(feed: ElementTree.Element) -> None:
    """What RFC 4287 (4.1.1, 4.1.2) says a feed and its entries must have, once each."""
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for element in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"a:{name}", ATOM)
            assert found.text
            if name == "updated":
                assert datetime.fromisoformat(found.text).tzinfo is not None
            if name == "id":
                assert found.text.startswith("urn:uuid:")
    assert feed.findall("a:author/a:name", ATOM)
    assert [link.get("rel") for link in feed.findall("a:link", ATOM)].count("self") == 1
    for entry in feed.findall("a:entry", ATOM):
        assert any(link.get("rel", "alternate") == "alternate" and str(link.get("href")).startswith(f"{BASE}/digest") for link in entry.findall("a:link", ATOM))
        assert [content.get("type") for content in entry.findall("a:content", ATOM)] == ["html"]
    ids = [entry.findtext("a:id", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert len(set(ids)) == len(ids)


def test_the_feed_holds_published_issues_newest_first(library: Library, issue: Issue) -> None:
    required(atom(feed_of(library, BASE, "en", [])))
    put(library, review("bell", "Rings \x07 twice \ufffe", summary="It rang\x00."))
    second = library.issues.create(changes_since(library, issue.digest.until), "A \x08 second", "ann")
    assert len(atom(feed_of(library, BASE, "en")).findall("a:entry", ATOM)) == 1, "a draft is not in it"
    library.issues.publish(second.number, 1, "ann")
    first = atom(feed_of(library, BASE, "en"))
    required(first)
    titles = [entry.findtext("a:title", "", ATOM) for entry in first.findall("a:entry", ATOM)]
    assert titles == ["A \ufffd second", "Wöchentliches & <mehr>"]
    content = first.findtext("a:entry[2]/a:content", "", ATOM)
    assert "script" not in Tags(content).tags
    again = atom(feed_of(library, BASE, "de"))
    assert [each.text for each in again.iterfind(".//a:id", ATOM)] == [each.text for each in first.iterfind(".//a:id", ATOM)]


def test_a_digest_that_is_no_issue_is_a_feed_of_one_entry(library: Library) -> None:
    put(library, review("mice", "On mice", summary="Mice ran."))
    view = view_digest(changes_since(library, 0), library, "en", base=BASE)
    feed = atom(feed_of_view(library, view, "2026-01-02T03:04:05Z"))
    required(feed)
    assert feed.findtext("a:updated", "", ATOM) == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize(("status", "said"), [(Status.RETRACTED, "It has been retracted since this issue."), (Status.WITHDRAWN, "It has been withdrawn since")])
def test_an_issue_tells_what_became_of_its_records_since(library: Library, issue: Issue, status: Status, said: str) -> None:
    library.set_status("mice", status)
    view = view_issue(library.issues.get(issue.number), library, "en")
    (shown,) = view.sections[0].entries
    assert shown.quote == ""
    assert any(said in warning for warning in shown.warnings)
    assert shown.link == "/review/mice"
    assert shown.entry.cited is not None, "what was published is kept"
