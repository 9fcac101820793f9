"""Kept answers to take along: one, or a conversation's, as Markdown, as a Word document with a bibliography, or as records for a reference manager.

The answer is word for word as it was given; what is said of its records is of today. Words of the reader's own notes are not kept with an answer
(assistant/own_notes.py), so an export never holds them, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.answer import Answer, Outcome
from assistant.replay import as_of_today
from corpus import Library, NotFoundError, Review, Role, UsageError, standings
from corpus.access import Reading
from ui.digest.writing import md
from ui.texts import moment, say
from ui.web.place import link_to

if TYPE_CHECKING:
    from corpus.exporting import Export

_NUMBER = re.compile(r"^\d+\. ")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Format(NamedTuple):
    """What a format is called in an address, and in which of the record formats it is ("" for one of its own)."""

    ending: str
    records: str
    media_type: str


#: Formats by the name that the command line has for them.
FORMATS = {
    "markdown": Format("md", "", "text/markdown; charset=utf-8"),
    "docx": Format("docx", "", _DOCX),
    "ris": Format("ris", "ris", "application/x-research-info-systems; charset=utf-8"),
    "bibtex": Format("bib", "bibtex", "application/x-bibtex; charset=utf-8"),
    "csl-json": Format("json", "csl-json", "application/vnd.citationstyles.csl+json; charset=utf-8"),
}
ENDINGS = {kind.ending: name for name, kind in FORMATS.items()}


@dataclass(frozen=True)
class Line:
    """A sentence: the program's lead, the words, and the numbers they cite with the addresses where they stand."""

    lead: str
    text: str
    cited: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Part:
    """One question with its answer. `said` is a sentence on the whole (from the catalogue, or that there is none); `told` is what is to be known of it."""

    question: str
    said: str
    lines: tuple[Line, ...]
    told: tuple[str, ...]
    foot: str


@dataclass(frozen=True)
class Written:
    """All that a file shows: questions with answers, and the numbered bibliography of what they cite."""

    title: str
    parts: tuple[Part, ...]
    bibliography: tuple[tuple[int, str], ...]
    locale: str


def export_answers(
    library: Library,
    answers: Sequence[Answer],
    format: str,
    *,
    title: str = "",
    style: str = "apa",
    locale: str = "en",
    base: str = "",
    role: Role = Role.ADMIN,
) -> bytes:
    """Answers (several: those of a conversation, in order) in a format (one of FORMATS), for a person of a role.

    `style` is that of the bibliography; addresses begin with `base`. Raises UsageError for an unknown format or style.
    """
    from corpus.exporting import STYLES, export_records

    if format not in FORMATS:
        raise UsageError(f"an answer has no format {format!r}", remedy=f"The formats are: {', '.join(FORMATS)}")
    if style not in STYLES:
        raise UsageError(f"there is no style {style!r}", remedy=f"The styles are: {', '.join(STYLES)}")
    if FORMATS[format].records:
        made: Export = export_records(Reading(role).each(_cited(library, answers).values()), FORMATS[format].records)
        return "".join(made.chunks).encode()
    shown = _shown(library, answers, title or (answers[0].standalone_question if answers else ""), style, locale, base)
    return _markdown(shown).encode() if format == "markdown" else _docx(shown)


def file_name(name: str, format: str) -> str:
    """A name for the file, of letters and digits alone."""
    return f"{re.sub(r'[^A-Za-z0-9-]', '', name) or 'answer'}.{FORMATS[format].ending}"


def _cited(library: Library, answers: Sequence[Answer]) -> dict[str, Review]:
    """The records that the answers cite, in the order of their first use, by the id they were cited by; those that are gone are left out."""
    ids = [review.id for answer in answers for review in answer.reviews]
    ids += [review_id for answer in answers if not answer.reviews and answer.catalogue for review_id in answer.catalogue.ids]
    return {review_id: review for review_id in dict.fromkeys(ids) if (review := _get(library, review_id))}


def _get(library: Library, review_id: str) -> Review | None:
    try:
        return library.get(review_id)
    except NotFoundError:
        return None


def _shown(library: Library, answers: Sequence[Answer], title: str, style: str, locale: str, base: str) -> Written:
    ids = list(dict.fromkeys(review.id for answer in answers for review in answer.reviews))
    numbers = {review_id: at for at, review_id in enumerate(ids, start=1)}
    parts = tuple(_part(library, answer, numbers, locale, base) for answer in answers)
    labels = {review.id: f"{review.label}. {review.title}" for answer in answers for review in answer.reviews}
    return Written(title, parts, tuple(_bibliography(library, numbers, labels, style)), locale)


