"""What the Library page shows, as its address has it: `/library?q=words&f=year>=2020&f=topics=sleep&sort=title&start=50`.

The filters are written as `--filter` takes them, so that an address, a saved search and a command say the same thing in the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from corpus import SORTS

#: The order of a search by words, and every order there is.
BEST = "best"
ORDERS = (BEST, *SORTS, *(f"-{name}" for name in SORTS))
#: Records on a page.
SIZE = 25
_MOST_FILTERS, _LONGEST = 40, 2_000


@dataclass(frozen=True)
class State:
    """What is looked for (`words` may be ""), what is let through, in which order, from which record on (0 is the first)."""

    words: str = ""
    chosen: tuple[str, ...] = ()
    sort: str = ""
    start: int = 0

    @classmethod
    def of(cls, query: str) -> State:
        """The state that an address has; whatever it says, this gives one."""
        pairs = parse_qsl(query.strip().removeprefix("?")[: 4 * _LONGEST])
        words = next((" ".join(value.split())[:_LONGEST] for name, value in pairs if name == "q"), "")
        chosen = tuple(dict.fromkeys(value.strip() for name, value in pairs if name == "f" and value.strip()))[:_MOST_FILTERS]
        sort = next((value for name, value in pairs if name == "sort" and value in ORDERS), "")
        start = next((int(value) for name, value in pairs if name == "start" and value.isdecimal() and len(value) < 9), 0)
        return cls(words, chosen, sort if words or sort != BEST else "", start)

    def query(self) -> str:
        """The state as the part of an address from `?` on, "" for the plain page."""
        pairs = [*([("q", self.words)] if self.words else []), *(("f", each) for each in self.chosen)]
        pairs += [*([("sort", self.sort)] if self.sort else []), *([("start", str(self.start))] if self.start else [])]
        return f"?{urlencode(pairs, safe='=|<>:~!')}" if pairs else ""

    def filters(self) -> list[str]:
        """The filters as people write them."""
        return list(self.chosen)

    def values(self, name: str) -> list[str]:
        """The values of a facet (or status) that are let through."""
        found = next((each for each in self.chosen if each.startswith(f"{name}=")), "")
        return [value.strip() for value in found.partition("=")[2].split("|") if value.strip()]

    def year(self, sign: str) -> int:
        """The year after `year>=` or `year<=`, 0 where there is none."""
        text = next((each.removeprefix(f"year{sign}") for each in self.chosen if each.startswith(f"year{sign}")), "")
        return int(text) if text.isdecimal() else 0

    def with_values(self, name: str, values: Sequence[str]) -> State:
        """Only these values of a facet let through, all where there are none; from the first record on."""
        rest = [each for each in self.chosen if not each.startswith(f"{name}=")]
        return replace(self, chosen=(*rest, f"{name}={'|'.join(values)}") if values else tuple(rest), start=0)

    def toggled(self, name: str, value: str) -> State:
        """One value of a facet let through too, or no more."""
        kept = self.values(name)
        return self.with_values(name, [each for each in kept if each != value] if value in kept else [*kept, value])

    def with_year(self, sign: str, year: int) -> State:
        """From or to a year; 0 for any."""
        rest = tuple(each for each in self.chosen if not each.startswith(f"year{sign}"))
        return replace(self, chosen=(*rest, f"year{sign}{year}") if year else rest, start=0)

    def without(self, text: str) -> State:
        """One filter taken away."""
        return replace(self, chosen=tuple(each for each in self.chosen if each != text), start=0)

    def at(self, start: int) -> State:
        """Another page of the same."""
        return replace(self, start=max(0, start))
