"""What changed between two states of a record: field by field, word by word, without loss."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from corpus.review import Notice, Review

_TOKEN = re.compile(r"\s+|[^\W_]+|[\W_]")
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
#: Beyond so many pairs of words two texts are compared by sentences: the words' table would take gigabytes.
_MOST_PAIRS = 400_000_000
#: Two list items count as one that was changed when they share at least this part of their words (0..1); else one went and another came.
_ALIKE = 0.4
_SCALARS = ("status", "access", "authors_partial", "summary", "abstract")
_LISTS = ("findings", "limits", "sections", "section_titles", "keywords", "notices")
#: CSL variables under the name they have in the command line and in the front matter of a record.
CSL_NAMES = {
    "title": "title", "author": "authors", "issued": "year", "container-title": "journal", "DOI": "doi", "PMID": "pmid", "URL": "url",
    "volume": "volume", "issue": "issue", "page": "pages", "ISSN": "issn", "language": "language", "publisher": "publisher", "type": "type",
}  # fmt: skip


class Piece(NamedTuple):
    """A run of text that both states have (`kept`), that only the older has (`removed`), or only the newer (`added`)."""

    kind: Literal["kept", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One changed field, or list item: its address in the older and in the newer state, None where it is not there.

    The kept and removed pieces joined are the older text, the kept and added ones the newer. An item that only moved has one kept piece.
    """

    was: str | None
    now: str | None
    pieces: tuple[Piece, ...]

    @property
    def field(self) -> str:
        """Where it stands now, or stood."""
        return self.now or self.was or ""

    @property
    def before(self) -> str:
        """The older text."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "added")

    @property
    def after(self) -> str:
        """The newer text."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "removed")

    def as_dict(self) -> dict[str, Any]:
        """As `history --diff --json` prints it."""
        return {"field": self.field, "was": self.was, "now": self.now, "pieces": [piece._asdict() for piece in self.pieces]}


def diff_reviews(older: Review, newer: Review) -> list[FieldDiff]:
    """Every field in which two states of a record differ, in reading order; empty when they say the same (revision and source aside)."""
    names = list(dict.fromkeys([*_fields(older), *_fields(newer)]))
    was, now = _fields(older), _fields(newer)
    found: list[FieldDiff] = []
    for name in names:
        found.extend(_diff_field(name, was.get(name), now.get(name)))
    return found


def field_texts(review: Review) -> dict[str, str]:
    """Every field of a record as text, by address: what a diff compares."""
    texts: dict[str, str] = {}
    for name, value in _fields(review).items():
        texts |= {f"{name}[{i}]": text for i, text in enumerate(_items(value))} if isinstance(value, tuple) else {name: _text(value)}
    return texts


def diff_texts(older: str, newer: str) -> tuple[Piece, ...]:
    """Two texts compared word by word; joining the pieces gives either back."""
    left, right = _tokens(older, newer)
    pieces: list[Piece] = []
    for kind, text in _tidied(_runs(left, right)):
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(kind, pieces[-1].text + text)
        elif text:
            pieces.append(Piece(kind, text))
    return tuple(pieces)


def _diff_field(name: str, older: Any, newer: Any) -> Iterator[FieldDiff]:
    if older == newer:
        return
    if isinstance(older, tuple) or isinstance(newer, tuple):
        yield from _diff_items(name, _items(older or ()), _items(newer or ()))
        return
    before, after = _text(older), _text(newer)
    if before == after:  # a number and the same number as text, say
        before, after = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (older, newer))
    yield FieldDiff(name if older is not None else None, name if newer is not None else None, diff_texts(before, after))


def _diff_items(name: str, older: Sequence[str], newer: Sequence[str]) -> Iterator[FieldDiff]:
    """Items of a list: equal ones are paired, then the most alike, then those in one place; what is left went or came."""
    pairs = _paired(older, newer)
    partner = {now: was for was, now in pairs}
    for now, text in enumerate(newer):
        was = partner.get(now)
        before = older[was] if was is not None else ""
        if was != now or before != text:
            yield FieldDiff(f"{name}[{was}]" if was is not None else None, f"{name}[{now}]", diff_texts(before, text))
    gone = set(range(len(older))) - {was for was, _ in pairs}
    for was in sorted(gone):
        yield FieldDiff(f"{name}[{was}]", None, diff_texts(older[was], ""))


