"""What the API's handlers take: who asks, and parameters with their bounds and examples."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, Field

from corpus import Role, Scope
from corpus.catalogue import SORTS
from ui.engine import MOST_HITS
from ui.web.people import Person, require

_MOST_FILTERS = 50
_LONGEST_FILTER = 1_000
_MOST_RECORDS = 500  # on a page
_FAR = 100_000_000


def by(scope: Scope, role: Role = Role.READER) -> Any:
    """A dependency: the person who asks, who has the role, and whose token the scope."""

    def who(request: Request) -> Person:
        return require(request, role, scope)

    return Depends(who)


def _plain(text: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it holds a character that is none (NUL, or half of a surrogate pair)")
    return text


#: Text that databases and indexes can hold.
Plain = Annotated[str, AfterValidator(_plain)]
#: One filter as people write it.
FilterText = Annotated[str, AfterValidator(_plain), Field(max_length=_LONGEST_FILTER)]
Reader = Annotated[Person, by(Scope.READ)]
Asker = Annotated[Person, by(Scope.ASK)]
Judge = Annotated[Person, by(Scope.JUDGE, Role.LIBRARIAN)]

Filters = Annotated[
    list[FilterText],
    Query(
        alias="filter",
        max_length=_MOST_FILTERS,
        description="Only these records: `field op value`, op one of = != >= <= ~, values with | for or; repeated for and.",
        examples=[["year>=2015", "substances=ketamine|esketamine"]],
    ),
]
Hits = Annotated[int, Query(alias="k", ge=1, le=MOST_HITS, description="How many records at most.")]
Words = Annotated[Plain, Query(alias="q", min_length=1, max_length=2_000, description="What to look for.", examples=["ketamine and depression"])]
Config = Annotated[Plain | None, Query(max_length=100, description="A search configuration other than the one in force; for librarians.")]
Revision = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="As it was at this revision of the library.")]
Sort = Annotated[
    str,
    Query(pattern=f"^-?({'|'.join(SORTS)})$", description=f"{', '.join(SORTS)}; a minus sign before one turns it round. year: newest first."),
]
Start = Annotated[int, Query(ge=0, le=_FAR, description="How many records to pass over first.")]
Size = Annotated[int, Query(ge=0, le=_MOST_RECORDS, description="How many records at most.")]
