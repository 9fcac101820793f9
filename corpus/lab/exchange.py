"""Test queries and judgements as files: CSV, TREC topics and qrels, the BEIR layout. A fault is one line that names file and line, and nothing is kept."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.anchor import Anchor
from corpus.errors import InputError, UsageError
from corpus.exporting.table import guarded, unguarded
from corpus.lab.judgements import Judgement
from corpus.lab.sets import TestQuery

if TYPE_CHECKING:
    from corpus.library import Library

#: The test set that ships for the sample collection, and what it was judged by.
SAMPLE = Path(__file__).parent / "sample"
SAMPLE_GUIDELINE = (
    "3: the record answers the need by itself, with a finding on it. 2: it answers part of the need, or the need for a neighbouring drug, disorder or "
    "question. 1: it is on the subject and does not answer. 0: it is on something else."
)
_GRADE = re.compile(r"[+-]?\d{1,9}(\.0+)?")
_YES, _NO = frozenset("yes true 1 y answerable".split()), frozenset("no false 0 n unanswerable".split())
_QUERY_COLUMNS = ("id", "text", "need", "tags", "answerable", "synthetic", "draft", "origin")
_NAMES = {"query_id": "id", "qid": "id", "query": "text", "question": "text", "information_need": "need", "narrative": "need", "description": "need"}
_ANCHOR_COLUMNS = ("field", "start", "end", "revision", "quote", "prefix", "suffix")
_JUDGEMENT_COLUMNS = ("query", "review_id", "grade", "judge", "reason", "adjudicated", "at", *_ANCHOR_COLUMNS)
_TOPIC = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_PART = re.compile(r"<(num|title|desc|narr)>(.*?)(?=<num>|<title>|<desc>|<narr>|</top>|$)", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:number|topic|description|narrative)\s*:", re.IGNORECASE)


def read_queries(text: str, name: str) -> list[TestQuery]:
    """Queries from TREC topics, JSON Lines (BEIR's `queries.jsonl`) or CSV/TSV with a header, told by content. Raises InputError."""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:5].lower() == "<top>" or "<top>" in start[:2000].lower():
        found = _topics(text, name)
    elif start.startswith("{"):
        found = _json_queries(text, name)
    else:
        found = _csv_queries(text, name)
    if not found:
        raise InputError("the file holds no query", where=name, remedy="Write a header line with `text`, or TREC topics, or JSON Lines")
    seen: set[str] = set()
    for query in found:
        if query.id and query.id in seen:
            raise InputError(f"the query {query.id!r} stands twice", where=name, remedy="Give each its own id")
        seen.add(query.id)
    return found


def write_queries(queries: Iterable[TestQuery]) -> str:
    """Queries as CSV that `read_queries` reads back without a difference."""
    rows = []
    for query in queries:
        answerable = "" if query.answerable is None else "yes" if query.answerable else "no"
        origin = json.dumps(dict(query.origin), ensure_ascii=False) if query.origin else ""
        row = [query.id, query.text, query.need, json.dumps(list(query.tags), ensure_ascii=False) if query.tags else "", answerable]
        rows.append([*row, "yes" if query.synthetic else "", "yes" if query.draft else "", origin])
    return _csv_text(_QUERY_COLUMNS, rows)


def read_judgements(text: str, name: str, judge: str = "imported") -> list[Judgement]:
    """Judgements from TREC qrels (four columns), BEIR's `qrels.tsv` (three, with a header) or our CSV; grades as given.

    Raises InputError, naming the line, for wrong columns, a grade that is no whole number, and a pair judged twice by one judge.
    """
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    found = list(_csv_judgements(text, name) if "," in head and "review_id" in head else _qrels(lines, name, judge))
    if not found:
        raise InputError("the file holds no judgement", where=name, remedy="Write TREC qrels: query 0 record grade")
    seen: dict[tuple[Any, ...], int] = {}
    for number, one in enumerate(found, 1):
        if (before := seen.setdefault(one.place(), number)) != number:
            message = f"query {one.query_id!r} and record {one.review_id!r} are judged twice"
            raise InputError(message, where=f"{name}, judgements {before} and {number}", remedy="Keep one of the two")
    return found


def write_qrels(final: Mapping[str, Mapping[str, int]]) -> str:
    """Grades as TREC qrels: `query 0 record grade`."""
    return "".join(f"{query_id} 0 {review_id} {grade}\n" for query_id, rows in final.items() for review_id, grade in rows.items())


def write_judgements(judgements: Iterable[Judgement]) -> str:
    """Judgements as CSV with everything they hold: judge, reason, words. `read_judgements` reads it back without a difference."""
    rows = []
    for one in judgements:
        row = [one.query_id, one.review_id, "" if one.grade is None else one.grade, one.judge, one.reason, "yes" if one.adjudicated else "", one.at]
        rows.append([*row, *([getattr(one.anchor, column) for column in _ANCHOR_COLUMNS] if one.anchor else [""] * len(_ANCHOR_COLUMNS))])
    return _csv_text(_JUDGEMENT_COLUMNS, rows)


# ---- formats


def _topics(text: str, name: str) -> list[TestQuery]:
    """TREC topics (https://trec.nist.gov/data/topics_eng): number, title, description, narrative."""
    found = []
    for at, topic in enumerate(_TOPIC.findall(text), 1):
        parts = {key.lower(): " ".join(re.sub(r"</\w+>\s*$", "", _LABEL.sub("", value)).split()) for key, value in _PART.findall(topic)}
        number = re.sub(r"\s+", "-", parts.get("num", ""))
        if not number or not (parts.get("title") or parts.get("desc")):
            raise InputError("a topic has no number or no title", where=f"{name}, topic {at}", remedy="Write <num> and <title> in each <top>")
        need = " ".join(filter(None, (parts.get("desc") if parts.get("title") else "", parts.get("narr"))))
        found.append(TestQuery(number, parts.get("title") or parts["desc"], need))
    return found


def _json_queries(text: str, name: str) -> list[TestQuery]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.lstrip("\ufeff"))
            held = {key: entry[key] for key in ("need", "answerable", "synthetic", "draft") if entry.get(key) is not None}
            query_id, words = str(entry.get("_id") or entry.get("id") or ""), str(entry.get("text") or entry.get("question") or "")
            found.append(TestQuery(query_id, words, **held, tags=tuple(map(str, entry.get("tags") or ())), origin=entry.get("origin") or {}))
        except (ValueError, AttributeError, TypeError) as error:
            raise InputError(f"the line cannot be read: {error}", where=f"{name}, line {number}", remedy='Write {"_id": …, "text": …}') from error
    return found


