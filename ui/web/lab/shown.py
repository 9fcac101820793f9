"""What the lab's tabs show: tables that scroll in a box of their own, figures, and lines about what was done or could not be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from corpus import FlorilegiumError
from ui.texts import say
from ui.web.rendering import escape, fault_html


def cell(value: object) -> str:
    """A value as HTML: escaped, unless it is Markup."""
    return str(value) if isinstance(value, Markup) else escape(str(value))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: int = 0, caption: str = "") -> str:
    """An HTML table in a box that scrolls; the last `numbers` columns hold numbers. Cells are text or Markup."""
    first = len(heads) - numbers

    def number(at: int) -> str:
        return ' class="fl-num"' if at >= first else ""

    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col"{number(at)}>{escape(text)}</th>' for at, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(f'<td{number(at)}>{cell(value)}</td>' for at, value in enumerate(row))}</tr>" for row in rows)
    label = escape(caption or " · ".join(heads[:2]))
    box = f'<div class="fl-table" tabindex="0" role="region" aria-label="{label}">'
    return f"{box}<table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def link(address: str, text: str, *, new: bool = False) -> Markup:
    """A link as a table's cell."""
    aim = ' target="_blank"' if new else ""
    return Markup('<a class="fl-record" href="{}"{}>{}</a>').format(address, Markup(aim), Markup(escape(text)))  # noqa: S704 - `escape` has escaped it


def record_link(review_id: str, title: str = "") -> Markup:
    """A link to a record's page."""
    return link(f"/review/{quote(review_id)}", title or review_id, new=True)


def address(path: str, **values: object) -> str:
    """A path of this site with a query; empty values are left out."""
    return f"{path}?{urlencode({name: str(value) for name, value in values.items() if value not in (None, '', False)})}"


def note(text: str) -> str:
    """A quiet line."""
    return f'<p class="fl-note">{escape(text)}</p>'


def ending(text: str, links: Iterable[Markup]) -> str:
    """A quiet line that ends in links."""
    return note(text).removesuffix("</p>") + " " + " · ".join(links) + "</p>"


def heading(text: str) -> str:
    """A heading within a tab."""
    return f'<h2 class="fl-h2">{escape(text)}</h2>'


def lead(text: str) -> str:
    """A line that says what was done, or what matters most."""
    return f'<p class="fl-lead-line"><strong>{escape(text)}</strong></p>'


def lines(texts: Iterable[str]) -> str:
    """Some lines as a list; nothing for none."""
    each = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul class="fl-lines">{each}</ul>' if each else ""


def done(act: Callable[[], str]) -> str:
    """Do it; what `act` says as a line, or the fault."""
    try:
        return lead(act())
    except FlorilegiumError as error:
        return fault_html(str(error))


def figure(value: float | None, digits: int = 3) -> str:
    """A figure as the reader's language writes it; a dash for none."""
    return say("lab.none") if value is None else decimal(value, digits)


def decimal(value: float, digits: int = 3, *, sign: bool = False) -> str:
    """A number with so many decimals in the reader's language."""
    from babel.numbers import format_decimal

    from ui.texts import locale_now

    zeros = "0" * digits
    return str(format_decimal(value, format=f"+#,##0.{zeros};-#,##0.{zeros}" if sign else f"#,##0.{zeros}", locale=locale_now()))
