"""What a claim and its evidence have in common, as numbers that a small model can weigh.

Shares and coverages are 0..1, cosines -1..1, flags 0 or 1; names ending in `_b` speak of the best sentence, in `_all` of the whole evidence.
Which were kept, and what each group is worth: `benchmarks/bench_claims.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from assistant.checking.alignment import common_order
from assistant.checking.context import in_context
from assistant.checking.figures import borne_out
from assistant.checking.opposites import opposed, turned
from assistant.checking.pairing import Pair, Tables, whole
from assistant.checking.patterns import THAN
from assistant.checking.words import Word
from index.encoder import Tokens, Vectors

#: Half: what counts as found when a word's match is asked for as yes or no.
FOUND = 0.5


def features(pair: Pair, tables: Tables, vectors: Mapping[str, Vectors], likeness: Mapping[str, float], tokens: Mapping[str, Tokens]) -> dict[str, float]:
    """All features of a pair, by name."""
    return {
        **in_context(pair, tables.rarity, tokens),
        **_coverage(pair, tables, likeness),
        **_cosines(pair, tables),
        **_phrases(pair, tables),
        **_figures(pair),
        **_denial(pair),
        **_direction(pair),
        **_opposites(pair),
        **_turning(pair, vectors),
        **_certainty(pair),
        **_lengths(pair),
    }


def _coverage(pair: Pair, tables: Tables, likeness: Mapping[str, float]) -> dict[str, float]:
    a, b = pair.alignment, pair.best_index
    anywhere, top2 = a.match.max(axis=0), a.match[list(pair.order[:2])].max(axis=0)
    rare = np.argsort(-a.weights, kind="stable")[:3]
    half = max(1, len(a.words) // 2)
    soft = np.array([max(match, likeness.get(word.norm, 0.0)) for word, match in zip(a.words, a.match[b], strict=True)])
    subject = float(top2[:half] @ a.weights[:half] / (a.weights[:half].sum() or 1.0))
    return {
        "cov_all": a.covered(anywhere),
        "cov_best": float(a.coverage.max()),
        "cov_top2": pair.top2_coverage,
        "cov_b": float(a.coverage[b]),
        "cov_subject": subject,
        "cov_object": float(top2[half:] @ a.weights[half:] / (a.weights[half:].sum() or 1.0)) if len(a.words) > half else subject,
        "lost_max": float((a.weights * (1 - anywhere)).max(initial=0.0)) / max(tables.rarity.unseen, 1.0),
        "rare3": float(anywhere[rare].mean()) if len(rare) else 0.0,
        "rare3_b": float(a.match[b][rare].mean()) if len(rare) else 0.0,
        "align_b": a.covered(soft),
    }


def _cosines(pair: Pair, tables: Tables) -> dict[str, float]:
    b, everything = pair.best_index, whole(pair.sentence_vectors)
    cos = pair.sentence_vectors @ pair.claim_vector
    clean = tables.background.without
    claim, sentences = clean(pair.claim_vector[None])[0], clean(pair.sentence_vectors)
    clear = sentences @ claim
    return {
        "cos_best": float(cos.max()),
        "cos_b": float(cos[b]),
        "cos_top2": float(np.sort(cos)[-2:].mean()),
        "cos_all": float(everything @ pair.claim_vector),
        "c3_best": float(clear.max()),
        "c3_b": float(clear[b]),
        "c3_top2": float(np.sort(clear)[-2:].mean()),
        "c3_all": float(clean(everything[None])[0] @ claim),
        "c3_heads": float((clean(pair.head_vectors) @ sentences.T).max(axis=1).mean()),
        "margin": float(((pair.head_vectors - pair.turned_vectors) @ pair.sentence_vectors[b]).mean()),
        "margin_all": float(((pair.head_vectors - pair.turned_vectors) @ everything).mean()),
    }


def _phrases(pair: Pair, tables: Tables) -> dict[str, float]:
    """Words beside each other, words in the same order, and how much of the best sentence the claim repeats."""
    weight = pair.alignment.weight_of()
    known = {two for sentence in pair.evidence.sentences for two in _twos(sentence.content)}
    wanted = {two: weight[two[0]] + weight[two[1]] for sentence in pair.claim.sentences for two in _twos(sentence.content)}
    there = [(word.stem in weight, tables.rarity(word)) for word in pair.best.content]
    return {
        "bigram": sum(value for two, value in wanted.items() if two in known) / (sum(wanted.values()) or 1.0),
        "order_b": common_order([w.stem for w in pair.alignment.words], [w.stem for w in pair.best.content], weight) / pair.alignment.total,
        "precision_b": sum(value for shared, value in there if shared) / (sum(value for _, value in there) or 1.0),
    }


def _twos(words: Sequence[Word]) -> set[tuple[str, str]]:
    stems = [word.stem for word in words]
    return set(pairwise(stems))


def _figures(pair: Pair) -> dict[str, float]:
    wanted = pair.claim.figures
    lost = [figure for figure in wanted if not borne_out(figure, pair.evidence.figures)]
    return {"num_has": float(bool(wanted)), "num_lost": len(lost) / len(wanted) if wanted else 0.0}


def _denial(pair: Pair) -> dict[str, float]:
    """Negation and null results: whether claim and best sentence deny the same things."""
    stances = [sentence.stance for sentence in pair.claim.sentences]
    theirs = pair.best.stance
    odd = sum(stance.negations for stance in stances) % 2
    null = any(stance.null for stance in stances)
    weight = pair.alignment.weight_of()
    mine = {word.stem: word.negated for word in pair.alignment.words}
    shared = [word for word in pair.best.content if word.stem in mine]
    apart = sum(weight[word.stem] for word in shared if mine[word.stem] != word.negated)
    minus = sum(stance.minus for stance in stances) % 2
    return {
        "neg_claim": float(odd),
        "neg_b": float(theirs.negations > 0),
        "neg_differs": float(odd != theirs.negations % 2),
        "neg_words": apart / (sum(weight[word.stem] for word in shared) or 1.0),
        "null_claim": float(null),
        "null_b": float(theirs.null),
        "null_differs": float(null != theirs.null),
        "null_top2": float(null != any(pair.evidence.sentences[j].stance.null for j in pair.order[:2])),
        "chain_same": float(minus == theirs.minus % 2),
        "chain_claim": float(minus),
    }


def _direction(pair: Pair) -> dict[str, float]:
    """Words of direction near shared words, in the three best sentences: pointing the same way, and the other way."""
    turns = [turn for sentence in pair.claim.sentences for turn in sentence.stance.turns]
    weight = pair.alignment.weight_of()
    agree = against = near_agree = near_against = 0.0
    for j in pair.order[:3]:
        share = float(pair.alignment.coverage[j])
        for mine in turns:
            for other in pair.evidence.sentences[j].stance.turns:
                if mine.axis != other.axis:
                    continue
                near = share * sum(weight.get(x, 0.0) for x in mine.near & other.near) / (sum(weight.get(x, 0.0) for x in mine.near) or 1.0)
                if mine.sign == other.sign:
                    agree, near_agree = max(agree, share), max(near_agree, near)
                else:
                    against, near_against = max(against, share), max(near_against, near)
    out = {
        "dir_claim": float(bool(turns)),
        "dir_agree": near_agree,
        "dir_against": near_against,
        "dir_any": agree - against,
        "dir_net": near_agree - near_against,
    }
    for axis in ("amount", "worth"):
        mine_sum = sum(turn.sign for turn in turns if turn.axis == axis)
        theirs_sum = sum(turn.sign for turn in pair.best.stance.turns if turn.axis == axis)
        out[f"{axis}_product"] = float(np.sign(mine_sum) * np.sign(theirs_sum))
    return out


def _opposites(pair: Pair) -> dict[str, float]:
    a, b = pair.alignment, pair.best_index
    found = [i for i, word in enumerate(a.words) if a.match[b, i] < FOUND and opposed(word.stem, pair.best.stems)]
    return {"opposed": float(a.weights[found].sum()) / a.total, "opposed_any": float(bool(found)) * float(a.coverage[b])}


def _turning(pair: Pair, vectors: Mapping[str, Vectors]) -> dict[str, float]:
    """Claim and best sentence both turned round by rule: does the embedding move the same way? 0 where the sentence is too far."""
    if not pair.near:
        return {"turn": 0.0, "turn_cos": 0.0}
    heads = [turned(sentence.text) for sentence in pair.claim.sentences]
    mine = pair.claim_vector - vectors[" ".join(heads)]
    theirs = pair.sentence_vectors[pair.best_index] - vectors[turned(pair.best.text)]
    length = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
    both = float(mine @ theirs)
    return {"turn": both, "turn_cos": both / length if length > 1e-6 else 0.0}


def _certainty(pair: Pair) -> dict[str, float]:
    stances = [sentence.stance for sentence in pair.claim.sentences]
    theirs = pair.best.stance
    modal = any(stance.modal for stance in stances)
    return {
        "modal_claim": float(modal),
        "modal_b": float(theirs.modal),
        "modal_over": float(theirs.modal and not modal),
        "soft_b": float(theirs.soft),
        "unknown_e": float(any(pair.evidence.sentences[j].stance.unknown for j in pair.order[:2])),
        "strong_claim": float(any(stance.strong for stance in stances)),
        "than": float(any(THAN.search(sentence.text) for sentence in pair.claim.sentences)),
        "than_b": float(bool(THAN.search(pair.best.text))),
    }


def _lengths(pair: Pair) -> dict[str, float]:
    return {
        "len_claim": math.log1p(len(pair.alignment.words)),
        "sent_claim": math.log(len(pair.claim.sentences)),
        "len_evidence": math.log1p(sum(len(sentence.words) for sentence in pair.evidence.sentences)),
        "len_b": math.log1p(len(pair.best.words)),
    }
