"""Commands around judging: pools, what comes next, drafts from the chat, what models suggest."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.curating import By, who
from ui.cli.output import print_json, progress_bar
from ui.cli.records import Json
from ui.cli.session import Session

_Name = Annotated[str, typer.Argument(metavar="SET", help="The set's name.")]
_QueryId = Annotated[str, typer.Argument(metavar="QUERY", help="The query's id.")]


def register(lab: typer.Typer, session: Session) -> None:
    """Add the commands."""
    _register_pools(lab, session)
    _register_drafts(lab, session)
    _register_suggestions(lab, session)


def _register_pools(lab: typer.Typer, session: Session) -> None:
    @lab.command("pool")
    def pool(
        name: _Name,
        configs: Annotated[list[str] | None, typer.Option("--config", metavar="NAME", help="A configuration; may be repeated. Else the active one.")] = None,
        depth: Annotated[int, typer.Option("--depth", min=1, max=100, help="So many first results of each.")] = 10,
        by: By = "",
        json: Json = False,
    ) -> int:
        """Put together what is to be judged: the first results of some configurations, without a word of who found what."""
        from corpus.configs import DEFAULT_CONFIG
        from ui.lab import make_pool

        chosen = configs or [session.library().configs.active() or DEFAULT_CONFIG]
        with progress_bar() as progress:
            made = make_pool(session.engine(), name, chosen, depth, actor=who(by), progress=progress)
        if json:
            print_json(made._asdict() | {"size": made.size})
        else:
            print(f"{made.id}: {made.size:,} records to judge for {len(made.pairs):,} queries. Judge on the Lab page, or: florilegium lab next {name!r}")
        return 0

    @lab.command("pools")
    def pools(name: _Name, json: Json = False) -> int:
        """List the pools of a set."""
        found = session.library().pools.all(name)
        if json:
            print_json({"set": name, "pools": [entry._asdict() | {"size": entry.size} for entry in found]})
            return 0
        for entry in found:
            print(f"{entry.id}  {entry.at}  depth {entry.depth}, {entry.size:,} records, from {', '.join(entry.configs)}")
        if not found:
            print(f"The set has no pool yet. Make one: florilegium lab pool {name!r} --config NAME")
        return 0

    @lab.command("next")
    def next_(name: _Name, query: Annotated[str | None, typer.Option("--query", metavar="ID")] = None, by: By = "", json: Json = False) -> int:
        """Show what you should judge next, and how much is left."""
        from corpus.lab.queue import next_pair, progress

        library, judge = session.library(), who(by)
        pair, far = next_pair(library, name, judge, query_id=query), progress(library, name, judge)
        if json:
            held = (
                {"query": pair.query.as_dict(), "review": {"id": pair.review.id, "title": pair.review.title}, "number": pair.number, "of": pair.of}
                if pair
                else None
            )
            print_json({"set": name, "next": held, "progress": far._asdict()})
            return 0
        print(far.in_words())
        if pair is None:
            return 0
        print(f"\n{pair.query.text}" + (f"\n{pair.query.need}" if pair.query.need else ""))
        print(f"\n{pair.number} of {pair.of}: {pair.review.id}\n{pair.review.title}")
        for _, text in pair.review.evidence():
            print(text)
        print(f"\nflorilegium lab judge {name!r} {pair.query.id} {pair.review.id} GRADE")
        return 0

    @lab.command("undo")
    def undo(name: _Name, by: By = "", json: Json = False) -> int:
        """Take your last judgement in a set back."""
        gone = session.library().judgements.undo(name, who(by))
        if json:
            print_json({"undone": gone.as_dict() if gone else None})
        else:
            print(
                f"Taken back: {gone.query_id}, {gone.review_id}, {'cannot tell' if gone.grade is None else gone.grade}"
                if gone
                else "You have judged nothing here."
            )
        return 0


def _register_drafts(lab: typer.Typer, session: Session) -> None:
    @lab.command("draft")
    def draft(
        answer: Annotated[str, typer.Argument(metavar="ANSWER", help="The id of a kept answer (`ask` prints it).")],
        set_name: Annotated[str, typer.Option("--set", metavar="NAME", help="The set it goes to; made where there is none.")] = "from the chat",
        wrong: Annotated[list[str] | None, typer.Option("--wrong", metavar="ID", help="A cited record that is no source for it; may be repeated.")] = None,
        bad: Annotated[bool, typer.Option("--thumbs-down", help="The answer was not good.")] = False,
        note: Annotated[str, typer.Option("--note", metavar="TEXT")] = "",
        by: By = "",
        json: Json = False,
    ) -> int:
        """Make an answer's question a draft query, its results waiting to be judged."""
        from corpus.lab.drafts import Why, draft_from_answer

        why: Why = "wrong source" if wrong else "thumbs down" if bad else "asked"
        made = draft_from_answer(session.library(), answer, set_name=set_name, why=why, wrong=wrong or (), note=note, actor=who(by))
        if json:
            print_json({"set": set_name, **made.as_dict()})
        else:
            print(f"{made.id} is a draft of {set_name!r} with {len(made.origin['results'])} records to judge: {made.text}")
        return 0

    @lab.command("drafts")
    def drafts(name: Annotated[str | None, typer.Argument(metavar="SET", help="Only this set's.")] = None, json: Json = False) -> int:
        """List the drafts that wait to be accepted or discarded."""
        from corpus.lab.drafts import drafts as waiting

        found = waiting(session.library(), name)
        if json:
            print_json({"drafts": [{"set": set_name, **query.as_dict()} for set_name, query in found]})
            return 0
        for set_name, query in found:
            print(f"{set_name}: {query.id} ({query.origin.get('why', 'made by hand')}): {query.text}")
        if not found:
            print("No draft waits.")
        return 0

    @lab.command("accept")
    def accept(
        name: _Name,
        query_id: _QueryId,
        text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="Its text, where it should be another.")] = None,
        need: Annotated[str | None, typer.Option("--need", metavar="TEXT", help="What the asker wants to know.")] = None,
        tags: Annotated[list[str] | None, typer.Option("--tag", metavar="WORD", help="In the place of its tags; may be repeated.")] = None,
        answerable: Annotated[bool | None, typer.Option("--answerable/--unanswerable", show_default=False)] = None,
        to: Annotated[str | None, typer.Option("--to", metavar="SET", help="Into this set, with its judgements.")] = None,
        json: Json = False,
    ) -> int:
        """Make a draft a query that takes part in runs."""
        from corpus.lab.drafts import accept_draft

        made = accept_draft(session.library(), name, query_id, text=text, need=need, tags=tags, answerable=answerable, to_set=to)
        print_json({"set": to or name, **made.as_dict()}) if json else print(f"{made.id} is a query of {to or name!r}: {made.text}")
        return 0

    @lab.command("discard")
    def discard(name: _Name, query_id: _QueryId) -> int:
        """Throw a draft away, with what was judged for it."""
        from corpus.lab.drafts import discard_draft

        gone = discard_draft(session.library(), name, query_id)
        print(f"{query_id} is thrown away" + (f", with {gone:,} judgements." if gone else "."))
        return 0


