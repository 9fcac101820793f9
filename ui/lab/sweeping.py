"""Sweeps: every combination of some settings measured over a set, and the winner chosen by cross-validation over queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import Library, UsageError
from corpus.lab import Sweep
from ui.lab.targets import open_target

if TYPE_CHECKING:
    from index.lab.run import Progress
    from ui.engine import Engine

#: What the configuration that a sweep starts from is called among its settings.
AS_IT_IS = "as it is"


def start_sweep(
    library: Library, set_name: str, choices: Mapping[str, Sequence[str]], *, config: str | None = None, measure: str = "nDCG@10", actor: str = "local"
) -> Sweep:
    """Keep a sweep that `go_on` then works through. Raises UsageError for a bad grid, measure or setting, or too few judged queries; NotFoundError."""
    from index import IndexSpec, SearchConfig
    from index.lab import parse_measures
    from index.lab.sweep import grid

    settings = grid(choices)
    known = {*SearchConfig.model_fields, *IndexSpec.model_fields} - {"spec"}
    if unknown := next((key for key in choices if key not in known), None):
        raise UsageError(f"there is no setting {unknown!r}", remedy=f"The settings are: {', '.join(sorted(known))}")
    measures = parse_measures(measure)
    if len(measures) != 1:
        raise UsageError("a sweep goes by one measure", where=measure, remedy="Name one, such as nDCG@10")
    if len(open_target(library, set_name).judged.judgements) < 2:
        raise UsageError("there are too few judged queries to cross-validate", where=set_name, remedy="Judge at least two")
    document = {"choices": {key: list(values) for key, values in choices.items()}, "settings": [{}, *settings], "config": config, "by": actor}
    return library.sweeps.start(set_name, {**document, "measure": measures[0], "values": {}, "state": None, "notes": [], "result": None})


def go_on(engine: Engine, sweep_id: str, *, actor: str = "local", progress: Progress | None = None) -> Sweep:
    """Measure what is left of a sweep until it is done or somebody pauses it; it may be called again, also by another process, and goes on.

    Values are of one state of library and judgements: when that has changed, the sweep begins anew and says so. Raises NotFoundError, ConflictError, and
    CancelledError where an admin ended its job; it can be gone on with all the same.
    """
    library = engine.library
    sweep = library.sweeps.begin(sweep_id)
    document: dict[str, Any] = dict(sweep.document)
    try:
        with library.jobs.run("sweep", f"{sweep.set_name}, {sweep_id}", actor) as job:
            while (left := [one for one in document["settings"] if label(one) not in document["values"]]) and document["result"] is None:
                job.progress("settings", len(document["values"]), len(document["settings"]))
                if progress:
                    progress("settings", len(document["values"]), len(document["settings"]))
                _measure(engine, sweep.set_name, document, left[0], actor)
                if library.sweeps.save(sweep_id, document) != "running":
                    return library.sweeps.get(sweep_id)
            document["result"] = _result(document)
        library.sweeps.save(sweep_id, document, "done")
    except BaseException:
        library.sweeps.pause(sweep_id)
        raise
    if progress:
        progress("settings", len(document["settings"]), len(document["settings"]))
    return library.sweeps.get(sweep_id)


def label(settings: Mapping[str, str]) -> str:
    """How a combination is named."""
    return " ".join(f"{key}={value}" for key, value in settings.items()) or AS_IT_IS


def _measure(engine: Engine, set_name: str, document: dict[str, Any], settings: Mapping[str, str], actor: str) -> None:
    name = document["measure"]
    report = engine.lab_run(set_name, document["config"], name, dict(settings), keep=False, reason="sweep", actor=actor)["report"]
    state = [report["fingerprint"], report["grades_hash"]]
    if document["values"] and document["state"] != state:
        document["notes"] = [*document["notes"], f"Library or judgements changed after {len(document['values'])} settings: it began anew."]
        document["values"] = {}
    document["state"] = state
    document["values"] = {**document["values"], label(settings): {query_id: row[name] for query_id, row in report["per_query"].items()}}


def _result(document: Mapping[str, Any]) -> dict[str, Any]:
    from index.lab.sweep import cross_validate

    values, by_label = document["values"], {label(one): one for one in document["settings"]}
    found = cross_validate(values, AS_IT_IS)
    means = {name: sum(rows.values()) / len(rows) for name, rows in values.items()}
    table = [{"label": name, "settings": by_label[name], "mean": mean} for name, mean in sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))]
    return found.as_dict() | {"settings": by_label[found.best], "table": table, "queries": len(found.per_query)}