def _bibliography(library: Library, numbers: Mapping[str, int], labels: Mapping[str, str], style: str) -> list[tuple[int, str]]:
    """Each cited record's entry under its number; of one that is gone, what the answer knew of it."""
    from corpus.exporting.bibliography import Formatter

    formatter = Formatter(style)
    found = []
    for review_id, number in numbers.items():
        review = _get(library, review_id)
        entry = _NUMBER.sub("", formatter.write(review).strip()) if review else labels[review_id]
        found.append((number, entry))
    return found


def _part(library: Library, answer: Answer, numbers: Mapping[str, int], locale: str, base: str) -> Part:
    today = as_of_today(answer, partial(standings, library), library.get)
    ids = {review.key: review.id for review in answer.reviews}
    lines = tuple(
        Line(
            sentence.lead,
            sentence.text,
            tuple((numbers[ids[citation.key]], base + link_to(citation.anchor)) for citation in sentence.citations if citation.key in ids),
        )
        for sentence in answer.sentences
    )
    told = [line.removeprefix(f"[{review.key}] ") for review in today.answer.reviews for line in today.told[review.key]]
    for review in today.answer.reviews:
        told += [f"{review.label}: {_notice_name(str(notice['type']), locale)}: {notice['text']}" for notice in review.notices]
    told += [notice for notice in answer.notices if notice not in told]
    if answer.from_notes:
        told.append(say("answer.export_notes", locale, count=len(answer.from_notes)))
    said = answer.catalogue.said() if answer.catalogue and answer.kind == "catalogue" else ""
    if answer.outcome == Outcome.NOT_IN_CORPUS and not said:
        said = say("answer.not_answered", locale)
    values: dict[str, Any] = {"model": answer.model, "config": answer.config, "revision": str(answer.revision), "at": moment(answer.at, locale)}
    return Part(answer.standalone_question, said, lines, tuple(dict.fromkeys(told)), say("answer.foot", locale, **values))


def _notice_name(kind: str, locale: str) -> str:
    return say(f"answer.notice_{kind}", locale)


def _markdown(shown: Written) -> str:
    lines = [f"# {md(shown.title)}", ""]
    for part in shown.parts:
        if len(shown.parts) > 1 or part.question != shown.title:
            lines += [f"## {md(part.question)}", ""]
        if part.said:
            lines += [f"**{md(part.said)}**", ""]
        for line in part.lines:
            lead = f"*{md(line.lead)}* " if line.lead else ""
            cites = "".join(f" [[{number}]]({address})" for number, address in line.cited)
            lines += [f"{lead}{md(line.text)}{cites}", ""]
        lines += [f"> {md(told)}\n" for told in part.told]
        lines += [f"*{md(part.foot)}*", ""]
    if shown.bibliography:
        lines += [f"## {say('answer.cited', shown.locale)}", ""]
        lines += [f"{number}. {md(entry)}" for number, entry in shown.bibliography]
    return "\n".join(lines).rstrip() + "\n"


def _docx(shown: Written) -> bytes:
    import io

    from docx import Document
    from docx.shared import Pt

    from ui.xml_text import xml_text

    document = Document()
    document.core_properties.title = xml_text(shown.title)[:255]
    document.core_properties.author = "Florilegium"
    document.add_heading(xml_text(shown.title), level=1)
    for part in shown.parts:
        if len(shown.parts) > 1 or part.question != shown.title:
            document.add_heading(xml_text(part.question), level=2)
        if part.said:
            document.add_paragraph().add_run(xml_text(part.said)).bold = True
        for line in part.lines:
            paragraph = document.add_paragraph()
            if line.lead:
                paragraph.add_run(xml_text(line.lead) + " ").italic = True
            paragraph.add_run(xml_text(line.text))
            for number, _ in line.cited:
                paragraph.add_run(f" [{number}]")
        for told in part.told:
            document.add_paragraph(xml_text(told), style="Intense Quote")
        foot = document.add_paragraph().add_run(xml_text(part.foot))
        foot.italic, foot.font.size = True, Pt(9)
    if shown.bibliography:
        document.add_heading(xml_text(say("answer.cited", shown.locale)), level=2)
        for number, entry in shown.bibliography:
            document.add_paragraph(f"[{number}] {xml_text(entry)}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
