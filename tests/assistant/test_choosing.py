"""How a sentence is held against a question word by word, and which sentences make an answer of quotes."""

from __future__ import annotations

import pytest

from assistant.evidence import EvidenceSentence, Question, ask_about, collect, weigh
from assistant.quotes import choose, fits, unreadable
from assistant.signals import signals
from corpus import Review
from index import Encoder
from index.searcher import Hit, Span

ABOUT = "The review of microdosing examined 14 studies in PubMed."
FOUND = "Microdosing was no better than placebo for mood."
OTHER = "Ketamine relieved pain within hours of an infusion."


def evidence(*texts: str) -> list[EvidenceSentence]:
    return [
        EvidenceSentence(
            Review(id=f"r{number}", csl={"title": "On doses"}, findings=(text,)), "findings[0]", 0, len(text), text, 1.0 / (number + 1), number + 1
        )
        for number, text in enumerate(texts)
    ]


def asked(text: str) -> Question:
    return ask_about(text, lambda terms: (dict.fromkeys(terms, 1), 9))


def test_each_word_of_a_question_is_matched_in_its_context(encoder: Encoder) -> None:
    question = asked("Is microdosing better than placebo?")
    weighed = weigh(question, evidence(FOUND, OTHER), encoder)
    assert weighed.matched.shape == (2, len(question.written))
    assert (weighed.matched[0] > weighed.matched[1]).all()
    assert weighed.matched_all[0] > weighed.matched_all[1]
    found = signals(question, [], weighed)
    assert found["record_words"] == pytest.approx(float(weighed.matched.mean(axis=1).max()))
    assert found["record_least"] <= found["record_words"]


def test_nothing_found_gives_no_signal(encoder: Encoder) -> None:
    for text in ("Is microdosing better?", "and the"):
        question = asked(text)
        assert not any(signals(question, [], weigh(question, [], encoder)).values())


def hit(rank: int, review: Review, field: str, begin: int, end: int) -> Hit:
    text = review.field_text(field)[begin:end]
    return Hit(rank, review, Span(field, begin, end, text, 1.0 / rank), 1.0 / rank, {})


ABSTRACT = (
    "BACKGROUND: Whether sulphur protects vines from mildew is debated. OBJECTIVE: To find out whether sulphur protects vines from mildew. "
    "METHODS: Forty plants were dusted and watched for ten weeks. RESULTS: Losses were halved in the treated group (p = 0.01)."
)


def test_what_stands_around_the_best_passage_of_the_first_hits_is_evidence_too() -> None:
    first, fourth = (Review(id=name, csl={"title": "On vines"}, abstract=ABSTRACT) for name in ("first", "fourth"))
    others = [Review(id=f"other{rank}", csl={"title": "On roses"}, abstract="Roses need sun.") for rank in (2, 3)]
    opening = ABSTRACT.index(" OBJECTIVE")
    hits = [hit(1, first, "abstract", 0, opening), *(hit(rank, one, "abstract", 0, 15) for rank, one in enumerate(others, start=2))]
    found = collect([*hits, hit(4, fourth, "abstract", 0, opening)])
    assert [sentence.text for sentence in found if sentence.review is first][-1].startswith("RESULTS: Losses were halved")
    assert sum(sentence.review is first for sentence in found) == 4
    assert [sentence.text for sentence in found if sentence.review is fourth] == [ABSTRACT[:opening]]
    assert all(ABSTRACT[s.start : s.end] == s.text for s in found if s.review in (first, fourth))


def test_of_an_abstract_the_finding_is_quoted_and_not_the_aim_that_is_worded_like_the_question(encoder: Encoder) -> None:
    question = asked("Does sulphur protect vines from mildew?")
    review = Review(id="vines", csl={"title": "Sulphur and mildew"}, abstract=ABSTRACT)
    weighed = weigh(question, collect([hit(1, review, "abstract", 0, len(ABSTRACT))]), encoder)
    nearest = max(zip(weighed.cosines, weighed.sentences, strict=True), key=lambda pair: pair[0])[1]
    assert nearest.text.startswith(("BACKGROUND", "OBJECTIVE"))
    picked = choose(question, weighed, fits(question, weighed))
    assert picked[0].sentence.text.startswith("RESULTS")
    assert not any(choice.sentence.text.startswith(("BACKGROUND", "OBJECTIVE")) for choice in picked)


def test_what_a_curator_found_is_quoted_before_what_the_work_was_about(encoder: Encoder) -> None:
    question = asked("Is microdosing better than placebo?")
    weighed = weigh(question, evidence(ABOUT, FOUND, OTHER), encoder)
    assert choose(question, weighed, fits(question, weighed))[0].sentence.text == FOUND


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("This finding persisted even after adjusting for age.", True),
        ("In this group the losses were higher than in the other.", True),
        ("CONCLUSIONS: These results show that sulphur works.", True),
        ("However, the effect was gone after a year.", True),
        ("Both were reduced by sulphur in the trial.", True),
        ("(IQR, 10%-16%); chalk, 16.2% (IQR, 14%-17%).", True),
        ("were dusted with sulphur and watched for weeks.", True),
        ("In this study, sulphur worked well in every vine.", False),
        ("This systematic review (2024) asked whether sulphur works.", False),
        ("Both mildew and rust were reduced by sulphur.", False),
        ("RESULTS: Twelve of forty vines fell ill in May.", False),
        ("(R)-DOI lowers inflammation in vines.", False),
        ("5-MeO-DMT is found in plants and in a toad.", False),
    ],
)
def test_what_leans_on_the_sentence_before_it_is_told(text: str, leans: bool) -> None:
    assert unreadable(text) is leans
