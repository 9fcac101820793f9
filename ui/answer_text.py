"""An answer as one piece of Markdown, for programs that show text: sentences with numbered marks, then the sources with links."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from assistant.answer import Answer, Citation, Outcome, ReviewRef, Sentence
from ui.digest.links import doi_url
from ui.digest.writing import md
from ui.web.place import link_to

_ABSENT = "This collection does not answer that."


def answer_text(answer: Answer, base: str = "") -> str:
    """All of an answer; addresses of this site begin with `base`, and are left out without one."""
    return "\n\n".join([*body_of(answer), *sources_of(answer, base)])


def body_of(answer: Answer) -> list[str]:
    """What it says, paragraph by paragraph."""
    said = [f"*Understood as: {md(answer.standalone_question)}*"] if answer.standalone_question != answer.question else []
    if answer.catalogue:
        said.append(f"**{md(answer.catalogue.said())}**")
        said += ["\n".join(f"- {_named(record)}" for record in answer.catalogue.records)] if answer.catalogue.records else []
    if answer.outcome == Outcome.NOT_IN_CORPUS and not answer.catalogue:
        said.append(_ABSENT)
    for sentence in answer.sentences:
        marks = "".join(f"[{key}]" for key in dict.fromkeys(citation.key for citation in sentence.citations))
        lead = f"*{md(sentence.lead)}* " if sentence.lead else ""
        said.append(f"{lead}{md(sentence.text)} {marks}".rstrip())
    if answer.missing and answer.outcome == Outcome.PARTLY:
        said.append(f"Not found in what is cited: {md(', '.join(answer.missing))}.")
    return said


def sources_of(answer: Answer, base: str = "") -> list[str]:
    """Below it: the numbered sources (or the nearest records), what is to be known of them, and where the answer is kept."""
    below = []
    first = {citation.key: citation for sentence in reversed(answer.sentences) for citation in reversed(sentence.citations)}
    if answer.reviews:
        below.append("Sources:")
        below.append("  \n".join(f"[{review.key}] {_linked(review, base, first.get(review.key))}" for review in answer.reviews))
    elif answer.nearest:
        below.append("Nearest in it:")
        below.append("\n".join(_near(review, answer.nearest_words.get(review.id), base) for review in answer.nearest))
    below += [f"> {md(line)}" for line in (*_notices(answer), *answer.notices)]
    kept = f"[This answer]({base}/answers/{answer.id})" if base else f"Answer {answer.id}"
    below.append(f"{kept}, by {md(answer.model)}")
    return below


def _notices(answer: Answer) -> Iterator[str]:
    for review in answer.reviews:
        yield from (f"[{review.key}] {said}" for said in _noticed(review))


def _noticed(review: ReviewRef) -> list[str]:
    return [f"{str(notice['type']).upper()}: {notice['text']}" for notice in review.notices]


def _named(review: ReviewRef) -> str:
    return md(f"{review.label}. {review.title}" if review.title else review.label)


def _near(review: ReviewRef, sentence: Sentence | None, base: str) -> str:
    """A record of those nearest, with the words in it that came nearest."""
    said = f": “{md(sentence.text)}”" if sentence else ""
    noticed = "".join(f" **{md(line)}**" for line in _noticed(review)) if sentence else ""
    return f"- {_linked(review, base, sentence.citations[0] if sentence else None)}{said}{noticed}"


def _linked(review: ReviewRef, base: str, cited: Citation | None = None) -> str:
    """A record with its DOI and, on this site, its page: at the words that are cited first."""
    doi = f" <{doi_url(review.doi)}>" if review.doi else ""
    if not base:
        return f"{_named(review)}{doi} ({review.id})"
    return f"{_named(review)}{doi} [words]({base}{link_to(cited.anchor)})" if cited else f"{_named(review)}{doi} [record]({base}/review/{quote(review.id)})"
