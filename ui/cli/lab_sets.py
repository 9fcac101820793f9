"""Commands of the lab that touch only the library: test sets, their queries, judgements, agreement and gates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.curating import By, who
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Library
    from corpus.lab import Grades

_Name = Annotated[str, typer.Argument(metavar="SET", help="The set's name.")]
_QueryId = Annotated[str, typer.Argument(metavar="QUERY", help="The query's id.")]
_Kinds = Annotated[str, typer.Option("--format", metavar="FORMAT", help="queries (CSV), judgements (CSV with judges, reasons and words), or qrels (TREC).")]


def register(lab: typer.Typer, session: Session) -> None:
    """Add the commands."""
    _register_sets(lab, session)
    _register_queries(lab, session)
    _register_judging(lab, session)


def _register_sets(lab: typer.Typer, session: Session) -> None:
    @lab.command("sets")
    def sets(json: Json = False) -> int:
        """List the test sets of the library."""
        found = session.library().sets.all()
        if json:
            print_json({"sets": [entry._asdict() for entry in found]})
            return 0
        rows = [(entry.name, f"{entry.queries:,}", f"{entry.drafts:,}", f"{entry.judgements:,}", entry.at) for entry in found]
        _table(("Set", "Queries", "Drafts", "Judgements", "Made"), rows, "There is no test set yet. Make one: florilegium lab new NAME")
        return 0

    @lab.command("new")
    def new(
        name: _Name,
        guideline: Annotated[str, typer.Option("--guideline", metavar="TEXT", help="What judges go by; @FILE reads it.")] = "",
        by: By = "",
        json: Json = False,
    ) -> int:
        """Make an empty test set."""
        from ui.cli.curating import read_text

        session.library(create=True).sets.create(name, read_text(guideline[1:]) if guideline.startswith("@") else guideline, actor=who(by))
        print_json({"set": name}) if json else print(f"The set {name!r} is made. Add queries: florilegium lab add {name!r} TEXT")
        return 0

    @lab.command("rename")
    def rename(name: _Name, new_name: Annotated[str, typer.Argument(metavar="NEW")]) -> int:
        """Give a test set another name."""
        session.library().sets.rename(name, new_name)
        return 0

    @lab.command("delete")
    def delete(name: _Name, judged: Annotated[bool, typer.Option("--with-judgements", help="Also when judgements go with it.")] = False) -> int:
        """Delete a test set with its queries."""
        gone = session.library().sets.delete(name, judged_too=judged)
        print(f"The set {name!r} is deleted" + (f", and {gone:,} judgements with it." if gone else "."))
        return 0


def _register_queries(lab: typer.Typer, session: Session) -> None:
    @lab.command("queries")
    def queries(name: _Name, json: Json = False) -> int:
        """List the queries of a test set."""
        found = session.library().sets.queries(name)
        if json:
            print_json({"set": name, "queries": [query.as_dict() for query in found.values()]})
            return 0
        rows = [(query.id, query.text, ", ".join(query.tags), "draft" if query.draft else "synthetic" if query.synthetic else "") for query in found.values()]
        _table(("Query", "Text", "Tags", ""), rows, "The set has no query yet.")
        return 0

    @lab.command("add")
    def add(
        name: _Name,
        text: Annotated[str, typer.Argument(metavar="TEXT", help="The question as a reader would type it.")],
        query_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its id; else the next free number. A known id is replaced.")] = "",
        need: Annotated[str, typer.Option("--need", metavar="TEXT", help="What the asker wants to know.")] = "",
        tags: Annotated[list[str] | None, typer.Option("--tag", metavar="WORD", help="May be repeated.")] = None,
        answerable: Annotated[bool | None, typer.Option("--answerable/--unanswerable", help="Whether the collection answers it.", show_default=False)] = None,
        json: Json = False,
    ) -> int:
        """Add a query to a test set."""
        from corpus.lab import TestQuery

        stored = session.library().sets.put(name, [TestQuery(query_id, text, need, tuple(tags or ()), answerable)])[0]
        print_json(stored.as_dict()) if json else print(f"{stored.id}: {stored.text}")
        return 0

    @lab.command("remove")
    def remove(name: _Name, query_id: _QueryId) -> int:
        """Take a query out of a set, with its judgements."""
        gone = session.library().sets.remove(name, query_id)
        print(f"{query_id} is taken out" + (f", with {gone:,} judgements." if gone else "."))
        return 0

    @lab.command("import")
    def import_(
        name: _Name,
        files: Annotated[
            list[Path], typer.Argument(metavar="FILE…", help="Queries (CSV, TREC topics, JSON Lines), judgements (qrels, CSV), or a BEIR folder.")
        ],
        judge: Annotated[str, typer.Option("--judge", metavar="NAME", help="Whose judgements those of a qrels file are.")] = "imported",
        json: Json = False,
    ) -> int:
        """Bring queries and judgements into a set; makes the set where there is none. A file with a fault brings in nothing."""
        from corpus.lab.exchange import import_into

        done = import_into(session.library(create=True), name, files, judge)
        if json:
            print_json({"set": name, **done})
        else:
            print(f"{done['queries']:,} queries and {done['judgements']:,} judgements came into {name!r}.")
        return 0

    @lab.command("sample")
    def sample(name: Annotated[str, typer.Argument(metavar="NAME", help="What the set is to be called.")] = "sample", json: Json = False) -> int:
        """Bring in the 60 judged queries that ship for the sample collection (corpus/sample); its records must be in the library."""
        from corpus.lab.exchange import SAMPLE, SAMPLE_GUIDELINE, import_into

        library = session.library()
        done = import_into(library, name, [SAMPLE])
        library.sets.set_guideline(name, SAMPLE_GUIDELINE)
        if json:
            print_json({"set": name, **done})
        else:
            print(f"{done['queries']:,} queries and {done['judgements']:,} judgements came into {name!r}. Run it: florilegium lab run {name}")
        return 0

    @lab.command("export")
    def export(name: _Name, kind: _Kinds = "qrels") -> int:
        """Print a set's queries or judgements; `lab import` reads them back."""
        import sys

        from corpus import UsageError
        from corpus.lab.exchange import write_judgements, write_qrels, write_queries

        library = session.library()
        if kind == "queries":
            text = write_queries(library.sets.queries(name).values())
        elif kind == "judgements":
            text = write_judgements(library.judgements.of(name))
        elif kind == "qrels":
            text = write_qrels(_grades(library, name).final)
        else:
            raise UsageError(f"there is no format {kind!r}", remedy="It is queries, judgements or qrels")
        sys.stdout.write(text)
        return 0

    @lab.command("propose")
    def propose(name: _Name, most: Annotated[int | None, typer.Option("-n", min=1, help="At most so many.")] = None, json: Json = False) -> int:
        """Write known-item queries from records' own findings into a set, marked as synthetic."""
        from corpus.lab.propose import propose as proposed

        library = session.library()
        made = proposed(library.iterate(), most=most)
        library.sets.put(name, [query for query, _ in made])
        library.judgements.add(name, [judgement for _, judgement in made])
        print_json({"set": name, "queries": [query.id for query, _ in made]}) if json else print(f"{len(made):,} synthetic queries are in {name!r}.")
        return 0


