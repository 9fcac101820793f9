"""Comparing configurations, kept runs and TREC files over one set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import NotFoundError, UsageError
from corpus.configs import DEFAULT_CONFIG
from ui.lab.targets import Target, followed, followed_legs, open_target, run_key

if TYPE_CHECKING:
    from corpus.lab import Run
    from index.lab import Side
    from index.lab.run import Progress
    from ui.engine import Engine


def compare(
    engine: Engine | None,
    target: str,
    sides: Sequence[str | Side],
    measures: str = "",
    *,
    fresh: bool = False,
    actor: str = "local",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """A comparison as `lab compare --json` prints it; a side is a configuration's name, a run's id, or a file that was read.

    A configuration is run, unless a kept run of it is of this very library and these queries and `fresh` is not set. `engine` may be None where all
    sides are files and the target is a folder. Raises UsageError, NotFoundError, InputError.
    """
    from index.lab import COMPARED_MEASURES, compare_report, parse_measures

    wanted = parse_measures(measures or COMPARED_MEASURES)
    if engine is None:
        from index.lab import Side, read_set

        given = read_set(Path(target))
        files = [side for side in sides if isinstance(side, Side)]
        return compare_report(given, files, wanted, lambda ids: {one: found.title for one, found in given.collection.get_many(ids).items()})
    opened = open_target(engine.library, target)
    found = [_side(engine, opened, target, side, fresh, actor, progress) if isinstance(side, str) else side for side in sides]
    return compare_report(opened.judged, found, wanted, opened.titles)


def _side(engine: Engine, opened: Target, target: str, text: str, fresh: bool, actor: str, progress: Progress | None) -> Side:
    library = engine.library
    if text == DEFAULT_CONFIG or text in library.configs.all():
        done = engine.lab_run(target, text, "", {}, keep=True, reason="compare", actor=actor, fresh=fresh, progress=progress)
        return run_side(engine, opened, done["run"], "config")
    try:
        return run_side(engine, opened, text, "run")
    except NotFoundError as error:
        names = ", ".join([DEFAULT_CONFIG, *library.configs.all()])
        message = f"{text!r} is neither a configuration nor a run, and there is no such run file"
        raise UsageError(message, remedy=f"The configurations are: {names}; `florilegium lab runs` lists the runs") from error


def run_side(engine: Engine, opened: Target, run_id: str, kind: str) -> Side:
    """A kept run as a side, the ids of merged records followed. Raises NotFoundError, and UsageError for a run of another set."""
    from index.lab import Side

    run, rankings, legs = engine.library.runs.whole(run_id)
    _same_set(run, opened)
    if opened.folder is None:
        rankings, legs = followed(engine.library, rankings), followed_legs(engine.library, legs)
    name = run.config if kind == "config" else f"{run.id} ({run.config})"
    revision = run.revision if opened.folder is None else None
    return Side(name, rankings, legs, "config" if kind == "config" else "run", run.id, run.config_hash, revision, run.at)


def _same_set(run: Run, opened: Target) -> None:
    if run.set_name != run_key(opened.key):
        raise UsageError(f"the run {run.id} is one of the set {run.set_name!r}", remedy="Compare runs of one set")


def file_side(text: str) -> Side | None:
    """A TREC run file as a side, or None where the text names no file. Raises UsageError where it can be nothing but a path, InputError."""
    from index.lab import Side, read_run

    path = Path(text).expanduser()
    if not path.is_file():
        if len(path.parts) == 1:
            return None
        raise UsageError("there is no such run file", where=text, remedy="Name a TREC run file, or a configuration (`florilegium config list`)")
    return Side(text, read_run(path), kind="file")


def rerun(engine: Engine, run_id: str, *, actor: str = "local", progress: Progress | None = None) -> dict[str, Any]:
    """Run a kept run's set again, under the very settings it had, over what the library is now: as `lab_run`, with `before` (the former's means).

    Raises NotFoundError for an unknown run, UsageError where its set is gone.
    """
    run, _ = engine.library.runs.get(run_id)
    held = run.document
    target = held["folder"] or run.set_name
    names = " ".join(held["measures"])
    try:
        done = engine.lab_run(target, run.config, names, {}, saved=held["settings"], actor=actor, progress=progress)
    except NotFoundError as error:
        raise UsageError(f"the set of the run {run_id} is gone: {run.set_name!r}", remedy="The run itself is kept: `florilegium lab show` prints it") from error
    notes = list(done["notes"])
    if done["report"]["fingerprint"] != held["fingerprint"]:
        notes.append(f"The library went on from revision {run.revision} to {done['report']['revision']}, so figures may differ.")
    if done["report"]["grades_hash"] != held["grades_hash"]:
        notes.append("Queries or judgements have changed since, so figures may differ.")
    if done["report"]["program"] != held["program"]:
        notes.append(f"The former run was made by version {held['program']}.")
    return done | {"notes": notes, "before": {"run": run_id, "measures": held["measures"]}}
