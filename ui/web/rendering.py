"""An `Answer` as HTML for the chat. Everything from a record, a model or a reader is escaped, for HTML and for Markdown."""

from __future__ import annotations

import html
import re

from assistant.answer import Answer, Citation, Outcome, ReviewRef, Sentence, Support
from ui.web.place import link_to

_MARKUP = re.compile(r"[*_`~\[\]()#+\-.!|\\$:{}>=]")
_MARKS = {Support.VERBATIM: ("❝", "quoted word for word"), Support.SUPPORTED: ("✓", "checked against the words it cites")}
_NOTICES = {"concern": "Expression of concern", "erratum": "Erratum", "retraction": "Retraction"}


def escape(text: str) -> str:
    """Text as HTML that Markdown leaves alone too; one line."""
    safe = html.escape(" ".join(text.split()), quote=True)
    return re.sub(r"(&(?:amp|lt|gt|quot|#x27);)|" + _MARKUP.pattern, lambda match: match[0] if match[1] else f"&#{ord(match[0])};", safe)


def answer_html(answer: Answer, *, drafting: int | None = None) -> str:
    """The whole answer. `drafting` says that a language model is at work on a better wording, and how many words it has written so far."""
    parts = [_not_answered(answer)] if answer.outcome == Outcome.NOT_IN_CORPUS else [_sentence(sentence, answer) for sentence in answer.sentences]
    if answer.outcome == Outcome.PARTLY and answer.missing:
        parts.append(f'<p class="fl-note">Not found in the collection: {escape(", ".join(answer.missing))}.</p>')
    warned = [review for review in answer.reviews if review.notices]
    parts += [f'<p class="fl-warn">{_warning(review)}</p>' for review in warned]
    if answer.reviews:
        parts.append(f'<ol class="fl-sources">{"".join(_source(review) for review in answer.reviews)}</ol>')
    parts += [f'<p class="fl-note">{escape(notice)}</p>' for notice in answer.notices]
    parts.append(f'<p class="fl-foot">{_foot(answer, drafting)}</p>')
    return f'<div class="fl-answer">{"".join(parts)}</div>'


def waiting_html(text: str) -> str:
    """A line that stands while something is under way."""
    return f'<div class="fl-answer"><p class="fl-foot">{escape(text)}</p></div>'


def fault_html(text: str) -> str:
    """An error, told to a reader."""
    return f'<div class="fl-answer"><p class="fl-warn">{escape(text)}</p></div>'


def _sentence(sentence: Sentence, answer: Answer) -> str:
    sign, meaning = _MARKS.get(sentence.support, ("?", "not checked"))
    lead = f'<span class="fl-lead">{escape(sentence.lead)}</span> ' if sentence.lead else ""
    cites = "".join(_cite(citation, answer) for citation in sentence.citations)
    return f'<p class="fl-sentence"><span class="fl-sign" title="{meaning}" aria-label="{meaning}">{sign}</span> {lead}{escape(sentence.text)} {cites}</p>'


def _cite(citation: Citation, answer: Answer) -> str:
    label = next((review.label for review in answer.reviews if review.key == citation.key), "")
    return f'<a class="fl-cite" href="{html.escape(link_to(citation.anchor))}" title="{escape(label)}">{citation.key}</a>'


def _source(review: ReviewRef) -> str:
    doi = f' <a class="fl-doi" href="https://doi.org/{html.escape(review.doi)}" target="_blank" rel="noopener noreferrer">doi</a>' if review.doi else ""
    journal = f" <i>{escape(review.journal)}</i>." if review.journal else ""
    record = f'<a class="fl-record" href="/review/{html.escape(review.id)}">{escape(review.label)}</a>'
    return f'<li value="{review.key}">{record} {escape(review.title)}{journal}{doi}</li>'


def _warning(review: ReviewRef) -> str:
    said = " ".join(f"{_NOTICES[str(notice['type'])]}: {notice['text']}" for notice in review.notices)
    return f"[{review.key}] {escape(said)}".replace("[", "&#91;").replace("]", "&#93;")


def _not_answered(answer: Answer) -> str:
    nearest = "".join(_nearest(review) for review in answer.nearest)
    listing = f'<p class="fl-note">Nearest in it:</p><ul class="fl-nearest">{nearest}</ul>' if nearest else ""
    return f'<p class="fl-none"><strong>This collection does not answer that.</strong></p>{listing}'


def _nearest(review: ReviewRef) -> str:
    return f'<li><a class="fl-record" href="/review/{html.escape(review.id)}">{escape(review.label)}</a> {escape(review.title)}</li>'


def _foot(answer: Answer, drafting: int | None) -> str:
    how = "Sentences quoted from the records" if answer.model == "quotes" else f"Written by {escape(answer.model)}, each sentence checked"
    busy = ""
    if drafting is not None:
        so_far = f"has written {drafting} words" if drafting else "is reading the evidence"
        busy = f' <span class="fl-busy">· the language model {so_far}; what passes the check will take this place …</span>'
    return f"{how} · collection at revision {answer.revision} · {answer.seconds.get('total', 0.0):.1f} s{busy}"
