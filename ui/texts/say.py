"""Texts by key, in the reader's language, with plural forms, numbers and dates as that language writes them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from ui.texts.locale import LOCALES, locale_now, reader_now

if TYPE_CHECKING:
    from gradio.i18n import I18nData

_FOLDER = Path(__file__).parent
_SAID = re.compile(rb"\[\[say:([a-z0-9_]+\.[a-z0-9_]+)\]\]")


@cache
def dictionaries() -> dict[str, dict[str, dict[str, Any]]]:
    """All texts: language → page → thing → a text, or its forms by plural category (`one`, `other`)."""
    return {locale: yaml.safe_load((_FOLDER / f"{locale}.yaml").read_text(encoding="utf-8")) for locale in LOCALES}


def say(key: str, locale: str | None = None, /, **values: object) -> str:
    """The text of `key` ("page.thing") as plain text, not escaped, with `{name}` filled in.

    Without `locale` it is the language of the request being answered. Whole and decimal numbers and dates are written as the language writes them;
    `count` chooses the plural form. Raises KeyError for a key or a value that is missing: a test holds that none is.
    """
    locale = locale or locale_now()
    page, _, thing = key.partition(".")
    text = dictionaries()[locale][page][thing]
    if isinstance(text, Mapping):
        text = text[_form(locale, values["count"])]
    return str(text).format_map({name: _shown(value, locale) for name, value in values.items()}) if "{" in text else str(text)


def label(key: str) -> I18nData:
    """The text of `key` for a Gradio component (label, placeholder, button, tab, choice): the browser puts it in in the reader's language."""
    from gradio.i18n import I18nData

    page, _, thing = key.partition(".")
    if not isinstance(dictionaries()["en"][page][thing], str):
        raise KeyError(f"{key} has plural forms, so it cannot be a label")
    return I18nData(key)


def said(key: str) -> str:
    """The text of `key` for a piece of HTML that is made once for all readers: a mark, which `spoken` puts the text in for when the page goes out."""
    page, _, thing = key.partition(".")
    if not isinstance(dictionaries()["en"][page][thing], str):
        raise KeyError(f"{key} has plural forms, so it cannot be said once for all")
    return f"[[say:{key}]]"


def spoken(page: bytes, locale: str) -> bytes:
    """A page on its way out, its marks replaced; they stand in HTML within JSON, and the texts are escaped for both."""

    def text(match: re.Match[bytes]) -> bytes:
        name, _, thing = match[1].decode().partition(".")
        found = dictionaries()[locale].get(name, {}).get(thing)
        return json.dumps(html.escape(found), ensure_ascii=False)[1:-1].encode() if isinstance(found, str) else match[0]

    return _SAID.sub(text, page)


def moment(at: str | datetime, locale: str | None = None) -> str:
    """An instant (ISO 8601; UTC where it names no zone) in the reader's language and zone; in UTC, and saying so, where the zone is not known."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    reader = reader_now()
    there = instant.astimezone(reader.zone or UTC)
    language = _babel(locale or reader.locale)
    text = f"{format_date(there, 'medium', locale=language)}, {format_time(there, 'short', locale=language)}"
    return text if reader.zone else f"{text} UTC"


def day(at: str | date, locale: str | None = None) -> str:
    """A day (ISO 8601; the time of an instant is left out) as the reader's language writes it."""
    if isinstance(at, str):
        at = date.fromisoformat(at[:10])
    return format_date(at, "medium", locale=_babel(locale or locale_now()))


def facet_name(facet: str, locale: str | None = None) -> str:
    """A facet in words; one that did not come with the program is shown by its own name."""
    return str(dictionaries()[locale or locale_now()]["facet"].get(facet) or facet.replace("_", " ").capitalize())


@cache
def _babel(locale: str) -> Locale:
    return Locale.parse({"en": "en_GB"}.get(locale, locale))


def _form(locale: str, count: object) -> str:
    return _babel(locale).plural_form(count) if isinstance(count, int | float) else "other"


def _shown(value: object, locale: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_decimal(value, locale=_babel(locale))
    if isinstance(value, datetime):
        return moment(value, locale)
    return day(value, locale) if isinstance(value, date) else str(value)
