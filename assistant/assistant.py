"""`Assistant`: the way from a question to a checked answer, step by step in one file.

retrieve -> decide -> choose sentences (quotes) -> [draft by a language model -> check every sentence] -> number citations.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.answer import SHOWN, Answer, Citation, Outcome, ReviewRef, Sentence, Support
from assistant.budget import fit_evidence
from assistant.check import Checker
from assistant.decide import Decision, decide
from assistant.draft import parse_draft
from assistant.evidence import EvidenceSentence, Question, ask_about, collect, weigh
from assistant.prompts import SYSTEM, user_message
from assistant.quotes import Chosen, choose, fits
from corpus import Filter, FlorilegiumError, InputError, Review, UnavailableError
from corpus.change import now
from index.encoder import TextEncoder
from index.searcher import Searcher, SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Code points in a question at most; what is longer is a pasted document, not a question.
LONGEST_QUESTION = 2_000
_HITS = 12
_NEAREST = 3
_EVIDENCE_LINES = 10
#: A plain yes or no is a verdict on the question; no passage says it, whatever else the sentence repeats.
_VERDICT = re.compile(r"(?:yes|no|indeed|absolutely|definitely)\b\s*[,.;:!]", re.IGNORECASE)
_FEWEST = 3  # a checked draft of fewer sentences is filled up with quotes of other reviews

#: Called while a model writes: with each piece of its text as it comes.
OnText = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """Everything known before a model is asked: the quotes answer is complete and can be shown at once."""

    answer: Answer
    question: Question
    sentences: tuple[EvidenceSentence, ...]
    scores: tuple[float, ...]
    chosen: tuple[Chosen, ...]
    decision: Decision


@dataclass
class _Timer:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began


class Assistant:
    """Answers questions over one collection. Holds nothing about a reader; safe to use from several threads."""

    def __init__(self, searcher: Searcher, encoder: TextEncoder, checker: Checker) -> None:
        self._searcher = searcher
        self._encoder = encoder
        self._checker = checker

    # ---- without a language model

    def prepare(self, text: str, chosen: Filter | None = None) -> Prepared:
        """Retrieve, decide, and make the quotes answer. Raises InputError for an empty or over-long question."""
        text = clean_question(text)
        timer = _Timer()
        with timer.step("retrieve"):
            question = ask_about(text, self._searcher.frequencies)
            result = self._searcher.search(text, _HITS, chosen)
            weighed = weigh(question, collect(result.hits), self._encoder)
        with timer.step("check"):
            decision = decide(question, result, weighed)
            scores = fits(question, weighed)
            picked = choose(weighed, scores) if decision.answers else []
        numbers = _Numbers()
        shown = tuple(_quote(choice, numbers) for choice in picked)
        answer = self._answer(text, chosen, result, decision, shown, numbers, timer.seconds)
        return Prepared(answer, question, weighed.sentences, tuple(scores), tuple(picked), decision)

    def _answer(
        self,
        text: str,
        chosen: Filter | None,
        result: SearchResult,
        decision: Decision,
        shown: tuple[Sentence, ...],
        numbers: _Numbers,
        seconds: dict[str, float],
    ) -> Answer:
        outcome = Outcome.NOT_IN_CORPUS if not shown else Outcome.PARTLY if decision.partly else Outcome.ANSWERED
        notices = []
        if result.stale:
            notices.append(f"{result.stale} passages are newer than the search data and were left out; they come in with the next sync.")
        if result.left_out:
            notices.append(f"{result.left_out} records were left out because they have no year to filter by.")
        nearest = tuple(ReviewRef.of(hit.review, 0) for hit in result.hits[:_NEAREST]) if outcome == Outcome.NOT_IN_CORPUS else ()
        return Answer(
            id=secrets.token_hex(8),
            question=text,
            standalone_question=text,
            outcome=outcome,
            confidence=decision.confidence,
            sentences=shown,
            reviews=numbers.reviews(),
            nearest=nearest,
            model="quotes",
            config=result.config,
            config_hash=result.config_hash,
            revision=result.revision,
            at=now(),
            missing=decision.missing if outcome != Outcome.ANSWERED else (),
            notices=tuple(notices),
            filters=tuple(chosen.as_list()) if chosen else (),
            seconds=_rounded(seconds),
        )

    # ---- with a language model

    def draft(self, prepared: Prepared, model: BaseChatModel, label: str, on_text: OnText | None = None) -> Answer:
        """Let a model draft from the evidence and keep what passes the check; what it wrote is kept with every verdict.

        A question that the collection does not answer never reaches the model. When the model fails, or nothing of its draft holds, the
        quotes answer stays and the reader is told.
        """
        if prepared.answer.outcome == Outcome.NOT_IN_CORPUS:
            return prepared.answer
        timer = _Timer(dict(prepared.answer.seconds))
        lines = self.evidence_lines(prepared)
        try:
            with timer.step("generate"):
                text = _ask(model, prepared.question.text, lines, on_text)
        except FlorilegiumError as error:
            return _told(prepared.answer, f"The language model did not answer ({error.message}); these are quotes.", timer)
        with timer.step("check"):
            parsed = parse_draft(text, lines)
            drafted = [self._checked(sentence.text, sentence.keys, lines) for sentence in parsed.sentences]
        kept = self._keep(drafted, prepared)
        if not kept:
            why = "found no answer in the evidence" if parsed.refused else "wrote nothing that the evidence carries"
            told = _told(prepared.answer, f"The language model {why}; these are quotes.", timer)
            return replace(told, draft=tuple(sentence for sentence, _ in drafted), dropped_keys=parsed.unknown_keys)
        numbers = _Numbers()
        shown = tuple(numbers.renumber(sentence, review) for sentence, review in kept)
        return replace(
            prepared.answer,
            sentences=shown,
            reviews=numbers.reviews(),
            model=label,
            draft=tuple(sentence for sentence, _ in drafted),
            dropped_keys=parsed.unknown_keys,
            seconds=_rounded(timer.seconds),
        )

    def evidence_lines(self, prepared: Prepared) -> dict[str, EvidenceSentence]:
        """The best lines under keys of a closed set, as many as fit the budget; the chosen quotes come first."""
        order = sorted(range(len(prepared.sentences)), key=lambda i: -prepared.scores[i])
        ranked = [choice.sentence for choice in prepared.chosen]
        ranked += [prepared.sentences[i] for i in order if prepared.sentences[i] not in ranked]
        lines = fit_evidence([(sentence.review.label(), sentence.text) for sentence in ranked[:_EVIDENCE_LINES]])
        return {f"E{number}": sentence for number, sentence in enumerate(ranked[: len(lines)], start=1)}

    def _checked(self, text: str, keys: Sequence[str], lines: dict[str, EvidenceSentence]) -> tuple[Sentence, Review | None]:
        """A drafted sentence with its verdict. It is checked against the lines it names, then against all: the model's keys are only hints."""
        best: tuple[Sentence, Review] | None = None
        for part in (list(keys), [key for key in lines if key not in keys]):
            if not part:
                continue
            verdicts = self._checker.check(text, [lines[key].text for key in part])
            for key, verdict in sorted(zip(part, verdicts, strict=True), key=lambda pair: -pair[1].score):
                source = lines[key]
                verbatim = _folded(source.text) == _folded(text)
                support = Support.VERBATIM if verbatim else verdict.support
                if support == Support.SUPPORTED and _VERDICT.match(text):
                    support = Support.UNSUPPORTED
                sentence = Sentence(source.text if verbatim else text, support, 1.0 if verbatim else verdict.score, (Citation(0, source.anchor()),))
                if support in SHOWN:
                    return sentence, source.review
                if best is None or support == Support.CONTRADICTED:
                    best = sentence, source.review
        if best is not None:
            return best
        return Sentence(text, Support.UNSUPPORTED, 0.0, ()), None

    def _keep(self, drafted: Sequence[tuple[Sentence, Review | None]], prepared: Prepared) -> list[tuple[Sentence, Review]]:
        """Sentences that passed; in the place of one that failed, the verbatim sentence it should have rested on, if that one answers."""
        good = {(choice.sentence.review.id, choice.sentence.field, choice.sentence.start): choice for choice in prepared.chosen}
        kept: list[tuple[Sentence, Review]] = []
        cited: set[tuple[str, str, int]] = set()
        passed = False
        for sentence, review in drafted:
            if review is None or not sentence.citations:
                continue
            anchor = sentence.citations[0].anchor
            place = (anchor.review_id, anchor.field, anchor.start)
            if place in cited:
                continue
            if sentence.support in SHOWN:
                passed = True
                kept.append((sentence, review))
            elif place in good:
                kept.append((_quote(good[place], _Numbers()), review))
            else:
                continue
            cited.add(place)
        if passed and len(kept) < _FEWEST:
            held = {review.id for _, review in kept}
            others = [choice for choice in prepared.chosen if choice.sentence.review.id not in held]
            kept += [(_quote(choice, _Numbers()), choice.sentence.review) for choice in others[: _FEWEST - len(kept)]]
        return kept if passed else []


