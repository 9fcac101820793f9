"""`Assistant`: the way from a question to a checked answer. This file is the whole chain; what a step needs stands in files of its own.

understand -> retrieve -> decide -> generate -> check -> number -> store

Each step takes one frozen value and gives the next. After `decide` the quotes answer is complete and is told to the screen; a language
model's draft takes its place only sentence by sentence, after the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answer import Answer, Outcome, Understanding
from assistant.budget import left_out_notice, room_for
from assistant.chain import Chain, Here, step
from assistant.check import Checker
from assistant.composing import empty_answer, for_a_model, quotes_answer, with_draft, without_year
from assistant.decide import Decision, decide
from assistant.draft import DraftSentence, parse_draft
from assistant.evidence import EvidenceSentence, Question
from assistant.injection import not_given_notice, speaks_to_a_model
from assistant.instead import by_rules, cut_off, not_kept, unchecked
from assistant.look_up import Looked, look_up
from assistant.nearest import nearest
from assistant.note_evidence import sentences_that_answer
from assistant.quotes import choose, fits
from assistant.run import QUEUE, Event, LateError, Run, StoppedError
from assistant.steps import LONGEST_QUESTION, Drafted, Found, Prepared, Request, Understood, Verified, Writer, clean_question
from assistant.turns import PATIENCE
from assistant.understanding import (
    ADVICE_NOTE,
    Records,
    Resolved,
    Terms,
    Turn,
    answer_from_catalogue,
    asks_for_advice,
    language_name,
    language_of,
    parts_of,
    read_catalogue_question,
    resolve,
    respell,
)
from assistant.understanding.lay_words import LAY_WORDS
from assistant.writing import Checked, Lines, ask_model, check_sentence, evidence_lines, keep_passed, room_of, stand_alone
from corpus import Filter, FlorilegiumError, UnavailableError, default_vocabulary, parse_filter
from index.encoder import TokenEncoder
from index.lexical import analyse
from index.searcher import Searcher

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: A part of a question is answered alone only where its words carry this share of the whole's meaning: else what it is about stands in the rest.
_LEAST_MEANING = 0.6


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
            step("understand", self._understand, instead=by_rules) | step("retrieve", self._retrieve) | step("decide", self._decide)
        )
        self.drafting: Chain[Prepared, Answer] = (
            step("generate", self._generate, instead=cut_off) | step("check", self._check, instead=unchecked) | step("number", self._number, stoppable=False)
        )
        self.chain: Chain[Request, Answer] = self.preparing | self.drafting | step("store", self._store, instead=not_kept, stoppable=False)

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
        return evidence_lines([sentence for sentence in for_a_model(prepared) if not speaks_to_a_model(sentence.text)], room_for())

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
        return replace(understood, catalogue=found, sure=asked.sure, told=(*asked.told, *near, *without_year(found.left_out)))

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
        answer = replace(quotes_answer(found.understood, self._searcher, result, decision, picked), from_notes=own, seconds=here.times())
        if answer.outcome == Outcome.NOT_IN_CORPUS:
            records, near = nearest(result.hits, weighed.sentences, scores, decision.confidence, advice=answer.understood.advice)
            answer = replace(answer, nearest=records, nearest_sentences=near)
        here.tell(Event("quotes", "decide", answer=answer))
        return Prepared(answer, question, weighed.sentences, tuple(scores), tuple(picked), decision, writer)

    def _unsearched(self, understood: Understood) -> Answer:
        """An answer from the catalogue alone, or none at all for a language that is not handled."""
        catalogue, revision = understood.catalogue, self._records.revision() if self._records else 0
        outcome = None if catalogue is None else Outcome.NOT_IN_CORPUS if catalogue.unknown else Outcome.ANSWERED
        answer = empty_answer(understood, self._searcher, revision)
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
        ranked = for_a_model(prepared)
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
                here.tell(Event("passed", "generate", sentence.text, with_draft(prepared.answer, kept, label)))

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
            answer = with_draft(answer, kept, drafted.label)
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
