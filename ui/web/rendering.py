"""An `Answer` as HTML for the chat. Everything from a record, a model or a reader is escaped, for HTML and for Markdown."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Sequence

from assistant.answer import SHOWN, Answer, CatalogueAnswer, Citation, Outcome, ReviewRef, Sentence, Support
from assistant.own_notes import NoteSentence
from assistant.run import Event
from ui.texts import say
from ui.web.place import link_to

_MARKUP = re.compile(r"[*_`~\[\]()#+\-.!|\\$:{}>=]")
#: The sign of each support that is shown, and the key of what it means.
MARKS = {Support.VERBATIM: ("❝", "answer.mark_verbatim"), Support.SUPPORTED: ("✓", "answer.mark_supported")}


def escape(text: str) -> str:
    """Text as HTML that Markdown leaves alone too; one line."""
    safe = html.escape(" ".join(text.split()), quote=True)
    return re.sub(r"(&(?:amp|lt|gt|quot|#x27);)|" + _MARKUP.pattern, lambda match: match[0] if match[1] else f"&#{ord(match[0])};", safe)


class Drafting:
    """What a language model has written so far, for the screen; it is told again only when enough has come to be worth it."""

    def __init__(self) -> None:
        self.text = ""
        self.checked: list[tuple[str, Support]] = []
        self.step = ""
        self.place = 0  # in the queue before the model; 0 once it is this question's turn
        self._told = 0

    def hear(self, event: Event) -> bool:
        """Take an event in; says whether the screen should be drawn anew."""
        if event.kind == "waiting":
            self.place = event.place
            return True
        if event.kind == "words":
            self.place = 0
            began, self.step = not self.step, event.step
            self.text += event.text
            if not began and self.text.count(" ") < self._told + 5:
                return False
            self._told = self.text.count(" ")
            return True
        if event.kind == "checked" and event.support:
            self.checked.append((event.text, event.support))
            self.step = event.step
            return True
        return False

    @property
    def unchecked(self) -> str:
        """What it wrote after the last sentence that was checked."""
        if not self.checked:
            return self.text
        last = self.checked[-1][0].rstrip(".!?")
        at = self.text.rfind(last)
        return self.text[at + len(last) :].lstrip(".!? ") if at >= 0 else ""


def answer_html(answer: Answer, *, drafting: Drafting | None = None) -> str:
    """The whole answer. `drafting` says that it may yet be put in better words by a language model, and how far that one is."""
    parts = []
    if answer.standalone_question != answer.question:
        parts.append(f'<p class="fl-note fl-taken">{escape(say("answer.understood", question=answer.standalone_question))}</p>')
    both = answer.catalogue is not None and answer.kind == "evidence"
    if answer.catalogue is not None:
        parts.append(_catalogue(answer.catalogue, say("answer.taken_catalogue") if both else ""))
    if both:
        parts.append(f'<p class="fl-way">{escape(say("answer.taken_evidence"))}</p>')
    if answer.outcome == Outcome.NOT_IN_CORPUS and answer.kind == "evidence":
        parts.append(_not_answered(answer))
    parts += [_sentence(sentence, answer) for sentence in answer.sentences]
    parts.append(own_notes_html(answer.from_notes))
    if answer.outcome == Outcome.PARTLY and answer.missing:
        parts.append(f'<p class="fl-note">{escape(say("answer.not_found", missing=", ".join(answer.missing)))}</p>')
    warned = [review for review in answer.reviews if review.notices]
    parts += [f'<p class="fl-warn">{_warning(review)}</p>' for review in warned]
    if answer.reviews:
        parts.append(f'<ol class="fl-sources">{"".join(_source(review) for review in answer.reviews)}</ol>')
    marked = "fl-note fl-advice" if answer.understood.advice else "fl-note"
    parts += [f'<p class="{marked if number == 0 else "fl-note"}">{escape(notice)}</p>' for number, notice in enumerate(answer.notices)]
    if drafting is not None and drafting.text:
        parts.append(_draft(drafting))
    parts.append(f'<p class="fl-foot">{_foot(answer, drafting)}</p>')
    return f'<div class="fl-answer">{"".join(parts)}</div>'


def notice_name(kind: str) -> str:
    """A notice's type in words."""
    return say(f"answer.notice_{kind}")


def notices_of(review: ReviewRef) -> list[str]:
    """The notices of a review in words."""
    return [f"{notice_name(str(notice['type']))}: {notice['text']}" for notice in review.notices]


def waiting_html(text: str) -> str:
    """A line that stands while something is under way."""
    return f'<div class="fl-answer"><p class="fl-foot">{escape(text)}</p></div>'


def fault_html(text: str) -> str:
    """An error, told to a reader."""
    return f'<div class="fl-answer"><p class="fl-warn">{escape(text)}</p></div>'


def own_notes_html(sentences: Sequence[NoteSentence]) -> str:
    """What the reader's own notes say, apart from the collection; of words that are not for whoever looks, only how many there are."""
    told = [sentence for sentence in sentences if sentence.text]
    rows = "".join(
        f'<p class="fl-sentence fl-own"><span class="fl-sign" title="{escape(say("answer.own_sign"))}">✎</span> {escape(sentence.text)} '
        f'<a class="fl-note-link" href="/notes#note-{html.escape(sentence.note_id)}" target="_blank">{escape(say("answer.own_note"))}</a></p>'
        for sentence in told
    )
    head = f'<p class="fl-way">{escape(say("answer.own_notes"))}</p>' if told else ""
    left = len(sentences) - len(told)
    return head + rows + (f'<p class="fl-note">{escape(say("answer.own_withheld", count=left))}</p>' if left else "")


