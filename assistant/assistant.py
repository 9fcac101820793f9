"""`Assistant`: the way from a question to a checked answer. This file is the whole chain; what a step needs stands in files of its own.

understand -> retrieve -> decide -> generate -> check -> number -> store

Each step takes one frozen value and gives the next. After `decide` the quotes answer is complete and is told to the screen; a language
model's draft takes its place only sentence by sentence, after the check.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, CatalogueAnswer, Outcome, Sentence, Understanding
from assistant.budget import left_out_notice, room_for
from assistant.chain import Chain, Here, step
from assistant.check import Checker
from assistant.decide import Decision, decide
from assistant.draft import DraftSentence, ParsedDraft, parse_draft
from assistant.evidence import EvidenceSentence, Question, Weighed
from assistant.injection import not_given_notice, speaks_to_a_model
from assistant.look_up import Looked, look_up
from assistant.nearest import nearest
from assistant.note_evidence import sentences_that_answer
from assistant.numbering import number
from assistant.own_notes import OwnNote
from assistant.quotes import Chosen, choose, fits
from assistant.run import QUEUE, Event, LateError, Run, StoppedError
from assistant.turns import PATIENCE, Turns
from assistant.understanding import (
    ADVICE_NOTE,
    Records,
    Resolved,
    Terms,
    Turn,
    answer_from_catalogue,
    asks_for_advice,
    harm_sentence,
    language_name,
    language_of,
    names_harm,
    parts_of,
    read_catalogue_question,
    resolve,
    respell,
)
from assistant.understanding.lay_words import LAY_WORDS
from assistant.writing import Checked, Lines, ask_model, check_sentence, evidence_lines, keep_passed, lines_for, quote, room_of, stand_alone
from corpus import Filter, FlorilegiumError, InputError, Review, UnavailableError, default_vocabulary, parse_filter
from corpus.change import now
from index.encoder import TokenEncoder
from index.lexical import analyse
from index.searcher import Searcher, SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Code points in a question at most; what is longer is a pasted document, not a question.
LONGEST_QUESTION = 2_000
#: A part of a question is answered alone only where its words carry this share of the whole's meaning: else what it is about stands in the rest.
_LEAST_MEANING = 0.6


@dataclass(frozen=True)
class Writer:
    """A language model to draft with. `open` gives it and its name for the reader; it is called when the quotes are already shown.

    `must`: the reader named this very model, so that it cannot be had is an error and not a notice. `strong`: it can be trusted to make a
    follow-up stand alone. `turns` is the queue before it, in which this question is `person`'s; without one nobody waits.
    """

    open: Callable[[], tuple[Callable[[], BaseChatModel], str]]
    must: bool = False
    strong: bool = False
    turns: Turns | None = None
    person: str = ""


@dataclass(frozen=True)
class Request:
    """What a reader asks for. `last` is what a follow-up may refer to; `standalone` is the question as the reader wants it understood; `notes` are the
    reader's own, to be searched too, and `note_titles` the titles of the records they are on, by id."""

    text: str
    chosen: Filter | None = None
    writer: Writer | None = None
    last: Turn | None = None
    standalone: str = ""
    notes: tuple[OwnNote, ...] = ()
    note_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Understood:
    """The request with its question made stand-alone, and what the catalogue says to it.

    `sure` means that nothing else is to be looked for. `told` is what the reader has to know.
    """

    request: Request
    standalone: str
    how: Understanding = field(default_factory=Understanding)
    catalogue: CatalogueAnswer | None = None
    sure: bool = False
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What the search found for it, sentence by sentence; nothing where nothing was looked for."""

    understood: Understood
    question: Question
    result: SearchResult | None = None
    weighed: Weighed | None = None


@dataclass(frozen=True)
class Prepared:
    """Everything known before a model is asked: the quotes answer is complete and can be shown at once."""

    answer: Answer
    question: Question
    sentences: tuple[EvidenceSentence, ...]
    scores: tuple[float, ...]
    chosen: tuple[Chosen, ...]
    decision: Decision
    writer: Writer | None = None


@dataclass(frozen=True)
class Drafted:
    """What a model wrote ("" for none), under which keys it was given the evidence, and what the reader is told of it.

    `checked` holds the sentences that were checked while it wrote.
    """

    prepared: Prepared
    lines: Lines = field(default_factory=dict)
    checked: dict[DraftSentence, Checked] = field(default_factory=dict)
    text: str = ""
    parsed: ParsedDraft | None = None
    label: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """The draft's sentences, each with its verdict."""

    drafted: Drafted
    sentences: tuple[Checked, ...] = ()
    refused: bool = False
    unknown_keys: int = 0


