"""Compares the sample collection with the facts it was made from: no figure missing, none new, and the bibliographic values as given.

Run: python benchmarks/check_sample.py ../shared/data/review_facts.jsonl (its notes, `review_facts_notes.json`, lie beside it)
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus import Review
from corpus.identity import clean_doi
from corpus.importing import Draft, markdown
from corpus.text import fold

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"
#: Names that have digits in them and say no quantity: substances, receptors.
_NAMES = re.compile(
    r"\b(?:\d(?:,\d)*-(?:MeO|HT|[Hh]ydroxy|[Mm]ethoxy|[Dd]imethoxy|[Mm]ethylenedioxy|[Bb]romo)[\w,-]*|2C-[A-Z]\w*|25[A-Z]-NBOMe|[A-Za-z]+\d[A-Z]\w*)"
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def figures(texts: Iterable[str]) -> set[str]:
    """Every number written in digits, with thousands' commas left out; digits in the names of substances and receptors are none."""
    return {_plain(match[0]) for text in texts for match in _FIGURE.finditer(_NAMES.sub(" ", text))}


def _plain(figure: str) -> str:
    return figure.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", figure) else figure


def problems_of(record: Review, facts: dict[str, Any], unconfirmed: str) -> Iterator[str]:
    """What differs between a record and its facts."""
    ours, theirs = figures([*record.findings, *record.limits]), figures([*facts["facts"], *facts["limits"]])
    if ours - theirs:
        yield f"figures that the facts do not have: {', '.join(sorted(ours - theirs))}"
    if theirs - ours:
        yield f"figures of the facts that are missing: {', '.join(sorted(theirs - ours))}"
    new = figures([record.summary]) - theirs - {str(facts["year"])}
    if new:
        yield f"figures in the summary that the facts do not have: {', '.join(sorted(new))}"
    for field in ("year", "journal", "doi", "pmid"):
        own, given = getattr(record, field) or None, facts[field]
        same = own == (clean_doi(given) if field == "doi" and given else given)
        if not same and (own is not None or not re.search(rf"\b{field}\b", unconfirmed)):
            yield f"{field} is {own!r}, in the facts {given!r}"
    names = facts["authors"] or []
    if len(record.authors) != len(names) or any(fold(name.family) not in fold(given) for name, given in zip(record.authors, names, strict=False)):
        yield f"the authors are {'; '.join(name.family for name in record.authors)}, in the facts {'; '.join(names)}"
    if record.authors_partial != facts["authors_partial"]:
        yield f"authors_partial is {record.authors_partial}"
    if bool(record.notices) != bool(facts["notice"]):
        yield f"{len(record.notices)} notices, in the facts {facts['notice']!r}"


def main(facts_path: Path) -> int:
    """Print every problem and return how many there are."""
    facts = {entry["title"]: entry for entry in map(json.loads, facts_path.read_text(encoding="utf-8").splitlines())}
    notes = json.loads(facts_path.with_name("review_facts_notes.json").read_text(encoding="utf-8"))
    unconfirmed = {entry["title"]: " ".join([*entry.get("not_confirmed", ()), *entry.get("notes", ())]) for entry in notes}
    read = [parsed for path in sorted(SAMPLE.iterdir()) for parsed in markdown.parse(path.read_text(encoding="utf-8"))]
    records = [parsed.review for parsed in read if isinstance(parsed, Draft)]
    found = [("sample", parsed.reason) for parsed in read if not isinstance(parsed, Draft)]
    for record in records:
        given = facts.get(record.title)
        texts = problems_of(record, given, unconfirmed.get(record.title, "")) if given else ["no facts have its title"]
        found += [(record.id, text) for text in texts]
    found += [("sample", f"nothing is made of {title!r}") for title in facts.keys() - {record.title for record in records}]
    noted = [record.id for record in records if record.notices]
    if len(noted) != 1:
        found.append(("sample", f"{len(noted)} records have notices"))
    for where, text in found:
        print(f"{where}: {text}")
    print(f"{len(records)} records, {len(facts)} facts, {len(found)} problems")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1])), 1))
