"""Commands on kept answers: answer, replay."""

from __future__ import annotations

import json as json_module
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
    def answer(answer_id: AnswerId, json: Json = False) -> int:
        """Show a kept answer as it was given, with what its records' notices and status are today."""
        from assistant.answer import Answer
        from assistant.replay import as_of_today
        from assistant.table import table_of

        library = session.library()
        table = library.answers.get(answer_id)
        kept = Answer.from_dict(table)
        shown = {**as_of_today(kept, library.get).as_dict(), "evidence_table": [row.as_dict() for row in table_of(kept, library.get)]}
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
        from assistant.replay import differences

        library = session.library()
        table = library.answers.get(answer_id)
        then = Answer.from_dict(table)
        with_model = model or ("quotes" if then.model == "quotes" else None)
        again = session.engine().ask(then.standalone_question, with_model, list(then.filters), _config(library, then.config))
        found = {"then": then.id, "now": again["id"], "question": then.standalone_question, **differences(then, Answer.from_dict(again), library.get).as_dict()}
        print_json(found) if json else _print_replay(found)
        return 0


def _config(library: Library, name: str) -> str | None:
    """The configuration of that answer where it was not the one active then; the active one may have changed, and that is shown."""
    active = library.configs.active() or "default"
    return None if name in ("default", active) else name if name in library.configs.all() else None


def _print_replay(found: dict[str, Any]) -> None:
    from rich.text import Text

    out = console()
    print(f"{found['question']}\nThe same answer." if found["same"] else found["question"])
    for name, sign, style in (("kept", " ", ""), ("gone", "-", "red"), ("new", "+", "green")):
        for sentence in found[name]:
            lead = f"{sentence['lead']} " if sentence["lead"] else ""
            out.print(Text(f"{sign} {lead}{sentence['text']}", style=style))
    for record in found["records"]:
        print(f"Changed since: {record['label']} ({record['review_id']}): {'gone from the library' if record['gone'] else ', '.join(record['parts'])}")
    for name, values in found["settings"].items():
        print(f"{name}: {_said(values['then'])}, now {_said(values['now'])}")
    print(f"Answer {found['then']}, asked again as {found['now']}")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json_module.dumps(value)
