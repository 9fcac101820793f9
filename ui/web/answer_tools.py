"""What can be done with an answer, below it: copy, link, take along, ask again, change the question, say what it was worth. `ask.js` does it."""

from __future__ import annotations

import html

from assistant.answer import Answer
from ui.texts import said, say
from ui.web.rendering import MARKS, escape

#: Ways to take an answer along: what follows its address, and a name that is the same in every language.
EXPORTS = ((".md", "Markdown"), (".docx", "Word"), (".ris", "RIS"), (".bib", "BibTeX"), (".json", "CSL-JSON"))
#: Reasons for a thumb down (corpus.feedback.Reason), and the key of what each is called.
REASONS = {"wrong_source": "ask.down_source", "no_answer": "ask.down_no_answer", "wrong": "ask.down_wrong", "other": "ask.down_other"}


def tools_html(answer: Answer) -> str:
    """The row of tools of a finished answer. They are links to places in the page, since a chat message may hold no buttons."""
    address = f"/answers/{html.escape(answer.id)}"
    tools = [_tool("copy", "ask.copy"), f'<a class="fl-tool" href="{address}">{escape(say("ask.permalink"))}</a>']
    if answer.sentences or answer.catalogue:
        files = "".join(f'<a class="fl-file" href="{address}{ending}">{name}</a>' for ending, name in EXPORTS)
        tools.append(f'<details class="fl-exports"><summary>{escape(say("ask.export"))}</summary>{files}</details>')
    tools += [_tool("retry", "ask.retry"), _tool("edit", "ask.edit"), _tool("save", "ask.save_question")]
    tools += [_tool("up", "ask.useful", "▲"), _tool("down", "ask.no_use", "▼")]
    legend = " · ".join(f"{sign} {escape(say(key))}" for support, (sign, key) in MARKS.items() if any(each.support == support for each in answer.sentences))
    shown = f'<p class="fl-legend">{legend}</p>' if legend else ""
    return f'{shown}<div class="fl-tools">{"".join(tools)}</div>'


def _tool(name: str, key: str, sign: str = "") -> str:
    return f'<a class="fl-tool fl-do-{name}" href="#{name}">{f"{sign} " if sign else ""}{escape(say(key))}</a>'


def feedback_dialog() -> str:
    """The dialog of a thumb down, made once for the page."""
    reasons = "".join(f'<label><input type="radio" name="reason" value="{value}"> {said(key)}</label>' for value, key in REASONS.items())
    return (
        '<dialog id="fl-down" aria-labelledby="fl-down-head"><form method="dialog">'
        f'<h2 id="fl-down-head" class="fl-h2">{said("ask.down_head")}</h2><fieldset><legend>{said("ask.down_why")}</legend>{reasons}</fieldset>'
        f'<fieldset id="fl-down-sources" hidden><legend>{said("ask.down_which")}</legend><div></div></fieldset>'
        f'<label class="fl-block">{said("ask.down_note")}<textarea name="note" rows="3" maxlength="2000"></textarea></label>'
        f'<p class="fl-down-bar"><button value="send" class="fl-main">{said("ask.down_send")}</button>'
        f'<button value="">{said("ask.down_leave")}</button></p></form></dialog>'
        f'<div id="fl-said" role="status" aria-live="polite"'
        f' data-copied="{said("ask.copied")}" data-saved="{said("ask.saved")}" data-failed="{said("ask.not_done")}"></div>'
    )
