"""Commands on kept runs: list, show, run again, delete; how figures went, what got worse, and what a run missed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ui.cli.curating import By, who
from ui.cli.output import console, print_json, progress_bar, tell
from ui.cli.records import Json
from ui.cli.session import Session

_Run = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, as `lab runs` lists it.")]
_SetName = Annotated[str, typer.Argument(metavar="SET", help="A test set of the library, or a folder that was run.")]
_Measure = Annotated[str, typer.Option("--measure", metavar="NAME", help="As ir_measures writes it.")]


def register(lab: typer.Typer, session: Session) -> None:
    """Add the commands."""
    _register_runs(lab, session)
    _register_trends(lab, session)
    _register_missed(lab, session)


def _register_runs(lab: typer.Typer, session: Session) -> None:
    @lab.command("runs")
    def runs(name: Annotated[str | None, typer.Argument(metavar="SET", help="Only this set's.")] = None, json: Json = False) -> int:
        """List the kept runs, newest first."""
        from ui.lab.targets import resolve_target, run_key

        library = session.library()
        found = library.runs.all(run_key(resolve_target(library, name)) if name else None)
        if json:
            print_json({"runs": [_without(run.as_dict()) for run in found]})
            return 0
        if not found:
            print("No run is kept yet. Run a set: florilegium lab run SET")
            return 0
        from rich.table import Column, Table

        table = Table(Column("Run", no_wrap=True), "Set", "Configuration", "Revision", "Why", "At", "Measures", box=None, pad_edge=False)
        for run in found:
            said = ", ".join(f"{key} {value:.4f}" for key, value in list(run.document["measures"].items())[:2])
            table.add_row(run.id, Path(run.set_name).name, run.config, str(run.revision), run.reason, run.at, said)
        console().print(table)
        return 0

    @lab.command("show")
    def show(
        run_id: _Run,
        file: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="Write its rankings here, as a TREC run.")] = None,
        json: Json = False,
    ) -> int:
        """Show a kept run with all that is needed to run it again."""
        from index.lab import run_text
        from ui.cli.lab import check_writable, write_text

        run, rankings = session.library().runs.get(run_id)
        if file is not None:
            check_writable(file)
            write_text(file, run_text(rankings, f"florilegium-{run.config}"))
        if json:
            print_json(run.as_dict())
            return 0
        held = run.document
        print(f"{run.id}: {run.config} ({run.config_hash[:12]}) on {run.set_name}, {run.at}, {run.reason}")
        print(f"Library revision {run.revision}, fingerprint {held['fingerprint'][:16]}; program version {held['program']}")
        print_run(dict(held) | {"run": run.id})
        return 0

    @lab.command("rerun")
    def rerun(run_id: _Run, by: By = "", json: Json = False) -> int:
        """Run a kept run's set again under the very settings it had, over what the library is now."""
        from ui.lab import rerun as again

        with progress_bar() as progress:
            done = again(session.engine(), run_id, actor=who(by), progress=progress)
        tell(done["notes"])
        if json:
            print_json({"run": done["run"], "before": done["before"], "report": _without(done["report"])})
            return 0
        from rich.table import Table

        table = Table("Measure", run_id, str(done["run"]), "Difference", box=None)
        for name, before in done["before"]["measures"].items():
            now = done["report"]["measures"][name]
            table.add_row(name, f"{before:.4f}", f"{now:.4f}", f"{now - before:+.4f}")
        console().print(table)
        return 0

    @lab.command("delete-run")
    def delete_run(run_id: _Run) -> int:
        """Delete a kept run."""
        session.library().runs.delete(run_id)
        print(f"The run {run_id} is deleted.")
        return 0


