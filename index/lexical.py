"""The lexical leg: tantivy (BM25 with English stemming), a document a passage, the title in a field of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from corpus import UnavailableError
from index.passages import Passage

_WORD = re.compile(r"[^\W_]+")
_WRITER_BYTES = 50_000_000


def analyse(text: str) -> list[str]:
    """The stemmed terms the lexical leg makes of a text, in order."""
    return list(_analyser().analyze(text))


@cache
def _analyser() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    filters = (tantivy.Filter.remove_long(40), tantivy.Filter.lowercase(), tantivy.Filter.stemmer("english"))
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


class LexicalIndex:
    """Postings of the passages of one IndexSpec, by passage id. Changes are seen after `commit`."""

    def __init__(self, folder: Path, analyser: str = "en_stem") -> None:
        import tantivy

        self._tantivy = tantivy
        self._analyser = analyser
        self.folder = folder
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("review_id", stored=True, tokenizer_name="raw", index_option="basic")
        for name in ("title", "text"):
            builder.add_text_field(name, tokenizer_name=analyser, index_option="position")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = tantivy.Index(self._schema, path=str(folder), reuse=True)
        except (ValueError, OSError) as error:
            raise UnavailableError(
                f"the lexical index cannot be opened: {error}", where=str(folder), remedy="Run `florilegium doctor --rebuild`: it is made anew from the library"
            ) from error
        self._writer: Any = None

    def put(self, passages: Iterable[tuple[Passage, str]]) -> None:
        """Add passages, each with its review's title."""
        writer = self._open_writer()
        for passage, title in passages:
            title = "" if passage.field == "title" else title
            writer.add_document(self._tantivy.Document(id=passage.id, review_id=passage.review_id, title=title, text=passage.text))

    def remove(self, ids: Iterable[str]) -> None:
        """Delete by passage id; unknown ids are no error."""
        writer = self._open_writer()
        for passage_id in ids:
            writer.delete_documents_by_term("id", passage_id)

    def commit(self) -> None:
        """Make the changes visible and lasting."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self._engine.reload()

    def search(self, query: str, depth: int, title_boost: float, allowed: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """(passage id, BM25 >= 0) of the best passages that hold any word of the query, best first; ties by id."""
        if allowed is not None and not allowed:
            return []
        words = [word.lower() for word in _WORD.findall(query)]
        if not words or not self.count():
            return []
        fields, boosts = (["title", "text"], {"title": title_boost}) if title_boost > 0 else (["text"], {})
        parsed, _ = self._engine.parse_query_lenient(" ".join(words), fields, boosts)
        if allowed is not None:
            query_class, occur = self._tantivy.Query, self._tantivy.Occur
            permitted = query_class.const_score_query(query_class.term_set_query(self._schema, "review_id", list(allowed)), 0.0)
            parsed = query_class.boolean_query([(occur.Must, parsed), (occur.Must, permitted)])
        searcher = self._engine.searcher()
        found = searcher.search(parsed, limit=depth, count=False)
        scored = [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in found.hits]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def document_frequency(self, term: str, field: str = "text") -> int:
        """In how many passages a stemmed term stands."""
        return int(self._engine.searcher().doc_freq(field, term))

    def count(self) -> int:
        """How many passages are held."""
        return int(self._engine.searcher().num_docs)

    def ids(self) -> Iterator[str]:
        """Every passage id held, repeated where it is held more than once."""
        searcher = self._engine.searcher()
        total = int(searcher.num_docs)
        if total:
            for _, address in searcher.search(self._tantivy.Query.all_query(), limit=total, count=False).hits:
                yield str(searcher.doc(address)["id"][0])

    def drop(self) -> None:
        """Start again, empty."""
        self._writer = None
        shutil.rmtree(self.folder, ignore_errors=True)
        self.__init__(self.folder, self._analyser)  # type: ignore[misc]  # the object's state is exactly that of a new one

    def _open_writer(self) -> Any:
        if self._writer is None:
            try:
                self._writer = self._engine.writer(heap_size=_WRITER_BYTES, num_threads=1)
            except ValueError as error:
                raise UnavailableError(f"the lexical index cannot be written: {error}", where=str(self.folder), remedy="Try again in a moment") from error
        return self._writer
