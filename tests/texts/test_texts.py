"""What the pages say: the same in every language, all of it used, none of it missing."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import Headers

from tests.conftest import ROOT
from ui.texts import LOCALES, Reader, day, dictionaries, facet_name, label, locale_of, moment, reader_of, reading, said, say, spoken

_NAMED = re.compile(r"""\b(?:say|label|said)\(\s*["']([^"'{]+)["'](?!\s*~)""")
_MADE = re.compile(r"""(?:f["']|["'])([a-z]+\.[a-z_]*)(?:\{|["']\s*~)""")


def sources() -> str:
    files = [path for ending in ("*.py", "*.html", "*.js") for path in (ROOT / "ui").rglob(ending)]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def texts(locale: str) -> dict[str, str | dict[str, str]]:
    return {f"{page}.{thing}": text for page, things in dictionaries()[locale].items() for thing, text in things.items()}


def forms(text: str | dict[str, str]) -> dict[str, str]:
    return text if isinstance(text, dict) else {"": text}


def places(text: str | dict[str, str]) -> set[str]:
    """The values that a text takes; `count` may be spelt out in the singular."""
    named = {name for form in forms(text).values() for _, name, _, _ in string.Formatter().parse(form) if name}
    return named | {"count"} if isinstance(text, dict) else named


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en"])
def test_every_language_says_everything_with_the_same_values(locale: str) -> None:
    english, other = texts("en"), texts(locale)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert isinstance(text, dict) == isinstance(other[key], dict), key
        assert forms(text).keys() == forms(other[key]).keys(), key
        assert places(text) == places(other[key]), key
        assert all(form.strip() for form in forms(other[key]).values()), key


def test_every_key_is_used_and_every_key_that_is_used_is_there() -> None:
    source, known = sources(), texts("en")
    named = set(_NAMED.findall(source))
    assert named - known.keys() == set()
    made = {prefix for prefix in _MADE.findall(source) if prefix.split(".")[0] in dictionaries()["en"]}
    prefixes = (*made, "facet.")  # `facet_name` looks facets up by their name
    assert [key for key in known if not key.startswith(prefixes) and f'"{key}"' not in source and f"'{key}'" not in source] == []
    assert [prefix for prefix in made if not any(key.startswith(prefix) for key in known)] == []


def test_keys_stand_in_order_so_that_two_who_add_one_meet_nowhere() -> None:
    for locale in LOCALES:
        lines = Path(ROOT / "ui" / "texts" / f"{locale}.yaml").read_text(encoding="utf-8").splitlines()
        pages = [line.rstrip(":") for line in lines if re.match(r"[a-z]", line)]
        assert pages == sorted(pages)


def test_numbers_dates_and_plurals_are_those_of_the_language() -> None:
    assert say("ask.matching", "en", count=1) == "1 record"
    assert say("ask.matching", "en", count=1234) == "1,234 records"
    assert say("ask.matching", "de", count=1) == "1 Eintrag"
    assert say("ask.matching", "de", count=1234) == "1.234 Einträge"
    assert day("2026-03-05", "en") == "5 Mar 2026"
    assert day(date(2026, 3, 5), "de") == "05.03.2026"
    assert facet_name("topics", "de") == "Thema"
    assert facet_name("study_design") == "Study design"
    with pytest.raises(KeyError):
        say("ask.matching_nothing")


def test_an_instant_is_told_in_the_readers_zone() -> None:
    at = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert moment(at, "en") == "31 Jan 2026, 23:30 UTC"
    assert moment("2026-01-31T23:30:00+00:00", "de") == "31.01.2026, 23:30 UTC"
    with reading(Reader("de", ZoneInfo("Europe/Berlin"))):
        assert moment(at) == "01.02.2026, 00:30"
        assert say("site.page_curate") == "Pflegen"
    assert say("site.page_curate") == "Curate"


class Asked:
    """A request as far as its language goes."""

    def __init__(self, lang: str = "", **headers: str) -> None:
        self.headers = Headers({name.replace("_", "-"): value for name, value in headers.items()})
        self.query_params = {"lang": lang} if lang else {}


@pytest.mark.parametrize(
    ("request_", "locale"),
    [
        (Asked(), "en"),
        (Asked(accept_language="de-AT,de;q=0.9,en;q=0.5"), "de"),
        (Asked(accept_language="en;q=0.4, de;q=0.8"), "de"),
        (Asked(accept_language="fr, de;q=0"), "en"),
        (Asked(accept_language=";;;q=x,\x00"), "en"),
        (Asked(cookie="other=1; florilegium_lang=de", accept_language="en"), "de"),
        (Asked(cookie="florilegium_lang=xx", accept_language="de"), "de"),
        (Asked(lang="en", cookie="florilegium_lang=de"), "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_what_the_browser_asks_for(request_: Asked, locale: str) -> None:
    assert locale_of(request_) == locale


def test_the_zone_is_what_the_browser_told() -> None:
    assert str(reader_of(Asked(cookie="florilegium_zone=Europe%2FBerlin")).zone) == "Europe/Berlin"
    for wrong in ("Nowhere/At_all", "../../etc/passwd", "%00", "/"):
        assert reader_of(Asked(cookie=f"florilegium_zone={wrong}")).zone is None


def test_what_is_made_once_for_all_is_said_when_it_goes_out() -> None:
    page = f'{{"value": "<p>{said("site.tagline")}</p> [[say:no.such]]"}}'.encode()
    assert "jeder Satz" in spoken(page, "de").decode()
    assert b"[[say:no.such]]" in spoken(page, "de")
    assert label("ask.send").key == "ask.send"
    for make in (said, label):
        with pytest.raises(KeyError):
            make("ask.matching")
