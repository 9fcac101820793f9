"""The lexical leg: tantivy (BM25, k1 1.2, b 0.75), a document a review: its title, the title again, and all its evidence text."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from corpus import UnavailableError

#: Function words of English, taken out before stemming: part of the analyser, so of every IndexSpec.
STOP_WORDS: tuple[str, ...] = tuple(
    """
    a about above after again against all also an and any are as at be because been before being below between both but by can could did do does
    down during each few for from further had has have he her here his how i if in into is it its just may me might more most my no nor not of
    off on once one only or other our out over own same shall she should so some such than that the their them then there these they this those
    through to too under until up us very was we were what when where which while who whom why will with would you your
    """.split()
)
_WRITER_BYTES = 50_000_000
_TIES = 20  # hits asked for beyond the depth, to see which share the score of the last
_WORDS = "words"


def analyse(text: str) -> list[str]:
    """The terms the lexical leg makes of a text, in order: words, lower case, no stop words, English stems."""
    return list(_analyser().analyze(text))


@cache
def _analyser() -> Any:
    import tantivy

    filters = tantivy.Filter
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for each in (filters.remove_long(40), filters.lowercase(), filters.custom_stopword(list(STOP_WORDS)), filters.stemmer("english")):
        builder = builder.filter(each)
    return builder.build()


class Alternatives(NamedTuple):
    """Other ways to say what a query says, each in its terms, and how much the best of them counts beside the query's own words (0..1)."""

    ways: tuple[tuple[str, ...], ...]
    weight: float


class QueryTerms(Counter[str]):
    """A query's terms with how often each is said, and what else could have been said."""

    alternatives: tuple[Alternatives, ...] = ()


class LexicalIndex:
    """Postings of the reviews of one IndexSpec, by review id. Changes are seen after `commit`."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self.folder = folder
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("review_id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(_WORDS, tokenizer_name=_WORDS, index_option="freq")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = tantivy.Index(self._schema, path=str(folder), reuse=True)
        except (ValueError, OSError) as error:
            raise UnavailableError(
                f"the lexical index cannot be opened: {error}",
                where=str(folder),
                remedy="Run `florilegium doctor --rebuild`: it is made anew from the library",
            ) from error
        self._engine.register_tokenizer(_WORDS, _analyser())
        self._writer: Any = None

    def put(self, documents: Iterable[tuple[str, str]]) -> None:
        """Add reviews as (id, words); an id must have been removed before it is put again."""
        writer = self._open_writer()
        for review_id, words in documents:
            document = self._tantivy.Document()
            document.add_text("review_id", review_id)
            document.add_text(_WORDS, words)
            writer.add_document(document)

    def remove(self, review_ids: Iterable[str]) -> None:
        """Delete by review id; unknown ids are no error."""
        writer = self._open_writer()
        for review_id in review_ids:
            writer.delete_documents_by_term("review_id", review_id)

    def commit(self) -> None:
        """Make the changes visible and lasting. Raises OSError where they cannot be written (a full disk)."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            try:
                writer.commit()
                writer.wait_merging_threads()
            except ValueError as error:  # all that tantivy raises
                raise OSError(f"the lexical index: {error}") from error
        self._engine.reload()

    def reload(self) -> None:
        """See what another process has committed."""
        self._engine.reload()

    def search(self, terms: Counter[str], depth: int, allowed: Sequence[str] | None = None, rarity: float = 0.0) -> list[tuple[str, float]]:
        """(review id, BM25 > 0) of the best reviews that hold any of the terms, best first, ties by id.

        A term said n times counts n times, and each weighs its idf to the power `rarity` more than BM25 gives it.
        """
        if not terms or (allowed is not None and not allowed):
            return []
        query = self._query(terms, rarity)
        if allowed is not None:
            query = self._among(query, allowed)
        searcher, asked = self._engine.searcher(), depth + _TIES
        while True:
            hits = searcher.search(query, limit=asked, count=False).hits
            if len(hits) < asked or hits[-1][0] < hits[depth - 1][0]:
                break
            asked *= 4  # the last one wanted shares its score with all that follow: tantivy would choose by the order of writing
        scored = [(str(searcher.doc(address)["review_id"][0]), float(score)) for score, address in hits]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:depth]

    def scores(self, terms: Counter[str], review_ids: Sequence[str], rarity: float = 0.0) -> dict[str, float]:
        """BM25 of given reviews, as `search` has it; those that hold none of the terms are left out."""
        return dict(self.search(terms, len(review_ids), review_ids, rarity)) if review_ids else {}

    def document_frequency(self, term: str) -> int:
        """In how many reviews a term stands."""
        return int(self._engine.searcher().doc_freq(_WORDS, term))

    def count(self) -> int:
        """How many reviews are held."""
        return int(self._engine.searcher().num_docs)

    def ids(self) -> Iterator[str]:
        """Every review id held, repeated where it is held more than once."""
        searcher = self._engine.searcher()
        total = int(searcher.num_docs)
        if total:
            for _, address in searcher.search(self._tantivy.Query.all_query(), limit=total, count=False).hits:
                yield str(searcher.doc(address)["review_id"][0])

    def drop(self) -> LexicalIndex:
        """Delete it; returns a new, empty one in its place."""
        self._writer = None
        shutil.rmtree(self.folder, ignore_errors=True)
        return LexicalIndex(self.folder)

    def _query(self, terms: Counter[str], rarity: float) -> Any:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        clauses = [(occur.Should, self._term(term, float(said), rarity)) for term, said in sorted(terms.items())]
        clauses += [(occur.Should, self._best_of(each, rarity)) for each in (terms.alternatives if isinstance(terms, QueryTerms) else ())]
        return query.boolean_query(clauses)

    def _term(self, term: str, said: float, rarity: float) -> Any:
        query = self._tantivy.Query
        return query.boost_query(query.term_query(self._schema, _WORDS, term, "freq"), said * (self._idf(term) ** rarity if rarity else 1.0))

    def _idf(self, term: str) -> float:
        """BM25's inverse document frequency, as tantivy has it; above 0 (deleted reviews not merged away yet are in `held`, not in `count`)."""
        held, count = self.document_frequency(term), self.count()
        return math.log(1.0 + (max(count, held) - held + 0.5) / (held + 0.5))

    def _best_of(self, alternatives: Alternatives, rarity: float) -> Any:
        """The best of the ways of which a review holds every term."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        ways = [query.boolean_query([(occur.Must, self._term(term, 1.0, rarity)) for term in sorted(set(way))]) for way in alternatives.ways]
        return query.boost_query(query.disjunction_max_query(ways), alternatives.weight)

    def _among(self, wanted: Any, review_ids: Sequence[str]) -> Any:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        permitted = query.const_score_query(query.term_set_query(self._schema, "review_id", list(review_ids)), 0.0)
        return query.boolean_query([(occur.Must, wanted), (occur.Must, permitted)])

    def _open_writer(self) -> Any:
        if self._writer is None:
            try:
                self._writer = self._engine.writer(heap_size=_WRITER_BYTES, num_threads=1)
            except ValueError as error:
                raise UnavailableError(f"the lexical index cannot be written: {error}", where=str(self.folder), remedy="Try again in a moment") from error
        return self._writer