class _Numbers:
    """Numbers reviews by first use: the program does this, never the model."""

    def __init__(self) -> None:
        self._reviews: dict[str, Review] = {}

    def key(self, review: Review) -> int:
        self._reviews.setdefault(review.id, review)
        return list(self._reviews).index(review.id) + 1

    def renumber(self, sentence: Sentence, review: Review) -> Sentence:
        key = self.key(review)
        return replace(sentence, citations=tuple(replace(citation, key=key) for citation in sentence.citations))

    def reviews(self) -> tuple[ReviewRef, ...]:
        return tuple(ReviewRef.of(review, key) for key, review in enumerate(self._reviews.values(), start=1))


def clean_question(text: str) -> str:
    """The question in one line. Raises InputError when it is empty or too long."""
    text = " ".join(text.split())
    if not text:
        raise InputError("the question is empty", remedy="Ask something in plain language")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; {LONGEST_QUESTION:,} is the most", remedy="Ask it more briefly")
    return text


def _quote(choice: Chosen, numbers: _Numbers) -> Sentence:
    source = choice.sentence
    citation = Citation(numbers.key(source.review), source.anchor())
    return Sentence(source.text, Support.VERBATIM, 1.0, (citation,), f"{source.review.label()}:")


def _ask(model: BaseChatModel, question: str, lines: dict[str, EvidenceSentence], on_text: OnText | None) -> str:
    message = user_message(question, [(key, line.review.label(), line.text) for key, line in lines.items()])
    text = ""
    try:
        for chunk in model.stream([("system", SYSTEM), ("user", message)]):
            piece = chunk.text if isinstance(chunk.text, str) else str(chunk.text())
            text += piece
            if on_text and piece:
                on_text(piece)
    except FlorilegiumError:
        raise
    except Exception as error:  # every provider raises its own classes
        if text.strip():
            return text  # cut off: what came is checked like any draft
        raise UnavailableError(f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else 'no reason given'}") from error
    return text


def _told(answer: Answer, notice: str, timer: _Timer) -> Answer:
    return replace(answer, notices=(*answer.notices, notice), seconds=_rounded(timer.seconds))


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    steps = {"retrieve": 0.0, "generate": 0.0, "check": 0.0} | {name: value for name, value in seconds.items() if name != "total"}
    return steps | {"total": sum(steps.values())}