def _register_suggestions(lab: typer.Typer, session: Session) -> None:
    @lab.command("suggest")
    def suggest(
        name: _Name,
        query_id: _QueryId,
        review_id: Annotated[str, typer.Argument(metavar="ID", help="The record's id.")],
        model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="The language model; else the one in force.")] = None,
        by: By = "",
        json: Json = False,
    ) -> int:
        """What a model would grade a record that you have graded. It never counts as a grade."""
        found = session.engine().lab_suggest(name, query_id, review_id, who(by), model)
        print_json(found) if json else print(f"{found['model']}: {found['grade']}. {found['why']}")
        return 0

    @lab.command("suggestions")
    def suggestions(name: _Name, json: Json = False) -> int:
        """How far models' suggestions agree with people."""
        from ui.lab.suggesting import suggestion_report

        found = suggestion_report(session.library(), name)
        if json:
            print_json(found)
            return 0
        for row in found["models"]:
            kappa = "not defined" if row["kappa"] is None else f"{row['kappa']:.3f}"
            said = f"{row['exact']:.0%} as people did, {row['higher']} higher, {row['lower']} lower; Cohen's kappa {kappa}"
            print(f"{row['model']}: {row['pairs']:,} records graded, {said}")
        if not found["models"]:
            print("No model has graded what people have graded.")
        return 0
