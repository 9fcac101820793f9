"""What several test files make: reviews, edits of text, nasty text, small libraries."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from corpus import Library, Review
from corpus.importing import Draft
from corpus.importing.parsing import build, make_csl
from corpus.text import normalise

#: Text that formats trip over: braces, accents (composed and not), emoji, right-to-left, rules, headings, bullets, things YAML takes for something else.
NASTY_PIECES = (
    "{", "}", "[x]", "é", "e\u0301", "Å", "ﬁ", "😀", "👩‍🔬", "שלום", "مرحبا", "中文", "\n", "\n\n", "---", "\n---\n", "## ", "### (untitled)",
    "\n## Findings\n", "- ", "\n- ", "  ", "\t", "null", "~", "1e3", "yes", "No", "true", ": x", "a: b", "#", " # no comment", "'", '"', "\\", "\\n",
    "|", ">", "&a", "*a", "!tag", "%", "@", "`", "?", ",", "…", "\u00a0", "\u2028", "\u200f", "\u0085", "\u00ad", "\ufffe", "0x1F", "1_000",
    "2018-05-01", "12:30", "<b>", "&amp;", "$x^2$", "word", "Ketamine",
)  # fmt: skip


#: Ids of the form the library gives.
IDS = st.from_regex(r"[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


def nasty(max_pieces: int = 8) -> st.SearchStrategy[str]:
    """Text as no tool writes it and some person does."""
    piece = st.one_of(st.sampled_from(NASTY_PIECES), st.text(max_size=6))
    return st.lists(piece, max_size=max_pieces).map("".join)


@st.composite
def reviews(draw: st.DrawFn, ids: st.SearchStrategy[str] = IDS) -> Review:
    """A record as an importer makes it, with nasty text in every field. Which fields it has is picked by a seed: drawing each one is slow."""
    pool = [normalise(text) for text in draw(st.lists(nasty(), min_size=1, max_size=6))]
    pick = random.Random(draw(st.integers(0, 1 << 32)))
    titles = _some(pick, pool, 3)
    made = build(
        1,
        1,
        id=draw(ids),
        csl=make_csl(_csl(pick, [text for text in pool if text] or ["x"])),
        status=pick.choice(["current", "current", "withdrawn", "retracted"]),
        notices=[{"type": "concern", "date": "2024-05-01", "text": text} for text in _some(pick, pool, 1)],
        authors_partial=pick.random() < 0.5,
        summary=pick.choice(pool) or "Something.",
        abstract=pick.choice(pool),
        findings=_some(pick, pool, 3),
        limits=_some(pick, pool, 2),
        sections=[pick.choice(pool) for _ in titles],
        section_titles=titles,
        keywords=_some(pick, pool, 2),
        facets=_table(pick, [text for text in pool if text.strip()] or ["x"]),
        access=pick.choice(["open", "members", "snippet"]),
        extra=_table(pick, pool),
        alternatives=_table(pick, pool),
    )
    if not isinstance(made, Draft):
        raise TypeError(made.reason)
    return made.review


def _some(pick: random.Random, pool: list[str], most: int) -> list[str]:
    return pick.choices(pool, k=pick.randint(0, most))


def _table(pick: random.Random, pool: list[str]) -> dict[str, list[str]]:
    names = ["authors", "authors_partial", "title", "null", "1e3", "csl", "topics", "a b", ": x", "-", "kind", *(text.strip() or "none" for text in pool)]
    return {pick.choice(names): pick.choices(pool, k=pick.randint(1, 2)) for _ in range(pick.randint(0, 2))}


def _csl(pick: random.Random, pool: list[str]) -> dict[str, Any]:
    def name() -> dict[str, str]:
        keys = pick.choice([["literal"], ["family"], ["family", "given"], ["family", "given", "suffix"], ["non-dropping-particle", "family"]])
        return {key: pick.choice(pool) for key in keys}

    date = [pick.choice([-44, 1000, 1999, 2018, 2100]), pick.randint(1, 12), pick.randint(1, 28)][: pick.randint(1, 3)]
    item: dict[str, Any] = {key: pick.choice(pool) for key in ("title", "container-title", "volume", "page", "language", "publisher", "note")}
    item |= {"type": pick.choice(["article-journal", "article-journal", "book", "thesis"]), "author": [name() for _ in range(pick.randint(1, 3))]}
    item |= {"DOI": pick.choice(["10.1000/abc", "10.1016/(sici)1-2", "10.1234/é"]), "PMID": str(pick.randint(1, 99_999_999)), "editor": [name()]}
    item["issued"] = {"date-parts": [date], **({"literal": pick.choice(pool)} if pick.random() < 0.2 else {})}
    return {key: value for key, value in item.items() if pick.random() < 0.5}


def review(review_id: str = "", title: str = "", **fields: Any) -> Review:
    """A plain record; `year`, `authors` (families), `doi`, `pmid` and `journal` go into its CSL item."""
    names = {"doi": "DOI", "pmid": "PMID", "journal": "container-title"}
    csl: dict[str, Any] = {"type": "article-journal", "title": title} | {names[key]: fields.pop(key) for key in list(fields) if key in names}
    if year := fields.pop("year", None):
        csl["issued"] = {"date-parts": [[year]]}
    if families := fields.pop("authors", None):
        csl["author"] = [{"family": family} for family in families]
    return Review.model_validate({"id": review_id, "csl": {key: value for key, value in csl.items() if value}, **fields})


def put(library: Library, *records: Review, actor: str = "local") -> int:
    """Put new records into a library in one transaction; returns its revision."""
    with library.change(actor) as change:
        for record in records:
            change.put(record, "import", new=True)
    return library.revision()


@contextmanager
def opened(folder: Path, *, create: bool = True) -> Iterator[Library]:
    """A library in a folder, closed at the end (for tests that open it several times, and for hypothesis)."""
    library = Library(f"sqlite:///{folder / 'library.sqlite'}", create=create)
    try:
        yield library
    finally:
        library.close()


def contents(library: Library) -> dict[str, dict[str, Any]]:
    """All records by id, without revisions and sources: what two libraries are compared by."""
    return {record.id: record.model_dump(exclude={"revision", "source"}) for record in library.iterate()}


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> list[Path]:
    """Files by name and content, in the order given."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return paths


def front(**fields: object) -> str:
    """A Markdown record with this front matter (JSON is YAML) and no body but `summary`."""
    import json

    summary = fields.pop("summary", "A summary of what was found.")
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in fields.items())
    return f"---\n{lines}---\n\n## Summary\n\n{summary}\n"


def ids(found: Iterable[Review]) -> list[str]:
    """The ids of records, in order."""
    return [record.id for record in found]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
