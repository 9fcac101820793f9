"""What several test files need: invented libraries, a fast encoder, an index opened with all its parts, and a picture of what stands in it."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from corpus import Filter, Library, Review, parse_filter
from index import EmbeddingModel, IndexHome, IndexSpec, PassageSplitter, SearchConfig, Searcher, Syncer, TextEncoder, Vectors, packaged_folder
from index.lexical import analyse

#: How many records the fixture `made` has.
MADE = 24
SUBSTANCES = ("ketamine", "psilocybin", "lithium", "cannabidiol", "naltrexone", "modafinil", "oxytocin", "ibogaine")
DISORDERS = ("depression", "anxiety", "insomnia", "alcohol dependence", "chronic pain", "autism", "migraine", "psychosis")
_OPENINGS = ("We reviewed", "This review pooled", "Here we summarise", "The authors gathered")
_OUTCOMES = ("relapse", "remission", "sleep quality", "craving", "cognition", "mood", "adverse events", "mortality", "quality of life", "retention")
_LINKS = ("compared with placebo", "against usual care", "in older adults", "in adolescents", "over two years", "after a single dose", "in primary care")


class HashedWords:
    """A text encoder without a model: every word has a direction of its own, a text is the sum of its words. `encoded` keeps what it was given."""

    def __init__(self, dimension: int = 48) -> None:
        self._dimension = dimension
        self._known: dict[str, Vectors] = {}
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        self.encoded.extend(texts)
        rows = np.stack([sum((self._direction(word) for word in re.findall(r"\w+", text.lower())), self._direction("")) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def _direction(self, word: str) -> Vectors:
        if word not in self._known:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
            self._known[word] = np.random.default_rng(seed).normal(size=self._dimension).astype(np.float32)
        return self._known[word]


def sentence(rng: random.Random, number: int) -> str:
    """An invented sentence; `number` keeps it different from all others."""
    who, what, how = rng.choice(SUBSTANCES), rng.choice(_OUTCOMES), rng.choice(_LINKS)
    return f"In trial {number} {who} changed {what} {how} (n = {rng.randint(9, 900)}, p < 0.{rng.randint(1, 99):02d})."


def invented(number: int, *, sentences: int = 6, **changes: Any) -> Review:
    """An invented review, always the same for the same number."""
    rng = random.Random(number)
    substance, disorder = SUBSTANCES[number % len(SUBSTANCES)], DISORDERS[number // len(SUBSTANCES) % len(DISORDERS)]
    lines = [sentence(rng, 100 * number + i) for i in range(sentences)]
    fields: dict[str, Any] = {
        "id": f"invented-{number:04d}",
        "csl": {"title": f"{substance.capitalize()} for {disorder}: review {number}", "issued": {"date-parts": [[1990 + number % 30]]}},
        "summary": f"{rng.choice(_OPENINGS)} {rng.randint(3, 80)} studies of {substance} in {disorder}.",
        "abstract": " ".join(lines),
        "findings": [sentence(rng, 100 * number + 50 + i) for i in range(3)],
        "limits": ["Few trials were large; most lasted under eight weeks."],
        "facets": {"substances": [substance]},
    }
    return Review.model_validate({**fields, **changes})


def fill(library: Library, reviews: Iterable[Review]) -> None:
    """Put new records into a library, in one transaction."""
    with library.change() as change:
        for review in reviews:
            change.put(review, "import", new=True)


def edit(library: Library, review_id: str, **changes: Any) -> Review:
    """Change a record as an editor who has just looked at it."""
    return library.edit(review_id, changes, base_revision=library.get(review_id).revision)


class Bench:
    """An index of a library in a folder, with every part that works on it."""

    def __init__(self, library: Library, folder: Path, models: Path, encoder: TextEncoder | None = None, **settings: Any) -> None:
        model = EmbeddingModel(packaged_folder(), models)
        spec = IndexSpec(weights_sha256=model.sha256, token_limit=model.token_limit)
        self.config = SearchConfig(spec=spec, **settings)
        self.library = library
        self.home = IndexHome(folder)
        self.built = self.home.open(spec)
        self.splitter = PassageSplitter(spec, model)
        self.encoder = encoder or HashedWords()
        self.syncer = Syncer(library, self.built, self.splitter, self.encoder)

    def searcher(self, **settings: Any) -> Searcher:
        """A searcher, with some settings changed."""
        config = SearchConfig.model_validate({**self.config.model_dump(), **settings})
        return Searcher(self.library, self.built, self.splitter, self.encoder, config)

    def close(self) -> None:
        """Give the files back."""
        self.built.close()
        self.home.close()


@contextmanager
def bench(library: Library, folder: Path, models: Path, encoder: TextEncoder | None = None, **settings: Any) -> Iterator[Bench]:
    """A bench, closed at the end."""
    made = Bench(library, folder, models, encoder, **settings)
    try:
        yield made
    finally:
        made.close()


class Picture(NamedTuple):
    """All that stands in an index, in a form that can be compared."""

    passages: set[tuple[Any, ...]]
    chroma: dict[str, Vectors]
    rows: dict[str, Vectors]
    mean: Vectors
    postings: Counter[str]
    frequencies: dict[str, int]
    found: dict[str, list[tuple[str, float]]]


QUERIES = ("Does ketamine help in depression?", "relapse after naltrexone", "adverse events in older adults", "sleep quality n = 120")


def picture(bench: Bench) -> Picture:
    """Look at every leg, through public names only. All passages are asked for, so that Chroma's approximation has no say."""
    built = bench.built
    rows = list(built.state.all_rows())
    ids = [row.id for row in rows]
    searcher = bench.searcher(dense_depth=2000, candidates=1000)
    stored = built.matrix.read([row.row for row in rows]) if built.matrix else np.zeros((0, 1), dtype=np.float32)
    terms = sorted({term for review in bench.library.iterate() for _, text in review.evidence() for term in analyse(text)})
    return Picture(
        passages={tuple(row)[:6] for row in rows},
        chroma=built.vectors.get(sorted(built.vectors.ids())),
        rows=dict(zip(ids, stored, strict=True)),
        mean=built.mean if built.mean is not None else np.zeros(1, dtype=np.float32),
        postings=Counter(built.lexical.ids()),
        frequencies={term: built.lexical.document_frequency(term) for term in terms},
        found={query: [(hit.review.id, hit.score) for hit in searcher.search(query, 20).hits] for query in QUERIES},
    )


