"""The panel of a person's last conversations beside the chat: to open, rename and delete them, and the way to all of them.

Opening is a link; renaming and deleting are what the pages of conversations do (ui/web/conversation_pages.py), asked by the script (files/talks.js).
"""

from __future__ import annotations

import html

from corpus import ConversationHead, Library, Role
from ui.texts import moment, say
from ui.web.people import Person

_SHOWN = 20


def talks_html(library: Library, person: Person, current: str = "") -> str:
    """The panel, for members; nothing for others. `current` is the conversation that is open."""
    if not person.may(Role.MEMBER):
        return ""
    heads = library.conversations.all(person.name, limit=_SHOWN + 1)
    rows = "".join(_row(head, head.id == current) for head in heads[:_SHOWN])
    listed = f"<ul>{rows}</ul>" if rows else f'<p class="fl-note">{_said("conversations.none")}</p>'
    find = (
        f'<form role="search" method="get" action="/conversations"><input type="search" name="q" placeholder="{_said("talks.find_short")}" '
        f'aria-label="{_said("talks.find")}"></form>'
    )
    ways = f'<p><a href="/">{_said("talks.new")}</a> <a href="/conversations">{_said("talks.all")}</a></p>'
    return (
        f'<nav id="fl-talks" aria-label="{_said("talks.heading")}" data-failed="{_said("ask.not_done")}"><details><summary>{_said("talks.heading")}</summary>'
        f"{find}{ways}{listed}{_templates()}</details></nav>"
    )


def _row(head: ConversationHead, is_open: bool) -> str:
    here = ' aria-current="page"' if is_open else ""
    title = html.escape(head.title)
    return (
        f'<li data-talk="{html.escape(head.id)}"><a href="/?c={html.escape(head.id)}"{here}>{title}</a>'
        f'<small>{html.escape(moment(head.changed))}</small><span class="fl-talk-acts">'
        f'<button type="button" data-do="rename" aria-label="{_said("talks.rename")}: {title}" title="{_said("talks.rename")}">✎</button>'
        f'<button type="button" data-do="delete" aria-label="{_said("talks.delete")}: {title}" title="{_said("talks.delete")}">✕</button></span></li>'
    )


def _templates() -> str:
    """What stands in a row's place while it is renamed, or asked about before it is deleted."""
    leave = f'<button type="button" data-do="leave">{_said("talks.leave")}</button>'
    return (
        f'<template data-for="rename"><form><input name="title" required maxlength="200" aria-label="{_said("talks.title")}">'
        f"<button>{_said('talks.save')}</button>{leave}</form></template>"
        f'<template data-for="delete"><form><p>{_said("talks.delete_what")}</p><button>{_said("talks.delete_now")}</button>{leave}</form></template>'
    )


def _said(key: str) -> str:
    return html.escape(say(key))