def _csv_queries(text: str, name: str) -> list[TestQuery]:
    found = []
    for number, row in _csv_rows(text, name):
        named = {_NAMES.get(key, key): value for key, value in row.items()}
        if "text" not in named:
            raise InputError("there is no column `text`", where=name, remedy=f"The first line names the columns: {', '.join(_QUERY_COLUMNS[:5])}")
        if not named["text"].strip():
            raise InputError("the query has no text", where=f"{name}, line {number}", remedy="Write one, or take the line out")
        answerable = named.get("answerable", "").strip().lower()
        if answerable and answerable not in _YES | _NO:
            raise InputError(f"{answerable!r} is neither yes nor no", where=f"{name}, line {number}", remedy="Write yes, no, or nothing under `answerable`")
        flags = {key: named.get(key, "").strip().lower() in _YES for key in ("synthetic", "draft")}
        try:
            origin = json.loads(named["origin"]) if named.get("origin") else {}
            tags = json.loads(named["tags"]) if named.get("tags", "").startswith("[") else re.split(r"[;|]", named.get("tags", ""))
        except ValueError as error:
            raise InputError(f"the line cannot be read: {error}", where=f"{name}, line {number}", remedy="Write tags with ; between them") from error
        known = None if not answerable else answerable in _YES
        kept = tuple(tag.strip() for tag in tags if tag.strip())
        found.append(TestQuery(named.get("id", "").strip(), named["text"], named.get("need", ""), kept, known, **flags, origin=origin))
    return found


def _qrels(lines: Sequence[str], name: str, judge: str) -> Iterator[Judgement]:
    for number, line in enumerate(lines, 1):
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and columns[-1].strip().lower() in ("score", "grade", "rel", "relevance")):
            continue
        at = f"{name}, line {number}"
        if len(columns) not in (3, 4):
            raise InputError(f"a line of qrels has three or four columns, this one has {len(columns)}", where=at, remedy="Write: query 0 record grade")
        query_id, review_id, grade = columns[0].strip(), columns[-2].strip(), columns[-1].strip()
        yield Judgement(query_id, review_id, _grade(grade, at), judge)


