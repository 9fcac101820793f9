"""An answer put together: of quotes, of what was kept of a model's draft, or of nothing yet."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Outcome, Sentence
from assistant.decide import Decision
from assistant.evidence import EvidenceSentence
from assistant.numbering import number
from assistant.quotes import Chosen
from assistant.steps import Prepared, Understood
from assistant.understanding import harm_sentence, names_harm
from assistant.writing import lines_for, quote
from corpus import Review
from corpus.change import now
from index.searcher import Searcher, SearchResult


def empty_answer(understood: Understood, searcher: Searcher, revision: int) -> Answer:
    """An answer with nothing in it yet."""
    request = understood.request
    return Answer(
        id=secrets.token_hex(8),
        question=request.text,
        standalone_question=understood.standalone,
        outcome=None,
        confidence=0.0,
        sentences=(),
        reviews=(),
        nearest=(),
        model="quotes",
        config=searcher.name,
        config_hash=searcher.config.hash,
        revision=revision,
        at=now(),
        notices=understood.told,
        filters=tuple(request.chosen.as_list()) if request.chosen else (),
        catalogue=understood.catalogue,
        understood=understood.how,
    )


def quotes_answer(understood: Understood, searcher: Searcher, result: SearchResult, decision: Decision, picked: Sequence[Chosen]) -> Answer:
    """The answer made of the chosen quotes; without any it says that nothing answers, unless the catalogue does."""
    quotes = [(quote(choice.sentence), choice.sentence.review) for choice in picked]
    sentences, reviews = number(_with_harm(quotes) if understood.how.advice else quotes)
    outcome = Outcome.NOT_IN_CORPUS if not sentences else Outcome.PARTLY if decision.partly else Outcome.ANSWERED
    answer = empty_answer(understood, searcher, result.revision)
    answer = replace(answer, outcome=outcome, confidence=decision.confidence, sentences=sentences, reviews=reviews)
    stale = f"{result.stale} passages are newer than the search data and were left out; they come in with the next sync."
    part = decision.part
    in_part = f"The question as a whole found no answer here; this answers its part “{part.text}”. Not looked for by itself: “{part.rest}”." if part else ""
    notices = (*answer.notices, *filter(None, (in_part, stale if result.stale else "")), *without_year(result.left_out))
    if outcome == Outcome.NOT_IN_CORPUS and understood.catalogue and understood.catalogue.count:
        return replace(answer, kind="catalogue", outcome=Outcome.ANSWERED, confidence=1.0, notices=notices)
    return replace(answer, missing=decision.missing if outcome != Outcome.ANSWERED else (), notices=notices)


def _with_harm(kept: Sequence[tuple[Sentence, Review]]) -> list[tuple[Sentence, Review]]:
    """The sentences and, where none of them names an adverse event but a cited record does, that record's own words."""
    if any(names_harm(sentence.text) for sentence, _ in kept):
        return list(kept)
    harm = harm_sentence({review.id: review for _, review in kept}.values()) if kept else None
    return [*kept, (quote(harm), harm.review)] if harm else list(kept)


def without_year(count: int) -> tuple[str, ...]:
    """What a reader is told of records that a filter by year left out because they have none."""
    return (f"{count} record{' was left out because it has' if count == 1 else 's were left out because they have'} no year.",) if count else ()


def with_draft(answer: Answer, kept: Sequence[tuple[Sentence, Review]], label: str) -> Answer:
    """The answer with what was kept of a model's draft in the place of the quotes."""
    sentences, reviews = number(_with_harm(kept) if answer.understood.advice else kept)
    return replace(answer, sentences=sentences, reviews=reviews, model=label)


def for_a_model(prepared: Prepared) -> list[EvidenceSentence]:
    """The sentences of the evidence that a model is given, the chosen quotes first."""
    order = sorted(range(len(prepared.sentences)), key=lambda i: -prepared.scores[i])
    chosen = [choice.sentence for choice in prepared.chosen]
    most = lines_for(strong=prepared.writer is not None and prepared.writer.strong)
    return [*chosen, *(prepared.sentences[i] for i in order if prepared.sentences[i] not in chosen)][:most]
