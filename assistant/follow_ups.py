"""Questions to ask next that the collection answers: made from the terms of the records an answer cites, and each decided like a question that was asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from assistant.answer import Answer
from corpus import Filter, Review

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: Questions by the facets whose values they join. General ones, so that a value of any kind can stand in them.
_JOINED = "What is known about {substances} and {topics}?"
_RISKS = "What are the risks of {substances}?"
_COMPARED = "How does {substances} compare with {other}?"
_RISKY = ("risk", "adverse", "safe", "harm", "side effect")
_TRIED = 12  # candidates at most


def suggest(
    assistant: Assistant, answer: Answer, cited: Iterable[Review], chosen: Filter | None = None, *, most: int = 3, seconds: float = 1.5
) -> tuple[str, ...]:
    """At most `most` questions that the collection answers under the same filters; those found within `seconds`, so that nobody waits for them."""
    until = time.monotonic() + seconds
    found: list[str] = []
    for question in candidates(assistant, answer, cited):
        if len(found) == most or time.monotonic() > until:
            break
        if assistant.prepare(question, chosen).decision.answers:
            found.append(question)
    return tuple(found)


def candidates(assistant: Assistant, answer: Answer, cited: Iterable[Review]) -> list[str]:
    """Questions near an answer, the likeliest first, without those that it answered."""
    asked = [(mention.facet, mention.value) for mention in assistant.terms().find(answer.standalone_question)]
    counts: dict[str, Counter[str]] = {"substances": Counter(), "topics": Counter()}
    for review in cited:
        for facet, counter in counts.items():
            counter.update(review.facets.get(facet, ()))
    named = [value for facet, value in asked if facet == "substances"] or [value for value, _ in counts["substances"].most_common(1)]
    if not named:
        return []
    subject = named[0]
    topics = [value for value, _ in counts["topics"].most_common() if ("topics", value) not in asked and value != "safety"]
    others = [value for value, _ in counts["substances"].most_common() if value not in named]
    made = [_JOINED.format(substances=subject, topics=topic) for topic in topics[:1]]
    if not any(word in answer.standalone_question.casefold() for word in _RISKY):
        made.append(_RISKS.format(substances=subject))
    made += [_COMPARED.format(substances=subject, other=other) for other in others[:1]]
    made += [_JOINED.format(substances=subject, topics=topic) for topic in topics[1:]]
    return made[:_TRIED]