def _sentence(sentence: Sentence, answer: Answer) -> str:
    sign = _mark(sentence.support, "answer.mark_none")
    lead = f'<span class="fl-lead">{escape(sentence.lead)}</span> ' if sentence.lead else ""
    cites = "".join(_cite(citation, answer) for citation in sentence.citations)
    return f'<p class="fl-sentence">{sign} {lead}{escape(sentence.text)} {cites}</p>'


def _draft(drafting: Drafting) -> str:
    """The draft while it is written: each sentence with its mark as soon as it is checked; what does not hold is struck out."""
    marked = []
    for text, support in drafting.checked:
        sign = _mark(support, "answer.mark_struck")
        tag = "span" if support in SHOWN else "s"
        marked.append(f"{sign} <{tag}>{escape(text)}</{tag}> ")
    return f'<p class="fl-draft"><b>{escape(say("answer.draft"))}</b> {"".join(marked)}{escape(drafting.unchecked)}</p>'


def _mark(support: Support, otherwise: str) -> str:
    """The sign of a support, with its meaning; `otherwise` is the key of what a sentence without one is."""
    sign, key = MARKS.get(support, ("?" if otherwise == "answer.mark_none" else "✗", otherwise))
    meaning = escape(say(key))
    return f'<span class="fl-sign" role="img" title="{meaning}" aria-label="{meaning}">{sign}</span>'


def _cite(citation: Citation, answer: Answer) -> str:
    label = next((review.label for review in answer.reviews if review.key == citation.key), "")
    return f'<a class="fl-cite" href="{html.escape(link_to(citation.anchor))}" title="{escape(label)}">{citation.key}</a>'


def _source(review: ReviewRef) -> str:
    doi = f' <a class="fl-doi" href="https://doi.org/{html.escape(review.doi)}" target="_blank" rel="noopener noreferrer">doi</a>' if review.doi else ""
    journal = f" <i>{escape(review.journal)}</i>." if review.journal else ""
    record = f'<a class="fl-record" href="/review/{html.escape(review.id)}">{escape(review.label)}</a>'
    return f'<li value="{review.key}">{record} {escape(review.title)}{journal}{doi}</li>'


def _warning(review: ReviewRef) -> str:
    return f"[{review.key}] {_noticed(review)}".replace("[", "&#91;").replace("]", "&#93;")


def _noticed(review: ReviewRef) -> str:
    return escape(" ".join(notices_of(review)))


def _catalogue(catalogue: CatalogueAnswer, heading: str) -> str:
    """The list of a catalogue answer, with the filter that made it and how to take it along."""
    head = f'<p class="fl-way">{escape(heading)}</p>' if heading else ""
    rows = "".join(_nearest(record) for record in catalogue.records)
    more = catalogue.count - len(catalogue.records)
    listed = f'<ol class="fl-nearest">{rows}</ol>' if rows else ""
    rest = f'<p class="fl-note">{escape(say("answer.more", count=more))}</p>' if more > 0 else ""
    command = "florilegium export --format ris" + "".join(f" --filter {shlex.quote(text)}" for text in catalogue.filter)
    export = f'<p class="fl-note">{escape(say("answer.export_command"))} <code>{escape(command)}</code></p>' if catalogue.count else ""
    return f'{head}<p class="fl-said"><strong>{escape(catalogue.said())}</strong></p>{listed}{rest}{export}'


def _not_answered(answer: Answer) -> str:
    nearest = "".join(_nearest(review, answer.nearest_words.get(review.id)) for review in answer.nearest)
    listing = f'<p class="fl-note">{escape(say("answer.nearest"))}</p><ul class="fl-nearest">{nearest}</ul>' if nearest else ""
    return f'<p class="fl-none"><strong>{escape(say("answer.not_answered"))}</strong></p>{listing}'


def _nearest(review: ReviewRef, sentence: Sentence | None = None) -> str:
    words = f'<br><a class="fl-near" href="{html.escape(link_to(sentence.citations[0].anchor))}">“{escape(sentence.text)}”</a>' if sentence else ""
    noticed = f'<br><span class="fl-warn">{_noticed(review)}</span>' if words and review.notices else ""
    return f'<li><a class="fl-record" href="/review/{html.escape(review.id)}">{escape(review.label)}</a> {escape(review.title)}{words}{noticed}</li>'


def _foot(answer: Answer, drafting: Drafting | None) -> str:
    seconds = f"{answer.seconds.get('total', 0.0):.1f} s"
    if answer.outcome is None:
        return f"{escape(say('answer.not_looked'))} · {seconds}"
    by_rules = say("answer.by_catalogue" if answer.kind == "catalogue" else "answer.by_quotes")
    how = by_rules if answer.model == "quotes" else say("answer.by_model", model=answer.model)
    busy = ""
    if drafting is not None and answer.sentences and (drafting.step or drafting.place):
        doing = say("answer.queued", place=drafting.place) if drafting.place else say("answer.writing" if drafting.text else "answer.reading")
        busy = f' <span class="fl-busy" role="status">· {escape(doing)}</span>'
    return f"{escape(how)} · {escape(say('answer.at_revision', config=answer.config, revision=str(answer.revision)))} · {seconds}{busy}"
