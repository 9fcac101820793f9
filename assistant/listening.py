"""Listening to a language model: its words as they come, each sentence as soon as it is whole, and why it ended. Nothing it does breaks this."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.draft import DraftSentence, ParsedDraft, parse_draft
from assistant.faults_told import told_of
from corpus.errors import FlorilegiumError, UnavailableError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Sentences after which a model is not listened to any longer: an answer is two to four.
ENOUGH = 5
#: A sentence written this often is a loop.
_LOOP = 3
_PIECE = re.compile(r"[^.!?\n]{12,}[.!?\n]")
_KEY_CLOSED = re.compile(r"[\])】]\s*[.!?]?\s$|\n\s*$")
_CUT = "The language model's answer was cut off by its length limit; the unfinished sentence was left out."
_LOOPED = "The language model began to repeat itself and was stopped there."


@dataclass(frozen=True)
class Heard:
    """What a model wrote, taken apart. `told`: what the reader is told of how it ended, or nothing where it ended of itself."""

    text: str
    parsed: ParsedDraft
    told: str = ""


class Listener:
    """Takes a model's text piece by piece and gives every sentence once, when the next one has begun or its keys are closed."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._given = 0
        self.text = ""

    def take(self, piece: str) -> list[DraftSentence]:
        """The sentences that this piece made whole."""
        self.text += piece
        if not re.search(r"[.!?\])】\n]", piece) and not re.search(r"[.!?\])】\n]\s*$", self.text[: -len(piece)] if piece else ""):
            return []
        found = parse_draft(self.text, self._known).sentences
        whole = len(found) if _KEY_CLOSED.search(self.text) else len(found) - 1
        new = list(found[self._given : max(self._given, whole)])
        self._given = max(self._given, whole)
        return new

    @property
    def enough(self) -> bool:
        """Whether as many sentences have come as an answer may have."""
        return self._given >= ENOUGH

    @property
    def looping(self) -> bool:
        """Whether the model says one sentence, or one run of words, again and again."""
        pieces = Counter(" ".join(re.findall(r"\w+", piece.casefold())) for piece in _PIECE.findall(self.text))
        tail = self.text[-240:]
        return any(count >= _LOOP for piece, count in pieces.items() if piece) or bool(re.search(r"(.{3,60}?)\1{7,}$", tail, re.DOTALL))

    def ended(self, *, cut: bool) -> ParsedDraft:
        """The whole text taken apart; with `cut`, without the sentence that it broke off in."""
        text = self.text
        if cut and not re.search(r"[.!?\])】][\s\"'”’]*$", text):
            ends = [m.end() for m in re.finditer(r"[.!?\])】](?=\s)|\n", text)]
            text = text[: ends[-1]] if ends else ""
        return parse_draft(text, self._known)


def listen(
    model: BaseChatModel,
    messages: list[tuple[str, str]],
    known: Collection[str],
    on_text: Callable[[str], None],
    on_sentence: Callable[[DraftSentence], None],
) -> Heard:
    """Ask and listen. `on_text` and `on_sentence` may raise a FlorilegiumError to end it, which goes on to the caller.

    Raises UnavailableError, in words for the reader, where the model failed before it wrote a word.
    """
    listener = Listener(known)
    told, cut = "", False
    stream = pieces(model, messages)
    try:
        for piece, reason in stream:
            if reason == "length":
                told, cut = _CUT, True
            on_text(piece)
            for sentence in listener.take(piece):
                on_sentence(sentence)
            if listener.looping:
                told, cut = _LOOPED, True
                break
            if listener.enough:
                break
    except FlorilegiumError:
        raise
    except Exception as error:  # every provider raises its own classes
        if not listener.text.strip():
            raise UnavailableError(told_of(error)) from error
        told, cut = f"The language model broke off ({told_of(error)}); what it had written until then was checked.", True
    finally:
        stream.close()
    return Heard(listener.text, listener.ended(cut=cut), told)


def pieces(model: BaseChatModel, messages: list[tuple[str, str]]) -> Generator[tuple[str, str], None, None]:
    """(text, why it ended or nothing) of each part of the stream."""
    for chunk in model.stream(messages):
        text = chunk.text if isinstance(chunk.text, str) else str(chunk.text())
        yield text, str((chunk.response_metadata or {}).get("finish_reason") or "")
