"""Commands on what people write: own notes (list, export) and comments (list, moderate). They need the library alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

Words = Annotated[str, typer.Argument(metavar="WORDS", help="Only notes in which all of these words stand.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    notes = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Your private notes on records.")
    comments = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What members say of records to each other.")
    app.add_typer(notes, name="notes")
    app.add_typer(comments, name="comments")

    @notes.command("list")
    def list_(words: Words = "", json: Json = False) -> int:
        """Show your notes, the last changed first."""
        from rich.text import Text

        from corpus import LOCAL

        found = session.library().notes.find(LOCAL, words)
        if json:
            print_json([note.as_dict() for note in found])
            return 0
        for note in found:
            where = f", on “{note.anchor.quote}”" if note.anchor else ""
            console().print(Text(f"{note.review_id}{where}  {note.changed}  {note.id}", style="dim"))
            console().print(Text(note.text))
        print(f"{len(found):,} note{'s' if len(found) != 1 else ''}.")
        return 0

    @notes.command("export")
    def export(
        words: Words = "",
        format: Annotated[str, typer.Option("--format", metavar="F", help="markdown or jsonl.")] = "markdown",
        output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")] = None,
    ) -> int:
        """Write your notes out."""
        from corpus import LOCAL
        from corpus.exporting.export import Export
        from corpus.exporting.notes import export_notes
        from ui.cli.catalogue import write_out

        library = session.library()
        found = library.notes.find(LOCAL, words)
        chunks = export_notes(found, library.get_many(note.review_id for note in found), format)
        write_out(Export(chunks, "", ""), output)
        if output is not None:
            print(f"{len(found):,} notes written to {output}.", file=sys.stderr)
        return 0

    @comments.command("list")
    def list_comments(json: Json = False) -> int:
        """Show the newest comments, those hidden or deleted too."""
        from rich.text import Text

        found = session.library().comments.all()
        if json:
            print_json([comment.as_dict() for comment in found])
            return 0
        for comment in found:
            state = f"  {comment.state.value.upper()}: {comment.reason}" if comment.state != "shown" else ""
            console().print(Text(f"{comment.number}  {comment.review_id}  {comment.author}  {comment.changed}{state}", style="dim"))
            console().print(Text(comment.text))
        return 0

    @comments.command("moderate")
    def moderate(
        number: Annotated[int, typer.Argument(metavar="NUMBER", help="The comment's number, as `comments list` shows it.")],
        state: Annotated[str, typer.Argument(metavar="STATE", help="hidden, shown (again) or deleted.")],
        reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; its author and the librarians read it.")],
        json: Json = False,
    ) -> int:
        """Hide, show again, or delete a comment."""
        from corpus import LOCAL, CommentState, UsageError

        if state not in list(CommentState):
            raise UsageError(f"there is no state {state!r} of a comment", remedy=f"It is one of {', '.join(CommentState)}")
        comment = session.library().comments.moderate(LOCAL, number, CommentState(state), reason)
        print_json(comment.as_dict()) if json else print(f"Comment {number} is {comment.state.value}.")
        return 0
