"""Whatever the texts: a verdict for each, scores in 0..1, and a span that is a sentence of the evidence as written."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import ClaimChecker, Support
from assistant.checking.reading import read
from index.segment import sentence_spans
from tests.checking.conftest import HashedWords

WORDS = (
    "α-synuclein β 5-HT2A µg naïve Müller’s 😀 👩‍⚕️ e\u0301tude 53\u202f% 0.5 −2.7 (95% CI 0.1–0.9) n=12 (PTSD) () ((A)) . ? ! … ;"
    " not may reduced increased ١٢ ²"
)
PHRASES = (
    "Psilocybin reduced anxiety. ",
    "Two thirds (12 of 18) responded! ",
    "\n\n",
    "\u2009",
    "half of",
    "p < .05",
    "post-traumatic stress disorder (PTSD)",
)
PIECES = st.sampled_from([*WORDS.split(" "), *PHRASES])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join))
CHECKER = ClaimChecker(HashedWords())


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_a_quote_is_a_sentence_of_the_evidence(claim: str, evidence: list[str]) -> None:
    verdicts = CHECKER.check(claim, evidence)
    assert len(verdicts) == len(evidence)
    for verdict, text in zip(verdicts, evidence, strict=True):
        assert 0 <= verdict.score <= 1
        assert verdict.support in {Support.SUPPORTED, Support.CONTRADICTED, Support.UNSUPPORTED}
        if verdict.end:
            assert (verdict.start, verdict.end) in sentence_spans(text)
        else:
            assert verdict.support == Support.UNSUPPORTED


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_reading_keeps_the_offsets_of_the_text_as_written(text: str) -> None:
    for sentence in read(text).sentences:
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end] != ""
        for figure in sentence.figures:
            assert 0 <= figure.start < figure.end <= len(sentence.text)


def test_greek_letters_before_the_quote_do_not_shift_it(quick_checker: ClaimChecker) -> None:
    evidence = "αβγδ αβγδ κκ µ 😀 " + unicodedata.normalize("NFD", "étude naïve. ") + "Psilocybin reduced anxiety in 12 patients. It was well tolerated."
    (verdict,) = quick_checker.check("Psilocybin reduced anxiety in 12 patients.", [evidence])
    assert evidence[verdict.start : verdict.end] == "Psilocybin reduced anxiety in 12 patients."
    assert verdict.support == Support.SUPPORTED


def test_nothing_to_compare(quick_checker: ClaimChecker) -> None:
    assert [verdict.score for verdict in quick_checker.check("", ["Something."]) + quick_checker.check("Psilocybin helps.", ["", " \n"])] == [0, 0, 0]
    assert quick_checker.check("Psilocybin helps.", []) == []


def test_all_is_encoded_once_in_few_calls_and_evidence_remembered(fake_encoder: HashedWords) -> None:
    checker = ClaimChecker(fake_encoder)
    evidence = [f"Psilocybin reduced {what} in patients with {what} disorders." for what in "anxiety depression grief pain craving".split()]
    checker.check("Psilocybin lowered anxiety in patients.", evidence)
    assert len(fake_encoder.calls) <= 4
    first = len(fake_encoder.calls)
    texts = [text for call in fake_encoder.calls for text in call]
    assert len(texts) == len(set(texts))
    checker.check("Psilocybin eased grief.", evidence)
    assert not set(evidence) & {text for call in fake_encoder.calls[first:] for text in call}