class Assistant:
    """Answers questions over one collection. Holds nothing about a reader; safe to use from several threads."""

    def __init__(
        self,
        searcher: Searcher,
        encoder: TokenEncoder,
        checker: Checker,
        records: Records | None = None,
        keep: Callable[[Answer], None] | None = None,
    ) -> None:
        """Without `records` no question is answered from the catalogue; without `keep` answers are not kept."""
        self._searcher = searcher
        self._encoder = encoder
        self._checker = checker
        self._records = records
        self._keep = keep
        self._terms: tuple[int, Terms] | None = None
        self.preparing: Chain[Request, Prepared] = (
            step("understand", self._understand, instead=_by_rules) | step("retrieve", self._retrieve) | step("decide", self._decide)
        )
        self.drafting: Chain[Prepared, Answer] = (
            step("generate", self._generate, instead=_cut_off) | step("check", self._check, instead=_unchecked) | step("number", self._number, stoppable=False)
        )
        self.chain: Chain[Request, Answer] = self.preparing | self.drafting | step("store", self._store, instead=_not_kept, stoppable=False)

    def answer(self, request: Request, run: Run | None = None) -> Answer:
        """Answer, and keep the answer. Raises InputError for an empty or over-long question, StoppedError, LateError, UnavailableError."""
        return self.chain.invoke(request, run)

    def turn_of(self, questions: Sequence[str]) -> Turn | None:
        """What a follow-up to some questions may refer to: the last one, made stand-alone by rules through those before it; None where there is none."""
        last: Turn | None = None
        for question in questions:
            last = Turn(resolve(" ".join(question.split())[:LONGEST_QUESTION], last, self.terms()).question)
        return last

    def prepare(self, text: str, chosen: Filter | None = None) -> Prepared:
        """The quotes answer, with all it was chosen from. Raises InputError for an empty or over-long question."""
        return self.preparing.invoke(Request(text, chosen))

    def draft(self, prepared: Prepared, model: BaseChatModel, label: str, on_text: Callable[[str], None] | None = None) -> Answer:
        """Let a model draft from the evidence and keep what passes the check; what it wrote is kept with every verdict.

        A question that the collection does not answer never reaches the model. When the model fails, or nothing of its draft holds, the
        quotes answer stays and the reader is told.
        """

        def tell(event: Event) -> None:
            if on_text and event.kind == "words":
                on_text(event.text)

        run = Run(tell)
        run.seconds.update({name: value for name, value in prepared.answer.seconds.items() if name != "total"})
        return self.drafting.invoke(replace(prepared, writer=Writer(lambda: (lambda: model, label))), run)

    def evidence_lines(self, prepared: Prepared) -> dict[str, EvidenceSentence]:
        """What a model is given, under the keys of a closed set; the chosen quotes come first."""
        return evidence_lines([sentence for sentence in _ranked(prepared) if not speaks_to_a_model(sentence.text)], room_for())

    # ---- the steps

    def _understand(self, request: Request, here: Here) -> Understood:
        request = replace(request, text=clean_question(request.text))
        language = language_of(request.text, self._knows)
        if language not in self._searcher.config.spec.languages:
            return Understood(request, request.text, Understanding(language=language), sure=True, told=(self._foreign(language),))
        terms = self.terms()
        if request.standalone:
            resolved = Resolved(clean_question(request.standalone), "reader")
        else:
            resolved = resolve(request.text, request.last, terms)
            if request.last and request.writer and request.writer.strong:
                here.so_far.append(self._read(request, resolved, terms))
                resolved = self._by_model(request, request.last, resolved, here)
            resolved = self._respelled(resolved, terms)
        here.tell(Event("understood", "understand", resolved.question))
        return self._read(request, resolved, terms)

    def _respelled(self, resolved: Resolved, terms: Terms) -> Resolved:
        """The question with slips of the keyboard mended, which the reader is shown like any other change."""

        def common(word: str) -> bool:
            return bool(terms.find(word)) or word in LAY_WORDS or len(self._encoder.encode_tokens([word])[1][0].spans) < 2

        question = respell(resolved.question, self._searcher.frequencies, common)
        return resolved if question == resolved.question else Resolved(question, "rules" if resolved.how == "typed" else resolved.how)

    def _by_model(self, request: Request, last: Turn, resolved: Resolved, here: Here) -> Resolved:
        """The question as a strong model makes it stand alone; where it fails, as the rules do."""
        assert request.writer is not None  # noqa: S101 - for the type checker
        try:
            model = request.writer.open()[0]()
            made = stand_alone(model, request.text, last.question, here.halt)
        except (LateError, StoppedError):
            raise
        except FlorilegiumError:
            return resolved
        return Resolved(made, "model") if made and made != request.text else Resolved(request.text) if made else resolved

    def _read(self, request: Request, resolved: Resolved, terms: Terms) -> Understood:
        """The stand-alone question against the catalogue."""
        advice = asks_for_advice(resolved.question) or asks_for_advice(request.text)
        understood = Understood(request, resolved.question, Understanding(resolved.how, advice=advice), told=(ADVICE_NOTE,) if advice else ())
        records = self._records
        if records is None or advice:
            return understood
        facets = list(records.catalogue.facet_counts(Filter()))

        def count(filters: Sequence[str]) -> int:
            return len(records.catalogue.select(parse_filter(filters, records.vocabulary, facets)).ids)

        asked = read_catalogue_question(resolved.question, terms, count, self._knows)
        if asked is None:
            return understood
        found = answer_from_catalogue(asked, records, request.chosen, facets)
        near = [f"Did you mean {value}?" for word in asked.unknown if (value := terms.near(word))]
        return replace(understood, catalogue=found, sure=asked.sure, told=(*asked.told, *near, *_left_out(found.left_out)))

    def terms(self) -> Terms:
        """The collection's own terms, read anew when the library has gone on."""
        if self._records is None:
            return Terms(default_vocabulary())
        revision, held = self._records.revision(), self._terms
        if held is None or held[0] != revision:
            counts = self._records.catalogue.facet_counts(Filter())
            held = revision, Terms(self._records.vocabulary, {facet: [value for value, _ in values] for facet, values in counts.items()})
            self._terms = held
        return held[1]

    def _knows(self, word: str) -> bool:
        """Whether the collection's texts have a word (given stemmed, or as written)."""
        return any(self._searcher.frequencies([word, *analyse(word)])[0].values())

    def _foreign(self, language: str) -> str:
        handled = " and ".join(language_name(code) for code in self._searcher.config.spec.languages)
        return (
            f"This question seems to be in {language_name(language)}; the search of this collection handles {handled}. Nothing was looked for, so this says"
            f" nothing about what the collection holds. Please ask in {handled}."
        )

    def _retrieve(self, understood: Understood, here: Here) -> Found:
        if understood.sure:
            return Found(understood, Question(understood.standalone, {}))
        found = self._look_up(understood, understood.standalone)
        here.halt()
        return Found(understood, *found)

    def _look_up(self, understood: Understood, text: str) -> Looked:
        vocabulary = self._records.vocabulary if self._records else default_vocabulary()
        return look_up(text, self._searcher, self._encoder, vocabulary, understood.request.chosen)

    def _judged(self, understood: Understood, looked: Looked, here: Here) -> tuple[Looked, Decision]:
        """Whether it answers; where not, a part of a question that asks several things is answered alone, and the rest is named."""
        decision = decide(*looked)
        for part in () if decision.answers else parts_of(understood.standalone):
            if looked.weighed.meaning_in(part.text) < _LEAST_MEANING:
                continue
            here.halt()
            again = self._look_up(understood, part.text)
            alone = decide(*again)
            if alone.answers:
                return again, replace(alone, partly=True, part=part)
        return looked, decision

    def _decide(self, found: Found, here: Here) -> Prepared:
        writer = found.understood.request.writer
        if found.result is None or found.weighed is None:
            answer = replace(self._unsearched(found.understood), seconds=here.times())
            here.tell(Event("quotes", "decide", answer=answer))
            return Prepared(answer, found.question, (), (), (), Decision(answer.confidence, False, False, (), {}), writer)
        (question, result, weighed), decision = self._judged(found.understood, Looked(found.question, found.result, found.weighed), here)
        scores = fits(question, weighed)
        picked = choose(question, weighed, scores) if decision.answers else []
        request = found.understood.request
        own = sentences_that_answer(question, request.notes, request.note_titles, self._encoder) if request.notes else ()
        answer = replace(_quotes_answer(found.understood, self._searcher, result, decision, picked), from_notes=own, seconds=here.times())
        if answer.outcome == Outcome.NOT_IN_CORPUS:
            records, near = nearest(result.hits, weighed.sentences, scores, decision.confidence)
            answer = replace(answer, nearest=records, nearest_sentences=near)
        here.tell(Event("quotes", "decide", answer=answer))
        return Prepared(answer, question, weighed.sentences, tuple(scores), tuple(picked), decision, writer)

    def _unsearched(self, understood: Understood) -> Answer:
        """An answer from the catalogue alone, or none at all for a language that is not handled."""
        catalogue, revision = understood.catalogue, self._records.revision() if self._records else 0
        outcome = None if catalogue is None else Outcome.NOT_IN_CORPUS if catalogue.unknown else Outcome.ANSWERED
        answer = _answer(understood, self._searcher, revision)
        if catalogue is None:
            return answer
        return replace(answer, kind="catalogue", outcome=outcome, confidence=1.0, missing=catalogue.unknown)

    def _generate(self, prepared: Prepared, here: Here) -> Drafted:
        writer, nothing = prepared.writer, Drafted(prepared)
        if writer is None:
            return nothing
        try:
            connect, label = writer.open()
            if not prepared.chosen:
                return nothing
            with _turn(writer, here):
                return self._drafted(prepared, connect(), label, here)
        except (LateError, StoppedError):
            raise
        except FlorilegiumError as error:
            if writer.must:
                raise
            return replace(nothing, told=(f"The language model could not be used: {error} These are quotes.",))

    def _drafted(self, prepared: Prepared, model: BaseChatModel, label: str, here: Here) -> Drafted:
        """What a model writes, each sentence checked as it comes."""
        nothing = Drafted(prepared)
        ranked = _ranked(prepared)
        given = [sentence for sentence in ranked if not speaks_to_a_model(sentence.text)]
        lines = evidence_lines(given, room_of(model))
        if not lines:
            return replace(nothing, told=(not_given_notice(len(ranked)),))
        notices = (not_given_notice(len(ranked) - len(given)), left_out_notice(len(given) - len(lines)))
        checked: dict[DraftSentence, Checked] = {}
        drafted = replace(nothing, lines=lines, checked=checked, label=label, told=tuple(filter(None, notices)))
        here.so_far.append(drafted)

        here.tell(Event("words", "generate"))

        def heard(piece: str) -> None:
            here.halt()
            here.so_far.append(piece)
            here.tell(Event("words", "generate", piece))

        def whole(sentence: DraftSentence) -> None:
            here.halt()
            checked[sentence] = self._verdict(sentence, lines, here)
            kept = keep_passed(list(checked.values()), prepared.chosen)
            if kept:
                here.tell(Event("passed", "generate", sentence.text, _written(prepared.answer, kept, label)))

        try:
            wrote = ask_model(model, prepared.answer.standalone_question, lines, heard, whole)
            return replace(drafted, text=wrote.text, parsed=wrote.parsed, told=(*drafted.told, wrote.told) if wrote.told else drafted.told)
        except (LateError, StoppedError):
            raise
        except FlorilegiumError as error:
            return replace(nothing, told=(f"The language model did not answer ({error.message}); these are quotes.",))

    def _check(self, drafted: Drafted, here: Here) -> Verified:
        if not drafted.label:
            return Verified(drafted)
        parsed = drafted.parsed or parse_draft(drafted.text, drafted.lines)
        for sentence in parsed.sentences:
            here.halt()
            here.so_far.append(drafted.checked.get(sentence) or self._verdict(sentence, drafted.lines, here))
        return Verified(drafted, tuple(here.so_far), parsed.refused, parsed.unknown_keys)

    def _verdict(self, sentence: DraftSentence, lines: Lines, here: Here) -> Checked:
        """A drafted sentence checked, and its verdict told to the screen."""
        checked = check_sentence(self._checker, sentence.text, sentence.keys, lines)
        here.tell(Event("checked", "check", sentence.text, support=checked[0].support))
        return checked

    def _number(self, verified: Verified, here: Here) -> Answer:
        drafted, answer, told = verified.drafted, verified.drafted.prepared.answer, verified.drafted.told
        kept = keep_passed(verified.sentences, drafted.prepared.chosen)
        if kept:
            answer = _written(answer, kept, drafted.label)
        elif drafted.label:
            said = "found no answer in the evidence" if verified.refused else "wrote nothing that the evidence carries"
            why = said if drafted.text.strip() else "wrote nothing"
            told = (*told, f"The language model {why}; these are quotes.")
        draft = tuple(sentence for sentence, _ in verified.sentences)
        return replace(answer, draft=draft, dropped_keys=verified.unknown_keys, notices=(*answer.notices, *told), seconds=here.times())

    def _store(self, answer: Answer, here: Here) -> Answer:
        if self._keep is None:
            return answer
        try:
            self._keep(answer)
        except UnavailableError as error:  # the disk is full, the database gone: the reader has the answer all the same
            return replace(answer, notices=(*answer.notices, f"This answer could not be kept ({error.message}); a later question cannot refer to it."))
        return answer


