"""In which language a question is put. Short questions full of drug names are easily misjudged, so a question counts as English unless
something in it speaks for another language: a foreign script, or foreign function words or letters that a language identifier agrees with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from corpus.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: Scripts that no English question is written in, with the language to name when the identifier cannot be asked.
_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "THAI": "th",
    "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "GEORGIAN": "ka", "ARMENIAN": "hy",
}  # fmt: skip
_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_ENGLISH = frozenset(
    """
    a about according after all also although am among an and any are as asked at available be because been before being best better between both but by can
    cause causes compared could did different do does doing done during each effect effective effects either else enough ever evidence explain find first for
    found from get give given good had happen happens has have having he help helps her his how however i if in into is it its just kind know known last less
    like list long longer made make many may me mean might more most much must my name need new newest no nor not now number of off often on one only or other
    our out over own part people per possible research review reviews role safe same say says she should show shows side since so some still studies study
    such summarise summarize take tell than that the their them then there these they this those through to too trial trials under until up upon us use used
    using versus very vs want was we were what what's when where whether which while who whom whose why will with within without work works would you your
    """.split()
)
#: A language a line: its code, then its most frequent function words, folded.
_FOREIGN = Path(__file__).parent.parent / "data" / "function_words.txt"
_SURE = 0.5  # the identifier's least probability for another language when one foreign sign is there


def language_of(question: str, known: Callable[[str], bool] = lambda word: False) -> str:
    """The language of a question as an ISO 639-1 code; "en" whenever nothing speaks for another. `known` says whether the collection has a word."""
    letters = [char for char in question if char.isalpha()]
    foreign = Counter(name for char in letters if (name := _script(char)))
    if letters and foreign.total() / len(letters) > 0.3:
        likely = _SCRIPTS[foreign.most_common(1)[0][0]]
        if "HIRAGANA" in foreign or "KATAKANA" in foreign:
            return "ja"
        guess = _identify(question)[0]
        return guess if guess in _NAMES and guess != "en" and _written_in(guess) == _written_in(likely) else likely
    words = [fold(word) for word in _WORD.findall(question)]
    counts = {code: sum(word in held for word in words) for code, held in _foreign().items()}
    most = max(counts.values(), default=0)
    english = sum(word in _ENGLISH for word in words)
    strange = sum(not word.isascii() and word[0].islower() for word in _WORD.findall(unicodedata.normalize("NFC", question)))
    if not most and not strange:
        return "en" if english or not words else _unmarked(question, words, known)
    if english > most + strange or (english and english >= most and not strange):
        return "en"
    code, probability = _identify(question)
    leading = [name for name, count in counts.items() if count == most and most]
    if code != "en" and (probability >= _SURE or code in leading):
        return code if code in _NAMES else leading[0] if leading else "en"
    return leading[0] if most and most + strange > english + 1 else "en"


def language_name(code: str) -> str:
    """The English name of a language."""
    return _NAMES.get(code, code)


def _unmarked(question: str, words: list[str], known: Callable[[str], bool]) -> str:
    """A question without a function word of any language: another language only when the identifier is certain and no word is the collection's."""
    if len(words) < 3 or sum(known(word) for word in words) * 2 > len(words):
        return "en"
    code, probability = _identify(question)
    return code if code in _NAMES and probability >= 0.99 else "en"


def _script(char: str) -> str:
    """The foreign script of a letter, or "" (a lone Greek letter is a symbol in English: α, μ)."""
    if ord(char) < 0x250:
        return ""
    name = unicodedata.name(char, "").split(" ", 1)[0]
    return name if name in _SCRIPTS else ""


def _written_in(code: str) -> str:
    groups = ({"ru", "uk", "bg", "sr"}, {"ar", "fa", "ur"}, {"zh", "ja"})
    return next((min(group) for group in groups if code in group), code)


@cache
def _foreign() -> dict[str, frozenset[str]]:
    lines = _FOREIGN.read_text(encoding="utf-8").splitlines()
    return {code: frozenset(words.split()) - _ENGLISH for code, _, words in (line.partition(":") for line in lines)}


def _identify(text: str) -> tuple[str, float]:
    """The identifier's first guess and its probability (py3langid, 97 languages)."""
    code, probability = _identifier().classify(text)
    return str(code), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
