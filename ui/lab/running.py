"""Running a set under a configuration, by the owner of the search data: the very `Searcher` of production, and the run kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from corpus import UnavailableError, UsageError
from corpus.lab.runs import fingerprint
from ui.configurations import Configuration
from ui.lab.targets import Target, open_target

if TYPE_CHECKING:
    from index import Searcher, SyncReport
    from index.lab import RunResult
    from index.lab.run import Progress
    from ui.engine import LocalEngine

#: Where indexes of the library lie that no configuration uses: made to try a setting out.
TRIED = "lab/library-"
#: How deep the rankings of runs that nobody asked for are kept.
_SHALLOW = 100


@dataclass(frozen=True)
class Asked:
    """What is to be run. `saved` is a configuration as it was saved in a former run, in the place of a named one; `fresh` False takes a former run
    of the same configuration, library and queries where there is one.
    """

    target: str
    config: str | None = None
    measures: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    rankings: bool = False
    keep: bool = True
    reason: str = "asked"
    actor: str = "local"
    answers: bool = False
    saved: Mapping[str, Any] | None = None
    fresh: bool = True
    model: str | None = None


def run_target(engine: LocalEngine, asked: Asked, progress: Progress | None = None) -> dict[str, Any]:
    """{run, report, notes, passages, embedded, reused}, and `rankings` where asked for; `run` is the id of what is kept, or None."""
    from index.lab import default_measures, parse_measures, run_report, set_hash

    names = parse_measures(asked.measures) if asked.measures else None
    chosen, label = _configuration(engine, asked)
    target = open_target(engine.library, asked.target)
    state = target.folder.collection.hash if target.folder is not None else fingerprint(engine.library)
    if not asked.fresh and (former := _former(engine, target, chosen, state)) is not None:
        return former
    result, revision, notes = _run(engine, target, chosen, label, progress)
    if target.folder is None and fingerprint(engine.library) != state:
        state = ""  # it changed meanwhile: figures of no one state
        notes.append("The library was changed while the run went on.")
    report = run_report(target.judged, result, names or parse_measures(default_measures(target.judged, result.rankings)))
    report |= {
        "set": target.judged.name,
        "folder": asked.target if target.folder is not None else "",
        "base": chosen.name,
        "changed": dict(asked.settings),
        "settings": chosen.document(),
        "revision": revision,
        "fingerprint": state,
        "grades_hash": set_hash(target.judged),
        "program": version("florilegium"),
        "by": asked.actor,
        "notes": notes,
        "answers": _answers(engine, target, asked, chosen, progress) if asked.answers else None,
        "depth": _SHALLOW if asked.reason == "sync" else 1000,
        "texts": dict(target.judged.queries),
    }
    run_id = None
    if asked.keep:
        kept = {query_id: pairs[: report["depth"]] for query_id, pairs in result.rankings.items()}
        run_id = engine.library.runs.save(target.key, label, chosen.search.hash, revision, report, kept, reason=asked.reason, legs=result.legs)
    found = {"run": run_id, "report": report, "notes": notes, "passages": result.passages, "embedded": result.embedded, "reused": False}
    return found | {"rankings": result.rankings} if asked.rankings else found


def _configuration(engine: LocalEngine, asked: Asked) -> tuple[Configuration, str]:
    configurations = engine.workshop.configurations
    if asked.saved is not None:
        start = configurations.of_document(asked.config or "", asked.saved)
        configurations.usable(start)
    else:
        start = engine.workshop.config(asked.config)
    chosen = configurations.resolve(start, asked.settings)
    return chosen, f"{chosen.name} with {', '.join(f'{key}={value}' for key, value in asked.settings.items())}" if asked.settings else chosen.name


def _former(engine: LocalEngine, target: Target, chosen: Configuration, state: str) -> dict[str, Any] | None:
    """A kept run of the same configuration over the same records and queries by this version, whole in depth."""
    for run in engine.library.runs.all(target.key, config_hash=chosen.search.hash):
        held = run.document
        same = held["fingerprint"] == state and held["texts"] == dict(target.judged.queries) and held["program"] == version("florilegium")
        if same and held["depth"] == 1000 and not held["changed"]:
            report = dict(engine.library.runs.get(run.id)[0].document)
            return {"run": run.id, "report": report, "notes": held["notes"], "passages": 0, "embedded": 0, "reused": True}
    return None


def _run(engine: LocalEngine, target: Target, chosen: Configuration, label: str, progress: Progress | None) -> tuple[RunResult, int, list[str]]:
    """(what was found, the revision searched, notes)."""
    from index.lab import Lab, run_queries

    workshop, notes = engine.workshop, target.judged.notes()
    engine.export_query_encoder(chosen, progress)
    if target.folder is not None:
        lab = Lab(workshop.index_home, workshop.configurations.model(chosen), workshop.encoder_of(chosen), workshop.reranker_of(chosen))
        return lab.run(target.folder, chosen.search, label, progress), 0, notes
    tell = progress or (lambda step, done, total: None)
    began = time.perf_counter()
    with _searcher(engine, chosen, progress) as (searcher, report):
        seconds = time.perf_counter() - began
        if report.revision != engine.library.revision():
            notes.append(f"The search data is at revision {report.revision} of {engine.library.revision()}: what changed since was searched as it was before.")
        current = {one for one, (_, status) in engine.library.statuses().items() if status == "current"}
        result = run_queries(target.judged.name, "", target.judged.queries, searcher, report, seconds, tell, current)
    result = _named(result, label)
    return result, report.revision, notes


@contextmanager
def _searcher(engine: LocalEngine, chosen: Configuration, progress: Progress | None) -> Iterator[tuple[Searcher, SyncReport]]:
    """The searcher of production; for settings that need an index of their own and have none, one over an index made to try them out."""
    from index import Searcher, Syncer, SyncReport

    workshop = engine.workshop
    if not engine.library.count():
        raise UnavailableError("the library is empty", where=str(workshop.settings.home), remedy="Import records first: `florilegium import FILE`")
    standing = workshop.configurations.standing_of(chosen)
    if standing is not None and standing.built:
        yield workshop.searcher_of(chosen), SyncReport(revision=standing.revision, total=standing.passages)
        return
    named, _ = workshop.configurations.all()
    if any(each.search.spec == chosen.search.spec for each in named):
        engine.require_built(next(each.name for each in named if each.search.spec == chosen.search.spec))
    library, splitter, encoder = engine.library, workshop.splitter(chosen), workshop.encoder_of(chosen)
    built = workshop.index_home.open(chosen.search.spec, namespace=f"{TRIED}{library.uid()}")
    try:
        report = Syncer(library, built, splitter, encoder).sync(progress)
        yield Searcher(library, built, splitter, encoder, chosen.search, chosen.name, workshop.reranker_of(chosen)), report
    finally:
        built.close()


def _named(result: RunResult, label: str) -> RunResult:
    from dataclasses import replace

    return replace(result, config=label)


def _answers(engine: LocalEngine, target: Target, asked: Asked, chosen: Configuration, progress: Progress | None) -> dict[str, Any]:
    """Answer measures over the queries that are labelled answerable or not."""
    from ui.lab.answering import answer_measures

    if asked.settings or asked.saved is not None:
        raise UsageError("answers are measured under a named configuration", remedy="Create one with these settings: `florilegium config create NAME --set …`")
    return answer_measures(engine, target, chosen.name, asked.model, progress)