def _register_judging(lab: typer.Typer, session: Session) -> None:
    @lab.command("judge")
    def judge(
        name: _Name,
        query_id: _QueryId,
        review_id: Annotated[str, typer.Argument(metavar="ID", help="The record's id.")],
        grade: Annotated[int | None, typer.Argument(metavar="GRADE", help="0 to 3; left out: it cannot be told.", min=0, max=3, show_default=False)] = None,
        reason: Annotated[str, typer.Option("--reason", metavar="TEXT")] = "",
        final: Annotated[bool, typer.Option("--adjudicate", help="Settle a dispute: this grade counts before all others.")] = False,
        by: By = "",
    ) -> int:
        """Grade a record for a query."""
        from corpus.lab import Judgement

        library = session.library()
        library.judgements.add(name, [Judgement(query_id, library.get(review_id).id, grade, who(by), reason=reason, adjudicated=final)])
        return 0

    @lab.command("agreement")
    def agreement(name: _Name, json: Json = False) -> int:
        """How far the judges of a set agree, and on what they differ."""
        from index.lab import agreement as agreement_of

        grades = _grades(session.library(), name)
        units = [judges for rows in grades.verdicts.values() for judges in rows.values()]
        found = agreement_of(units)
        if json:
            disputed = [{"query": query, "review_id": one, "grades": dict(grades.verdicts[query][one])} for query, one in grades.disputed]
            print_json(found.as_dict() | {"disputed": disputed})
            return 0
        print(f"{found.units:,} records were graded by at least two of {len(found.judges):,} judges.")
        for label, value in (("Exactly alike", found.exact), ("Fleiss' kappa", found.fleiss), ("Krippendorff's alpha", found.alpha)):
            print(f"{label}: {'not defined' if value is None else f'{value:.3f}'}")
        for pair, kappa in found.cohen.items():
            print(f"Cohen's kappa of {pair[0]} and {pair[1]}: {'not defined' if kappa is None else f'{kappa:.3f}'}")
        for query, one in grades.disputed:
            print(f"Disputed: {query}, {one}: {', '.join(f'{name} {grade}' for name, grade in grades.verdicts[query][one].items())}")
        return 0


def _grades(library: Library, name: str) -> Grades:
    from corpus.lab import grades

    return grades(library.judgements.of(name), library.get_many)


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]], empty: str) -> None:
    from rich.table import Table

    if not rows:
        print(empty)
        return
    table = Table(*heads, box=None)
    for row in rows:
        table.add_row(*map(str, row))
    console().print(table)
