"""Accounts on the command line: user list, add, role, password, link, disable, enable, remove, erase, adopt, sessions."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ui.cli.output import print_json, tell
from ui.cli.records import Json
from ui.cli.session import Session

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name, such as ada or ada@example.org.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    user = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in, and as what. Passwords are read from a prompt or from standard input.")
    app.add_typer(user, name="user")

    @user.command("list")
    def list_(json: Json = False) -> int:
        """List the accounts."""
        accounts = session.library().accounts.all()
        if json:
            print_json([account.as_dict() for account in accounts])
        else:
            for account in accounts:
                how = "disabled" if account.disabled else account.subject or ("password" if account.has_password else "no password yet")
                print(f"{account.name:<24} {account.role.word:<10} {how}")
        return 0

    @user.command()
    def add(
        name: Name,
        role: Annotated[str, typer.Option("--role", metavar="ROLE", help="reader, member, librarian or admin.")] = "member",
        link: Annotated[bool, typer.Option("--link", help="Set no password; print a link by which the person sets it, once, within three days.")] = False,
        json: Json = False,
    ) -> int:
        """Add an account; makes the library where there is none."""
        from corpus import Role

        wanted, accounts = Role.named(role), session.library(create=True).accounts
        account = accounts.add(name, wanted, "" if link else _new_password())
        found: dict[str, Any] = account.as_dict() | ({"link": f"/link/{accounts.link(account.name)}"} if link else {})
        if json:
            print_json(found)
        else:
            print(f"{account.name} may sign in as {account.role.word}." + (f" Password, once, at {session.settings.public_url}{found['link']}" if link else ""))
        return 0

    @user.command()
    def role(name: Name, role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, member, librarian or admin.")]) -> int:
        """Give an account another role; it holds at once."""
        from corpus import Role

        session.library().accounts.set_role(name, Role.named(role))
        return 0

    @user.command()
    def password(name: Name) -> int:
        """Set an account's password; it is signed out everywhere."""
        accounts = session.library().accounts
        accounts.get(name)
        accounts.set_password(name, _new_password())
        return 0

    @user.command()
    def link(name: Name, json: Json = False) -> int:
        """Print the path of a link by which a person sets their password once, within three days."""
        path = f"/link/{session.library().accounts.link(name)}"
        print_json({"link": path}) if json else print(f"{session.settings.public_url}{path}")
        return 0

    @user.command()
    def disable(name: Name) -> int:
        """Let nobody in by an account; whoever is signed in by it is signed out."""
        session.library().accounts.set_disabled(name, True)
        return 0

    @user.command()
    def enable(name: Name) -> int:
        """Let people in by a disabled account again."""
        session.library().accounts.set_disabled(name, False)
        return 0

    @user.command()
    def remove(name: Name) -> int:
        """Delete an account; what its owner made stays under the name (`erase` takes that too)."""
        session.library().accounts.remove(name)
        return 0

    @user.command()
    def erase(
        name: Name,
        yes: Annotated[bool, typer.Option("--yes", help="Really erase; without it, only what would go is printed.")] = False,
        json: Json = False,
    ) -> int:
        """Erase an account and all that is its owner's, for good: no byte of it stays in the library's file. Edits, imports, judgements stay, nameless."""
        belongings = session.library().belongings
        if not yes:
            found = belongings.count(name)
            if json:
                print_json({"would_erase": found})
            else:
                print(f"It would take: {_rows(found)}. To do it: florilegium user erase {name} --yes")
            return 0
        erased = belongings.erase(name)
        if json:
            print_json(erased.as_dict())
        else:
            print(f"Erased: {_rows(erased.rows)}. What {name} did for the library now stands under {erased.stand_in}.")
        if not erased.overwritten:
            tell(["The library's file is being read; the old bytes go from it when that has ended."])
        return 0

    @user.command()
    def adopt(name: Name, json: Json = False) -> int:
        """Give an account all that was made before accounts were switched on: conversations, answers, notes, lists, saved questions."""
        found = session.library().belongings.adopt(name)
        print_json({"adopted": found}) if json else print(f"{name} now has: {_rows(found)}.")
        return 0

    @user.command()
    def sessions(
        name: Annotated[str | None, typer.Argument(metavar="NAME", help="An account; without it, all.")] = None,
        end: Annotated[bool, typer.Option("--end", help="End the sessions of this account.")] = False,
        json: Json = False,
    ) -> int:
        """List who is signed in where, or sign an account out everywhere."""
        from corpus import UsageError

        library = session.library()
        if name:
            library.accounts.get(name)
        if end:
            if not name:
                raise UsageError("--end needs the name of an account")
            library.sessions.revoke_all(name)
        found = library.sessions.all(name)
        if json:
            print_json([each.as_dict() for each in found])
        else:
            for each in found:
                print(f"{each.number:>6} {each.name:<24} {each.as_dict()['seen']}  {each.address}  {each.agent[:60]}")
        return 0


def _rows(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} × {table.replace('_', ' ')}" for table, count in found.items()) or "nothing"


def _new_password() -> str:
    """A password from a prompt, typed twice, or from the first line of standard input. Never an argument: those are seen by others."""
    from corpus import InputError

    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise InputError("standard input holds no password", remedy="Write it there in one line, or use --link")
        return password
    given = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != given:
        raise InputError("the two passwords are not the same")
    return given
