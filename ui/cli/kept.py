"""Commands on kept answers: answer, replay."""

from __future__ import annotations

import json as json_module
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import print_answer
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Library

AnswerId = Annotated[str, typer.Argument(metavar="ANSWER_ID", help="The answer's id, as `ask` prints it.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def answer(
        answer_id: AnswerId,
        format: Annotated[str, typer.Option("--format", metavar="F", help="Write it as markdown, docx, ris, bibtex or csl-json.")] = "",
        style: Annotated[str, typer.Option("--style", metavar="S", help="Of the bibliography: apa or vancouver.")] = "apa",
        output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")] = None,
        json: Json = False,
    ) -> int:
        """Show a kept answer as it was given, with what its records' notices and status are today; with --format, write it out for other programs."""
        if format:
            _write_out(session, answer_id, format, style, output)
            return 0
        from assistant import with_own_words
        from assistant.answer import Answer
        from assistant.replay import as_of_today
        from assistant.table import table_of
        from corpus import LOCAL, standings

        library = session.library()
        kept = Answer.from_dict(library.answers.get(answer_id))
        kept = with_own_words(kept, library.notes.get_many(LOCAL, [sentence.note_id for sentence in kept.from_notes]))
        today = as_of_today(kept, partial(standings, library), library.get)
        rows = [row.as_dict() for row in table_of(kept, library.get)]
        own = [sentence.as_dict(own=True) for sentence in kept.from_notes]
        shown = today.answer.as_dict() | {"from_notes": own, "standings": today.standings_as_dicts(), "evidence_table": rows}
        print_json(shown) if json else print_answer(shown)
        return 0

    @app.command()
    def replay(
        answer_id: AnswerId,
        model: Annotated[str | None, typer.Option("--model", metavar="M", help="Answer with this model; else quotes where quotes were shown.")] = None,
        json: Json = False,
    ) -> int:
        """Ask a kept answer's question again, and show what is other: sentences, cited records, configuration."""
        from assistant.answer import Answer
        from assistant.replay import as_of_today, differences
        from corpus import standings

        library = session.library()
        then = Answer.from_dict(library.answers.get(answer_id))
        with_model = model or ("quotes" if then.model == "quotes" else None)
        again = session.engine().ask(then.standalone_question, with_model, list(then.filters), _config(library, then.config))
        today = as_of_today(then, partial(standings, library), library.get)
        difference = differences(then, Answer.from_dict(again), library.get)
        found = {"then": then.id, "now": again["id"], "question": then.standalone_question, **difference.as_dict(), "standings": today.standings_as_dicts()}
        print_json(found) if json else _print_replay(found, [line for lines in today.told.values() for line in lines])
        return 0


def _write_out(session: Session, answer_id: str, format: str, style: str, output: Path | None) -> None:
    from assistant.answer import Answer
    from corpus import UnavailableError
    from ui.answer_export import export_answers
    from ui.digest.links import base_url

    library = session.library()
    made = export_answers(library, [Answer.from_dict(library.answers.get(answer_id))], format, style=style, base=base_url(session.settings))
    if output is None:
        sys.stdout.buffer.write(made)
        return
    try:
        output.write_bytes(made)
    except OSError as error:
        raise UnavailableError(f"it cannot be written: {error.strerror}", where=str(output), remedy="Name another file") from error


def _config(library: Library, name: str) -> str | None:
    """The configuration of that answer where it was not the one active then; the active one may have changed, and that is shown."""
    active = library.configs.active() or "default"
    return None if name in ("default", active) else name if name in library.configs.all() else None


def _print_replay(found: dict[str, Any], told: list[str]) -> None:
    from rich.text import Text

    out = console()
    print(f"{found['question']}\nThe same answer." if found["same"] else found["question"])
    for name, sign, style in (("kept", " ", ""), ("gone", "-", "red"), ("new", "+", "green")):
        for sentence in found[name]:
            lead = f"{sentence['lead']} " if sentence["lead"] else ""
            out.print(Text(f"{sign} {lead}{sentence['text']}", style=style))
    for record in found["records"]:
        print(f"Changed since: {record['label']} ({record['review_id']}): {'gone from the library' if record['gone'] else ', '.join(record['parts'])}")
    for line in told:
        out.print(Text(line, style="bold red"))
    for name, values in found["settings"].items():
        print(f"{name}: {_said(values['then'])}, now {_said(values['now'])}")
    print(f"Answer {found['then']}, asked again as {found['now']}")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json_module.dumps(value)
