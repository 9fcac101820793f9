"""Commands on the controlled vocabulary. Each change is one revision and takes the records' facets along."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.curating import By, print_table, read_text, who
from ui.cli.output import print_json
from ui.cli.records import Json
from ui.cli.session import Session

if TYPE_CHECKING:
    from corpus import Vocabulary

_Facet = Annotated[str, typer.Argument(metavar="FACET", help="topics, substances, kind, …")]
_Value = Annotated[str, typer.Argument(metavar="VALUE", help="A value of the facet, or another word for it.")]
_File = Annotated[str, typer.Argument(metavar="FILE", help="YAML or JSON, as `export` writes it; - reads it.")]
_To = Annotated[int, typer.Option("--to", metavar="REVISION", help="The revision whose vocabulary is put back.")]
_Words = Annotated[list[str], typer.Argument(metavar="WORD…", help="Other words for it.")]


def register(app: typer.Typer, session: Session) -> None:
    """Add the commands."""
    vocabulary = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The words records are described by, and the other words people use for them.")
    synonym = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Other words for a value.")
    app.add_typer(vocabulary, name="vocabulary")
    vocabulary.add_typer(synonym, name="synonym")
    _register_reading(vocabulary, session)

    def change(edit: Callable[[Vocabulary], Vocabulary], action: str, by: str, json: bool) -> int:
        from corpus.vocabulary_store import change_vocabulary

        library = session.library()
        before = library.vocabulary
        done = change_vocabulary(library, edit, action, actor=who(by))
        changed = done.vocabulary != before
        if json:
            print_json({"action": action, "changed": changed, "revision": done.revision, "records": done.records})
        elif not changed:
            print("The vocabulary says that already; nothing was changed.")
        else:
            records = f"; {len(done.records):,} record{'s' if len(done.records) != 1 else ''} changed with it" if done.records else ""
            print(f"Done: {action}, at revision {done.revision}{records}.")
        return 0

    @vocabulary.command()
    def add(
        facet: _Facet,
        value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.")],
        synonyms: Annotated[list[str] | None, typer.Option("--synonym", metavar="WORD", help="Another word for it; may be repeated.")] = None,
        by: By = "",
        json: Json = False,
    ) -> int:
        """Add a value; a facet that is new comes with it."""
        from corpus.vocabulary_edits import add_value

        return change(lambda held: add_value(held, facet, value, synonyms or ()), f"add {facet}: {value}", by, json)

    @vocabulary.command()
    def rename(facet: _Facet, value: _Value, new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")], by: By = "", json: Json = False) -> int:
        """Rename a value, in the records too; the former name stays as a word for it."""
        from corpus.vocabulary_edits import rename_value

        return change(lambda held: rename_value(held, facet, value, new), f"rename {facet}: {value} to {new}", by, json)

    @vocabulary.command()
    def merge(
        facet: _Facet, value: _Value, into: Annotated[str, typer.Argument(metavar="INTO", help="The value that stays.")], by: By = "", json: Json = False
    ) -> int:
        """Make one value part of another, in the records too."""
        from corpus.vocabulary_edits import merge_values

        return change(lambda held: merge_values(held, facet, value, into), f"merge {facet}: {value} into {into}", by, json)

    @vocabulary.command()
    def remove(facet: _Facet, value: _Value, by: By = "", json: Json = False) -> int:
        """Remove a value and its words; records that have it keep it, and `vocabulary suggest` lists it."""
        from corpus.vocabulary_edits import remove_value

        return change(lambda held: remove_value(held, facet, value), f"remove {facet}: {value}", by, json)

    @synonym.command("add")
    def synonym_add(facet: _Facet, value: _Value, words: _Words, by: By = "", json: Json = False) -> int:
        """Add other words for a value; records that have one of them as a value of the facet change with it."""
        from corpus.vocabulary_edits import add_synonyms

        return change(lambda held: add_synonyms(held, facet, value, words), f"words for {facet}: {value}: {', '.join(words)}", by, json)

    @synonym.command("remove")
    def synonym_remove(facet: _Facet, value: _Value, words: _Words, by: By = "", json: Json = False) -> int:
        """Take other words from a value."""
        from corpus.vocabulary_edits import remove_synonyms

        return change(lambda held: remove_synonyms(held, facet, value, words), f"no words for {facet}: {value}: {', '.join(words)}", by, json)

    @vocabulary.command("import")
    def import_(file: _File, by: By = "", json: Json = False) -> int:
        """Put a whole vocabulary in the place of the one in force."""
        from corpus.vocabulary_edits import read_table

        table = _parsed(read_text(file), file)
        wanted = read_table(table, where=file)
        return change(lambda _: wanted, f"import {Path(file).name}", by, json)

    @vocabulary.command()
    def revert(to: _To, by: By = "", json: Json = False) -> int:
        """Put the vocabulary back as it was at a revision."""
        from corpus.vocabulary_store import version

        former = version(session.library(), to)
        return change(lambda _: former, f"revert to revision {to}", by, json)

    @vocabulary.command()
    def apply(by: By = "", json: Json = False) -> int:
        """Give every record the facets that its keywords stand for, as an import would."""
        from corpus.vocabulary_store import apply_to_keywords

        library = session.library()
        changed = apply_to_keywords(library, actor=who(by))
        revision = library.revision()
        print_json({"revision": revision, "records": changed}) if json else print(f"{len(changed):,} records changed, at revision {revision}.")
        return 0


def _register_reading(vocabulary: typer.Typer, session: Session) -> None:
    @vocabulary.command("list")
    def list_(facet: Annotated[str, typer.Argument(metavar="[FACET]", help="Only this facet.", show_default=False)] = "", json: Json = False) -> int:
        """List the values with their other words and the number of records that have them."""
        from corpus import NotFoundError, parse_filter

        library = session.library()
        held = library.vocabulary
        if facet and facet not in held.values:
            raise NotFoundError(f"the vocabulary has no facet {facet!r}", remedy=f"It has: {', '.join(held.values)}")
        counts = {name: dict(pairs) for name, pairs in library.catalogue.facet_counts(parse_filter([], held)).items()}
        rows: list[dict[str, Any]] = [
            {"facet": name, "value": value, "synonyms": list(held.spellings(name, value)[1:]), "records": counts.get(name, {}).get(value, 0)}
            for name, values in held.values.items()
            for value in values
            if facet in ("", name)
        ]
        if json:
            print_json(rows)
        else:
            print_table(("Facet", "Value", "Records", "Other words"), [(r["facet"], r["value"], r["records"], ", ".join(r["synonyms"])) for r in rows])
        return 0

    @vocabulary.command()
    def show(word: Annotated[str, typer.Argument(metavar="WORD", help="A value or another word for one.")], json: Json = False) -> int:
        """Show what a word stands for, in every facet."""
        from corpus import NotFoundError
        from corpus.unknown_words import nearest_values

        held = session.library().vocabulary
        found = [{"facet": facet, "value": value, "spellings": list(held.spellings(facet, value))} for facet, value in held.facets_of(word)]
        if not found:
            ((facet, value, _, _),) = nearest_values(held, [("", word)])
            hint = f"Near it: {value} ({facet})" if value else "See `florilegium vocabulary list`"
            raise NotFoundError(f"the vocabulary does not know {word!r}", remedy=hint)
        if json:
            print_json(found)
        else:
            for entry in found:
                print(f"{entry['facet']}: {entry['value']}" + (f" (also {', '.join(entry['spellings'][1:])})" if entry["spellings"][1:] else ""))
        return 0

    @vocabulary.command()
    def suggest(at_least: Annotated[int, typer.Option("--at-least", metavar="N", help="Only words that so many records have.")] = 1, json: Json = False) -> int:
        """List the facet values and keywords that the vocabulary does not know, each with the nearest value; nothing is changed."""
        from corpus.unknown_words import unknown_words

        found = unknown_words(session.library(), at_least=at_least)
        if json:
            print_json([entry.as_dict() for entry in found])
        else:
            print_table(
                ("Where", "Word", "Records", "Nearest value", "Likeness"),
                [(s.where, s.word, s.records, f"{s.facet}: {s.value}" if s.value else "", f"{s.likeness:.2f}" if s.value else "") for s in found],
            )
        return 0

    @vocabulary.command()
    def history(json: Json = False) -> int:
        """List every change of the vocabulary."""
        from corpus.vocabulary_store import versions

        found = versions(session.library())
        if json:
            print_json([entry._asdict() for entry in found])
        else:
            print_table(("Revision", "Change", "By", "When"), found)
        return 0

    @vocabulary.command()
    def export(json: Json = False) -> int:
        """Print the whole vocabulary as YAML (or JSON), as `import` reads it."""
        table = {facet: {value: list(words) for value, words in values.items()} for facet, values in session.library().vocabulary.as_dict().items()}
        if json:
            print_json(table)
        else:
            import yaml

            yaml.safe_dump(table, sys.stdout, allow_unicode=True, sort_keys=False, default_flow_style=None, width=160)
        return 0


def _parsed(text: str, where: str) -> Any:
    import yaml

    from corpus import InputError

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - the base loader makes nothing but texts, lists and dicts
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"the file is not YAML: {str(error).splitlines()[0]}", where=where, remedy="Write it as `vocabulary export` does") from error
