"""Reading a test set from a folder in the BEIR layout: corpus.jsonl, queries.jsonl, and qrels.tsv or qrels/test.tsv.

Source of the layout: Thakur et al., "BEIR: a heterogenous benchmark", NeurIPS 2021, and its repository. Every fault is one line that names file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import InputError, UsageError
from index.lab.collection import Collection, Document

_QRELS = ("qrels.tsv", "qrels/test.tsv")
_GRADE = re.compile(r"[+-]?\d+(\.0+)?")
#: Grades by document id, by query id; kept as given.
Judgements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class TestSet:
    """Queries with judgements over a collection.

    `judgements` has the judged queries only, in the order of the queries; documents judged but absent from the collection stay in it, so that
    measures equal those of other programs on the same files. `unknown_queries` and `unknown_documents` count judgements that name an id the
    set does not have (the former are left out), `repeated` those given twice with one grade.
    """

    __test__ = False  # for pytest: the name is the field's word, not a test case

    name: str
    collection: Collection
    queries: Mapping[str, str]
    judgements: Judgements
    unknown_queries: int = 0
    unknown_documents: int = 0
    repeated: int = 0

    @property
    def ids(self) -> Collection:
        """The ids there are."""
        return self.collection

    @property
    def tags(self) -> Mapping[str, tuple[str, ...]]:
        """None: the layout has no tags."""
        return {}

    def notes(self) -> list[str]:
        """What a reader of the figures must know of the judgements, a line each."""
        found = []
        if self.unknown_queries:
            found.append(f"{self.unknown_queries} judgements name a query that the set does not have and were left out.")
        if self.unknown_documents:
            found.append(f"{self.unknown_documents} judgements name a document that the set does not have; it counts as never found.")
        if self.repeated:
            found.append(f"{self.repeated} judgements are given twice with the same grade and count once.")
        if unjudged := len(self.queries) - len(self.judgements):
            found.append(f"{unjudged} of {len(self.queries)} queries have no judgement and take no part in the means.")
        return found


def read_set(folder: Path) -> TestSet:
    """Read a folder. Raises UsageError where it is no test set, InputError (file and line) where a file is bad."""
    if not folder.is_dir():
        raise UsageError("there is no such test set", where=str(folder), remedy="Name a folder with corpus.jsonl, queries.jsonl and qrels.tsv")
    qrels = next((folder / name for name in _QRELS if (folder / name).is_file()), None)
    missing = [name for name in ("corpus.jsonl", "queries.jsonl") if not (folder / name).is_file()] + ([] if qrels else ["qrels.tsv"])
    if missing or qrels is None:
        raise UsageError(f"the folder has no {' and no '.join(missing)}", where=str(folder), remedy="A test set is in the BEIR layout")
    collection = _documents(folder)
    queries = {key: _text(entry, "text", at) for key, entry, at in _entries(folder / "queries.jsonl")}
    if not queries:
        raise InputError("the test set has no queries", where=str(folder), remedy="Complete it")
    return TestSet(folder.resolve().name, collection, queries, **_judgements(qrels, queries, collection))


def read_collection(folder: Path) -> Collection:
    """The documents of a folder, whose queries and judgements need not be there. Raises as `read_set`."""
    if not (folder / "corpus.jsonl").is_file():
        message = "the folder has no corpus.jsonl" if folder.is_dir() else "there is no such folder"
        raise UsageError(message, where=str(folder), remedy="Name a folder in the BEIR layout")
    return _documents(folder)


def _documents(folder: Path) -> Collection:
    documents = {key: Document(_text(entry, "title", at), _text(entry, "text", at)) for key, entry, at in _entries(folder / "corpus.jsonl")}
    if not documents:
        raise InputError("the test set has no documents", where=str(folder), remedy="Complete it")
    return Collection(documents)


def _judgements(path: Path, queries: Mapping[str, str], collection: Collection) -> dict[str, Any]:
    grades: dict[str, dict[str, int]] = {query_id: {} for query_id in queries}
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    unknown_queries = unknown_documents = repeated = 0
    for query_id, document_id, grade, at in _judgement_lines(path, queries):
        if (before := seen.get((query_id, document_id))) is not None:
            if before[0] != grade:
                message = f"query {query_id!r} and document {document_id!r} are judged {before[0]} and {grade}"
                raise InputError(message, where=f"{before[1]} and {at.rpartition(' ')[2]}", remedy="Keep one of the two judgements")
            repeated += 1
            continue
        seen[query_id, document_id] = (grade, at)
        unknown_documents += document_id not in collection
        if query_id in grades:
            grades[query_id][document_id] = grade
        else:
            unknown_queries += 1
    judged = {query_id: found for query_id, found in grades.items() if found}
    if not judged:
        raise InputError("no query of the set is judged", where=str(path), remedy="Judge some, or look whether the ids are those of queries.jsonl")
    return {"judgements": judged, "unknown_queries": unknown_queries, "unknown_documents": unknown_documents, "repeated": repeated}


def _judgement_lines(path: Path, queries: Mapping[str, str]) -> Iterator[tuple[str, str, int, str]]:
    """(query id, document id, grade, place); three columns, or TREC's four. A first line without a grade and without a known query is a header."""
    for number, line in _lines(path):
        at = f"{path}, line {number}"
        columns = [column.strip() for column in line.split("\t")] if "\t" in line else line.split()
        if len(columns) == 4:
            del columns[1]
        if len(columns) != 3:
            raise InputError(f"a judgement has {len(columns)} columns", where=at, remedy="It needs three: query id, document id, grade")
        if _GRADE.fullmatch(columns[2]):
            yield columns[0], columns[1], int(float(columns[2])), at
        elif number > 1 or columns[0] in queries:
            raise InputError(f"the grade {columns[2][:40]!r} is not a whole number", where=at, remedy="Write the grade as a whole number, such as 0 or 2")


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any], str]]:
    """(id, object, place) of each line of a JSON Lines file."""
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        at = f"{path}, line {number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError("the line is not JSON", where=at, remedy="Write one JSON object a line") from error
        if not isinstance(entry, dict):
            raise InputError("the line is no JSON object", where=at, remedy="Write one JSON object a line")
        key = entry.get("_id")
        if isinstance(key, bool) or not isinstance(key, (str, int)) or not str(key).strip() or len(str(key).split()) > 1:
            raise InputError("the entry has no usable `_id`", where=at, remedy="Give each entry an id without spaces")
        key = str(key).strip()
        if key in seen:
            raise InputError(f"the id {key!r} stands twice", where=f"{path}, lines {seen[key]} and {number}", remedy="Give each entry an id of its own")
        seen[key] = number
        yield key, entry, at


def _text(entry: Mapping[str, Any], name: str, at: str) -> str:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"`{name}` is no text", where=at, remedy="Write it as a string")
    return value or ""


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, line) of each line that is not blank; line ends are those of files, not Unicode's further ones."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8", where=f"{path}, after line {number}", remedy="Save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path), remedy="Look at its permissions") from error
