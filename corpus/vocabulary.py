"""The controlled vocabulary: facets, their values, and the other words people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from corpus.text import fold

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Vocabulary:
    """`values` lists each facet's values; `synonyms` maps facet -> value -> other words for it."""

    values: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, Mapping[str, tuple[str, ...]]]
    _folded: Mapping[str, Mapping[str, str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folded: dict[str, dict[str, str]] = {}
        for facet, values in self.values.items():
            table = {fold(value): value for value in values}
            for value, others in self.synonyms.get(facet, {}).items():
                for other in others:
                    table.setdefault(fold(other), value)
            folded[facet] = table
        object.__setattr__(self, "_folded", folded)

    @classmethod
    def from_dict(cls, table: Mapping[str, Mapping[str, Iterable[str]]]) -> Vocabulary:
        """The vocabulary of a table facet -> value -> other words: the reverse of `as_dict`."""
        words = {facet: {value: tuple(others) for value, others in values.items()} for facet, values in table.items()}
        synonyms = {facet: {value: others for value, others in values.items() if others} for facet, values in words.items()}
        return cls({facet: tuple(values) for facet, values in words.items()}, {facet: table for facet, table in synonyms.items() if table})

    def as_dict(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """As a table facet -> value -> other words, in order."""
        return {facet: {value: self.spellings(facet, value)[1:] for value in values} for facet, values in self.values.items()}

    def canonical(self, facet: str, text: str) -> str | None:
        """The vocabulary's value for what someone wrote, or None where the vocabulary does not know it."""
        return self._folded.get(facet, {}).get(fold(text.strip()))

    def facets_of(self, keyword: str) -> list[tuple[str, str]]:
        """Every (facet, value) that a free keyword stands for."""
        folded = fold(keyword.strip())
        return [(facet, table[folded]) for facet, table in self._folded.items() if folded in table]

    def spellings(self, facet: str, value: str) -> tuple[str, ...]:
        """The value and all other words for it."""
        return (value, *self.synonyms.get(facet, {}).get(value, ()))

    def map_facets(self, facets: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """Facets with every known spelling replaced by the vocabulary's value; unknown values stay as they are."""
        return {
            name: tuple(dict.fromkeys(self.canonical(name, value) or value.strip() for value in values if value.strip())) for name, values in facets.items()
        }

    def from_keywords(self, keywords: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The facets that free keywords give, by exact (folded) match only."""
        found: dict[str, list[str]] = {}
        for keyword in keywords:
            for facet, value in self.facets_of(keyword):
                found.setdefault(facet, []).append(value)
        return {facet: tuple(dict.fromkeys(values)) for facet, values in found.items()}

    def pick(self, facet: str, text: str) -> list[str]:
        """The facet's values whose spellings stand in a text as whole words, in their order there; the longest spelling wins."""
        spellings = sorted(((word, value) for value in self.values.get(facet, ()) for word in self.spellings(facet, value)), key=lambda pair: -len(pair[0]))
        found: dict[str, int] = {}
        for word, value in spellings:
            match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            if match:
                found[value] = min(found.get(value, match.start()), match.start())
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        return sorted(found, key=lambda value: found[value])


@cache
def default_vocabulary() -> Vocabulary:
    """The vocabulary that ships with the sample collection."""
    return load_vocabulary(_FOLDER / "vocabulary.yaml", _FOLDER / "synonyms.yaml")


def load_vocabulary(values: Path, synonyms: Path) -> Vocabulary:
    """Read a vocabulary from its two YAML files."""
    import yaml

    def read(path: Path) -> Any:
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - the base loader makes nothing but texts, lists and dicts

    return Vocabulary(
        values={facet: tuple(names) for facet, names in read(values).items()},
        synonyms={facet: {value: tuple(others) for value, others in table.items()} for facet, table in read(synonyms).items()},
    )
