"""Gates: a set and thresholds that a configuration must pass before it is put in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import UnavailableError, UsageError
from corpus.configs import DEFAULT_CONFIG
from ui.lab.targets import followed, is_folder, open_target

if TYPE_CHECKING:
    from index.lab.run import Progress
    from ui.configurations import Configurations
    from ui.engine import Engine


class GateError(UnavailableError):
    """A configuration does not pass a gate; `reports` has what each gate said."""

    def __init__(self, message: str, reports: Sequence[Mapping[str, Any]], *, where: str = "", remedy: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.reports = list(reports)


def check_gate(
    engine: Engine,
    target: str,
    config: str | None = None,
    settings: Mapping[str, str] | None = None,
    thresholds: Sequence[str] | None = None,
    *,
    actor: str = "local",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Hold a configuration against the thresholds of a set (or those given): {set, config, passed, run, checks, words, notes}.

    Raises UsageError where there is no threshold, or none that can be read.
    """
    from index.lab.gate import check, parse_threshold

    written = list(thresholds or ([] if is_folder(target) else engine.library.sets.gate(target)))
    if not written:
        raise UsageError("the set has no gate", where=target, remedy=f'Set one: florilegium lab gate {target!r} --set "nDCG@10>=0.5"')
    limits = [parse_threshold(text) for text in written]
    names = list(dict.fromkeys(one.measure for one in limits))
    done = engine.lab_run(target, config, "", dict(settings or {}), keep=True, reason="gate", actor=actor, fresh=False, progress=progress)
    means, active = _means(engine, target, done["run"], names), {}
    if any(one.relative for one in limits):
        in_force = engine.library.configs.active() or DEFAULT_CONFIG
        ran = engine.lab_run(target, in_force, "", {}, keep=True, reason="gate", actor=actor, fresh=False, progress=progress)
        active = _means(engine, target, ran["run"], names)
    checks = [one.as_dict() for one in check(limits, means, active)]
    passed = all(one["passed"] for one in checks)
    name = done["report"]["config"]
    failed = "; ".join(f"{one['threshold']}: found {one['found']:.4f}, needed {one['needed']:.4f}" for one in checks if not one["passed"])
    words = f"{name} passes the gate of {target!r}." if passed else f"{name} does not pass the gate of {target!r} ({failed})."
    return {"set": target, "config": name, "passed": passed, "run": done["run"], "checks": checks, "words": words, "notes": done["notes"]}


def promote(
    engine: Engine,
    name: str,
    *,
    configurations: Configurations | None = None,
    gates: bool = True,
    actor: str = "local",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Put a configuration in force once it passes every gate that is set: {active, hash, before, gates}.

    `configurations` is needed where the engine is a remote one. Raises GateError, and what `Configurations.promote` raises.
    """
    from ui.engine import LocalEngine

    if configurations is None:
        if not isinstance(engine, LocalEngine):
            raise TypeError("a remote engine needs the configurations given")
        configurations = engine.workshop.configurations
    before = configurations.active_name()
    configurations.get(name)
    gated = [entry.name for entry in engine.library.sets.all() if engine.library.sets.gate(entry.name)] if gates else []
    reports = [check_gate(engine, each, name, actor=actor, progress=progress) for each in gated]
    if failed := [report for report in reports if not report["passed"]]:
        remedy = "Look at what fails: `florilegium lab gate SET --config NAME`; --no-gate promotes it all the same"
        raise GateError(" ".join(report["words"].rstrip(".") for report in failed), reports, where=name, remedy=remedy)
    chosen = configurations.promote(name)
    return {"active": configurations.active_name(), "hash": chosen.search.hash, "before": before, "gates": reports}


def _means(engine: Engine, target: str, run_id: str, names: Sequence[str]) -> dict[str, float]:
    from index.lab import measure

    opened = open_target(engine.library, target)
    if not opened.judged.judgements:
        raise UsageError("no query of the set is judged, so a gate cannot be held against it", where=target, remedy="Judge some first")
    rankings = engine.library.runs.get(run_id)[1]
    return dict(measure(rankings if is_folder(target) else followed(engine.library, rankings), opened.judged.judgements, names).means)
