"""An issue as a reader sees it today: its words as they were published, with what holds of their records now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from corpus import Status
from ui.digest.links import doi_url
from ui.texts import say
from ui.web.place import link_to

if TYPE_CHECKING:
    from assistant.news import News
    from corpus import Library, Review
    from corpus.digest import Digest, Entry, Issue


@dataclass(frozen=True)
class Shown:
    """An entry: `badge` says what became of the record, `quote` are its words ("" where it is no evidence today), `warnings` what is to be known of it."""

    entry: Entry
    badge: str
    quote: str
    link: str
    doi_link: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Entries under one heading."""

    heading: str
    entries: tuple[Shown, ...]


@dataclass(frozen=True)
class View:
    """An issue, or a digest that is none (`number` 0). Addresses begin with `base`, which is "" on the site's own pages; `news` are one reader's alone."""

    number: int
    title: str
    introduction: tuple[str, ...]
    summary: str
    sections: tuple[Section, ...]
    more: int
    locale: str
    base: str = ""
    published_at: str = ""
    news: tuple[News, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether nothing is told."""
        return not self.sections


def view_issue(issue: Issue, library: Library, locale: str, *, base: str = "", news: Sequence[News] = ()) -> View:
    """An issue as it is shown."""
    sections = _sections(issue.groups(), library, locale, base)
    paragraphs = tuple(part.strip() for part in issue.introduction.split("\n\n") if part.strip())
    return View(
        issue.number, issue.title, paragraphs, _summary(issue.digest, locale), sections, issue.digest.more, locale, base, issue.published_at, tuple(news)
    )


def view_digest(digest: Digest, library: Library, locale: str, *, base: str = "", news: Sequence[News] = ()) -> View:
    """A digest that is no issue, as it is shown."""
    from corpus.digest.issues import grouped

    sections = _sections(grouped(digest.entries), library, locale, base)
    return View(0, title_of(digest, locale), (), _summary(digest, locale), sections, digest.more, locale, base, news=tuple(news))


def title_of(digest: Digest, locale: str) -> str:
    """What a digest is called unless its editor has a better name."""
    from datetime import date

    return say("digest.title", locale, day=date.fromisoformat(digest.until_at[:10])) if digest.until_at else say("digest.title_empty", locale)


def _summary(digest: Digest, locale: str) -> str:
    """In a sentence, how many of what; that there is nothing, where there is nothing."""
    from datetime import date

    since = say("digest.since", locale, day=date.fromisoformat(digest.since_at[:10])) if digest.since_at else say("digest.since_ever", locale)
    counted = [say(f"digest.count_{kind}", locale, count=count) for kind, count in digest.counts.items()]
    return f"{since} {say('digest.nothing', locale)}" if not counted else f"{since} {', '.join(counted)}."


def _sections(groups: Sequence[tuple[str | None, Sequence[Entry]]], library: Library, locale: str, base: str) -> tuple[Section, ...]:
    now = library.get_many(entry.review_id for _, entries in groups for entry in entries)

    def heading(section: str | None) -> str:
        if section is None:
            return say("digest.standing", locale)
        return section[:1].upper() + section[1:] if section else say("digest.no_topic", locale)

    return tuple(Section(heading(section), tuple(_shown(entry, now.get(entry.review_id), locale, base) for entry in entries)) for section, entries in groups)


def _shown(entry: Entry, review: Review | None, locale: str, base: str) -> Shown:
    told = list(entry.notices)
    if review is None:
        told.append(say("digest.gone", locale))
    else:
        told = [f"{say(f'answer.notice_{notice.type}', locale)}{f' ({notice.date})' if notice.date else ''}: {notice.text}" for notice in review.notices]
        if review.status != Status.CURRENT and entry.kind not in ("retracted", "withdrawn"):
            told.append(say(f"digest.since_{review.status.value}", locale))
    evidence = entry.cited is not None and review is not None and review.status == Status.CURRENT
    link = link_to(entry.cited) if evidence and entry.cited else f"/review/{quote(entry.review_id)}"
    return Shown(
        entry=entry,
        badge=_badge(entry, locale),
        quote=entry.cited.quote if evidence and entry.cited else "",
        link=base + link,
        doi_link=doi_url(entry.doi) if entry.doi else "",
        warnings=tuple(told),
    )


def _badge(entry: Entry, locale: str) -> str:
    if entry.kind == "changed":
        parts = ", ".join(say(f"digest.part_{part}", locale) for part in entry.parts)
        return say("digest.kind_changed", locale, parts=parts)
    return say(f"digest.kind_{entry.kind}", locale)
