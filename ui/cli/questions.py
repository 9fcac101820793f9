"""Commands on saved questions: what the local user wants to be told about."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from ui.cli.finding import Filters
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

_Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The question's number.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    questions = typer.Typer(no_args_is_help=False, rich_markup_mode=None, help="Saved questions, which the digest tells the news of.")
    app.add_typer(questions, name="questions")

    @questions.callback(invoke_without_command=True)
    def all_questions(context: typer.Context, json: Json = False) -> None:
        """Show all saved questions."""
        if context.invoked_subcommand is None:
            held = session.library().questions.all()
            if json:
                print_json([saved.as_dict() for saved in held])
            elif not held:
                print('There are no saved questions. Save one: florilegium questions save "QUESTION"')
            for saved in held if not json else ():
                filters = f"  ({', '.join(saved.filters)})" if saved.filters else ""
                print(f"{saved.number}: {saved.question}{filters}{f'  last asked {saved.asked_at}' if saved.asked_at else ''}")

    @questions.command("save")
    def save(question: Annotated[str, typer.Argument(help="A question in plain language.")], filters: Filters = None, json: Json = False) -> int:
        """Save a question; the digest tells what is new on it."""
        from ui.cli.catalogue import parsed

        library = session.library()
        saved = library.questions.save(question, parsed(library, filters).as_list())
        if json:
            print_json(saved.as_dict())
        else:
            print(f"Saved as {saved.number}: {saved.question}")
        return 0

    @questions.command("remove")
    def remove(number: _Number, json: Json = False) -> int:
        """Remove a saved question."""
        session.library().questions.remove(number)
        if json:
            print_json({"removed": number})
        else:
            print(f"Question {number} is removed.")
        return 0

    @questions.command("ask")
    def ask(
        numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER…]", help="Only these questions.")] = None,
        keep: Annotated[bool, typer.Option("--keep/--only-look", help="Tell the next news against what is answered now.")] = True,
        json: Json = False,
    ) -> int:
        """Ask the saved questions again, and show what is new and what changed."""
        from corpus import LOCAL

        library = session.library()
        for number in numbers or ():
            library.questions.get(number)
        found = session.engine().ask_again(LOCAL, numbers or ())
        if keep:
            library.questions.answered(LOCAL, {int(number): answer for number, answer in found["answers"].items()})
        if json:
            print_json({"news": found["news"], "faults": found["faults"]})
        else:
            _print_news(found)
        return 3 if found["faults"] and not found["news"] else 0


def _print_news(found: dict[str, Any]) -> None:
    from rich.text import Text

    from assistant.news import News
    from ui.digest.writing import news_lines

    out = console()
    if not found["news"] and not found["faults"]:
        print("There are no saved questions.")
    for entry in found["news"]:
        out.print(Text(entry["question"], style="bold"))
        for text, _ in news_lines(News.from_dict(entry), "en", ""):
            out.print(Text(f"  {text}"))
    for number, fault in found["faults"].items():
        print(f"Question {number} could not be asked: {fault}", file=sys.stderr)
