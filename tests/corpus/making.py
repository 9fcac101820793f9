"""What several test files make: reviews, edits of text, nasty text, small libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def _key() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(["authors", "authors_partial", "title", "null", "1e3", "csl", "topics", "a b", ": x", "-", "kind"]), nasty(3)).map(
        lambda text: normalise(text).strip() or "none"
    )


def _tables() -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(_key(), st.lists(nasty(4), min_size=1, max_size=2), max_size=2)


def _csl() -> st.SearchStrategy[dict[str, Any]]:
    part = nasty(3).filter(lambda text: bool(normalise(text)))
    name = st.one_of(
        st.fixed_dictionaries({"family": part}, optional={"given": part, "suffix": part, "non-dropping-particle": part}),
        st.fixed_dictionaries({"literal": part}),
    )
    parts = st.one_of(
        st.tuples(st.integers(1000, 2100)), st.tuples(st.integers(-300, 2100).filter(bool), st.integers(1, 12)), st.tuples(*[st.integers(1, 12)] * 3)
    )
    issued = st.fixed_dictionaries({"date-parts": parts.map(lambda numbers: [list(numbers)])}, optional={"literal": part})
    return st.fixed_dictionaries(
        {},
        optional={
            "title": part,
            "type": st.sampled_from(["article-journal", "book", "chapter", "thesis"]),
            "author": st.lists(name, min_size=1, max_size=3),
            "issued": issued,
            "container-title": part,
            "DOI": st.sampled_from(["10.1000/abc", "10.1016/(sici)1-2", "10.1234/é"]),
            "PMID": st.integers(1, 99_999_999).map(str),
            "volume": part,
            "page": part,
            "language": part,
            "editor": st.lists(name, min_size=1, max_size=2),
            "note": part,
        },
    )


@st.composite
def reviews(draw: st.DrawFn, ids: st.SearchStrategy[str] = IDS) -> Review:
    """A record as an importer makes it, with nasty text in every field."""
    titles = draw(st.lists(nasty(3), max_size=3))
    made = build(
        1,
        1,
        id=draw(ids),
        csl=make_csl(draw(_csl())),
        status=draw(st.sampled_from(["current", "current", "withdrawn", "retracted"])),
        notices=draw(st.lists(st.builds(lambda text: {"type": "concern", "date": "2024-05-01", "text": normalise(text)}, nasty(3)), max_size=1)),
        authors_partial=draw(st.booleans()),
        summary=draw(nasty()) or "Something.",
        abstract=draw(nasty()),
        findings=draw(st.lists(nasty(), max_size=3)),
        limits=draw(st.lists(nasty(), max_size=2)),
        sections=[draw(nasty()) for _ in titles],
        section_titles=titles,
        keywords=draw(st.lists(nasty(3), max_size=2)),
        facets={name: values for name, values in draw(_tables()).items() if any(normalise(value).strip() for value in values)},
        access=draw(st.sampled_from(["open", "members", "snippet"])),
        extra=draw(_tables()),
        alternatives=draw(_tables()),
    )
    if not isinstance(made, Draft):
        raise TypeError(made.reason)
    return made.review


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


def write_files(folder: Path, files: dict[str, str | bytes]) -> list[Path]:
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
