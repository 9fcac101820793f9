"""What a language model's part in an answer needs: asking it, checking each sentence it wrote, keeping what passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.answer import SHOWN, Citation, Sentence, Support
from assistant.budget import CONTEXT_TOKENS, fit_evidence, room_for, server_context
from assistant.check import Checker
from assistant.draft import DraftSentence
from assistant.evidence import EvidenceSentence
from assistant.faults_told import told_of
from assistant.listening import Heard, listen, pieces
from assistant.prompts import STAND_ALONE, SYSTEM, follow_up_message, user_message
from assistant.quotes import Chosen
from assistant.table import design_and_size
from corpus import FlorilegiumError, Review, UnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Sentences of evidence that a strong model is given at most, and a small one, which reads fewer faster and loses itself less among them.
_LINES, _FEW_LINES = 10, 6
#: A plain yes or no is a verdict on the question; no passage says it, whatever else the sentence repeats.
_VERDICT = re.compile(r"(?:yes|no|indeed|absolutely|definitely)\b\s*[,.;:!]", re.IGNORECASE)
_FEWEST = 3  # a checked draft of fewer sentences is filled up with quotes of other reviews

#: Evidence under the keys that a model may use, E1, E2, …: a closed set.
Lines = Mapping[str, EvidenceSentence]
#: A sentence with its verdict and the review it rests on (None where it rests on nothing).
Checked = tuple[Sentence, Review | None]


def lines_for(*, strong: bool) -> int:
    """How many sentences of evidence a model is given at most."""
    return _LINES if strong else _FEW_LINES


def evidence_lines(ranked: Sequence[EvidenceSentence], room: int) -> dict[str, EvidenceSentence]:
    """The lines under keys of a closed set, as many as fit the room a model has, in tokens."""
    lines = fit_evidence([(sentence.review.label(), sentence.text) for sentence in ranked], room)
    return {f"E{number}": sentence for number, sentence in enumerate(ranked[: len(lines)], start=1)}


def room_of(model: BaseChatModel) -> int:
    """The room for evidence that a model has, in tokens, as its server tells; the embedded one's where it does not."""
    address = str(getattr(model, "openai_api_base", None) or "")
    return room_for((server_context(address) if address else None) or CONTEXT_TOKENS)


def ask_model(model: BaseChatModel, question: str, lines: Lines, on_text: Callable[[str], None], on_sentence: Callable[[DraftSentence], None]) -> Heard:
    """What the model writes, told piece by piece and sentence by sentence; both may raise to end it. Raises UnavailableError when nothing came."""
    message = user_message(question, [(key, line.review.label(), line.text) for key, line in lines.items()])
    return listen(model, [("system", SYSTEM), ("user", message)], lines, on_text, on_sentence)


def stand_alone(model: BaseChatModel, question: str, last: str, halt: Callable[[], None]) -> str:
    """A follow-up as a model makes it stand alone, or "" where what it wrote is no question. Raises UnavailableError, and what `halt` raises."""
    text = _stream(model, STAND_ALONE, follow_up_message(last, question), lambda piece: halt()).strip()
    line = text.splitlines()[0].strip(" \"'") if text else ""
    return line if 5 <= len(line) <= 300 and line.endswith("?") else ""


def _stream(model: BaseChatModel, system: str, message: str, on_text: Callable[[str], None]) -> str:
    text = ""
    try:
        for piece, _ in pieces(model, [("system", system), ("user", message)]):
            text += piece
            on_text(piece)
    except FlorilegiumError:
        raise
    except Exception as error:  # every provider raises its own classes
        if text.strip():
            return text  # cut off: what came is checked like any draft
        raise UnavailableError(told_of(error)) from error
    return text


def check_sentence(checker: Checker, text: str, keys: Sequence[str], lines: Lines) -> Checked:
    """A drafted sentence with its verdict. It is checked against the lines it names, then against all: the model's keys are only hints."""
    best: tuple[Sentence, Review] | None = None
    for part in (list(keys), [key for key in lines if key not in keys]):
        if not part:
            continue
        verdicts = checker.check(text, [lines[key].text for key in part])
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


def keep_passed(drafted: Sequence[Checked], chosen: Sequence[Chosen]) -> list[tuple[Sentence, Review]]:
    """Sentences that passed; in the place of one that failed, the verbatim sentence it should have rested on, if that one answers."""
    good = {(choice.sentence.review.id, choice.sentence.field, choice.sentence.start): choice for choice in chosen}
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
            kept.append((quote(good[place].sentence), review))
        else:
            continue
        cited.add(place)
    if passed and len(kept) < _FEWEST:
        held = {review.id for _, review in kept}
        others = [choice.sentence for choice in chosen if choice.sentence.review.id not in held]
        kept += [(quote(sentence), sentence.review) for sentence in others[: _FEWEST - len(kept)]]
    return kept if passed else []


def quote(source: EvidenceSentence) -> Sentence:
    """A sentence of a record as a sentence of an answer, led in by whose it is; its citation has no number yet."""
    return Sentence(source.text, Support.VERBATIM, 1.0, (Citation(0, source.anchor()),), f"{lead_of(source.review)}:")


def lead_of(review: Review) -> str:
    """Whose a sentence is, and of what design and size the work: "An et al., 2021 (systematic review and meta-analysis, n = 858)"."""
    said = design_and_size(review)
    return f"{review.label()} ({said})" if said else review.label()


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()
