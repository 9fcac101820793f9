"""Tokens on the command line: token new, list, revoke."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.output import print_json
from ui.cli.records import Json
from ui.cli.session import Session


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    token = typer.Typer(no_args_is_help=True, help="Tokens by which programs act for an account over HTTP and MCP.")
    app.add_typer(token, name="token")

    @token.command()
    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", help="The account it acts for.")],
        scopes: Annotated[list[str] | None, typer.Option("--scope", metavar="SCOPE", help="read, ask or judge; may be repeated. Else read and ask.")] = None,
        label: Annotated[str, typer.Option("--label", metavar="TEXT", help="What it is for.")] = "",
        days: Annotated[int | None, typer.Option("--days", metavar="N", help="Days until it ends; else it does not end by itself.")] = None,
        json: Json = False,
    ) -> int:
        """Make a token and print it, this once."""
        secret, made = session.library().tokens.new(name, scopes or ("read", "ask"), label=label, days=days)
        if json:
            print_json({"token": secret, **made.as_dict()})
        else:
            print(secret)
        return 0

    @token.command("list")
    def list_(name: Annotated[str | None, typer.Argument(metavar="NAME", help="An account; without it, all.")] = None, json: Json = False) -> int:
        """List tokens, without what only their holders know."""
        library = session.library()
        if name:
            library.accounts.get(name)
        found = [token.as_dict() for token in library.tokens.all(name)]
        if json:
            print_json(found)
            return 0
        for each in found:
            ends = f"ends {each['expires']}" if each["expires"] else "does not end"
            used = f"last used {each['used']}" if each["used"] else "not used yet"
            print(f"{each['number']:>6} {each['name']:<24} {' '.join(each['scopes']):<16} {ends}, {used}  {each['label']}")
        return 0

    @token.command()
    def revoke(number: Annotated[int, typer.Argument(metavar="NUMBER", help="The token's number, as `token list` shows it.")]) -> int:
        """End a token at once."""
        session.library().tokens.revoke(number)
        return 0
