"""Runs of a set over time: what rose, what fell and because of which records; its gate; whether it runs after every sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Library, Role
from ui.texts import label, moment, say
from ui.web.lab.gates import checks_html
from ui.web.lab.opening import Place
from ui.web.lab.plots import trend_plot
from ui.web.lab.runs_tab import run_label
from ui.web.lab.shown import decimal, done, heading, lead, lines, note, record_link, table
from ui.web.people import require
from ui.web.rendering import escape, fault_html
from ui.web.works import Told, Work, Works, named, progress_html, stopper

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_RUNS, _QUERIES = 200, 50
_FIRST = "nDCG@10"


def trends_tab(engine: LocalEngine, place: Place, works: Works) -> None:
    """Build the tab."""
    chosen = place.chosen
    library = engine.library
    measure = gr.Dropdown(label=label("lab.measure"), choices=[_FIRST], value=_FIRST, elem_id="fl-trend-measure")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            plot = gr.Plot(label=label("lab.plot_trend"), visible=False, elem_id="fl-trend-plot")
        with gr.Column(scale=2, min_width=320):
            beside = gr.HTML(elem_id="fl-trend-table")
    with gr.Row(equal_height=True):
        since = gr.Dropdown(label=label("lab.since"), choices=[], elem_id="fl-since", min_width=240)
        until = gr.Dropdown(label=label("lab.until"), choices=[], elem_id="fl-until", min_width=240)
    worse = gr.HTML(elem_id="fl-worse")
    gr.HTML('<hr class="fl-rule">')
    after_sync = gr.Checkbox(label=label("lab.after_sync"), elem_id="fl-after-sync")
    with gr.Row(equal_height=True):
        thresholds = gr.Textbox(label=label("lab.thresholds"), lines=3, placeholder="nDCG@10>=0.6\nR@100-0.01", elem_id="fl-thresholds", scale=3, min_width=240)
        config = gr.Dropdown(label=label("lab.gate_config"), choices=[], elem_id="fl-gate-config", scale=2, min_width=200)
    with gr.Row(equal_height=True):
        save = gr.Button(label("lab.save_gate"), variant="primary", elem_id="fl-save-gate", min_width=150)
        check = gr.Button(label("lab.check_gate"), elem_id="fl-check-gate", min_width=150)
        stop = gr.Button(label("lab.stop"), visible=False, elem_id="fl-gate-stop", min_width=110)
    said = gr.HTML(elem_id="fl-gate-said")
    changes = [plot, beside, since, until, worse]
    everything = [measure, *changes, after_sync, thresholds, config]

    def shown(request: gr.Request, name: str | None, picked: str, at: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return show(engine, name, picked, at)

    def redrawn(request: gr.Request, name: str | None, picked: str) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return trend_of(library, name, picked)

    def compared(request: gr.Request, name: str | None, picked: str, first: str | None, last: str | None) -> str:
        require(request, Role.LIBRARIAN)
        return worse_html(library, name, picked, first, last)

    def switched(request: gr.Request, name: str | None, on: bool) -> str:
        require(request, Role.LIBRARIAN)
        return done(lambda: switch(library, name or "", on=on))

    def saved(request: gr.Request, name: str | None, text: str) -> str:
        actor = require(request, Role.LIBRARIAN).name
        return done(lambda: save_gate(library, name or "", text, actor))

    def checked(request: gr.Request, name: str | None, at: str | None) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not name:
            yield [fault_html(say("lab.no_set")), gr.skip(), gr.skip()]
            return
        from ui.lab import check_gate

        work = Work("gate", named(name, at), actor)
        for told in works.follow(str(request.session_hash), work, lambda tell: check_gate(engine, name, at, actor=actor, progress=tell)):
            yield [checked_html(told), gr.update(visible=told.ended), gr.update(visible=not told.ended)]

    place.drawn(shown, [chosen, measure, config], everything)
    measure.input(redrawn, [chosen, measure], changes, show_progress="hidden")
    gr.on([since.input, until.input], compared, [chosen, measure, since, until], worse, show_progress="hidden")
    after_sync.input(switched, [chosen, after_sync], said)
    save.click(saved, [chosen, thresholds], said)
    check.click(checked, [chosen, config], [said, check, stop], concurrency_limit=4)
    stop.click(stopper(works), None, None, queue=False)


def show(engine: LocalEngine, name: str | None, measure: str, config: str | None) -> list[Any]:
    """The whole tab for a set."""
    library = engine.library
    info = library.sets.info(name) if name else None
    names = list(dict.fromkeys(one for run in (library.runs.all(name) if name else ()) for one in run.document["measures"])) or [_FIRST]
    measure = measure if measure in names else names[0]
    configs = [each.name for each in engine.workshop.configurations.all()[0]]
    config = config if config in configs else engine.workshop.configurations.active_name()
    gate = "\n".join(library.sets.gate(name)) if name else ""
    switch_at = gr.update(value=bool(info and info.after_sync), interactive=info is not None)
    return [gr.update(choices=names, value=measure), *trend_of(library, name, measure), switch_at, gate, gr.update(choices=configs, value=config)]


def trend_of(library: Library, name: str | None, measure: str) -> list[Any]:
    """Plot and table of a measure over time, the runs to choose between, and what got worse between the last two of the newest configuration."""
    from ui.lab import trend

    points = trend(library, name, measure)["points"] if name else []
    if not name or not points:
        empty = note(say("lab.no_runs" if name else "lab.no_set"))
        return [gr.update(visible=False), empty, gr.update(choices=[], value=None), gr.update(choices=[], value=None), ""]
    runs = [(run_label(run), run.id) for run in library.runs.all(name)[:_RUNS]]
    own = [point["run"] for point in points if point["config"] == points[-1]["config"]]
    first, last = own[-2] if len(own) > 1 else None, own[-1]
    return [
        gr.update(value=trend_plot(measure, points), visible=True),
        f'<div class="fl-beside">{points_html(measure, points)}</div>',
        gr.update(choices=runs, value=first),
        gr.update(choices=runs, value=last),
        worse_html(library, name, measure, first, last),
    ]


def points_html(measure: str, points: Sequence[Mapping[str, Any]]) -> str:
    """The points of a trend as a table, newest first."""
    rows = []
    for point in reversed(points):
        span = point["interval"]
        shown = f"{decimal(span[0])} – {decimal(span[1])}" if span else ""
        rows.append([moment(point["at"]), point["config"], f"{point['revision']:,}", decimal(point["mean"], 4), shown])
    heads = [say(f"lab.head_{one}") for one in ("when", "config", "revision")]
    return table([*heads, measure, say("lab.head_interval")], rows, numbers=3, caption=say("lab.trend_of", measure=measure))


def worse_html(library: Library, name: str | None, measure: str, since: str | None, until: str | None) -> str:
    """What got worse between two runs, and because of which records."""
    if not name or not since or not until or since == until:
        return note(say("lab.two_runs"))
    from ui.lab import worse

    try:
        found = worse(library, name, since, until, measure)
    except FlorilegiumError as error:
        return fault_html(str(error))
    parts = [heading(say("lab.got_worse")), lines(_texts(found["words"]))]
    for query in found["queries"][:_QUERIES]:
        change = f"{decimal(query['before'])} → {decimal(query['after'])}"
        rows = [
            [
                record_link(row["review_id"], row["title"] or row["review_id"]),
                row["words"],
                f"{row['grade']}",
                _rank(row["rank_before"]),
                _rank(row["rank_after"]),
            ]
            for row in query["records"]
        ]
        heads = [say(f"lab.head_{one}") for one in ("record", "because", "grade", "rank_before", "rank_after")]
        said = " ".join(_texts(query["words"]))
        shown = table(heads, rows, numbers=3, caption=query["text"]) if rows else ""
        parts.append(f'<details class="fl-lacks"><summary>{escape(query["text"])} ({change})</summary>{note(said)}{shown}</details>')
    return "".join(parts)


def _texts(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _rank(rank: int | None) -> str:
    return say("lab.none") if rank is None else f"{rank:,}"


def switch(library: Library, name: str, *, on: bool) -> str:
    """Whether a set runs after every sync; what was done."""
    library.sets.set_after_sync(name, on)
    return say("lab.after_sync_on" if on else "lab.after_sync_off", set=name)


def save_gate(library: Library, name: str, text: str, actor: str) -> str:
    """Set a gate's thresholds, one a line; none takes it away. Raises UsageError for one that is none."""
    from index.lab.gate import parse_threshold

    thresholds = [str(parse_threshold(line)) for line in text.split("\n") if line.strip()]
    library.sets.set_gate(name, thresholds, actor=actor)
    return say("lab.gate_saved", count=len(thresholds), set=name)


def checked_html(told: Told) -> str:
    """Where a gate's check stands, or how it ended."""
    if not told.ended:
        return progress_html(told)
    if told.fault:
        return fault_html(told.fault)
    passed = say("lab.gate_passes" if told.made["passed"] else "lab.gate_fails", config=told.made["config"], set=told.made["set"])
    return lead(passed) + checks_html(told.made)
