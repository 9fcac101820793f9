"""Two or more ways of finding compared on a set: in words, in figures, query by query, record by record; the better one promoted, and rolled back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Role
from index.lab import COMPARED_MEASURES
from ui.texts import label, say
from ui.web.lab.files import Reports
from ui.web.lab.gates import gate_of_sides
from ui.web.lab.opening import Place
from ui.web.lab.plots import differences_plot
from ui.web.lab.runs_tab import run_label
from ui.web.lab.shown import decimal, ending, figure, lead, lines, link, note, record_link, table
from ui.web.people import require
from ui.web.rendering import fault_html
from ui.web.works import Told, Work, Works, named, progress_html, stopper

if TYPE_CHECKING:
    from ui.engine import LocalEngine

_RUNS, _QUERIES = 100, 300
_MOVES = {"new": "lab.move_new", "lost": "lab.move_lost", "up": "lab.move_up", "down": "lab.move_down", "same": "lab.move_same"}
Report = Mapping[str, Any]


def compare_tab(engine: LocalEngine, place: Place, works: Works, reports: Reports) -> None:
    """Build the tab."""
    chosen = place.chosen
    with gr.Row(equal_height=True):
        sides = gr.Dropdown(label=label("lab.sides"), choices=[], multiselect=True, value=[], elem_id="fl-sides", scale=5, min_width=280)
        measures = gr.Textbox(label=label("lab.measures"), placeholder=COMPARED_MEASURES, elem_id="fl-compare-measures", scale=3, min_width=200)
    with gr.Row(equal_height=True):
        compare = gr.Button(label("lab.compare"), variant="primary", elem_id="fl-compare", min_width=150)
        stop = gr.Button(label("lab.stop"), visible=False, elem_id="fl-compare-stop", min_width=110)
    said = gr.HTML(elem_id="fl-compared")
    key = gr.State("")  # the id of the comparison that is shown
    with gr.Row(equal_height=True):
        measure = gr.Dropdown(label=label("lab.measure"), choices=[], visible=False, elem_id="fl-measure", min_width=160)
        pair = gr.Dropdown(label=label("lab.pair"), choices=[], visible=False, elem_id="fl-pair-compared", min_width=220)
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            plot = gr.Plot(label=label("lab.plot_differences"), visible=False, elem_id="fl-differences-plot")
        with gr.Column(scale=2, min_width=320):
            beside = gr.HTML(elem_id="fl-differences")
    query = gr.Dropdown(label=label("lab.side_by_side"), choices=[], visible=False, elem_id="fl-changed-query")
    rankings = gr.HTML(elem_id="fl-rankings")
    gr.HTML('<hr class="fl-rule">')
    force = gr.HTML(elem_id="fl-in-force")
    with gr.Row(equal_height=True):
        better = gr.Dropdown(label=label("lab.promote_which"), choices=[], elem_id="fl-better", scale=3, min_width=200)
        promote = gr.Button(label("lab.promote"), variant="primary", elem_id="fl-promote", scale=1, min_width=150)
        back = gr.Button(label("lab.roll_back"), elem_id="fl-roll-back", scale=1, min_width=150)
    acted = gr.HTML(elem_id="fl-promoted")

    choosing = [sides, force, better]
    result = [said, compare, stop, key, measure, pair, plot, beside, query, rankings, better]

    def shown(request: gr.Request, name: str | None, picked: list[str], best: str | None) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return choices(engine, name, picked, best)

    def compared(request: gr.Request, name: str | None, picked: list[str], names: str) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not name or len(picked) < 2:
            yield [fault_html(say("lab.no_set" if not name else "lab.two_sides")), *[gr.skip()] * 10]
            return
        from ui.lab import compare as comparing

        def work(tell: Any) -> str:
            return reports.keep(comparing(engine, name, picked, names.strip(), actor=actor, progress=tell))

        for told in works.follow(str(request.session_hash), Work("compare", named(name, *picked), actor), work):
            yield after_step(engine, reports, name, told)

    def redrawn(request: gr.Request, held: str, name: str, which: str) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return differences(reports, held, name, which)

    def looked(request: gr.Request, held: str, query_id: str | None) -> str:
        require(request, Role.LIBRARIAN)
        try:
            return rankings_html(reports.get(held), query_id) if held and query_id else ""
        except FlorilegiumError as error:
            return fault_html(str(error))

    def promoted(request: gr.Request, best: str | None) -> Iterator[list[Any]]:
        actor = require(request, Role.LIBRARIAN).name
        if not best:
            yield [fault_html(say("lab.no_config")), gr.skip(), gr.skip()]
            return
        from ui.lab import promote as promoting

        for told in works.follow(str(request.session_hash), Work("gate", best, actor), lambda tell: promoting(engine, best, actor=actor, progress=tell)):
            yield [promoted_html(told), gr.update(interactive=told.ended), in_force(engine)]

    def rolled_back(request: gr.Request) -> list[Any]:
        require(request, Role.LIBRARIAN)
        return [roll_back(engine), in_force(engine)]

    place.drawn(shown, [chosen, sides, better], choosing)
    compare.click(compared, [chosen, sides, measures], result, concurrency_limit=4)
    stop.click(stopper(works), None, None, queue=False)
    gr.on([measure.input, pair.input], redrawn, [key, measure, pair], [plot, beside], show_progress="hidden")
    query.input(looked, [key, query], rankings, show_progress="hidden")
    promote.click(promoted, better, [acted, promote, force], concurrency_limit=4)
    back.click(rolled_back, None, [acted, force])


def choices(engine: LocalEngine, name: str | None, picked: Sequence[str], best: str | None) -> list[Any]:
    """The sides that can be compared on a set: configurations and its kept runs; what is in force; what can be promoted."""
    named = [each.name for each in engine.workshop.configurations.all()[0]]
    runs = engine.library.runs.all(name)[:_RUNS] if name else []
    there = [(say("lab.side_config", config=one), one) for one in named] + [(run_label(run), run.id) for run in runs]
    kept = [one for one in picked if one in {value for _, value in there}]
    return [gr.update(choices=there, value=kept), in_force(engine), gr.update(choices=named, value=best if best in named else None)]


def after_step(engine: LocalEngine, reports: Reports, name: str, told: Told) -> list[Any]:
    """What the page shows while a comparison is made, and when it is there."""
    if not told.ended:
        return [progress_html(told), gr.update(visible=False), gr.update(visible=True), *[gr.skip()] * 8]
    if told.fault:
        return [fault_html(told.fault), gr.update(visible=True), gr.update(visible=False), *[gr.skip()] * 8]
    report = reports.get(told.made)
    measures, pairs = list(report["measures"]), [(f"{name_of(report, at)} − {name_of(report, 0)}", str(at)) for at in range(1, len(report["sides"]))]
    changed = [(f"{_gain(row['difference'])}  {row['text']}", query_id) for query_id, row in report["changes"].items()]
    first = changed[0][1] if changed else None
    return [
        report_said(report, told.made) + gate_of_sides(engine, name, report),
        gr.update(visible=True),
        gr.update(visible=False),
        told.made,
        gr.update(choices=measures, value=measures[0], visible=True),
        gr.update(choices=pairs, value="1", visible=len(pairs) > 1),
        *differences(reports, told.made, measures[0], "1"),
        gr.update(choices=changed, value=first, visible=bool(changed)),
        rankings_html(report, first) if first else "",
        gr.update(value=best_of(engine, report)),
    ]


def _gain(value: float | None) -> str:
    """How much a query gained; a query that nobody has judged has no figure."""
    return say("lab.unjudged") if value is None else decimal(value, 3, sign=True)


def report_said(report: Report, key: str) -> str:
    """A comparison: what it says in words, then its figures, then how to take it along."""
    parts = [lead(report["words"][0]) if report["words"] else "", lines(report["words"][1:]), lines(report["notes"])]
    parts.append(measures_html(report, name_of(report, 0), name_of(report, 1), report["measures"]))
    for at, other in enumerate(report["others"], 2):
        parts.append(measures_html(report, name_of(report, 0), name_of(report, at), other["measures"]))
    links = [link(f"/lab/compared/{key}.html", say("lab.report_html")), link(f"/lab/compared/{key}.csv", say("lab.report_csv"))]
    return "".join([*parts, ending(say("lab.take_along"), links)])


def measures_html(report: Report, a: str, b: str, measures: Mapping[str, Mapping[str, Any]]) -> str:
    """The measures of B beside those of A, with the tests."""
    rows = []
    for name, row in measures.items():
        low, high = row["interval"]
        span = f"{decimal(low, 3, sign=True)} – {decimal(high, 3, sign=True)}"
        tests = [decimal(row["p_value"], 4), decimal(row["p_value_holm"], 4), decimal(row["p_value_t"], 4), figure(row["effect_size"], 2)]
        counts = f"{row['wins']} / {row['ties']} / {row['losses']}"
        needed = say("lab.none") if row["queries_needed"] is None else f"{row['queries_needed']:,}"
        rows.append([name, decimal(row["mean_a"], 4), decimal(row["mean_b"], 4), decimal(row["difference"], 4, sign=True), span, *tests, counts, needed])
    heads = [say(f"lab.head_{one}") for one in ("difference", "interval", "p", "p_holm", "p_t", "effect", "wins", "needed")]
    caption = say("lab.compared", a=a, b=b, count=report["judged"])
    return table([say("lab.head_measure"), a, b, *heads], rows, numbers=10, caption=caption)


def differences(reports: Reports, key: str, measure: str, which: str) -> list[Any]:
    """The plot of a measure's differences query by query, and the table beside it."""
    try:
        report = reports.get(key)
    except FlorilegiumError as error:
        return [gr.update(visible=False), fault_html(str(error))]
    at = int(which or 1)
    measures = report["measures"] if at == 1 else report["others"][at - 2]["measures"]
    per_query = measures[measure]["per_query"]
    texts = {query_id: row["text"] for query_id, row in report["changes"].items()}
    drawn = differences_plot(measure, (name_of(report, 0), name_of(report, at)), per_query, texts)
    ordered = sorted(per_query.items(), key=lambda pair: -abs(pair[1]))
    rows = [[texts.get(query_id, query_id), decimal(value, 3, sign=True)] for query_id, value in ordered[:_QUERIES]]
    caption = f"{measure}: {name_of(report, at)} − {name_of(report, 0)}"
    box = f'<div class="fl-beside">{table([say("lab.head_text"), say("lab.head_difference")], rows, numbers=1, caption=caption)}</div>'
    return [gr.update(value=drawn, visible=True), box]


