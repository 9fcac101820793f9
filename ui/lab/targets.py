"""What is measured: a set that the library keeps, over the library, or a folder in the BEIR layout, over its own documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Library, UsageError
from corpus.lab import TestQuery, grades

if TYPE_CHECKING:
    from corpus.lab.runs import Legs, Rankings
    from index.lab import Judged, TestSet

#: The longest name that the library keeps of a set.
_LONGEST = 300


@dataclass(frozen=True)
class Target:
    """A set opened for measuring. `folder` is None for a stored set; `queries` has the stored ones with all that is said of them."""

    key: str
    judged: Judged
    library: Library
    folder: TestSet | None = None
    queries: Mapping[str, TestQuery] | None = None

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        """Titles by id; unknown ids are left out."""
        found = self.folder.collection.get_many(ids) if self.folder is not None else self.library.get_many(ids)
        return {one: review.title for one, review in found.items()}


def resolve_target(library: Library | None, text: str) -> str:
    """What a person typed as SET: the name of a stored set, else a folder's absolute path. Raises UsageError where it is neither."""
    names = [entry.name for entry in library.sets.all()] if library is not None else []
    if text in names:
        return text
    folder = Path(text).expanduser()
    if folder.is_dir():
        return str(folder.absolute())
    there = (
        f"The sets are: {', '.join(names)}"
        if names
        else "Make one: `florilegium lab new NAME`, or name a folder with corpus.jsonl, queries.jsonl and qrels.tsv"
    )
    raise UsageError("there is no such test set", where=text, remedy=there)


def is_folder(target: str) -> bool:
    """Whether a target is a folder: no set's name has a slash."""
    return "/" in target or "\\" in target


def run_key(target: str) -> str:
    """What runs over a target are kept under."""
    return target[-_LONGEST:]


def open_target(library: Library, target: str) -> Target:
    """Read a set with its grades. Raises NotFoundError, UsageError, InputError."""
    if is_folder(target):
        from index.lab import read_set

        given = read_set(Path(target))
        return Target(run_key(target), given, library, folder=given)
    return _stored(library, target)


def _stored(library: Library, name: str) -> Target:
    from index.lab import LibrarySet

    queries = library.sets.queries(name, drafts=False)
    if not queries:
        raise UsageError(f"the set {name!r} has no query that takes part in runs", remedy=f"Add one: `florilegium lab add {name!r} TEXT`, or accept a draft")
    found = grades(library.judgements.of(name), library.get_many)
    judged = {query_id: dict(rows) for query_id in queries if (rows := found.final.get(query_id))}
    said = found.notes()
    if empty := sum(all(grade <= 0 for grade in rows.values()) for rows in judged.values()):
        said.append(f"{empty} judged queries have no relevant record: most measures are 0 for them, whatever is found.")
    current = frozenset(one for one, (_, status) in library.statuses().items() if status == "current")
    texts = {query_id: query.text for query_id, query in queries.items()}
    tags = {query_id: query.tags for query_id, query in queries.items() if query.tags}
    return Target(name, LibrarySet(name, texts, judged, current, tags, tuple(said)), library, queries=queries)


def followed(library: Library, rankings: Rankings) -> dict[str, list[tuple[str, float]]]:
    """Rankings with the ids of merged records replaced by those of the records that took them in; the better place counts."""
    alias = _aliases(library, (one for pairs in rankings.values() for one, _ in pairs))
    if not alias:
        return {query_id: list(pairs) for query_id, pairs in rankings.items()}
    found: dict[str, list[tuple[str, float]]] = {}
    for query_id, pairs in rankings.items():
        best: dict[str, float] = {}
        for one, score in pairs:
            best.setdefault(alias.get(one, one), score)
        found[query_id] = list(best.items())
    return found


def followed_legs(library: Library, legs: Legs) -> Legs:
    """The same for what the legs said."""
    alias = _aliases(library, (one for rows in legs.values() for one in rows))
    return {query_id: {alias.get(one, one): ranks for one, ranks in rows.items()} for query_id, rows in legs.items()} if alias else legs


def _aliases(library: Library, ids: Iterable[str]) -> dict[str, str]:
    from corpus.aliases import aliases_of

    wanted: Sequence[str] = list(dict.fromkeys(ids))
    with library.reading() as connection:
        return aliases_of(connection, wanted)