def clean_question(text: str) -> str:
    """The question in one line. Raises InputError when it is empty or too long."""
    text = " ".join(text.split())
    if not text:
        raise InputError("the question is empty", remedy="Ask something in plain language")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; {LONGEST_QUESTION:,} is the most", remedy="Ask it more briefly")
    return text


@contextmanager
def _turn(writer: Writer, here: Here) -> Iterator[None]:
    """This question's turn at its model. Waiting for it is not counted as the model's time."""
    if writer.turns is None:
        yield
        return
    with ExitStack() as held:
        with here.halt.waiting(QUEUE, PATIENCE):
            held.enter_context(writer.turns.turn(writer.person, here.halt, lambda place: here.tell(Event("waiting", "generate", place=place))))
        yield


# ---- what stands in the place of a step that was stopped or late


def _cut_off(prepared: Prepared, error: LateError | StoppedError, so_far: Sequence[Any]) -> Drafted:
    """What the model had written until then is checked like any draft; nothing of it, and the quotes stay."""
    drafted: Drafted = so_far[0] if so_far else Drafted(prepared)
    text = "".join(so_far[1:])
    if isinstance(error, StoppedError):
        return Drafted(prepared, told=("You stopped the language model; these are quotes.",))
    if error.step == QUEUE:
        return Drafted(prepared, told=(f"The language model was busy with other questions for {error.seconds:g} s; these are quotes.",))
    late = f"The language model was not done within {error.seconds:g} s"
    if not text.strip():
        return Drafted(prepared, told=(f"{late}; these are quotes.",))
    return replace(drafted, text=text, told=(f"{late}; what it had written until then was checked.",))


