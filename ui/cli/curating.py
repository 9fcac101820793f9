"""Commands that correct records: edit, history, revert, status. They touch only the library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import FieldDiff, Review

Id = Annotated[str, typer.Argument(metavar="ID", help="The record's id.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who makes the change; else the name of your account on this machine.", show_default=False)]
Why = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, kept with the revision.")]
_Base = Annotated[int | None, typer.Option("--revision", metavar="N", help="The record's revision you looked at: refused when it has changed since.")]
_Steps = list[str] | None


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def edit(
        review_id: Id,
        sets: Annotated[_Steps, typer.Option("--set", metavar="FIELD=VALUE", help="Give a field, or findings[0], a value; @FILE or @- reads it.")] = None,
        adds: Annotated[_Steps, typer.Option("--add", metavar="FIELD=VALUE", help="Add an item to a list, such as topics=anxiety.")] = None,
        removes: Annotated[_Steps, typer.Option("--remove", metavar="FIELD", help="Empty a field; findings[0] or topics=anxiety for one item.")] = None,
        from_: Annotated[str, typer.Option("--from", metavar="FILE", help="The whole record as Markdown, as `show` prints it; - reads it.")] = "",
        revision: _Base = None,
        by: By = "",
        note: Why = "",
        json: Json = False,
    ) -> int:
        """Change fields of a record; what changed is printed.

        --set is done first, then --remove, then --add, each in the order given.
        """
        from corpus import UsageError, diff_reviews
        from corpus.editing import changes_from_markdown, changes_of, read_step

        library = session.library()
        before = library.get(review_id)
        typed = [("set", sets), ("remove", removes), ("add", adds)]
        steps = [read_step(action, text, read_text) for action, texts in typed for text in texts or ()]
        if bool(steps) == bool(from_):
            raise UsageError("an edit needs --set, --add or --remove, or else --from", remedy='Write it as --set "summary=What it found"')
        facets = [*library.vocabulary.values, *library.catalogue.facet_names()]
        changes = changes_from_markdown(before, read_text(from_)) if from_ else changes_of(before, steps, list(dict.fromkeys(facets)))
        base = before.revision if revision is None else revision
        after = library.edit(before.id, changes, base_revision=base, actor=who(by), note=note)
        _tell_change(before, after, diff_reviews(before, after), json)
        return 0

    @app.command()
    def history(
        review_id: Id,
        diff: Annotated[tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="What changed from revision A to B.", show_default=False)] = None,
        json: Json = False,
    ) -> int:
        """List every revision of a record, or show what changed between two."""
        from corpus import diff_reviews

        library = session.library()
        review = library.get(review_id)
        if diff is not None:
            older, newer = (library.get(review.id, number) for number in diff)
            found = diff_reviews(older, newer)
            if json:
                print_json({"id": review.id, "from": diff[0], "to": diff[1], "fields": [entry.as_dict() for entry in found]})
            else:
                print_diff(found)
            return 0
        versions = library.history(review.id)
        if json:
            print_json({"id": review.id, "revision": review.revision, "history": [version._asdict() for version in versions]})
        else:
            print_table(("Revision", "Action", "By", "When", "Note"), [(v.revision, v.action, v.actor, v.at, v.note) for v in versions])
        return 0

    @app.command()
    def revert(
        review_id: Id,
        to: Annotated[int, typer.Option("--to", metavar="REVISION", help="The revision whose state it gets.")],
        revision: _Base = None,
        by: By = "",
        note: Why = "",
        json: Json = False,
    ) -> int:
        """Give a record the state it had, as a new revision; nothing of its history is lost."""
        from corpus import diff_reviews

        library = session.library()
        before = library.get(review_id)
        after = library.revert(before.id, to, base_revision=revision, actor=who(by), note=note)
        _tell_change(before, after, diff_reviews(before, after), json)
        return 0

    @app.command()
    def status(
        review_id: Id,
        state: Annotated[str, typer.Argument(metavar="STATUS", help="withdrawn, retracted, or current to bring it back.")],
        note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; the text of the notice of a retraction.")] = "",
        date: Annotated[str, typer.Option("--date", metavar="DATE", help="When the retraction appeared, as 2024-05-01.")] = "",
        by: By = "",
        json: Json = False,
    ) -> int:
        """Withdraw a record, mark it retracted, or bring it back."""
        from corpus import Status, UsageError, diff_reviews

        if state not in list(Status):
            raise UsageError(f"there is no status {state!r}", remedy=f"It is one of {', '.join(Status)}")
        if date and state != Status.RETRACTED:
            raise UsageError("--date is that of a retraction", remedy="Leave it out, or say retracted")
        library = session.library()
        before = library.get(review_id)
        after = library.set_status(before.id, Status(state), note=note, date=date or None, actor=who(by))
        _tell_change(before, after, diff_reviews(before, after), json)
        return 0


def who(given: str) -> str:
    """Whom a change is put down to: the name given, or that of the account on this machine."""
    import getpass

    if given.strip():
        return given.strip()[:100]
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError):  # a container may run under a number without a name
        return "local"


def print_diff(found: Sequence[FieldDiff]) -> None:
    """What changed, a block a field: removed words as [-…-], added ones as {+…+}, coloured where the terminal can."""
    from rich.text import Text

    styles = {"removed": "red strike", "added": "green"}
    signs = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "kept": ("", "")}
    out = console()
    for entry in found:
        head = entry.field if entry.was in (entry.now, None) or entry.now is None else f"{entry.was} → {entry.now}"
        line = Text(head + ("\n  " if entry.pieces else ""), style="bold")
        for at, piece in enumerate(entry.pieces):
            opening, closing = signs[piece.kind]
            text = piece.text if piece.kind != "kept" else _shortened(piece.text, first=at == 0, last=at == len(entry.pieces) - 1)
            line.append(opening + text.replace("\n", "\n  ") + closing, style=styles.get(piece.kind, "none"))
        out.print(line)


def _shortened(text: str, *, first: bool, last: bool, most: int = 60) -> str:
    """Unchanged text with its middle left out: what stands beside a change is enough to find it."""
    head, tail = ("" if first else text[:most]), ("" if last else text[-most:])
    return text if len(text) <= len(head) + len(tail) + 20 else f"{head} … {tail}"


def read_text(name: str) -> str:
    """A text from a file, or from standard input where the name is a dash."""
    from corpus import InputError, UsageError

    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).expanduser().read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8", where=name, remedy="Save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", where=name, remedy="Check the path") from error


def _tell_change(before: Review, after: Review, found: Sequence[FieldDiff], json: bool) -> None:
    if json:
        changed = [entry.as_dict() for entry in found]
        print_json({"id": after.id, "was": before.revision, "revision": after.revision, "status": after.status.value, "changed": changed})
    elif after.revision == before.revision:
        print(f"{after.id} says that already; nothing was changed.")
    else:
        print_diff(found)
        print(f"{after.id} is now at revision {after.revision}; to take it back: florilegium revert {after.id} --to {before.revision}")


def print_table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows under a heading; what stands in them is never taken for mark-up."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, box=None)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console().print(table)
