"""Rules on top of the model: what keeps a claim from being shown as supported, whatever its score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.checking.alignment import common_order
from assistant.checking.features import FOUND
from assistant.checking.figures import Figure, borne_out, comparable, same_figure
from assistant.checking.lexicon import GENERIC
from assistant.checking.opposites import opposed
from assistant.checking.pairing import Pair
from assistant.checking.patterns import MODAL, NEGATION, NULL, SIDES, SUBSTANCE
from assistant.checking.polarity import direction, shared_part
from assistant.checking.reading import ReadSentence
from assistant.checking.words import Word, stem

#: From this share of telling words on (by weight), the best sentence speaks of what the claim says, so that a turned word is a contradiction.
CLOSE = 0.6
#: Under this share, what the two have in common is hardly more than their subject. Measured (held out by claim; second figure: share of findings
#: of the sample collection called supported by the finding before them): 0.3: 0.163 of SUPPORT shown, 0.147; 0.45: 0.164, 0.070; 0.55: 0.138, 0.026.
FEW = 0.5
#: From this share on, in nearly the same order and without a fault, the claim is the sentence over again.
COPY, COPY_ORDER = 0.85, 0.75
#: A word that is missing from a sentence with this share of the others, and is rarer than this, was put in the place of another.
_REPLACED_FROM, _REPLACED_RARITY = 0.7, 4.0
#: ... unless some word of the sentence is this like it (cosine): "anxiety" and "depression" have 0.55, "drug" and "medication" 0.79.
_ALIKE = 0.65
#: With this share of words in one order, words of which so many at most stand in the place of so many others have been exchanged for them.
_SAME_ORDER, _SWAPPED_WORDS = 0.5, 3
#: Weighed share of the common words that are negated on one side only.
_APART = 0.3
#: A sentence this near the best one in coverage may say without a "may" what the best one hedges.
_AS_GOOD = 0.85


@dataclass(frozen=True, slots=True)
class Findings:
    """`faults` are reasons against the claim, `contrary` those of them that say the opposite; `copy`: the claim is the best sentence over again."""

    faults: tuple[str, ...]
    contrary: tuple[str, ...]
    missing_words: tuple[str, ...]
    missing_figures: tuple[str, ...]
    copy: bool


class Rules:
    """All rules for one pair; `likeness` as `pairing.word_likeness` gives it."""

    def __init__(self, pair: Pair, likeness: Mapping[str, float]) -> None:
        self._pair = pair
        self._likeness = likeness
        a = pair.alignment
        self._match = a.match[pair.best_index]
        self._telling = pair.telling
        self._found = self._share_found()
        self._absent = [figure for figure in pair.claim.figures if not borne_out(figure, pair.evidence.figures)]
        self._order = common_order([word.stem for word in a.words], [word.stem for word in pair.best.content], a.weight_of()) / a.total
        self._copy = self._found >= COPY and self._order >= COPY_ORDER
        self._edits = self._differences() if self._order >= _SAME_ORDER else []
        self._part = shared_part(pair.best.text, pair.best.content, frozenset(word.stem for word in a.words))

    def apply(self) -> Findings:
        """Everything found, each reason once."""
        contrary = list(dict.fromkeys(self._contrary()))
        few = ["too few of its words are in the evidence"] if max(self._found, self._pair.top2_coverage) < FEW else []
        faults = [*few, *self._figures(), *self._names(), *self._in_place_of_others(), *self._certainty(), *contrary]
        anywhere = self._pair.alignment.match.max(axis=0, initial=0.0)
        missing = [word.text for word, match in zip(self._pair.alignment.words, anywhere, strict=True) if match < FOUND and word.norm not in GENERIC]
        copy = self._copy and all(borne_out(figure, self._pair.best.figures) for figure in self._pair.claim.figures)
        return Findings(tuple(dict.fromkeys(faults)), tuple(contrary), tuple(dict.fromkeys(missing)), tuple(figure.text for figure in self._absent), copy)

    def _share_found(self) -> float:
        """Weighed share of the telling words in the best sentence; a word pointing the same way ("lowered", "reduced") counts as found."""
        words, weights = self._pair.alignment.words, self._pair.alignment.weights
        ways = {direction(word) for word in self._pair.best.words}
        same_way = {i for i in self._telling if direction(words[i]) is not None and direction(words[i]) in ways}
        total = sum(weights[i] for i in self._telling) or 1.0
        return float(sum(weights[i] * max(self._match[i], 0.9 if i in same_way else 0.0) for i in self._telling) / total)

    def _differences(self) -> list[tuple[list[Word], list[Word]]]:
        """Short runs of words of the claim with what the best sentence has in their place, all other words being the same."""
        mine, theirs = [word for s in self._pair.claim.sentences for word in s.words], list(self._pair.best.words)
        matcher = SequenceMatcher(None, [word.stem for word in mine], [word.stem for word in theirs], autojunk=False)
        runs = [(mine[a:b], theirs[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
        return [(a, b) for a, b in runs if max(len(a), len(b)) <= _SWAPPED_WORDS]

    def _contrary(self) -> Iterator[str]:
        if self._found < CLOSE:
            return
        if any(comparable(figure, other) for figure in self._absent for other in self._pair.best.figures):
            yield "the evidence has another number"
        if self._denied_on_one_side():
            yield "negated on one side only"
        if self._other_direction():
            yield "the direction is the other one"
        for i in self._telling:
            word = self._pair.alignment.words[i]
            if self._match[i] < FOUND and opposed(word.stem, self._pair.best.stems):
                yield f"the evidence has the opposite of {word.text}"
        yield from self._turned_in_place()
        if exchanged(self._pair.claim.sentences, self._pair.best):
            yield "the two sides of the comparison are exchanged"

    def _figures(self) -> Iterator[str]:
        if self._absent:
            yield "number not in the evidence: " + ", ".join(figure.text for figure in self._absent)
        elif self._found >= CLOSE:
            for figure in misplaced(self._pair.claim.sentences, self._pair.evidence.sentences):
                yield f"the number stands for something else: {figure.text}"

    def _names(self) -> Iterator[str]:
        a = self._pair.alignment
        for i in self._telling:
            word = a.words[i]
            if a.match[:, i].max() >= FOUND:
                continue
            code = (word.text.isupper() and len(word.text) > 2) or any(c.isdigit() for c in word.text)
            if SUBSTANCE.search(word.norm) or (code and self._found >= 0.5):
                yield f"not named in the evidence: {word.text}"
            elif self._found >= _REPLACED_FROM and a.weights[i] >= _REPLACED_RARITY and self._likeness.get(word.norm, 0.0) < _ALIKE:
                yield f"not in the evidence: {word.text}"

    def _in_place_of_others(self) -> Iterator[str]:
        """Words that stand where the sentence, otherwise word for word the same there, has others (anxiety for depression)."""
        matches = self._pair.alignment.match
        strange = {word for i, word in enumerate(self._pair.alignment.words) if i in self._telling and matches[:, i].max() < FOUND}
        for mine, theirs in self._edits:
            if mine and any(word.content for word in theirs):
                for word in mine:
                    if word in strange and direction(word) is None and self._likeness.get(word.norm, 0.0) < _ALIKE:
                        yield f"not in the evidence: {word.text}"

    def _turned_in_place(self) -> Iterator[str]:
        """Words of direction that stand where the sentence has the opposite, and in a near copy negations put in."""
        for mine, theirs in self._edits:
            ways = {sign for word in theirs if (sign := direction(word))}
            if any((axis, -sign) in ways and (axis, sign) not in ways for axis, sign in filter(None, map(direction, mine))):
                yield "the direction is the other one"
            stems = frozenset(word.stem for word in theirs)
            yield from (f"the evidence has the opposite of {word.text}" for word in mine if word.stem not in stems and opposed(word.stem, stems))
            here, there = (len(NEGATION.findall(" ".join(word.text for word in words))) for words in (mine, theirs))
            if self._copy and here % 2 != there % 2 and here:
                yield "negated on one side only"

    def _denied_on_one_side(self) -> bool:
        """In a near copy any word that only one side denies is enough; else the count of negations must differ, and much must be denied."""
        if self._copy and self._denied_anywhere():
            return True
        stances = [sentence.stance for sentence in self._pair.claim.sentences]
        if sum(stance.negations for stance in stances) % 2 == len(NEGATION.findall(self._part)) % 2:
            return False
        at = {word.stem: word.negated for word in self._pair.best.words}
        words, weights = self._pair.alignment.words, self._pair.alignment.weights
        shared = [i for i in self._telling if words[i].stem in at]
        apart = sum(weights[i] for i in shared if at[words[i].stem] != words[i].negated)
        total = sum(weights[i] for i in shared)
        null = any(stance.null for stance in stances) != bool(NULL.search(self._part))
        return bool(null or (total and apart / total >= _APART))

    def _denied_anywhere(self) -> bool:
        flags: dict[str, set[bool]] = {}
        for word in self._pair.best.words:
            flags.setdefault(word.stem, set()).add(word.negated)
        return any(word.negated not in flags.get(word.stem, {word.negated}) for word in self._pair.alignment.words)

    def _other_direction(self) -> bool:
        mine = [(*way, word.negated, word.stem) for s in self._pair.claim.sentences for word in s.words if (way := direction(word))]
        theirs = [(*way, word.negated) for word in self._pair.best.words if (way := direction(word))]
        stems = frozenset(word.stem for word in self._pair.best.words)
        for axis, sign, denied, name in mine:
            ways = {(other == sign) == (negative == denied) for other_axis, other, negative in theirs if other_axis == axis}
            if name not in stems and (ways == {False} or opposed(name, stems)):
                return True
        return False

    def _certainty(self) -> Iterator[str]:
        """ "Does" is more than "may"."""
        if MODAL.search(self._part) and not any(sentence.stance.modal for sentence in self._pair.claim.sentences):
            coverage = self._pair.alignment.coverage
            sentences = self._pair.evidence.sentences
            if not any(not s.stance.modal and coverage[j] >= _AS_GOOD * coverage[self._pair.best_index] for j, s in enumerate(sentences)):
                yield "the evidence is less certain"


def misplaced(claim: Sequence[ReadSentence], evidence: Sequence[ReadSentence]) -> Iterator[Figure]:
    """Figures of the claim that the evidence gives of something else ("30 % responded", where 30 % remitted and 50 % responded)."""
    others = [(other, _beside(other, sentence)) for sentence in evidence for other in sentence.figures]
    for sentence in claim:
        for figure in sentence.figures:
            mine = _beside(figure, sentence)
            rated = [(sum(v * theirs.get(k, 0.0) for k, v in mine.items()), same_figure(figure, o)) for o, theirs in others if o.kind == figure.kind]
            right = max((value for value, same in rated if same), default=None)
            wrong = max((value for value, same in rated if not same), default=0.0)
            if right is not None and wrong > 0.5 and wrong > 1.5 * right:
                yield figure


def _beside(figure: Figure, sentence: ReadSentence) -> dict[tuple[int, str], float]:
    """The four content words before and after a figure, nearer ones heavier."""
    before = [word for word in sentence.content if word.end <= figure.start][::-1][:4]
    after = [word for word in sentence.content if word.start >= figure.start][:4]
    out: dict[tuple[int, str], float] = {}
    for side, near in ((-1, before), (1, after)):
        for distance, word in enumerate(near):
            out.setdefault((side, word.stem), 1.0 / (1 + distance))
    return out


def exchanged(claim: Sequence[ReadSentence], best: ReadSentence) -> bool:
    """A better than B against B better than A."""
    mine = next((sentence for sentence in claim if SIDES.search(sentence.text)), None)
    there = SIDES.search(best.text)
    here = SIDES.search(mine.text) if mine else None
    if mine is None or here is None or there is None:
        return False
    left, right = _sides([word for word in mine.content if word.norm not in GENERIC], here)
    their_left, their_right = _sides(best.content, there)
    if not (right & their_left and left & their_right):
        return False
    mine_turns = {(turn.axis, turn.sign) for turn in mine.stance.turns}
    their_turns = {(turn.axis, turn.sign) for turn in best.stance.turns}
    same_verb = stem(here.group().lower()) == stem(there.group().lower()) and here.group().lower() not in ("than", "versus", "vs")
    return (same_verb or bool(mine_turns & their_turns)) and not any((axis, -sign) in their_turns for axis, sign in mine_turns)


def _sides(words: Sequence[Word], mark: re.Match[str]) -> tuple[set[str], set[str]]:
    left = {word.stem for word in words if word.start < mark.start()}
    return left, {word.stem for word in words if word.start >= mark.end()} - left
