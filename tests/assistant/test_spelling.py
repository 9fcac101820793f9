"""Slips of the keyboard are mended only where the collection has the word that was meant."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.understanding import respell
from index.lexical import analyse

HELD = frozenset(stem for word in ("anxiety", "psilocybin", "depression", "dizziness", "causal", "ibogaine", "ketamine", "side") for stem in analyse(word))
COMMON = frozenset(("casual", "depressed"))


def frequencies(stems: Sequence[str]) -> tuple[dict[str, int], int]:
    return {stem: int(stem in HELD) for stem in stems}, 9


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Do shrooms cause anxeity?", "Do shrooms cause anxiety?"),
        ("Psylocybin for depresion", "Psilocybin for depression"),
        ("dizzyness with ketaminee", "dizziness with ketamine"),
        ("casual use", "casual use"),  # a word of the language
        ("ibogamine or ibogaine", "ibogamine or ibogaine"),  # another substance
        ("sied effects", "sied effects"),  # too short
        ("ANXEITY", "ANXEITY"),  # may be an abbreviation
        ("anxiety", "anxiety"),
    ],
)
def test_a_single_slip_is_mended(asked: str, meant: str) -> None:
    assert respell(asked, frequencies, COMMON.__contains__) == meant


def test_where_two_words_may_have_been_meant_nothing_is_changed() -> None:
    def both(stems: Sequence[str]) -> tuple[dict[str, int], int]:
        held = {*analyse("marrigold"), *analyse("mariggold")}
        return {stem: int(stem in held) for stem in stems}, 9

    assert respell("marigold", both, lambda _: False) == "marigold"
    assert respell("maarigold", frequencies, lambda _: False) == "maarigold"
