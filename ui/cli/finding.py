"""Commands on the search data: sync, search, why, doctor."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ui.cli.output import console, print_json, progress_bar
from ui.cli.records import Json
from ui.cli.session import Session

Filters = Annotated[list[str] | None, typer.Option("--filter", metavar="FIELD OP VALUE", help='Only these records, e.g. "year>=2020"; may be repeated.')]
Config = Annotated[str | None, typer.Option("--config", metavar="NAME", help="Search configuration; else the active one.")]

#: What the legs go by, as people read it.
_LEGS = {"dense": "meaning (dense)", "lexical": "words (lexical)", "neighbours": "records like it (neighbours)"}


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def sync(
        config: Annotated[str | None, typer.Option("--config", metavar="NAME", help="Only this configuration's index; else every built one.")] = None,
        engine: Annotated[str, typer.Option("--engine", metavar="local|ray", help="Who embeds: this process, or Ray's workers.")] = "local",
        json: Json = False,
    ) -> int:
        """Bring the search data in step with the library; only what changed is embedded. --chroma-url URL keeps the vectors on a Chroma server."""
        with progress_bar() as progress:
            report = session.engine().sync(config, progress, engine=engine)
            report["lab"] = session.engine().lab_after_sync(progress) if config is None else []
        if json:
            print_json(report)
        else:
            passages = report["passages"]
            print(
                f"In step with revision {report['revision']}: {report['reviews']:,} records, {passages['total']:,} passages "
                f"({passages['embedded']:,} embedded, {passages['removed']:,} removed) in {report['seconds']:.1f} s."
            )
            for ran in report["lab"]:
                print(f"Test set {ran['set']!r}: {ran.get('error') or ' '.join(ran['words'])}")
        return 0

    @app.command()
    def search(
        query: Annotated[str, typer.Argument(help="What to look for.")],
        k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many records.")] = 10,
        filters: Filters = None,
        config: Config = None,
        explain: Annotated[bool, typer.Option("--explain", help="Show what each leg said, and which words of the query a record has.")] = False,
        json: Json = False,
    ) -> int:
        """Find records; each is shown with its best passage."""
        engine = session.engine()
        result = engine.search(query, k, filters or [], config)
        for hit in result["hits"] if explain else ():
            reason = engine.why(query, hit["review_id"], filters or [], config)
            hit.update(matched_words=reason["matched_words"], missing_words=reason["missing_words"])
        print_json(result) if json else _print_hits(result, explain)
        tell_unknown(session, filters)
        return 0

    @app.command()
    def why(
        query: Annotated[str, typer.Argument(help="The query.")],
        review_id: Annotated[str, typer.Argument(metavar="REVIEW_ID", help="The record's id.")],
        filters: Filters = None,
        config: Config = None,
        json: Json = False,
    ) -> int:
        """Say why a record ranks where it does for a query."""
        result = session.engine().why(query, review_id, filters or [], config)
        print_json(result) if json else _print_why(result)
        return 0

    @app.command()
    def doctor(
        rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the search data anew from the library.")] = False,
        json: Json = False,
    ) -> int:
        """Check everything, mend what machines made, and say what to do about the rest."""
        with progress_bar() as progress:
            checks = session.engine().doctor(rebuild=rebuild, progress=progress)
        healthy = all(check["ok"] for check in checks)
        if json:
            print_json({"ok": healthy, "checks": checks})
        else:
            for check in checks:
                remedy = f". {check['remedy']}" if check["remedy"] else ""
                print(f"{'ok ' if check['ok'] else 'BAD'}  {check['check']}: {check['detail']}{remedy}")
        return 0 if healthy else 3


def tell_unknown(session: Session, filters: list[str] | None) -> None:
    """Say on stderr which facet values of the filters no record has, and what is near them."""
    if filters:
        from ui.cli.catalogue import parsed, tell_suggestions

        tell_suggestions(session.library(), parsed(session.library(), filters))


def _print_hits(result: dict[str, Any], explain: bool) -> None:
    from rich.text import Text

    out = console()
    if not result["hits"]:
        print("Nothing found.")
    for hit in result["hits"]:
        year = f" ({hit['year']})" if hit["year"] else ""
        out.print(Text(f"{hit['rank']:>2}. {hit['title'] or hit['review_id']}{year}", style="bold"))
        out.print(Text(f"    {' '.join(hit['text'].split())}"))
        out.print(Text(f"    {hit['review_id']}  {hit['field']}:{hit['start']}-{hit['end']}", style="dim"))
        if explain:
            places = ";  ".join(_leg(name, leg) for name, leg in hit["legs"].items())
            out.print(Text(f"    fused score {hit['score']:.3f};  {places}", style="dim"))
            out.print(Text(f"    {_words(hit)}", style="dim"))
    for note in _remarks(result):
        print(note)


def _remarks(result: dict[str, Any]) -> list[str]:
    notes = []
    if result.get("stale"):
        notes.append(f"{result['stale']} passages are newer than the search data and were left out; run `florilegium sync`.")
    if result.get("left_out"):
        notes.append(f"{result['left_out']} records have no year and were left out.")
    return notes


def _print_why(result: dict[str, Any]) -> None:
    print(f"{result['title'] or result['review_id']}")
    if result["removed_by"]:
        print(f"Not among the results: {result['removed_by']}.")
    elif result["rank"]:
        print(f"Rank {result['rank']} of {result['of']}, fused score {result['score']:.3f}.")
    else:
        print("No leg finds it for this query.")
    for name, leg in result["legs"].items():
        print(f"  {_leg(name, leg)}")
    if result["passage"]:
        print(f"Best passage, {result['passage']['field']}: {result['passage']['text']}")
    print(_words(result))


def _leg(name: str, leg: dict[str, Any] | None) -> str:
    """What a leg said of a record, in words a librarian knows."""
    return f"{_LEGS.get(name, name)}: rank {leg['rank']}, score {leg['score']:.3f}" if leg else f"{_LEGS.get(name, name)}: not found"


def _words(reason: dict[str, Any]) -> str:
    return f"Words it has: {', '.join(reason['matched_words']) or 'none'}. Words it lacks: {', '.join(reason['missing_words']) or 'none'}."
