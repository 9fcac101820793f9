"""Markdown as people write it in notes and comments, as HTML that can do no harm: no raw HTML, no pictures, no addresses but of the web and of mail."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = frozenset("p br strong em s code pre blockquote ul ol li a hr table thead tbody tr th td".split())


def markdown_html(text: str) -> str:
    """The text as HTML, safe to put into a page as it is."""
    import nh3

    made = _parser().render(text)
    return nh3.clean(made, tags=set(_TAGS), attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener noreferrer nofollow")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")

    def opened(*_: Any) -> str:
        return "<p><strong>"  # a heading of a note is none of the page it stands on

    def closed(*_: Any) -> str:
        return "</strong></p>\n"

    parser.add_render_rule("heading_open", opened)
    parser.add_render_rule("heading_close", closed)
    return parser
