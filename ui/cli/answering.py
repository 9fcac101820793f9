"""Commands that answer: ask."""

from __future__ import annotations

import shlex
from typing import Annotated, Any

import typer

from ui.cli.finding import Config, Filters, tell_unknown
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""

    @app.command()
    def ask(
        question: Annotated[str, typer.Argument(help="A question in plain language.")],
        model: Annotated[str | None, typer.Option("--model", metavar="M", help="quotes, embedded, gguf:PATH, ollama:NAME, openai:NAME, … or a URL.")] = None,
        filters: Filters = None,
        config: Config = None,
        after: Annotated[str | None, typer.Option("--after", metavar="ANSWER_ID", help="The answer that this question follows up.")] = None,
        notes: Annotated[bool, typer.Option("--notes", help="Search your own notes too; what they say is told apart.")] = False,
        table: Annotated[bool, typer.Option("--table", help="Show the evidence table of the cited records.")] = False,
        json: Json = False,
    ) -> int:
        """Answer a question from the collection; every sentence carries the words it rests on."""
        answer = session.engine().ask(question, model, filters or [], config, after, notes)
        if json:
            print_json(answer)
        else:
            print_answer(answer)
            if table:
                print_table(answer["evidence_table"])
        tell_unknown(session, filters)
        return 0


def print_answer(answer: dict[str, Any]) -> None:
    """An answer for a terminal."""
    from rich.text import Text

    out = console()
    if answer["standalone_question"] != answer["question"]:
        out.print(Text(f"Understood as: {answer['standalone_question']}", style="italic"))
    if answer["outcome"] == "not_in_corpus" and answer["kind"] == "evidence":
        print("This collection does not answer that.")
        if answer["nearest"]:
            print("Nearest in it:")
            near = {sentence["citations"][0]["review_id"]: sentence["text"] for sentence in answer.get("nearest_sentences", ())}
            for review in answer["nearest"]:
                out.print(Text(f"  {review['label']}: {review['title']}  [{review['id']}]"))
                if review["id"] in near:
                    out.print(Text(f"    “{near[review['id']]}”", style="italic"))
                    for notice in review["notices"]:
                        out.print(Text(f"    {str(notice['type']).upper()}: {notice['text']}", style="bold"))
    if answer["catalogue"]:
        _print_catalogue(answer["catalogue"], beside=answer["kind"] == "evidence")
    for sentence in answer["sentences"]:
        keys = "".join(f"[{citation['key']}]" for citation in sentence["citations"])
        line = Text()
        if sentence["lead"]:
            line.append(sentence["lead"] + " ", style="italic")
        line.append(sentence["text"])
        line.append(f" {keys}", style="bold")
        out.print(line)
    _print_notes(answer["from_notes"])
    if answer["outcome"] == "partly" and answer["missing"]:
        print(f"Not found in what is cited: {', '.join(answer['missing'])}.")
    if answer["reviews"]:
        print()
    for review in answer["reviews"]:
        out.print(
            Text(
                f"[{review['key']}] {review['label']}. {review['title']}"
                + (f" https://doi.org/{review['doi']}" if review["doi"] else "")
                + f"  ({review['id']})"
            )
        )
        for notice in review["notices"]:
            out.print(Text(f"    {notice['type'].upper()}: {notice['text']}", style="bold red"))
    for notice in answer["notices"]:
        print(notice)
    print(f"\n{answer['model']}, configuration {answer['config']}, revision {answer['revision']}, {answer['seconds']['total']:.1f} s, answer {answer['id']}")


def _print_notes(sentences: list[dict[str, Any]]) -> None:
    """What the own notes say; of an answer read again the words are not there."""
    from rich.text import Text

    told = [sentence for sentence in sentences if sentence.get("text")]
    if told:
        print("From your own notes:")
    for sentence in told:
        console().print(Text(f"  {sentence['text']}  (note {sentence['note_id']}, on {sentence['review_id']})"))
    if len(told) < len(sentences):
        print(f"Sentences of private notes that are not shown: {len(sentences) - len(told)}.")


def print_table(rows: list[dict[str, Any]]) -> None:
    """The evidence table for a terminal."""
    from rich.table import Table
    from rich.text import Text

    from assistant.table import COLUMNS

    shown = Table("record", *COLUMNS)
    for row in rows:
        cells = [Text(row["cells"][name]["text"] if row["cells"][name] else "") for name in COLUMNS]
        shown.add_row(Text(f"[{row['key']}] {row['label']}"), *cells)
    print()
    console().print(shown)


def _print_catalogue(catalogue: dict[str, Any], *, beside: bool) -> None:
    """The records of an answer from the catalogue; `beside` an answer from the evidence they are the other way to take the question."""
    from rich.text import Text

    out = console()
    if beside:
        print("As a question to the catalogue:")
    out.print(Text(catalogue["text"], style="bold"))
    for record in catalogue["records"]:
        out.print(Text(f"  {record['label']}. {record['title']}  ({record['id']})"))
    if catalogue["count"] > len(catalogue["records"]):
        print(f"  … and {catalogue['count'] - len(catalogue['records']):,} more")
    if catalogue["count"]:
        filters = "".join(f" --filter {shlex.quote(text)}" for text in catalogue["filter"])
        print(f"To take them along: florilegium export --format ris{filters}")
    if beside:
        print("\nFrom what they say:")
