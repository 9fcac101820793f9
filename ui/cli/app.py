"""The table of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli import (
    answering,
    backing,
    catalogue,
    compacting,
    completeness,
    configs,
    curating,
    digest,
    duplicates,
    finding,
    kept,
    lab,
    mcp,
    models,
    notes,
    notices,
    questions,
    records,
    serving,
    tokens,
    users,
    verify,
    vocabulary,
)
from ui.cli.session import Session


def build(session: Session) -> typer.Typer:
    """The command line with all its commands, acting on `session`."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Ask a curated collection of reviews, and get for every sentence the passage it rests on.",
        epilog="--home DIR (or FLORILEGIUM_HOME) names the library's folder; --chroma-url URL (or FLORILEGIUM_CHROMA_URL) a Chroma server for its "
        "vectors; --debug shows where an error came from. All may stand anywhere.",
    )

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
    ) -> None:
        if version:
            from importlib.metadata import version as installed

            typer.echo(f"florilegium {installed('florilegium')}")
            raise typer.Exit
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())
            raise typer.Exit(2)

    parts = (
        records, catalogue, notes, curating, duplicates, vocabulary, notices, completeness, finding,
        answering, kept, questions, digest, lab, configs, compacting, verify, models, backing, serving, mcp, users, tokens,
    )  # fmt: skip
    for part in parts:
        part.register(app, session)
    return app
