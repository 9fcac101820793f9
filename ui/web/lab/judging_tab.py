"""Pools to be judged, the way to the judging page, who has judged how much, and how far judges agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import LOCAL, Library, Role
from corpus.lab import grades
from corpus.lab.queue import disputed, progress
from index.lab import Agreement, agreement
from ui.texts import label, say
from ui.web.lab.opening import Place
from ui.web.lab.shown import address, decimal, figure, heading, lead, link, note, record_link, table
from ui.web.people import require
from ui.web.rendering import fault_html
from ui.web.works import Told, Work, Works, named, progress_html, stopper

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_SHOWN = 200  # disputed pairs


def judging_tab(engine: LocalEngine, place: Place, works: Works) -> None:
    """Build the tab."""
    chosen = place.chosen
    library = engine.library
    waiting = gr.HTML(elem_id="fl-judging")
    name = gr.Textbox(label=label("lab.judge_name"), visible=False, elem_id="fl-judge-name")
    with gr.Accordion(label("lab.pool"), open=False, elem_id="fl-pool"):
        with gr.Row(equal_height=True):
            configs = gr.Dropdown(label=label("lab.pool_configs"), choices=[], multiselect=True, value=[], elem_id="fl-pool-configs", scale=4, min_width=260)
            depth = gr.Number(label=label("lab.pool_depth"), value=10, minimum=1, maximum=200, precision=0, elem_id="fl-pool-depth", scale=1, min_width=110)
        with gr.Row(equal_height=True):
            build = gr.Button(label("lab.build_pool"), variant="primary", elem_id="fl-build-pool", min_width=150)
            stop = gr.Button(label("lab.stop"), visible=False, elem_id="fl-stop-pool", min_width=110)
        pools = gr.HTML(elem_id="fl-pools")
    said = gr.HTML(elem_id="fl-pool-said")
    agreed = gr.HTML(elem_id="fl-agreement")
    everything = [waiting, name, configs, pools, agreed]

    def shown(request: gr.Request, set_name: str | None, judge: str | None, picked: list[str] | None) -> list[Any]:
        person = require(request, Role.LIBRARIAN)
        who = " ".join((judge or "").split()) if person.name == LOCAL else ""
        who = who or person.name
        named = [each.name for each in engine.workshop.configurations.all()[0]]
        kept = [one for one in picked or () if one in named] or [engine.workshop.configurations.active_name()]
        return [
            waiting_html(library, set_name, who) if set_name else note(say("lab.no_set")),
            gr.update(visible=bool(set_name) and person.name == LOCAL),
            gr.update(choices=named, value=kept),
            pools_html(library, set_name) if set_name else "",
            agreement_html(library, set_name) if set_name else "",
        ]

    def built(request: gr.Request, set_name: str | None, picked: list[str], to: float) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not set_name or not picked:
            yield [fault_html(say("lab.no_set" if not set_name else "lab.no_config")), gr.update(), gr.update()]
            return
        from ui.lab import make_pool

        work = Work("pool", named(set_name, *picked), actor)
        for told in works.follow(str(request.session_hash), work, lambda tell: make_pool(engine, set_name, picked, int(to), actor=actor, progress=tell)):
            yield [pool_said(told), gr.update(visible=told.ended), gr.update(visible=not told.ended)]

    inputs = [chosen, name, configs]
    place.drawn(shown, inputs, everything)
    gr.on([name.submit, name.blur], shown, inputs, everything, show_progress="hidden")
    build.click(built, [chosen, configs, depth], [said, build, stop], concurrency_limit=4).then(shown, inputs, everything, show_progress="hidden")
    stop.click(stopper(works), None, None, queue=False)


def pool_said(told: Told) -> str:
    """Where the making of a pool stands, or how it ended."""
    if not told.ended:
        return progress_html(told)
    if told.fault:
        return fault_html(told.fault)
    return lead(say("lab.pool_made", queries=len(told.made.pairs), count=told.made.size, depth=told.made.depth))


def waiting_html(library: Library, set_name: str, judge: str) -> str:
    """What waits for a judge, the way to the judging page, and how far everybody is."""
    stands = progress(library, set_name, judge)
    parts = []
    if stands.judged + stands.left == 0:
        parts.append(note(say("lab.nothing_to_judge")))
    else:
        there = address("/lab/judge", set=set_name, judge="" if judge == LOCAL else judge)
        minutes = round(stands.seconds_left / 60) if stands.seconds_left and stands.left else 0
        pace = f" {say('lab.about_minutes', count=max(1, minutes))}" if stands.seconds_left and stands.left else ""
        parts.append(lead(say("lab.you_judged", judged=stands.judged, all=stands.judged + stands.left) + pace))
        parts.append(f"<p>{link(there, say('lab.start_judging'))}</p>".replace("fl-record", "fl-go"))
        parts.append(note(say("lab.keys")))
    rows = [[who, *counts] for who, counts in _counts(library, set_name).items()]
    if rows:
        heads = [say(f"lab.head_{one}") for one in ("judge", "graded", "cannot", "settled")]
        parts.append(table(heads, rows, numbers=3, caption=say("lab.judges")))
    return "".join(parts)


def _counts(library: Library, set_name: str) -> dict[str, list[str]]:
    counts: dict[str, list[int]] = {}
    for one in library.judgements.of(set_name):
        own = counts.setdefault(one.judge, [0, 0, 0])
        own[2 if one.adjudicated else 1 if one.grade is None else 0] += 1
    return {who: [f"{count:,}" for count in own] for who, own in counts.items()}


def pools_html(library: Library, set_name: str) -> str:
    """The pools of a set. Which configuration found a record is nowhere said."""
    found = library.pools.all(set_name)
    if not found:
        return note(say("lab.no_pools"))
    rows = [[pool.at[:16].replace("T", " "), ", ".join(pool.configs), f"{pool.depth:,}", f"{len(pool.pairs):,}", f"{pool.size:,}"] for pool in found]
    return table([say(f"lab.head_{one}") for one in ("made", "configs", "depth", "queries", "pairs")], rows, numbers=3, caption=say("lab.pools"))


def agreement_html(library: Library, set_name: str) -> str:
    """How far the judges of a set agree beyond chance, what they differ on, and how far the model's suggestions agree with them."""
    judgements = library.judgements.of(set_name)
    found = grades(judgements, library.get_many)
    units = [judges for rows in found.verdicts.values() for judges in rows.values()]
    parts = [lines_of(agreement(units))] if len({judge for unit in units for judge in unit}) > 1 else []
    parts += [suggestions_html(library, set_name)]
    waiting = disputed(library, set_name)
    if waiting:
        parts.append(heading(say("lab.disputed", count=len(waiting))))
        parts.append(f"<p>{link(address('/lab/judge', set=set_name, settle=1), say('lab.settle'))}</p>")
        rows = [
            [one.query.text, record_link(one.review.id, one.review.title or one.review.id), ", ".join(f"{who} {grade}" for who, grade in one.grades.items())]
            for one in waiting[:_SHOWN]
        ]
        parts.append(table([say("lab.head_text"), say("lab.head_record"), say("lab.head_grades")], rows, caption=say("lab.disputes")))
    return "".join(parts)


def lines_of(found: Agreement) -> str:
    """The coefficients as a table."""
    rows: list[Sequence[object]] = [
        [say("lab.exact"), _share(found.exact)],
        [say("lab.fleiss"), figure(found.fleiss)],
        [say("lab.alpha"), figure(found.alpha)],
        *([say("lab.cohen", a=a, b=b), figure(kappa)] for (a, b), kappa in found.cohen.items()),
    ]
    head = heading(say("lab.agreement")) + note(say("lab.agreement_units", count=found.units, judges=len(found.judges)))
    return head + table([say("lab.head_coefficient"), say("lab.head_value")], rows, numbers=1, caption=say("lab.agreement")) + note(say("lab.agreement_scale"))


def suggestions_html(library: Library, set_name: str) -> str:
    """What models suggested, measured against what people said of the same records; nothing where no model was asked."""
    from ui.lab.suggesting import suggestion_report

    said = [
        say("lab.model_agrees", model=one["model"], count=one["pairs"], share=_share(one["exact"]), kappa=figure(one["kappa"]))
        for one in suggestion_report(library, set_name)["models"]
    ]
    return "".join(map(note, said))


def _share(value: float | None) -> str:
    return say("lab.none") if value is None else f"{decimal(100 * value, 0)} %"
