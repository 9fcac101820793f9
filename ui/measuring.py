"""Answering the labelled questions of `lab answers`, over the library or over a folder's documents; no answer is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import Filter
from corpus.filters import Condition

if TYPE_CHECKING:
    from assistant import Assistant
    from corpus import Review
    from index.sync import Progress
    from ui.engine import LocalEngine
    from ui.wiring import Workshop


def answer_all(
    engine: LocalEngine, questions: Sequence[Mapping[str, Any]], folder: str | None, config: str | None, model: str | None, progress: Progress | None
) -> dict[str, Any]:
    """What became of each question, in order: {config, model, results, unknown}; `unknown`: ids to leave out that no record has."""
    from assistant import Assistant
    from index.lab import Lab, read_collection

    workshop = engine.workshop
    if folder is None:
        name = engine.require_built(config).name
        return {"config": name, **_answers(workshop, workshop.assistant(config), engine.library.get_many, questions, model, progress)}
    collection, chosen = read_collection(Path(folder)), workshop.config(config)
    encoder = workshop.encoder_of(chosen)
    lab = Lab(workshop.index_home, workshop.configurations.model(chosen), encoder, workshop.reranker_of(chosen))
    with lab.searcher(collection, chosen.search, chosen.name, progress) as (searcher, _):
        assistant = Assistant(searcher, encoder, workshop.checker)
        return {"config": chosen.name, **_answers(workshop, assistant, collection.get_many, questions, model, progress)}


def _answers(
    workshop: Workshop,
    assistant: Assistant,
    get_many: Callable[[Iterable[str]], Mapping[str, Review]],
    questions: Sequence[Mapping[str, Any]],
    model: str | None,
    progress: Progress | None,
) -> dict[str, Any]:
    from assistant import LabelledQuestion, outcome_of

    asked = [LabelledQuestion.from_dict(question) for question in questions]
    opened = workshop.language_model(model) if model and model != "quotes" else None
    results = []
    for done, question in enumerate(asked, start=1):
        without = Filter((Condition("id", "!=", question.without),) if question.without else ())
        prepared = assistant.prepare(question.question, without)
        answer = prepared.answer
        if model and opened:
            with workshop.turns(model).turn("lab"):
                answer = assistant.draft(prepared, opened.model(), opened.label)
        results.append(outcome_of(question, answer))
        if progress:
            progress("questions", done, len(asked))
    named = {each for question in asked for each in question.without}
    return {"model": opened.label if opened else "quotes", "results": results, "unknown": sorted(named - set(get_many(named)))}