def _register_trends(lab: typer.Typer, session: Session) -> None:
    @lab.command("trend")
    def trend(name: _SetName, measure: _Measure = "nDCG@10", json: Json = False) -> int:
        """How a measure of a set went from run to run."""
        from ui.lab import resolve_target
        from ui.lab import trend as trend_of

        library = session.library()
        found = trend_of(library, resolve_target(library, name), measure)
        if json:
            print_json(found)
            return 0
        if not found["points"]:
            print(f"No kept run of {name!r} has {found['measure']}.")
            return 0
        from rich.table import Column, Table

        table = Table("At", "Revision", "Configuration", "Why", found["measure"], "95 % interval", Column("Run", no_wrap=True), box=None, pad_edge=False)
        for point in found["points"]:
            span = f"{point['interval'][0]:.3f} … {point['interval'][1]:.3f}" if point["interval"] else ""
            table.add_row(point["at"], str(point["revision"]), point["config"], point["reason"], f"{point['mean']:.4f}", span, point["run"])
        console().print(table)
        return 0

    @lab.command("worse")
    def worse(
        name: _SetName,
        since: Annotated[str | None, typer.Option("--since", metavar="RUN", help="From this run; else the one before, under the same configuration.")] = None,
        until: Annotated[str | None, typer.Option("--until", metavar="RUN", help="To this run; else the newest.")] = None,
        measure: _Measure = "nDCG@10",
        json: Json = False,
    ) -> int:
        """Which queries got worse between two runs, and because of which records."""
        from ui.lab import resolve_target
        from ui.lab import worse as worse_of

        library = session.library()
        found = worse_of(library, resolve_target(library, name), since, until, measure)
        if json:
            print_json(found)
            return 0
        for line in found["words"]:
            print(line)
        for query in found["queries"]:
            print(f"{query['query']}: {query['words']}")
            for record in query["records"]:
                print(f"    {record['words']}")
        return 0


def _register_missed(lab: typer.Typer, session: Session) -> None:
    @lab.command("missed")
    def missed(
        run_id: _Run,
        query: Annotated[str | None, typer.Option("--query", metavar="ID", help="Only this query's.")] = None,
        depth: Annotated[int, typer.Option("--depth", min=1, max=1000, help="Not among so many first.")] = 10,
        json: Json = False,
    ) -> int:
        """Which records judged relevant a run has not among its first."""
        from ui.lab import missed as missed_of

        found = missed_of(session.library(), run_id, query_id=query, depth=depth)
        if json:
            print_json({"run": run_id, "depth": depth, "missed": found})
            return 0
        if not found:
            print(f"Every record judged relevant is among the first {depth}.")
            return 0
        from rich.table import Table

        table = Table("Query", "Record", "Grade", "Rank", "Title", box=None, pad_edge=False)
        for row in found:
            table.add_row(row["query"], row["review_id"], str(row["grade"]), "-" if row["rank"] is None else str(row["rank"]), row["title"])
        console().print(table)
        print(f"Why was one not found? florilegium lab why {run_id} QUERY RECORD")
        return 0

    @lab.command("why")
    def why(
        run_id: _Run,
        query_id: Annotated[str, typer.Argument(metavar="QUERY", help="The query's id.")],
        review_id: Annotated[str, typer.Argument(metavar="ID", help="The record's id.")],
        json: Json = False,
    ) -> int:
        """Why a run did not find a record for a query."""
        from ui.lab import why_missed

        found = why_missed(session.engine(), run_id, query_id, review_id)
        if json:
            print_json(found)
        else:
            print(f"{found['review_id']} for “{found['query']}”:")
            for line in found["words"]:
                print(line)
        return 0


def print_run(report: dict[str, Any]) -> None:
    """A run's figures as a person reads them."""
    from rich.table import Table

    seconds = report["seconds"]
    print(f"{report['queries']:,} queries, {report['judged']:,} of them judged, under {report['config']}")
    table = Table("Measure", "Mean", "95 % interval", box=None)
    for name, value in report["measures"].items():
        span = report["intervals"].get(name)
        table.add_row(name, f"{value:.4f}", f"{span[0]:.4f} to {span[1]:.4f}" if span else "")
    console().print(table)
    if report["by_tag"]:
        names = list(report["measures"])[:3]
        table = Table("Tag", "Queries", *names, box=None)
        for tag, row in report["by_tag"].items():
            table.add_row(tag, str(row["queries"]), *(f"{row['measures'][name]:.4f}" for name in names))
        console().print(table)
    print(f"Index {seconds['index']:.1f} s; a query {1000 * seconds['query_p50']:.1f} ms (median), {1000 * seconds['query_p95']:.1f} ms (95th percentile)")
    if report["answers"]:
        from ui.cli.lab_answers import print_report

        print_report(report["answers"], report["set"])
    if report["run"]:
        print(f"Kept as {report['run']}.")


def _without(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what only the machine needs."""
    left_out = ("texts", "settings")
    document = report.get("document")
    kept = {key: value for key, value in report.items() if key not in left_out}
    return kept | {"document": {key: value for key, value in document.items() if key not in left_out}} if document else kept
