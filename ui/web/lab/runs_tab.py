"""Runs of a set: made under a configuration, with progress and stop; kept with all figures; looked at, made again, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Library, Role, UsageError
from corpus.lab import Run
from index.lab import DEFAULT_MEASURES
from ui.texts import label, moment, say
from ui.web.lab.opening import Place
from ui.web.lab.shown import address, decimal, done, ending, heading, lead, lines, link, note, record_link, table
from ui.web.people import require
from ui.web.rendering import fault_html
from ui.web.works import Told, Work, Works, named, progress_html, stopper

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_RUNS, _QUERIES, _MISSED = 200, 300, 100  # rows shown
_FIRST = 3  # measures in the list of runs
_REASONS = frozenset({"asked", "compare", "gate", "pool", "sweep", "sync"})
_DEPTH = 10  # a relevant record beyond it counts as missed


def runs_tab(engine: LocalEngine, place: Place, works: Works) -> None:
    """Build the tab."""
    chosen = place.chosen
    library = engine.library
    with gr.Row(equal_height=True):
        config = gr.Dropdown(label=label("lab.config"), choices=[], elem_id="fl-run-config", scale=2, min_width=200)
        measures = gr.Textbox(label=label("lab.measures"), placeholder=DEFAULT_MEASURES, elem_id="fl-run-measures", scale=4, min_width=260)
        answers = gr.Checkbox(label=label("lab.answers_too"), elem_id="fl-run-answers", scale=2, min_width=200)
    with gr.Row(equal_height=True):
        run = gr.Button(label("lab.run"), variant="primary", elem_id="fl-run", min_width=150)
        stop = gr.Button(label("lab.stop"), visible=False, elem_id="fl-run-stop", min_width=110)
    said = gr.HTML(elem_id="fl-run-said")
    listed = gr.HTML(elem_id="fl-runs")
    with gr.Row(equal_height=True):
        picked = gr.Dropdown(label=label("lab.look_at_run"), choices=[], elem_id="fl-picked-run", scale=5, min_width=280)
        again = gr.Button(label("lab.run_again"), elem_id="fl-run-again", scale=1, min_width=110)
        delete = gr.Button(label("lab.delete_run"), elem_id="fl-run-delete", scale=1, min_width=110)
    detail = gr.HTML(elem_id="fl-run-detail")
    everything = [config, listed, picked, detail]

    def shown(request: gr.Request, name: str | None, at: str | None, run_id: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return show(engine, name, at, run_id)

    def looked(request: gr.Request, run_id: str | None) -> str:
        require(request, Role.LIBRARIAN)
        return detail_html(engine, run_id)

    def ran(request: gr.Request, name: str | None, at: str | None, names: str, also: bool) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not name:
            yield [fault_html(say("lab.no_set")), gr.update(), gr.update(), gr.skip()]
            return
        act = lambda tell: run_set(engine, name, at, names, answers=also, actor=actor, progress=tell)  # noqa: E731 - one call, twice below
        yield from _told(works, request, Work("run", named(name, at), actor), act)

    def ran_again(request: gr.Request, run_id: str | None) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not run_id:
            yield [fault_html(say("lab.no_run")), gr.update(), gr.update(), gr.skip()]
            return
        from ui.lab import rerun

        yield from _told(works, request, Work("run", run_id, actor), lambda tell: rerun(engine, run_id, actor=actor, progress=tell))

    def deleted(request: gr.Request, name: str | None, at: str | None, run_id: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return [done(lambda: delete_run(library, run_id)), *show(engine, name, at, None)]

    place.drawn(shown, [chosen, config, picked], everything)
    picked.input(looked, picked, detail, show_progress="hidden")
    after = {"fn": shown, "inputs": [chosen, config, picked], "outputs": everything, "show_progress": "hidden"}
    run.click(ran, [chosen, config, measures, answers], [said, run, stop, picked], concurrency_limit=4).then(**after)
    again.click(ran_again, picked, [said, run, stop, picked], concurrency_limit=4).then(**after)
    delete.click(deleted, [chosen, config, picked], [said, *everything])
    stop.click(stopper(works), None, None, queue=False)


def run_set(engine: LocalEngine, name: str, config: str | None, measures: str, *, answers: bool, actor: str, progress: Any) -> dict[str, Any]:
    """Run a set under a configuration and keep the run; its report."""
    return engine.lab_run(name, config, measures.strip(), {}, rankings=False, answers=answers, actor=actor, progress=progress)


def delete_run(library: Library, run_id: str | None) -> str:
    """Delete a run; what was done."""
    if not run_id:
        raise UsageError(say("lab.no_run"))
    library.runs.delete(run_id)
    return say("lab.run_deleted", run=run_id)


def _told(works: Works, request: gr.Request, work: Work, act: Any) -> Iterator[list[Any]]:
    """What a run tells: the line, Run, Stop, and at last the run to look at."""
    for told in works.follow(str(request.session_hash), work, act):
        made = gr.update(value=told.made["run"], choices=[told.made["run"]]) if told.ended and not told.fault else gr.skip()
        yield [run_said(told), gr.update(visible=told.ended), gr.update(visible=not told.ended), made]


def run_said(told: Told) -> str:
    """Where a run stands, or how it ended."""
    if not told.ended:
        return progress_html(told)
    if told.fault:
        return fault_html(told.fault)
    report = told.made["report"]
    return lead(say("lab.run_done", config=report["config"], count=report["queries"], judged=report["judged"])) + lines(told.made["notes"])


def show(engine: LocalEngine, name: str | None, config: str | None, run_id: str | None) -> list[Any]:
    """The whole tab for a set and one of its runs (the newest where none is chosen)."""
    named = [each.name for each in engine.workshop.configurations.all()[0]]
    config = config if config in named else engine.workshop.configurations.active_name()
    runs = engine.library.runs.all(name)[:_RUNS] if name else []
    ids = [run.id for run in runs]
    run_id = run_id if run_id in ids else ids[0] if ids else None
    return [
        gr.update(choices=named, value=config),
        listing(runs) if name else note(say("lab.no_set")),
        gr.update(choices=[(run_label(run), run.id) for run in runs], value=run_id),
        detail_html(engine, run_id),
    ]


def run_label(run: Run) -> str:
    """A run in a choice."""
    first = next(iter(run.document["measures"].items()), ("", 0.0))
    return f"{moment(run.at)} · {run.config} · {first[0]} {decimal(first[1])} · {run.id}"


def listing(runs: Sequence[Run]) -> str:
    """The runs of a set, newest first, with the first measures of each."""
    if not runs:
        return note(say("lab.no_runs"))
    names = list(dict.fromkeys(name for run in runs for name in list(run.document["measures"])[:_FIRST]))[:_FIRST]
    rows = []
    for run in runs:
        values = [run.document["measures"].get(name) for name in names]
        figures = ["" if value is None else decimal(value) for value in values]
        reason = say(f"lab.reason_{run.reason}") if run.reason in _REASONS else run.reason
        rows.append([moment(run.at), run.config, reason, f"{run.revision:,}", f"{run.document['judged']:,}", *figures])
    heads = [say(f"lab.head_{one}") for one in ("when", "config", "reason", "revision", "judged_queries")]
    return table([*heads, *names], rows, numbers=2 + len(names), caption=say("lab.runs"))


def detail_html(engine: LocalEngine, run_id: str | None) -> str:
    """One run: its measures with intervals, by tag, what it missed, each query; and what made it."""
    if not run_id:
        return ""
    try:
        run, _ = engine.library.runs.get(run_id)
    except FlorilegiumError as error:
        return fault_html(str(error))
    held = run.document
    seconds = held["seconds"]
    made = say("lab.run_made", program=held["program"], hash=run.config_hash[:12], revision=run.revision, fingerprint=str(held["fingerprint"])[:12])
    speed = say("lab.run_speed", median=decimal(1000 * seconds["query_p50"], 1), slow=decimal(1000 * seconds["query_p95"], 1))
    parts = [heading(say("lab.run_of", config=run.config, when=moment(run.at))), measures_html(held), lines(held["notes"])]
    parts += [answers_html(held.get("answers")), tags_html(held), missed_html(engine.library, run), queries_html(run)]
    parts += [note(f"{made} {speed}"), ending(say("lab.take_along"), [link(f"/lab/runs/{run.id}.run", say("lab.trec_run"))])]
    return "".join(parts)


def measures_html(held: Mapping[str, Any]) -> str:
    """The means of a run, each with its 95 % interval."""
    rows = []
    for name, value in held["measures"].items():
        span = held["intervals"].get(name)
        rows.append([name, decimal(value, 4), f"{decimal(span[0])} – {decimal(span[1])}" if span else ""])
    return table([say("lab.head_measure"), say("lab.head_mean"), say("lab.head_interval")], rows, numbers=2, caption=say("lab.measures_of_run"))


def answers_html(found: Mapping[str, Any] | None) -> str:
    """The answer measures of a run: figures with intervals where they have them."""
    if not found:
        return ""
    rows = [[name.replace("_", " "), _plain(value)] for name, value in _flat(found)]
    return heading(say("lab.answers")) + table([say("lab.head_measure"), say("lab.head_value")], rows, numbers=1, caption=say("lab.answers"))


def _flat(found: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}: ")
        elif not isinstance(value, list) or all(isinstance(one, int | float) for one in value):
            yield f"{before}{name}", value


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " – ".join(_plain(one) for one in value)
    if isinstance(value, float):
        return decimal(value)
    return say("lab.none") if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def tags_html(held: Mapping[str, Any]) -> str:
    """The means by tag; nothing for a set without tags."""
    by_tag = held.get("by_tag") or {}
    if not by_tag:
        return ""
    names = list(held["measures"])
    rows = [[tag, f"{own['queries']:,}", *(decimal(own["measures"][name]) for name in names)] for tag, own in by_tag.items()]
    return heading(say("lab.by_tag")) + table([say("lab.head_tag"), say("lab.head_queries"), *names], rows, numbers=1 + len(names), caption=say("lab.by_tag"))


def missed_html(library: Library, run: Run) -> str:
    """The records judged relevant that a run has not among its first ten, each with the way to why."""
    from ui.lab import missed

    found = missed(library, run.id, depth=_DEPTH, most=_MISSED + 1)
    if not found:
        return note(say("lab.nothing_missed", depth=_DEPTH))
    rows = []
    for one in found[:_MISSED]:
        why = link(address("/lab/why", run=run.id, query=one["query"], review=one["review_id"]), say("lab.why_not_found"), new=True)
        rank = say("lab.not_at_all") if one["rank"] is None else f"{one['rank']:,}"
        rows.append([one["text"], record_link(one["review_id"], one["title"]), why if one["in_library"] else "", f"{one['grade']}", rank])
    heads = [say(f"lab.head_{name}") for name in ("text", "record", "why", "grade", "rank")]
    more = note(say("lab.and_more")) if len(found) > _MISSED else ""
    return heading(say("lab.missed", depth=_DEPTH)) + table(heads, rows, numbers=2, caption=say("lab.missed", depth=_DEPTH)) + more


def queries_html(run: Run) -> str:
    """Each query's measures, to fold out."""
    texts, names = run.document["texts"], list(run.document["measures"])
    values = run.document["per_query"]
    rows = [[texts.get(key, key), *(decimal(row[name]) for name in names)] for key, row in list(values.items())[:_QUERIES]]
    shown = table([say("lab.head_text"), *names], rows, numbers=len(names), caption=say("lab.each_query"))
    more = note(say("lab.first_of", shown=_QUERIES, all=len(values))) if len(values) > _QUERIES else ""
    return f'<details class="fl-lacks"><summary>{say("lab.each_query")}</summary>{shown}{more}</details>'
