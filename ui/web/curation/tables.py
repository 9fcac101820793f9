"""Tables of the librarian's page, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.web.rendering import escape


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """An HTML table; the last `numbers` columns hold numbers."""
    first = len(heads) - numbers

    def cell(tag: str, at: int, text: str) -> str:
        return f"<{tag}{' class=fl-num' if at >= first else ''}>{escape(text)}</{tag}>"

    head = "".join(cell("th", at, text) for at, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', at, text) for at, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="fl-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
