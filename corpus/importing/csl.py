"""The form of a CSL-JSON item: names are lists of parts, dates have numbers, all else that has one value is text."""

from __future__ import annotations

from typing import Any

from corpus.importing.names import person

#: The CSL variables that hold people (CSL 1.0.2).
NAMES = frozenset(
    """author chair collection-editor compiler composer container-author contributor curator director editor editorial-director executive-producer
    guest host illustrator interviewer narrator organizer original-author performer producer recipient reviewed-author script-writer series-creator
    translator""".split()
)
#: The CSL variables that hold dates.
DATES = frozenset({"accessed", "available-date", "event-date", "issued", "original-date", "submitted"})
_NAME_PARTS = ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle")


def sound(item: dict[str, Any]) -> dict[str, Any]:
    """The item with every value of the form CSL gives it; what has another form is mended where its meaning is plain, else left out."""
    made: dict[str, Any] = {}
    for key, value in item.items():
        kept: Any = value
        if key in NAMES:
            kept = _names(value)
        elif key in DATES:
            kept = _date(value)
        elif isinstance(value, list) and key not in ("categories", "custom"):
            texts = [str(entry) for entry in value if isinstance(entry, str | int | float)]
            kept = (" ".join(texts) if key.startswith("title") else texts[0]) if texts else None
        elif isinstance(value, bool | int | float):
            kept = str(value)
        if kept not in (None, "", [], {}):
            made[str(key)] = kept
    return made


def _names(value: Any) -> list[dict[str, str]]:
    names = []
    for entry in value if isinstance(value, list | tuple) else [value]:
        if isinstance(entry, str) and entry.strip():
            names.append(person(entry) or {"literal": entry})
        elif isinstance(entry, dict):
            name = {part: str(entry[part]) for part in _NAME_PARTS if entry.get(part) not in (None, "", [], {})}
            if "family" not in name and "literal" not in name and (whole := name.get("given") or entry.get("name")):  # Crossref's bodies have a name
                name = {"literal": str(whole)}
            if name:
                names.append(name)
    return names


def _date(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return {"literal": str(value)} if isinstance(value, str | int) and not isinstance(value, bool) else None
    made = {str(key): entry for key, entry in value.items() if key != "date-parts" and isinstance(entry, str | int | bool)}
    spans = value.get("date-parts")
    parts = [numbers for span in spans if (numbers := _numbers(span))] if isinstance(spans, list) else []
    return {**made, "date-parts": parts} if parts else made or None


def _numbers(span: Any) -> list[int]:
    numbers: list[int] = []
    for part in span if isinstance(span, list | tuple) else [span]:
        text = str(part).strip()
        if not text.lstrip("-").isdecimal() or len(text) > 5 or (not numbers and not int(text)):
            break
        numbers.append(int(text))
    return numbers[:3]
