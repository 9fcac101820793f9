"""`mcp`: the collection for a language model's host, over standard input and output."""

from __future__ import annotations

import typer

from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the command."""

    @app.command()
    def mcp() -> int:
        """Serve the tools search, ask, get_review and count_reviews by the Model Context Protocol, on standard input and output."""
        engine = session.engine()  # first, so that what is wrong with the home is told at once
        from ui.desk import Desk
        from ui.mcp.stdio import run_stdio

        run_stdio(Desk(engine))
        return 0
