"""Commands on the digest: what is new, as a text; issues from draft to mail; who gets them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.finding import Filters
from ui.cli.output import console, print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Library
    from corpus.digest import Digest, Issue
    from ui.digest.view import View

_Since = Annotated[str, typer.Option("--since", metavar="WHEN", help="A date (2026-11-01), a revision (41), or last: since the newest published issue.")]
_Format = Annotated[str, typer.Option("--format", metavar="F", help="markdown, html or atom.")]
_Number = Annotated[int | None, typer.Argument(metavar="[NUMBER]", help="The issue; left out: the draft, or else the newest one.")]
_By = Annotated[str, typer.Option("--by", metavar="FACET", help="What records are grouped by.")]
_Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    digest = typer.Typer(no_args_is_help=False, rich_markup_mode=None, help="What came in or changed: as a text, and as issues that are mailed.")
    app.add_typer(digest, name="digest")

    @digest.callback(invoke_without_command=True)
    def what_is_new(
        context: typer.Context,
        since: _Since = "last",
        format: _Format = "markdown",
        filters: Filters = None,
        by: _By = "topics",
        questions: Annotated[bool, typer.Option("--questions", help="With the news on your saved questions, for yourself alone.")] = False,
        output: _Output = None,
        json: Json = False,
    ) -> None:
        """Show what came in or changed since a date, a revision or the last issue."""
        if context.invoked_subcommand is not None:
            return
        _check_format(format)
        library = session.library()
        found = compiled(library, since, filters, by)
        news = session.engine().ask_again("local")["news"] if questions else []
        if json:
            print_json(found.as_dict() | ({"questions": news} if questions else {}))
            return
        from assistant.news import News
        from ui.digest.links import base_url
        from ui.digest.view import view_digest

        view = view_digest(found, library, "en", base=base_url(session.settings), news=[News.from_dict(entry) for entry in news])
        _write(_rendered(library, view, format, found.until_at or "1970-01-01T00:00:00Z"), output)

    @digest.command("draft")
    def draft(
        since: _Since = "last",
        filters: Filters = None,
        by: _By = "topics",
        title: Annotated[str, typer.Option("--title", help="Its title; left out: by its date.")] = "",
        json: Json = False,
    ) -> int:
        """Make the next issue's draft, or take into the one there is what came since."""
        from ui.digest.view import title_of

        library = session.library()
        held = library.issues.draft()
        if held is not None:
            found = compiled(library, str(held.digest.since), list(held.digest.filters), by)
            issue = library.issues.refresh(held.number, held.version, found, "local")
        else:
            found = compiled(library, since, filters, by)
            issue = library.issues.create(found, title or title_of(found, "en"), "local")
        return _tell(issue, json, f"Issue {issue.number} is {'brought up to date' if held else 'drafted'}")

    @digest.command("list")
    def list_(json: Json = False) -> int:
        """List all issues, newest first."""
        issues = session.library().issues.all()
        if json:
            print_json([_head(issue) for issue in issues])
            return 0
        for issue in issues:
            print(f"{issue.number}: {issue.title} ({f'published {issue.published_at}' if issue.published else 'draft'}, {_size(issue)})")
        if not issues:
            print("There are no issues. Make one: florilegium digest draft")
        return 0

    @digest.command("show")
    def show(number: _Number = None, format: _Format = "markdown", output: _Output = None, json: Json = False) -> int:
        """Show an issue as its readers see it today."""
        _check_format(format)
        library = session.library()
        issue = _chosen(library, number)
        if json:
            print_json(issue.as_dict())
            return 0
        from ui.digest.links import base_url
        from ui.digest.view import view_issue

        view = view_issue(issue, library, "en", base=base_url(session.settings))
        _write(_rendered(library, view, format, issue.published_at or issue.at), output)
        return 0

    @digest.command("publish")
    def publish(number: _Number = None, json: Json = False) -> int:
        """Publish a draft: on its page and in the feed, and no longer to be changed."""
        library = session.library()
        issue = _chosen(library, number)
        return _tell(library.issues.publish(issue.number, issue.version, "local"), json, f"Issue {issue.number} is published")

    @digest.command("delete")
    def delete(number: Annotated[int, typer.Argument(metavar="NUMBER", help="The draft.")], json: Json = False) -> int:
        """Delete a draft; what it listed comes into the next one."""
        session.library().issues.delete(number)
        if json:
            print_json({"deleted": number})
        else:
            print(f"Issue {number} is deleted.")
        return 0

    @digest.command("send")
    def send(
        number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", help="The issue; left out: the newest published one.")] = None,
        in_doubt: Annotated[bool, typer.Option("--in-doubt", help="Send anew also what may have been taken when a sending was cut off.")] = False,
        json: Json = False,
    ) -> int:
        """Send an issue to every subscriber that has not got it; what failed before is tried again."""
        from corpus import UsageError
        from ui.digest.sending import send_issue

        library = session.library()
        issue = library.issues.get(number) if number is not None else library.issues.last_published()
        if issue is None:
            raise UsageError("no issue has been published", remedy="Make one: `florilegium digest draft`, then `digest publish`")
        if in_doubt:
            library.mails.reopen(issue.number)
        sent = send_issue(library, session.settings, issue, session.engine, _teller())
        if json:
            print_json(sent.as_dict())
        else:
            print(f"Issue {issue.number}: {sent.sent:,} sent, {sent.failed:,} failed, {sent.doubt:,} in doubt.")
        if sent.failed or sent.doubt:
            print(f"To see which: florilegium digest mails {issue.number}", file=sys.stderr)
        return 1 if sent.failed or sent.doubt else 0

    @digest.command("mails")
    def mails(number: Annotated[int, typer.Argument(metavar="NUMBER", help="The issue.")], json: Json = False) -> int:
        """Show what became of an issue's mails: waiting, handed (in doubt), sent, failed and why."""
        library = session.library()
        library.issues.get(number)
        held = library.mails.all(number)
        if json:
            print_json([mail.as_dict() for mail in held])
            return 0
        for mail in held:
            print(f"{mail.state:<8} {mail.at}  {mail.address}{f'  {mail.error}' if mail.error else ''}")
        print(", ".join(f"{count:,} {state}" for state, count in library.mails.counts(number).items()) + ".")
        return 0

    @digest.command("subscribers")
    def subscribers(json: Json = False) -> int:
        """List who gets the digest."""
        held = session.library().subscribers.all()
        if json:
            print_json([{name: getattr(each, name) for name in ("address", "owner", "active", "locale", "at", "confirmed_at")} for each in held])
            return 0
        for each in held:
            state = "" if each.active else " (has not confirmed)"
            print(f"{each.address}{f', account {each.owner}' if each.owner else ''}{state}")
        print(f"{sum(each.active for each in held):,} subscribers." if held else "Nobody is subscribed: florilegium digest subscribe ADDRESS")
        return 0

    @digest.command("subscribe")
    def subscribe(
        address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address.")],
        owner: Annotated[str, typer.Option("--owner", metavar="NAME", help="The account whose news on saved questions the mail carries.")] = "",
        confirmed: Annotated[bool, typer.Option("--confirmed", help="Its owner has asked for it; no mail is sent to ask.")] = False,
        locale: Annotated[str, typer.Option("--language", metavar="L", help="en or de.")] = "en",
        json: Json = False,
    ) -> int:
        """Subscribe an address; it gets a mail to confirm, unless you say that it did."""
        from corpus import UsageError
        from ui.digest.mail import sender_of
        from ui.digest.sending import send_confirmation
        from ui.texts import LOCALES

        if locale not in LOCALES:
            raise UsageError(f"there is no language {locale!r}", remedy=f"The languages are: {', '.join(LOCALES)}")
        if not confirmed:
            sender_of(session.settings)
        made = session.library().subscribers.add(address, owner=owner, active=confirmed, locale=locale)
        if not made.active:
            send_confirmation(session.library(), session.settings, made)
        if json:
            print_json({"address": made.address, "active": made.active})
        else:
            print(f"{made.address} is subscribed." if made.active else f"{made.address} has been sent a mail to confirm.")
        return 0

    @digest.command("unsubscribe")
    def unsubscribe(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address.")], json: Json = False) -> int:
        """Unsubscribe an address; all that was kept for it is deleted."""
        library = session.library()
        library.subscribers.remove(library.subscribers.of_address(address).uid)
        if json:
            print_json({"unsubscribed": address})
        else:
            print(f"{address} gets nothing more.")
        return 0


def compiled(library: Library, since: str, filters: list[str] | None, by: str = "topics") -> Digest:
    """What happened since a date, a revision or the last issue. Raises InputError, UsageError."""
    from corpus import UsageError
    from corpus.digest import changes_since, revision_before
    from ui.cli.catalogue import parsed

    if by not in library.vocabulary.values and by not in library.catalogue.facet_names():
        raise UsageError(f"there is no facet {by!r}", remedy=f"The facets are: {', '.join(library.vocabulary.values)}")
    chosen = parsed(library, filters) if filters else None
    if since == "last":
        last = library.issues.last_published()
        revision = last.digest.until if last else 0
    else:
        revision = int(since) if since.isdecimal() and len(since) < 10 else revision_before(library, since)
    return changes_since(library, revision, chosen, by=by)


def _chosen(library: Library, number: int | None) -> Issue:
    from corpus import UsageError

    if number is not None:
        return library.issues.get(number)
    issue = library.issues.draft() or library.issues.last_published()
    if issue is None:
        raise UsageError("there is no issue", remedy="Make one: `florilegium digest draft`")
    return issue


def _check_format(format: str) -> None:
    from corpus import UsageError
    from ui.digest.writing import FORMATS

    if format not in FORMATS:
        raise UsageError(f"a digest has no format {format!r}", remedy=f"The formats are: {', '.join(FORMATS)}")


def _rendered(library: Library, view: View, format: str, at: str) -> str:
    from ui.digest import writing

    if format == "atom":
        from ui.digest.feed import feed_of_view

        return feed_of_view(library, view, at).decode()
    return writing.html_document(view) if format == "html" else writing.markdown(view)


def _write(text: str, output: Path | None) -> None:
    from corpus import UnavailableError

    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnavailableError(f"it cannot be written: {error.strerror}", where=str(output), remedy="Name another file") from error


def _head(issue: Issue) -> dict[str, Any]:
    table = issue.as_dict()
    digest = table.pop("digest")
    return table | {name: digest[name] for name in ("since", "until", "counts")}


def _size(issue: Issue) -> str:
    counts = [f"{count:,} {kind}" for kind, count in issue.digest.counts.items()]
    return ", ".join(counts) or "nothing new"


def _tell(issue: Issue, json: bool, said: str) -> int:
    if json:
        print_json(_head(issue))
    else:
        print(f"{said}: {issue.title} ({_size(issue)}).")
    return 0


def _teller() -> Any:
    out = console(stderr=True)
    if not out.is_terminal:
        return None
    return lambda done, total: print(f"\r{done:,} of {total:,} mails", end="" if done < total else "\n", file=sys.stderr, flush=True)
