"""What a language model's part in an answer needs: asking it, checking each sentence it wrote, keeping what passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.answer import SHOWN, Citation, Sentence, Support
from assistant.budget import fit_evidence
from assistant.check import Checker
from assistant.evidence import EvidenceSentence
from assistant.prompts import STAND_ALONE, SYSTEM, follow_up_message, user_message
from assistant.quotes import Chosen
from corpus import FlorilegiumError, Review, UnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_EVIDENCE_LINES = 10
#: A plain yes or no is a verdict on the question; no passage says it, whatever else the sentence repeats.
_VERDICT = re.compile(r"(?:yes|no|indeed|absolutely|definitely)\b\s*[,.;:!]", re.IGNORECASE)
_FEWEST = 3  # a checked draft of fewer sentences is filled up with quotes of other reviews

#: Evidence under the keys that a model may use, E1, E2, …: a closed set.
Lines = Mapping[str, EvidenceSentence]
#: A sentence with its verdict and the review it rests on (None where it rests on nothing).
Checked = tuple[Sentence, Review | None]


def evidence_lines(ranked: Sequence[EvidenceSentence]) -> dict[str, EvidenceSentence]:
    """The best lines under keys of a closed set, as many as fit the budget."""
    lines = fit_evidence([(sentence.review.label(), sentence.text) for sentence in ranked[:_EVIDENCE_LINES]])
    return {f"E{number}": sentence for number, sentence in enumerate(ranked[: len(lines)], start=1)}


def ask_model(model: BaseChatModel, question: str, lines: Lines, on_text: Callable[[str], None]) -> str:
    """What the model writes, told piece by piece; `on_text` may raise to end it. Raises UnavailableError when nothing came."""
    return _stream(model, SYSTEM, user_message(question, [(key, line.review.label(), line.text) for key, line in lines.items()]), on_text)


def stand_alone(model: BaseChatModel, question: str, last: str, halt: Callable[[], None]) -> str:
    """A follow-up as a model makes it stand alone, or "" where what it wrote is no question. Raises UnavailableError, and what `halt` raises."""
    text = _stream(model, STAND_ALONE, follow_up_message(last, question), lambda piece: halt()).strip()
    line = text.splitlines()[0].strip(" \"'") if text else ""
    return line if 5 <= len(line) <= 300 and line.endswith("?") else ""


def _stream(model: BaseChatModel, system: str, message: str, on_text: Callable[[str], None]) -> str:
    text = ""
    try:
        for chunk in model.stream([("system", system), ("user", message)]):
            piece = chunk.text if isinstance(chunk.text, str) else str(chunk.text())
            text += piece
            on_text(piece)
    except FlorilegiumError:
        raise
    except Exception as error:  # every provider raises its own classes
        if text.strip():
            return text  # cut off: what came is checked like any draft
        raise UnavailableError(f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else 'no reason given'}") from error
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
    return Sentence(source.text, Support.VERBATIM, 1.0, (Citation(0, source.anchor()),), f"{source.review.label()}:")


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()
