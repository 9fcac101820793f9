"""A digest as Markdown, as plain text, and as an HTML document with its styles inside."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from ui.texts import day, moment, say
from ui.web.place import link_to

if TYPE_CHECKING:
    from assistant.news import News, Said
    from ui.digest.view import Shown, View

FORMATS = ("markdown", "html", "atom")
_FOLDER = Path(__file__).parent / "templates"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_WIDTH = 76


def markdown(view: View) -> str:
    """The digest as Markdown (CommonMark); nothing of a record's text is read as markup."""
    lines = [f"# {md(view.title)}", ""]
    for paragraph in view.introduction:
        lines += [md(paragraph), ""]
    lines += [md(view.summary), ""]
    for section in view.sections:
        lines += [f"## {md(section.heading)}", ""]
        for shown in section.entries:
            lines += [*_markdown_entry(shown, view.locale), ""]
    if view.more:
        lines += [say("digest.more", view.locale, count=view.more), ""]
    if view.news:
        lines += [f"## {say('digest.your_questions', view.locale)}", ""]
        for news in view.news:
            lines += [f"### {md(news.question)}", "", *(f"- {_linked(text, link)}" for text, link in news_lines(news, view.locale, view.base)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_entry(shown: Shown, locale: str) -> list[str]:
    entry = shown.entry
    words = f" “{md(shown.quote)}”" if shown.quote else ""
    source = ". ".join(part for part in (md(entry.title), f"*{md(entry.journal)}*" if entry.journal else "") if part)
    links = [f"[{say('digest.record', locale)}]({shown.link})", *([f"[doi:{md(entry.doi)}]({shown.doi_link})"] if entry.doi else [])]
    lines = [f"- **{md(entry.lead)}**{words}\\", f"  {source} ({', '.join([md(shown.badge), *links])})"]
    return [*lines[:-1], *(f"  **{md(warning)}**\\" for warning in shown.warnings), lines[-1]]


def _linked(text: str, link: str) -> str:
    return f"{md(text)} ([→]({link}))" if link else md(text)


def md(text: str) -> str:
    """Text in one line with the signs escaped that Markdown or HTML would read as markup."""
    return _LIST_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def plain(view: View, foot: str = "") -> str:
    """The digest as plain text, lines of at most 76 characters (links are never broken)."""
    lines = [view.title, "=" * min(len(view.title), _WIDTH), ""]
    for text in (*view.introduction, view.summary):
        lines += [*_filled(text), ""]
    for section in view.sections:
        lines += [section.heading, "-" * min(len(section.heading), _WIDTH), ""]
        for shown in section.entries:
            entry = shown.entry
            lines += _filled(f"* {entry.lead}{f' “{shown.quote}”' if shown.quote else ''}", "  ")
            lines += _filled(f"  {entry.title} {entry.journal}".rstrip() + f" ({shown.badge})", "  ")
            lines += [line for warning in shown.warnings for line in _filled(f"  ! {warning}", "  ")]
            lines += [f"  {shown.link}", *([f"  {shown.doi_link}"] if entry.doi else []), ""]
    if view.more:
        lines += [*_filled(say("digest.more", view.locale, count=view.more)), ""]
    if view.news:
        heading = say("digest.your_questions", view.locale)
        lines += [heading, "-" * len(heading), ""]
        for news in view.news:
            lines += _filled(f"? {news.question}", "  ")
            for text, link in news_lines(news, view.locale, view.base):
                lines += [*_filled(f"  - {text}", "    "), *([f"    {link}"] if link else [])]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n" + (f"\n-- \n{foot.rstrip()}\n" if foot else "")


def _filled(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(" ".join(text.split()) if not text.startswith(" ") else text, _WIDTH, subsequent_indent=indent, break_long_words=False) or [""]


def news_lines(news: News, locale: str, base: str) -> list[tuple[str, str]]:
    """What is told of one saved question, each with the address it leads to ("" for none)."""

    def to(said: Said) -> str:
        return base + link_to(said.place)

    def words(said: Said) -> str:
        return f"{said.lead} “{said.text}”" if said.text else said.label or said.lead

    lines: list[tuple[str, str]] = []
    if news.nothing:
        return [(say("digest.news_nothing", locale), "")]
    if news.outcome != news.was or news.first:
        lines.append((say(f"digest.outcome_{news.outcome or 'none'}", locale), ""))
    if news.count and (news.first or news.count[0] != news.count[1]):
        lines.append((say("digest.news_count", locale, was=news.count[0], now=news.count[1]), ""))
    lines += [(say("digest.news_came", locale, label=label), f"{base}/review/{review_id}") for label, review_id in news.came]
    lines += [(say("digest.news_new", locale, words=words(said)), to(said)) for said in news.new]
    lines += [(say("digest.news_gone", locale, words=words(said)), to(said)) for said in news.gone]
    for label, review_id, parts in news.changed:
        said_parts = ", ".join(say(f"digest.part_{part}", locale) if f"part_{part}" in _known_parts() else part for part in parts)
        lines.append((say("digest.news_changed", locale, label=label, parts=said_parts), f"{base}/review/{review_id}" if parts else ""))
    return lines


def html_document(view: View, *, foot: list[tuple[str, str]] | None = None) -> str:
    """The digest as one HTML document for mail programs: styles in every element, nothing fetched; `foot` are (text, address) at its end."""
    import css_inline

    text = _environment().get_template("issue.html").render(view=view, foot=foot or [], news_lines=news_lines)
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
    return str(inliner.inline(text))


def html_fragment(view: View) -> str:
    """The digest's body alone, without styles, for a feed."""
    return _environment().get_template("fragment.html").render(view=view, news_lines=news_lines)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=select_autoescape(default=True, default_for_string=True), trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"say": say, "moment": moment, "day": day}
    return made


@cache
def _known_parts() -> frozenset[str]:
    from ui.texts import dictionaries

    held: dict[str, Any] = dictionaries()["en"]["digest"]
    return frozenset(name for name in held if name.startswith("part_"))
