"""No bytes make an importer raise or hang, and every record it finds has its number. 2,000 inputs and more."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Library
from corpus.importing import Draft, import_files
from corpus.importing.detect import PARSERS, detect
from corpus.importing.document import Document
from corpus.importing.intake import Upload
from corpus.importing.tex import plain

from .samples import ALL, OVID_LABELLED

FUZZ = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
SEEDS = [text.encode() for text in [*ALL.values(), OVID_LABELLED]]
SEEDS += [b"---\ntitle: T\nauthors:\n- family: Doe\n---\n\n## Abstract\n\nText\n", b'{"title": "T", "authors": [{"family": "Doe"}], "year": 2001}\n']
#: What formats are made of, to be put together in ways they are not.
PIECES = [
    b"TY  - JOUR\n", b"ER  - \n", b"AU  - ", b"TI  - ", b"PY  - 2001\n", b"%0 Book\n", b"%T ", b"%A x\n", b"PMID- 1\n", b"      ",
    b"PT J\n", b"<1>\n", b"RT Book\n", b"@article{a,", b"title={", b"}", b"{", b'"', b"=", b",", b"#", b"\\'", b"\\", b"$",
    b"<PubmedArticle>", b"</PubmedArticle>", b"<record>", b"</record>", b"<ref-type>", b"<rdf:RDF>", b"<article>", b"<front/>",
    b"</article>", b"&", b"&#0;", b"&x;", b"<![CDATA[", b"]]>", b"<!--", b"<!ENTITY a 'b'>", b"title,year\n", b"title\tauthors\n", b"[",
    b"]", b'{"type":', b'"a"', b"null", b"1e999", b"-", b"%PDF-1.4\n", b"\n", b"\r", b"\n\n", b" ", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xe9", b"\x81\x30", b"et al.", b"10.1000/x", b"9" * 30, b"---\n", b"a: &a [*a]\n", "é中😀\u202e".encode(), b"\xed\xa0\x80",
    b"2001-99-99",
]  # fmt: skip


def read(content: bytes) -> int:
    """Read content as a file of unknown kind, then by every parser whatever it is; returns how many records were found."""
    document = Document(content)
    kind = detect(document)
    found = 0
    for name in [kind] if kind else ["ris", "csv", "bibtex", "nbib"]:
        numbers = [(entry.record, entry.line) for entry in PARSERS[name](document)]
        assert all(record >= 0 and line >= 0 for record, line in numbers)
        assert [record for record, _ in numbers if record] == list(range(1, sum(bool(record) for record, _ in numbers) + 1))
        found += len(numbers)
    return found


@settings(FUZZ, max_examples=400)
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    read(content)


@settings(FUZZ, max_examples=700)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES), st.text(max_size=8).map(lambda text: text.encode(errors="replace"))), max_size=40))
def test_pieces_of_formats_put_together_wrongly(pieces: list[bytes]) -> None:
    read(b"".join(pieces))


@settings(FUZZ, max_examples=700)
@given(st.data())
def test_good_files_spoilt(data: st.DataObject) -> None:
    read(_spoilt(data.draw(st.sampled_from(SEEDS)), random.Random(data.draw(st.integers(0, 2**32)))))


@settings(FUZZ, max_examples=200)
@given(st.text(alphabet=st.one_of(st.sampled_from("\\{}$~^_'\"`-%&ocuvH "), st.characters()), max_size=60))
def test_any_tex(text: str) -> None:
    assert isinstance(plain(text), str)


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    """Content with bytes lost, doubled, exchanged, and pieces of other formats put in."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(made) + 1)
        length = chance.choice([1, 1, 2, 5, 20, 200])
        match chance.randrange(5):
            case 0:
                del made[at : at + length]
            case 1:
                made[at:at] = made[at : at + length]
            case 2:
                made[at:at] = bytes(chance.randrange(256) for _ in range(min(length, 5)))
            case 3:
                made[at:at] = chance.choice(PIECES)
            case _:
                made[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(made)


def _real(shared: Path) -> Iterator[tuple[str, bytes]]:
    for path in [*sorted((shared / "imports").iterdir()), shared / "fulltext/PMC4030328.nxml"]:
        if path.is_file() and path.name != "manifest.json":
            yield path.name, path.read_bytes()[:12_000]


def test_real_files_spoilt(shared: Path) -> None:
    chance = random.Random(7)
    found = 0
    for _, content in _real(shared):
        for _ in range(8):
            found += read(_spoilt(content, chance))
    assert found > 500


def test_spoilt_files_are_imported_and_accounted_for(library: Library) -> None:
    """The whole way into the library: nothing is raised, and the report adds up."""
    chance = random.Random(11)
    uploads = [Upload(f"{number}.txt", _spoilt(SEEDS[number % len(SEEDS)], chance)) for number in range(80)]
    report = import_files(library, uploads).as_dict()
    assert report["read"] == report["added"] + report["updated"] + report["unchanged"] + report["duplicates"] + report["skipped"]
    assert report["added"] + report["duplicates"] + report["updated"] > 80
    assert library.count() == report["added"]


LONG = 60_000
PATHOLOGICAL = {
    "spaces": b"TY  - JOUR\nTI  - a" + b" " * LONG + b"b\nAU  - x" + b" " * LONG + b"y\nER  - ",
    "blank lines": b"\n" * LONG + b"TY  - JOUR\nTI  - T\n" + b"\n" * LONG,
    "lines": b"TY  - JOUR\nN1  - x\n" + b"more\n" * LONG,
    "tags": b"TY  - JOUR\n" + b"KW  - k\nAU  - A, B\nL2  - x\n" * (LONG // 5),
    "records": b"TY  - JOUR\n" * (LONG // 10),
    "commas": b"TY  - JOUR\nAU  - " + b"," * LONG + b"\nER  - ",
    "dots": b"title,authors\nT," + b"A." * LONG,
    "newlines": b'title,authors\nT,"' + b"\n" * LONG + b'x"\n',
    "quotes": b"title,year\n" + b'"' * LONG,
    "open quotes": b"title,year\n" + b'"a,b\n' * (LONG // 10),
    "braces": b"@article{a, title={" + b"{" * LONG,
    "open braces": b"@article{a,\n" + b"x={\n" * (LONG // 5),
    "spaces in keys": b"@article{" + b" " * LONG + b"x",
    "entries": b"@article{a,\n" * (LONG // 10),
    "backslashes": b"@article{a, title={" + b"\\" * LONG + b"}}",
    "dollars": b"@article{a, title={" + b"$" * LONG + b"}}",
    "ands": b"@article{a, author={" + b" and " * LONG + b"}}",
    "cdata": b"<xml><records><record><ref-type>1</ref-type>" + b"<![CDATA[" * (LONG // 5) + b"</record>",
    "record tags": b"<records><ref-type>" + b"<record>" * (LONG // 5),
    "article tags": b"<article>" * (LONG // 5) + b"<front/>",
    "depth": b"<article><front/><body>" + b"<sec>" * (LONG // 5),
    "brackets": b"[" * LONG,
    "closed depth": b"<article><front/><body>" + b"<sec>" * 5000 + b"</sec>" * 5000 + b"</body></article>",
    "objects": b'[{"type":' * (LONG // 5),
    "items": b"[" + b"{\n" * LONG,
    "ampersands": b"<PubmedArticle>" + b"&" * LONG + b"</PubmedArticle>",
    "ovid brackets": b"<1>\nVN  - Ovid\nTI  - " + b"[" * LONG + b"\nAU  - " + b"[" * LONG + b"\nSO  - " + b"x " * LONG,
    "rules": b"---\ntitle: x\n" * (LONG // 15),
    "heading": b"---\ntitle: x\n---\n## " + b" " * LONG + b"x",
    "one line": b"x" * 500_000,
    "latin": b"a,b;" + b"\xe9" * LONG,
    "digits": b"TY  - JOUR\nPY  - " + b"1" * LONG + b"\nSN  - " + b"1" * LONG + b"\nDO  - 10.1000/" + b"(" * LONG + b"\nSP  - " + b"1-" * LONG + b"\nER  - ",
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_hang(name: str) -> None:
    """Inputs on which a careless pattern takes the square of their length: each is read in the time of its length."""
    begun = time.process_time()
    read(PATHOLOGICAL[name])
    assert time.process_time() - begun < 5


def test_what_is_held_does_not_grow_with_the_file() -> None:
    """A file is read record by record."""
    import tracemalloc

    record = ["TY  - JOUR", "TI  - A title of usual length, for a paper on sleep", "AU  - Doe, Jane", "PY  - 2001", "AB  - " + "word " * 100, "ER  - ", ""]
    lines = (line for number in range(1500) for line in [*record[:1], f"ID  - {number}", *record[1:]])
    tracemalloc.start()
    try:
        from corpus.importing import ris

        count = sum(isinstance(entry, Draft) for entry in ris.parse(lines))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1500
    assert peak < 2_000_000