def _paired(older: Sequence[str], newer: Sequence[str]) -> list[tuple[int, int]]:
    from rapidfuzz.distance import Indel

    pairs = [(i, i) for i, (before, after) in enumerate(zip(older, newer, strict=False)) if before == after]
    places: dict[str, list[int]] = {}
    taken = {i for i, _ in pairs}
    for now, text in enumerate(newer):
        if now not in taken:
            places.setdefault(text, []).append(now)
    for was, text in enumerate(older):
        if was not in taken and places.get(text):
            pairs.append((was, places[text].pop(0)))
    left = [i for i in range(len(older)) if i not in {was for was, _ in pairs}]
    right = [i for i in range(len(newer)) if i not in {now for _, now in pairs}]
    words = {text: _TOKEN.findall(text) for text in [*(older[i] for i in left), *(newer[i] for i in right)]}
    alike = [(Indel.normalized_similarity(words[older[was]], words[newer[now]]), -abs(was - now), -was, -now) for was in left for now in right]
    for likeness, _, was, now in sorted(alike, reverse=True):
        if likeness < _ALIKE:
            break
        if -was in left and -now in right:
            left.remove(-was)
            right.remove(-now)
            pairs.append((-was, -now))
    pairs += [(i, i) for i in left if i in right]  # one that was replaced
    return pairs


def _tokens(older: str, newer: str) -> tuple[list[str], list[str]]:
    left, right = _TOKEN.findall(older), _TOKEN.findall(newer)
    return (left, right) if len(left) * len(right) <= _MOST_PAIRS else (_SENTENCE.findall(older), _SENTENCE.findall(newer))


def _runs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(kept, removed, added) runs in order: one of the first alone, or the other two."""
    from rapidfuzz.distance import Indel

    removed = added = ""
    for step in Indel.opcodes(left, right):
        before, after = "".join(left[step.src_start : step.src_end]), "".join(right[step.dest_start : step.dest_end])
        if step.tag == "equal":
            if removed or added:
                yield "", removed, added
                removed = added = ""
            yield before, "", ""
        else:
            removed, added = removed + before, added + after
    if removed or added:
        yield "", removed, added


def _tidied(runs: Iterable[tuple[str, str, str]]) -> Iterator[tuple[Literal["kept", "removed", "added"], str]]:
    """Runs with kept blanks and signs between two changes taken into the change: that two sentences share a comma tells a reader nothing."""
    held = list(runs)
    removed = added = ""
    for at, (kept, gone, come) in enumerate(held):
        between = kept and 0 < at < len(held) - 1 and not re.search(r"[^\W_]", kept)
        if between:
            removed, added = removed + kept, added + kept
        elif kept:
            yield from (("removed", removed), ("added", added), ("kept", kept))
            removed = added = ""
        else:
            removed, added = removed + gone, added + come
    yield from (("removed", removed), ("added", added))


def _fields(review: Review) -> dict[str, Any]:
    """Every field that has a value, by name, in reading order: lists as tuples, all else as it is."""
    csl = dict(review.csl)
    found: dict[str, Any] = {name: csl.pop(key) for key, name in CSL_NAMES.items() if key in csl}
    if isinstance(found.get("authors"), list):
        found["authors"] = tuple(found["authors"])
    found |= {name: value for name in _SCALARS if (value := getattr(review, name))}
    found |= {name: value for name in _LISTS if (value := getattr(review, name))}
    found |= {f"facets.{name}": values for name, values in review.facets.items() if values}
    found |= {f"csl.{name}": value for name, value in csl.items()}
    for name in ("extra", "alternatives"):
        found |= {f"{name}.{key}": tuple(values) for key, values in getattr(review, name).items() if values}
    return found


def _items(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, tuple | list) else [_text(value)]


def _text(value: Any) -> str:
    """A value as a person reads it; what has no plain form, as JSON."""
    match value:
        case None:
            return ""
        case str():
            return str(value)
        case Notice():
            return f"{value.type}{f' {value.date}' if value.date else ''}: {value.text}"
        case {"date-parts": [parts]} if len(value) == 1 and parts and all(type(part) is int for part in parts):
            return "-".join(f"{part:02}" if at else str(part) for at, part in enumerate(parts))
        case Mapping() if value and value.keys() <= {"family", "given"} and _plain(value):
            return ", ".join(value[key] for key in ("family", "given") if key in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(name: Mapping[str, Any]) -> bool:
    """Whether a name in two parts can be read back from "family, given"."""
    return "family" in name and all(isinstance(part, str) and part and "," not in part for part in name.values())
