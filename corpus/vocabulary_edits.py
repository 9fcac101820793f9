"""Changes to a vocabulary as pure functions: a vocabulary in, a new one out. No word ever stands for two values of one facet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corpus.errors import NotFoundError, UsageError
from corpus.text import fold, normalise
from corpus.vocabulary import Vocabulary

Table = dict[str, dict[str, tuple[str, ...]]]


def add_value(vocabulary: Vocabulary, facet: str, value: str, synonyms: Iterable[str] = ()) -> Vocabulary:
    """A new value, with other words for it; a facet that is new comes with it. Raises UsageError where a word is taken."""
    facet, value = _word(facet), _word(value)
    table = vocabulary.as_dict()
    _refuse_taken(vocabulary, facet, value)
    table.setdefault(facet, {})[value] = ()
    return _with_words(Vocabulary.from_dict(table), facet, value, synonyms)


def rename_value(vocabulary: Vocabulary, facet: str, value: str, new: str) -> Vocabulary:
    """A value under a new name; the former one stays as a word for it, so that what others write is still understood."""
    value, new = _known(vocabulary, facet, value), _word(new)
    other = vocabulary.canonical(facet, new)
    if other not in (None, value):
        raise UsageError(f"{new!r} stands for {other!r} already", where=facet, remedy=f"Merge the two: `florilegium vocabulary merge {facet} VALUE INTO`")
    words = (*(word for word in vocabulary.spellings(facet, value) if fold(word) != fold(new)),)
    table = vocabulary.as_dict()
    table[facet] = {(new if name == value else name): (words if name == value else held) for name, held in table[facet].items()}
    return Vocabulary.from_dict(table)


def merge_values(vocabulary: Vocabulary, facet: str, value: str, into: str) -> Vocabulary:
    """One value made part of another: its name and its words become words of that one."""
    value, into = _known(vocabulary, facet, value), _known(vocabulary, facet, into)
    if value == into:
        raise UsageError(f"{value!r} cannot be merged into itself", where=facet, remedy="Name two values")
    table = vocabulary.as_dict()
    words = (value, *table[facet].pop(value))
    table[facet][into] = (*table[facet][into], *words)
    return Vocabulary.from_dict(table)


def remove_value(vocabulary: Vocabulary, facet: str, value: str) -> Vocabulary:
    """Without a value and its words; records that have it keep it, as a value the vocabulary does not know."""
    value = _known(vocabulary, facet, value)
    table = vocabulary.as_dict()
    del table[facet][value]
    return Vocabulary.from_dict(table)


def add_synonyms(vocabulary: Vocabulary, facet: str, value: str, words: Iterable[str]) -> Vocabulary:
    """Other words for a value. Raises UsageError where one of them stands for another value."""
    return _with_words(vocabulary, facet, _known(vocabulary, facet, value), words)


def remove_synonyms(vocabulary: Vocabulary, facet: str, value: str, words: Iterable[str]) -> Vocabulary:
    """Without some of the other words for a value. Raises NotFoundError for one that it does not have."""
    value = _known(vocabulary, facet, value)
    table = vocabulary.as_dict()
    held = table[facet][value]
    for word in words:
        if fold(_word(word)) not in map(fold, held):
            raise NotFoundError(f"{word!r} is no other word for {value!r}", where=facet, remedy=f"It has: {', '.join(held) or 'none'}")
        held = tuple(other for other in held if fold(other) != fold(_word(word)))
    table[facet][value] = held
    return Vocabulary.from_dict(table)


def read_table(table: object, *, where: str = "") -> Vocabulary:
    """A whole vocabulary from `{facet: {value: [other words]}}` or `{facet: [values]}`. Raises UsageError where it is none."""
    if not isinstance(table, Mapping):
        raise UsageError("this is no vocabulary", where=where, remedy="Write it as facet, then value, then a list of other words for it")
    found: Table = {}
    for name, values in table.items():
        pairs = values.items() if isinstance(values, Mapping) else [(value, ()) for value in values] if isinstance(values, list) else None
        if pairs is None:
            raise UsageError(f"the facet {name!r} has no list of values", where=where, remedy="Write it as facet, then value, then a list of other words")
        facet = _word(str(name))
        taken: dict[str, str] = {}
        for value, words in pairs:
            others = [words] if isinstance(words, str) else words or []
            if not isinstance(others, list | tuple) or isinstance(value, list | Mapping):
                raise UsageError(f"the value {value!r} of {facet!r} has no list of other words", where=where, remedy="Write a list: [MDD, melancholia]")
            spellings = list(dict.fromkeys(_word(str(word)) for word in [value, *others] if str(word).strip() or word is value))
            for word in spellings:
                if taken.setdefault(fold(word), spellings[0]) != spellings[0]:
                    raise UsageError(f"{word!r} stands for both {taken[fold(word)]!r} and {spellings[0]!r}", where=f"{where}, {facet}", remedy="Keep one")
            found.setdefault(facet, {})[spellings[0]] = tuple(spellings[1:])
    return Vocabulary.from_dict(found)


def _with_words(vocabulary: Vocabulary, facet: str, value: str, words: Iterable[str]) -> Vocabulary:
    table = vocabulary.as_dict()
    for word in map(_word, words):
        if vocabulary.canonical(facet, word) == value or fold(word) in map(fold, table[facet][value]):
            continue
        _refuse_taken(vocabulary, facet, word)
        table[facet][value] = (*table[facet][value], word)
    return Vocabulary.from_dict(table)


def _word(text: str) -> str:
    word = " ".join(normalise(text).split())
    if not word or len(word) > 300:
        raise UsageError("a word of the vocabulary is empty" if not word else "a word of the vocabulary is longer than 300 characters", remedy="Give another")
    return word


def _known(vocabulary: Vocabulary, facet: str, text: str) -> str:
    """The value that is meant by its name or one of its words. Raises NotFoundError."""
    if facet not in vocabulary.values:
        raise NotFoundError(f"the vocabulary has no facet {facet!r}", remedy=f"It has: {', '.join(vocabulary.values)}")
    found = vocabulary.canonical(facet, text)
    if found is None:
        import difflib

        near = difflib.get_close_matches(text, vocabulary.values[facet], n=3, cutoff=0.5)
        hint = f"Near it: {', '.join(near)}" if near else f"See `florilegium vocabulary list {facet}`"
        raise NotFoundError(f"{facet} has no value {text!r}", remedy=hint)
    return found


def _refuse_taken(vocabulary: Vocabulary, facet: str, word: str) -> None:
    taken = vocabulary.canonical(facet, word)
    if taken is not None:
        raise UsageError(f"{word!r} stands for {taken!r} already", where=facet, remedy="Merge or rename that one, or take the word from it first")
