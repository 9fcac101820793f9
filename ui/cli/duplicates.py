"""Commands on duplicates: list the pairs in doubt, merge, part, take back. They need the library alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import console, print_json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Library
    from corpus.duplicates.pairs import Pair

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Records that may be one work: list the pairs in doubt, merge them, keep them apart.", no_args_is_help=False, rich_markup_mode=None
    )
    app.add_typer(group, name="duplicates")

    @group.callback(invoke_without_command=True)
    def pairs(
        context: typer.Context,
        scan: Annotated[bool, typer.Option("--scan", help="Compare the whole library first, and queue what is found.")] = False,
        merge: Annotated[bool, typer.Option("--merge-sure", help="With --scan: merge the pairs that are surely one work.")] = False,
        decided: Annotated[bool, typer.Option("--decided", help="List the pairs that a person has decided.")] = False,
        merged: Annotated[bool, typer.Option("--merged", help="List the merges.")] = False,
        json: Json = False,
    ) -> None:
        """List the pairs in doubt, the surest first."""
        if context.invoked_subcommand is None:
            _list(session.library(), scan=scan or merge, merge=merge, decided=decided, merged=merged, json=json)

    @group.command("merge")
    def merge_(
        keep: Annotated[str, typer.Argument(metavar="KEEP", help="The record whose id stays.")],
        other: Annotated[str, typer.Argument(metavar="OTHER", help="The record that becomes part of it.")],
        json: Json = False,
    ) -> int:
        """Make two records one; the other id becomes another name of the first."""
        done = session.library().duplicates.merge(keep, other)
        print_json(done._asdict()) if json else print(
            f"{done.other_id} is part of {done.kept_id} now. To take it back: florilegium duplicates undo {done.number}"
        )
        return 0

    @group.command()
    def distinct(
        first: Annotated[str, typer.Argument(metavar="A", help="One record.")],
        second: Annotated[str, typer.Argument(metavar="B", help="The other record.")],
        json: Json = False,
    ) -> int:
        """Say that two records are different works; they are never queued or merged unasked again."""
        session.library().duplicates.distinct(first, second)
        print_json({"first_id": first, "second_id": second, "decision": "different"}) if json else print(f"{first} and {second} stay two records.")
        return 0

    @group.command()
    def undo(
        merge: Annotated[str, typer.Argument(metavar="MERGE", help="The merge's number, or the id that was merged away.")],
        json: Json = False,
    ) -> int:
        """Take a merge back: both records are as they were, and the pair is in the queue."""
        done = session.library().duplicates.undo(merge)
        print_json(done._asdict()) if json else print(f"{done.kept_id} and {done.other_id} are two records again.")
        return 0


def _list(library: Library, *, scan: bool, merge: bool, decided: bool, merged: bool, json: bool) -> None:
    from corpus.duplicates.pairs import Decision

    desk = library.duplicates
    scanned = desk.scan(merge=merge, progress=_counter()) if scan else None
    if merged:
        table = [entry._asdict() for entry in desk.merges()]
        print_json({"merges": table}) if json else _print_merges(table)
        return
    found = desk.pairs((Decision.SAME, Decision.DIFFERENT) if decided else (Decision.UNDECIDED,))
    if json:
        print_json({"scan": scanned._asdict() if scanned else None, "pairs": [entry.as_dict() for entry in found]})
        return
    if scanned:
        print(f"Compared {scanned.compared:,} pairs: {scanned.same:,} surely one work, {scanned.merged:,} merged, {scanned.queued:,} new in the queue.")
    _print_pairs(library, found)


def _counter() -> Any:
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        print(f"\rCompared {done:,} of {total:,} pairs", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return tell


def _print_pairs(library: Library, found: list[Pair]) -> None:
    if not found:
        print("No pair waits for a decision. `florilegium duplicates --scan` compares the whole library.")
    for start in range(0, len(found), 100):
        part = found[start : start + 100]
        records = library.get_many(review_id for pair in part for review_id in (pair.first_id, pair.second_id))
        for pair in part:
            decided = f", {pair.decision.value} said {pair.decided_by} on {pair.decided_at}" if pair.decided_by else ""
            print(f"\n{pair.score:.2f}  {pair.first_id}  {pair.second_id}{decided}")
            for review_id in (pair.first_id, pair.second_id):
                if review_id in records:
                    review = records[review_id]
                    print(f"      {review.label()}: {review.short_title(90)}. {review.journal}")
            for name, values in (("agree", pair.agree), ("differ", pair.differ), ("because", pair.objections)):
                if values:
                    print(f"      {name}: {', '.join(values)}")


def _print_merges(merges: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("No.", "Kept", "Merged away", "When", "By", "State", box=None)
    for entry in merges:
        by = f"{entry['actor']} (import or scan)" if entry["automatic"] else entry["actor"]
        table.add_row(str(entry["number"]), entry["kept_id"], entry["other_id"], entry["at"], by, "undone" if entry["undone_revision"] else "")
    console().print(table)