def _unchecked(drafted: Drafted, error: LateError | StoppedError, so_far: Sequence[Any]) -> Verified:
    """Sentences not checked in time are not shown."""
    told = "You stopped the check" if isinstance(error, StoppedError) else f"The check was not done within {error.seconds:g} s"
    return Verified(replace(drafted, told=(*drafted.told, f"{told}; what was not checked is left out.")) if drafted.label else drafted, tuple(so_far))


def _not_kept(answer: Answer, error: LateError | StoppedError, so_far: Sequence[Any]) -> Answer:
    """The reader has the answer all the same."""
    return replace(answer, notices=(*answer.notices, "This answer could not be kept in time; a later question cannot refer to it."))


def _by_rules(request: Request, error: LateError | StoppedError, so_far: Sequence[Any]) -> Understood:
    """A model that is late with a follow-up leaves it to the rules."""
    if not so_far or isinstance(error, StoppedError):
        raise error
    understood: Understood = so_far[0]
    return replace(
        understood, told=(*understood.told, f"The language model was not done with the question within {error.seconds:g} s; rules made it stand alone.")
    )


def _ranked(prepared: Prepared) -> list[EvidenceSentence]:
    """The sentences of the evidence that a model is given, the chosen quotes first."""
    order = sorted(range(len(prepared.sentences)), key=lambda i: -prepared.scores[i])
    chosen = [choice.sentence for choice in prepared.chosen]
    most = lines_for(strong=prepared.writer is not None and prepared.writer.strong)
    return [*chosen, *(prepared.sentences[i] for i in order if prepared.sentences[i] not in chosen)][:most]


