"""Full text goes only to those whom the record's access lets read it: whatever the format, the list or the way."""

from __future__ import annotations

import pytest

from corpus import Library, Review, Role, as_read_by, is_withheld, may_read_full_text
from corpus.exporting import FORMATS, export_from
from tests.corpus.making import put, review

SECRET = "Zanzibar full text"


@pytest.fixture
def filled(library: Library) -> Library:
    put(
        library,
        *(
            review(access, f"On {access}", sections=[f"{SECRET} of {access}."], section_titles=["Methods"], access=access)
            for access in ("open", "members", "snippet")
        ),
    )
    source = {"format": "jats", "raw": SECRET}
    put(library, review("bare", sections=[f"{SECRET} of bare."], access="snippet", source=source, other_sources=[source]))
    return library


@pytest.mark.parametrize(
    ("access", "role", "reads"),
    [
        ("open", Role.READER, True),
        ("members", Role.READER, False),
        ("members", Role.MEMBER, True),
        ("snippet", Role.MEMBER, False),
        ("snippet", Role.LIBRARIAN, True),
        ("snippet", Role.ADMIN, True),
    ],
)
def test_who_reads_what(access: str, role: Role, reads: bool) -> None:
    record = Review.model_validate({"id": "a", "access": access, "sections": [SECRET], "abstract": "Open to all."})
    assert may_read_full_text(record, role) is reads
    assert is_withheld("sections[0]", record, role) is not reads
    assert not is_withheld("abstract", record, role)
    shown = as_read_by(record, role)
    assert (shown.sections == (SECRET,)) is reads
    assert shown.abstract == "Open to all."


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("role", "held"), [(Role.READER, {"open"}), (Role.MEMBER, {"open", "members"}), (Role.ADMIN, {"open", "members", "snippet", "bare"})])
def test_no_export_carries_full_text_to_whom_it_is_not_for(filled: Library, format: str, role: Role, held: set[str]) -> None:
    filled.lists.create("All")
    filled.lists.add("All", ["open", "members", "snippet", "bare"])
    for given in ({}, {"list_name": "All"}, {"ids": ["open", "members", "snippet", "bare"]}):
        export = export_from(filled, format, role=role, **given)  # type: ignore[arg-type]
        text = "".join(export.chunks)
        for name in {"open", "members", "snippet", "bare"} - held:
            assert f"of {name}." not in text
            assert f"of%20{name}." not in text
        if format in ("markdown", "jsonl"):
            assert all(f"{SECRET} of {name}." in text for name in held)
        assert export.count == 4
        assert any("full text" in note for note in export.notes) is (len(held) < 4)


def test_without_a_role_an_export_is_what_a_reader_gets(filled: Library) -> None:
    assert "of snippet." not in "".join(export_from(filled, "jsonl").chunks)
