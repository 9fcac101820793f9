"""Runs that nobody has to ask for: sets that want it are run after every sync that changed something."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from corpus import FlorilegiumError, UsageError
from corpus.lab.runs import fingerprint
from ui.lab.targets import open_target
from ui.lab.trends import worse

if TYPE_CHECKING:
    from index.lab.run import Progress
    from ui.engine import LocalEngine

_log = logging.getLogger("florilegium")


def run_due(engine: LocalEngine, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Run the configuration in force on each set that asks for it and has not been run on the library as it is now.

    For each {set, run, config, revision, measures, worse, gate, words}, or {set, error}: one set that cannot be run keeps no other from it.
    """
    library = engine.library
    wanted = [entry.name for entry in library.sets.all() if entry.after_sync]
    if not wanted:
        return []
    state, done = fingerprint(library), []
    digest = engine.workshop.config().search.hash
    for name in wanted:
        if any(run.document["fingerprint"] == state for run in library.runs.all(name, reason="sync", config_hash=digest)[:1]):
            continue
        try:
            done.append(_run(engine, name, progress))
        except FlorilegiumError as error:
            done.append({"set": name, "error": str(error)})
            _log.warning("the test set %r could not be run after the sync: %s", name, error)
    return done


def _run(engine: LocalEngine, name: str, progress: Progress | None) -> dict[str, Any]:
    found = engine.lab_run(name, None, "", {}, reason="sync", progress=progress)
    report, words, count = found["report"], [], 0
    if report["judged"]:
        try:
            told = worse(engine.library, name, until=found["run"])
            words, count = told["words"], len(told["queries"])
        except UsageError:
            words = ["It is the first run of this configuration."]
    gate = _gate(engine, name, found)
    if gate is not None and not gate["passed"]:
        words = [*words, gate["words"]]
        _log.warning("%s", gate["words"])
    head = {"set": name, "run": found["run"], "config": report["config"], "revision": report["revision"], "measures": report["measures"]}
    return {**head, "worse": count, "gate": gate, "words": words}


def _gate(engine: LocalEngine, name: str, found: dict[str, Any]) -> dict[str, Any] | None:
    """The set's absolute thresholds held against the run; what is relative to the configuration in force says nothing of that one itself."""
    from index.lab import measure, parse_threshold
    from index.lab.gate import check

    limits = [one for one in map(parse_threshold, engine.library.sets.gate(name)) if not one.relative]
    if not limits or not found["report"]["judged"]:
        return None
    judged = open_target(engine.library, name).judged
    means = measure(engine.library.runs.get(found["run"])[1], judged.judgements, [one.measure for one in limits]).means
    checks = [one.as_dict() for one in check(limits, means, {})]
    passed = all(one["passed"] for one in checks)
    failed = "; ".join(f"{one['threshold']}: found {one['found']:.4f}" for one in checks if not one["passed"])
    words = f"The configuration in force {'passes' if passed else 'no longer passes'} the gate of {name!r}{f' ({failed})' if failed else ''}."
    return {"passed": passed, "checks": checks, "words": words}