def assert_same(one: Picture, other: Picture) -> None:
    """Ids and text hashes equal in each leg, vectors within 1e-5, document frequencies equal, the top 20 within 1e-3."""
    assert one.passages == other.passages
    for mine, theirs in ((one.chroma, other.chroma), (one.rows, other.rows)):
        assert mine.keys() == theirs.keys() == {passage[0] for passage in one.passages}
        for passage_id, vector in mine.items():
            np.testing.assert_allclose(vector, theirs[passage_id], atol=1e-5)
    np.testing.assert_allclose(one.mean, other.mean, atol=1e-5)
    assert one.postings == other.postings
    assert set(one.postings.values()) <= {1}
    assert one.frequencies == other.frequencies
    assert one.found.keys() == other.found.keys()
    for query, hits in one.found.items():
        np.testing.assert_allclose([score for _, score in hits], [score for _, score in other.found[query]], atol=1e-3)
        assert [review_id for review_id, _ in hits] == [review_id for review_id, _ in other.found[query]]


def chosen(made: Bench, *texts: str) -> Filter:
    """A filter as people write it."""
    return parse_filter(texts, made.library.vocabulary, made.library.catalogue.facet_names())


def by_cosine(made: Bench, query: str, reviews: list[Review]) -> list[str]:
    """Reviews by their best passage's cosine with the query, computed from their texts alone."""
    vector = made.encoder.encode([query])[0]
    best = {review.id: float((made.encoder.encode([p.embedded for p in made.splitter.split(review)]) @ vector).max()) for review in reviews}
    return sorted(best, key=lambda review_id: (-best[review_id], review_id))


def ids_in_every_leg(made: Bench) -> set[str]:
    """Passage ids, after making sure that manifest and vectors have the same, and the postings their reviews."""
    ids = made.built.state.ids()
    assert made.built.vectors.ids() == ids
    assert sorted(made.built.lexical.ids()) == sorted(made.built.state.review_ids())
    assert made.syncer.compare().count() == 0
    return ids