def _csv_judgements(text: str, name: str) -> Iterator[Judgement]:
    for number, row in _csv_rows(text, name):
        at = f"{name}, line {number}"
        grade = _grade(row["grade"].strip(), at) if row.get("grade", "").strip() else None
        try:
            judge, settled = row.get("judge") or "imported", row.get("adjudicated", "") == "yes"
            anchor = None
            if row.get("field"):
                start, end, revision = (int(row[key]) for key in ("start", "end", "revision"))
                anchor = Anchor(row["review_id"], revision, row["field"], start, end, row["quote"], row["prefix"], row["suffix"])
            yield Judgement(row["query"], row["review_id"], grade, judge, anchor, row.get("reason", ""), settled, row.get("at", ""))
        except (KeyError, ValueError) as error:
            raise InputError(f"the line cannot be read: {error}", where=at, remedy=f"The columns are: {', '.join(_JUDGEMENT_COLUMNS)}") from error


def _grade(text: str, at: str) -> int:
    if not _GRADE.fullmatch(text):
        raise InputError(f"the grade {text[:40]!r} is no whole number", where=at, remedy="Write 0, 1, 2, 3 …")
    return int(float(text))


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row by column in lower case); the separator is told from the first line."""
    stream = io.StringIO(text.lstrip("\ufeff"), newline="")
    first = stream.readline()
    stream.seek(0)
    separator = max(",;\t", key=first.count)
    reader = csv.reader(stream, delimiter=separator, strict=True)
    try:
        head = [cell.strip().lower().replace(" ", "_") for cell in next(reader, [])]
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) > len(head):
                    raise InputError(
                        f"the line has {len(row)} columns, the header {len(head)}", where=f"{name}, line {reader.line_num}", remedy="Quote the cells"
                    )
                yield reader.line_num, {**dict.fromkeys(head, ""), **dict(zip(head, map(unguarded, row), strict=False))}
    except csv.Error as error:
        raise InputError(f"the table cannot be read: {error}", where=f"{name}, line {reader.line_num}", remedy="Save it as CSV in UTF-8") from error


def _csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return out.getvalue()


def import_into(library: Library, name: str, paths: Sequence[Path], judge: str = "imported") -> dict[str, int]:
    """Bring queries and judgements into a set, made where there is none, from files or folders (the BEIR layout, or ours: queries.csv and
    judgements.csv); how many of each.

    Raises UsageError for a file that is not there, InputError for a fault in one: then nothing comes in. Judgements of queries that neither the
    set nor the files have are refused, as are those of records the library does not have.
    """
    queries: list[TestQuery] = []
    judgements: list[Judgement] = []
    for path in [file for given in paths for file in _files(given)]:
        text = _text_of(path)
        if _holds_judgements(path, text):
            judgements += read_judgements(text, str(path), judge)
        else:
            queries += read_queries(text, str(path))
    there = {entry.name for entry in library.sets.all()}
    known = {query.id for query in queries} | (set(library.sets.queries(name)) if name in there else set())
    reviews = library.get_many({one.review_id for one in judgements})
    for number, one in enumerate(judgements, 1):
        if one.query_id not in known or one.review_id not in reviews:
            missing = f"the query {one.query_id!r} is in no file and not in the set" if one.query_id not in known else f"there is no record {one.review_id!r}"
            raise InputError(missing, where=f"judgement {number}", remedy="Bring in the queries as well, and see that the ids are those of this library")
    if name not in there:
        library.sets.create(name)
    return {"queries": len(library.sets.put(name, queries)), "judgements": library.judgements.add(name, judgements)}


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise UsageError("there is no such file", where=str(path), remedy="Check the path")
    if not path.is_dir():
        return [path]
    ours = [path / "queries.csv", path / "judgements.csv"]
    if all(file.is_file() for file in ours):
        return ours
    found = [path / "queries.jsonl", *(file for file in (path / "qrels.tsv", path / "qrels" / "test.tsv") if file.is_file())][:2]
    if not found[0].is_file():
        raise UsageError(
            "the folder has no queries.jsonl", where=str(path), remedy="Name files, or a folder with queries.jsonl, or with queries.csv and judgements.csv"
        )
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8", where=str(path), remedy="Save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path), remedy="Look at its permissions") from error


def _holds_judgements(path: Path, text: str) -> bool:
    """Told by the first line: qrels have three or four columns ending in a number, our CSV a column `review_id`."""
    head = next((line for line in text.split("\n") if line.strip()), "").strip()
    columns = head.split("\t") if "\t" in head else head.split()
    return "review_id" in head or "qrels" in path.name or (len(columns) == 4 and bool(_GRADE.fullmatch(columns[-1])))