def rankings_html(report: Report, query_id: str | None) -> str:
    """The first ten of each side for a query: each record's rank on each side, its grade, how it moved and why."""
    changed = report["changes"].get(query_id)
    if changed is None:
        return ""
    names = [name_of(report, at) for at in range(len(report["sides"]))]
    rows = []
    for row in changed["rows"]:
        ranks = [say("lab.none") if rank is None else f"{rank}" for rank in row["ranks"]]
        moved = say(_MOVES[row["move"]], by=abs(row["by"] or 0))
        grade = say("lab.unjudged") if row["grade"] is None else f"{row['grade']}"
        rows.append([record_link(row["review_id"], row["title"] or row["review_id"]), *ranks, grade, moved, row["reason"]])
    heads = [say("lab.head_record"), *names, say("lab.head_grade"), say("lab.head_moved"), say("lab.head_reason")]
    return table(heads, rows, caption=changed["text"])


def name_of(report: Report, at: int) -> str:
    """A side's name; two of one name are told apart by their letters."""
    names = [side["name"] for side in report["sides"]]
    return f"{chr(65 + at)}: {names[at]}" if names.count(names[at]) > 1 else str(names[at])


def best_of(engine: LocalEngine, report: Report) -> str | None:
    """The configuration with the highest first measure among the sides, where it is one that can be promoted."""
    first = next(iter(report["measures"]))
    means = [report["measures"][first]["mean_a"], report["measures"][first]["mean_b"], *(one["measures"][first]["mean_b"] for one in report["others"])]
    hashes = {each.search.hash: each.name for each in engine.workshop.configurations.all()[0]}
    for at in sorted(range(len(means)), key=lambda one: -means[one]):
        if (name := hashes.get(report["sides"][at]["config_hash"])) is not None:
            return name
    return None


def in_force(engine: LocalEngine) -> str:
    """Which configuration is in force, and which one rolling back would bring back."""
    former = engine.library.configs.former()
    back = f" {say('lab.former', config=former)}" if former else ""
    return note(say("lab.in_force", config=engine.workshop.configurations.active_name()) + back)


def promoted_html(told: Told) -> str:
    """Where promoting stands (gates are being run), or how it ended."""
    if not told.ended:
        return progress_html(told)
    if told.fault:
        return fault_html(told.fault)
    gates = lines(one["words"] if isinstance(one["words"], str) else " ".join(one["words"]) for one in told.made["gates"])
    return lead(say("lab.promoted", config=told.made["active"], before=told.made["before"])) + gates


def roll_back(engine: LocalEngine) -> str:
    """Put the formerly promoted configuration in force; what was done."""
    try:
        return lead(say("lab.rolled_back", config=engine.workshop.configurations.rollback().name))
    except FlorilegiumError as error:
        return fault_html(str(error))
