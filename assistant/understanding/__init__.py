"""Understanding a question before anything is searched: its language, what it refers back to, whether the catalogue answers it, whether it
asks for advice. Rules only, against the collection's own vocabulary; nothing here knows a substance or a topic."""

from assistant.understanding.advice import ADVICE_NOTE, asks_for_advice, harm_sentence, names_harm
from assistant.understanding.catalogue_answer import Records, answer_from_catalogue
from assistant.understanding.catalogue_question import CatalogueQuestion, read_catalogue_question
from assistant.understanding.followups import Resolved, Turn, resolve
from assistant.understanding.language import language_name, language_of
from assistant.understanding.parts import Part, parts_of
from assistant.understanding.spelling import respell
from assistant.understanding.terms import Mention, Terms

__all__ = [
    "ADVICE_NOTE",
    "CatalogueQuestion",
    "Mention",
    "Part",
    "Records",
    "Resolved",
    "Terms",
    "Turn",
    "answer_from_catalogue",
    "asks_for_advice",
    "harm_sentence",
    "language_name",
    "language_of",
    "names_harm",
    "parts_of",
    "read_catalogue_question",
    "resolve",
    "respell",
]