def _written(answer: Answer, kept: Sequence[tuple[Sentence, Review]], label: str) -> Answer:
    """The answer with what was kept of a model's draft in the place of the quotes."""
    sentences, reviews = number(_with_harm(kept) if answer.understood.advice else kept)
    return replace(answer, sentences=sentences, reviews=reviews, model=label)


# ---- the answer without a language model


def _answer(understood: Understood, searcher: Searcher, revision: int) -> Answer:
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


def _quotes_answer(understood: Understood, searcher: Searcher, result: SearchResult, decision: Decision, picked: Sequence[Chosen]) -> Answer:
    quotes = [(quote(choice.sentence), choice.sentence.review) for choice in picked]
    sentences, reviews = number(_with_harm(quotes) if understood.how.advice else quotes)
    outcome = Outcome.NOT_IN_CORPUS if not sentences else Outcome.PARTLY if decision.partly else Outcome.ANSWERED
    answer = _answer(understood, searcher, result.revision)
    answer = replace(answer, outcome=outcome, confidence=decision.confidence, sentences=sentences, reviews=reviews)
    stale = f"{result.stale} passages are newer than the search data and were left out; they come in with the next sync."
    part = decision.part
    in_part = f"The question as a whole found no answer here; this answers its part “{part.text}”. Not looked for by itself: “{part.rest}”." if part else ""
    notices = (*answer.notices, *filter(None, (in_part, stale if result.stale else "")), *_left_out(result.left_out))
    if outcome == Outcome.NOT_IN_CORPUS and understood.catalogue and understood.catalogue.count:
        return replace(answer, kind="catalogue", outcome=Outcome.ANSWERED, confidence=1.0, notices=notices)
    return replace(answer, missing=decision.missing if outcome != Outcome.ANSWERED else (), notices=notices)


def _with_harm(kept: Sequence[tuple[Sentence, Review]]) -> list[tuple[Sentence, Review]]:
    """The sentences and, where none of them names an adverse event but a cited record does, that record's own words."""
    if any(names_harm(sentence.text) for sentence, _ in kept):
        return list(kept)
    harm = harm_sentence({review.id: review for _, review in kept}.values()) if kept else None
    return [*kept, (quote(harm), harm.review)] if harm else list(kept)


def _left_out(count: int) -> tuple[str, ...]:
    return (f"{count} record{' was left out because it has' if count == 1 else 's were left out because they have'} no year.",) if count else ()
