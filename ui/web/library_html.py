"""What the Library page shows, as HTML. Everything from a record or an address is escaped; what leads elsewhere on the page is a link with an address."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from corpus import Review, Status, is_withheld
from corpus.exporting import FORMATS
from ui.texts import facet_name, say
from ui.web.library_state import SIZE, State
from ui.web.library_view import Shown
from ui.web.people import Person
from ui.web.rendering import escape, fault_html

_VALUES, _MORE, _SUMMARY = 8, 60, 260


def found_html(shown: Shown) -> str:
    """How many there are, and the filters in force, each with the way to take it away."""
    state = shown.state
    if shown.fault:
        return fault_html(shown.fault)
    key = "library.best" if state.words else "library.count"
    left = f" {escape(say('ask.left_out', count=shown.left_out))}" if shown.left_out else ""
    chips = [_go(state.without(each), f"{escape(each)} ✕", "fl-chip", label=say("library.take_away", filter=each)) for each in state.chosen]
    if state.words or state.chosen:
        chips.append(_go(State(sort=state.sort if state.sort != "best" else ""), escape(say("library.clear")), "fl-clear"))
    told = f'<p class="fl-note">{escape(shown.told)}</p>' if shown.told else ""
    return f'<p class="fl-count" role="status"><strong>{escape(say(key, count=shown.total))}</strong>{left}</p><p class="fl-chips">{" ".join(chips)}</p>{told}'


def facets_html(shown: Shown) -> str:
    """The facets with their values and counts; those chosen come first and are marked."""
    return "".join(_facet(shown.state, name, values) for name, values in shown.counts.items() if values or shown.state.values(name))


def _facet(state: State, name: str, values: Any) -> str:
    chosen = state.values(name)
    counts = dict(values)
    order = [*chosen, *(value for value, _ in values if value not in chosen)]
    rows = [_value(state, name, value, counts.get(value, 0), value in chosen) for value in order[: _MORE + len(chosen)]]
    first, rest = rows[: max(_VALUES, len(chosen))], rows[max(_VALUES, len(chosen)) :]
    more = f"<details><summary>{escape(say('library.more', count=len(rest)))}</summary><ul>{''.join(rest)}</ul></details>" if rest else ""
    return f'<section class="fl-facet"><h3>{escape(facet_name(name))}</h3><ul>{"".join(first)}</ul>{more}</section>'


def _value(state: State, name: str, value: str, count: int, chosen: bool) -> str:
    inside = f'<span class="fl-box" aria-hidden="true">{"☑" if chosen else "☐"}</span> {escape(value)} <span class="fl-number">{count:,}</span>'
    return f"<li>{_go(state.toggled(name, value), inside, 'fl-value', current=chosen)}</li>"


def results_html(shown: Shown, person: Person, on_list: Collection[str] | None = None) -> str:
    """The records of a page, and the ways to the others. With `on_list` each has a button that puts it on the list chosen, or takes it off."""
    if shown.fault:
        return ""
    if not shown.reviews:
        near = "".join(f"<li>{escape(each)}</li>" for each in shown.near)
        return f'<div class="fl-none"><p>{escape(say("library.nothing"))}</p>{f"<ul>{near}</ul>" if near else ""}</div>'
    rows = "".join(_row(review, shown.hits.get(review.id), person, on_list) for review in shown.reviews)
    return f'<ol class="fl-records" start="{shown.state.start + 1}">{rows}</ol>{_pages(shown)}'


def _row(review: Review, hit: Mapping[str, Any] | None, person: Person, on_list: Collection[str] | None) -> str:
    address = f"/review/{quote(review.id)}"
    title = escape(review.title or say("record.untitled"))
    journal = f", <i>{escape(review.journal)}</i>" if review.journal else ""
    status = f' <strong class="fl-status">{escape(say(f"record.status_{review.status.value}"))}</strong>' if review.status != Status.CURRENT else ""
    notices = "".join(f' <strong class="fl-status">{escape(say(f"answer.notice_{notice.type}"))}</strong>' for notice in review.notices)
    tags = "".join(f'<span class="fl-tag">{escape(value)}</span>' for name in ("kind", "substances") for value in review.facets.get(name, ())[:3])
    pick = ""
    if on_list is not None:
        held = review.id in on_list
        said = say("library.on_list") if held else say("library.add")
        pick = f'<button type="button" class="fl-pick" data-id="{html.escape(review.id)}" aria-pressed="{str(held).lower()}">{escape(said)}</button>'
    return (
        f'<li><p class="fl-title"><a href="{html.escape(address)}">{title}</a>{status}{notices}</p>'
        f'<p class="fl-by">{escape(review.label())}{journal} {tags} {pick}</p>{_words(review, hit, person)}</li>'
    )


def _words(review: Review, hit: Mapping[str, Any] | None, person: Person) -> str:
    """The passage found, with the way to it in the record; else the curator's words."""
    if hit is None or hit["field"] == "title":
        text = review.summary or review.abstract
        return f'<p class="fl-said-of">{escape(_cut(text))}</p>' if text else ""
    place = {"at": f"{hit['field']}:{hit['start']}-{hit['end']}", "rev": str(review.revision)}
    link = f"/review/{quote(review.id)}?{urlencode(place, safe='[]:')}#marked"
    there = f' <a class="fl-there" href="{html.escape(link)}">{escape(say("library.in_record"))}</a>'
    way = "" if is_withheld(str(hit["field"]), review, person.role) else there
    return f'<p class="fl-said-of">{escape(_cut(str(hit["text"])))}{way}</p>'


def _pages(shown: Shown) -> str:
    state, last = shown.state, (shown.total - 1) // SIZE
    here = state.start // SIZE
    if not last:
        return ""
    wanted = sorted({0, here - 2, here - 1, here, here + 1, here + 2, last} & set(range(last + 1)))
    parts = [_go(state.at((here - 1) * SIZE), escape(say("library.earlier")), "fl-page")] if here else []
    for before, number in zip([-1, *wanted], wanted, strict=False):
        parts += ["…"] if number > before + 1 else []
        parts.append(_go(state.at(number * SIZE), f"{number + 1:,}", "fl-page", current=number == here))
    parts += [_go(state.at((here + 1) * SIZE), escape(say("library.later")), "fl-page")] if here < last else []
    return f'<nav class="fl-pages" aria-label="{escape(say("library.pages"))}">{" ".join(parts)}</nav>'


def export_html(state: State) -> str:
    """The form that downloads what the state selects."""
    hidden = [*([("q", state.words)] if state.words else []), *(("f", each) for each in state.chosen), *([("sort", state.sort)] if state.sort else [])]
    fields = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in hidden)
    options = "".join(f"<option>{format}</option>" for format in FORMATS)
    return (
        f'<form class="fl-export" method="get" action="/library/export">{fields}<label>{escape(say("library.export"))} '
        f'<select name="format">{options}</select></label> <button>{escape(say("library.download"))}</button></form>'
    )


def _go(state: State, inside: str, kind: str, *, current: bool = False, label: str = "") -> str:
    """A link to another state of this page. `inside` is HTML."""
    said = f' aria-label="{escape(label)}"' if label else ""
    return f'<a class="fl-go {kind}" href="/library{html.escape(state.query())}"{" aria-current=true" if current else ""}{said}>{inside}</a>'


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SUMMARY else text[:_SUMMARY].rsplit(" ", 1)[0] + " …"
