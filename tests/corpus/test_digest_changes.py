"""What a digest tells of a stretch of revisions: every record once, with its own words, and nothing that came and went in between."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import InputError, Library, Status, UsageError, parse_filter
from corpus.digest import changes, changes_since, revision_before
from corpus.digest.changes import Digest, Entry
from corpus.review import Notice
from tests.corpus.making import put, review

pytestmark = pytest.mark.both_databases

SUMMARY = "Ketamine helped within a day."


def kinds(digest: Digest) -> dict[str, str]:
    return {entry.review_id: entry.kind for entry in digest.entries}


def edit(library: Library, review_id: str, **fields: object) -> None:
    library.edit(review_id, fields, base_revision=library.get(review_id).revision)


@pytest.fixture
def filled(library: Library) -> Library:
    put(
        library,
        review("mice", "On mice", year=2019, authors=["Mus"], summary=SUMMARY, facets={"topics": ["depression", "pain"], "substances": ["ketamine"]}),
        review("men", "On men", year=2021, authors=["Vir"], findings=["Mood rose.", "Sleep fell."], facets={"topics": ["anxiety"]}),
        review("cats", "On cats", abstract="Cats were asked, e.g. by post, and they did not answer. Then they left."),
        review("dogs", "On dogs", year=2020),
    )
    return library


def test_new_records_stand_by_topic_with_their_own_words(filled: Library) -> None:
    digest = changes_since(filled, 0)
    assert [(entry.section, entry.review_id) for entry in digest.entries] == [("anxiety", "men"), ("depression", "mice"), ("", "dogs"), ("", "cats")]
    assert (digest.counts, digest.more, digest.since, digest.until) == ({"new": 4}, 0, 0, 1)
    words = {entry.review_id: entry.cited and (entry.cited.field, entry.cited.quote) for entry in digest.entries}
    assert words == {
        "mice": ("summary", SUMMARY),
        "men": ("findings[0]", "Mood rose."),
        "cats": ("abstract", "Cats were asked, e.g. by post, and they did not answer."),
        "dogs": None,
    }
    mice = next(entry for entry in digest.entries if entry.review_id == "mice")
    assert (mice.lead, mice.also, mice.year) == ("Mus, 2019:", ("pain",), 2019)
    assert [Entry.from_dict(entry.as_dict()) for entry in digest.entries] == list(digest.entries)
    assert changes_since(filled, 1).entries == ()
    assert [entry.section for entry in changes_since(filled, 0, by="substances").entries] == ["ketamine", "", "", ""]


def test_what_became_of_a_record_is_told_once_and_the_gravest_first(filled: Library) -> None:
    since = filled.revision()
    edit(filled, "mice", summary="Ketamine helped within a week.", findings=["New."])
    edit(filled, "cats", keywords=["cat"], facets={"topics": ["pain"]})
    edit(filled, "dogs", notices=[Notice(type="concern", text="Looked into", date="2026-01-02")])
    filled.set_status("men", Status.RETRACTED, note="Made up")
    put(filled, review("gone", "Came and went", summary="x"), review("bad", "Came in retracted", summary="Not to be cited.", status="retracted"))
    filled.set_status("gone", Status.WITHDRAWN)
    digest = changes_since(filled, since)
    assert [(entry.review_id, entry.kind) for entry in digest.entries] == [
        ("men", "retracted"), ("bad", "retracted"), ("dogs", "notice"), ("mice", "changed"),
    ]  # fmt: skip
    told = {entry.review_id: entry for entry in digest.entries}
    assert told["mice"].parts == ("summary", "findings")
    assert told["mice"].cited is not None
    assert told["mice"].cited.quote == "Ketamine helped within a week."
    assert (told["men"].cited, told["men"].lead, told["men"].notices) == (None, "Retracted.", ("Retraction: Made up",))
    assert told["bad"].cited is None
    assert told["dogs"].notices == ("Expression of concern (2026-01-02): Looked into",)

    later = filled.revision()
    filled.set_status("men", Status.CURRENT)
    filled.set_status("mice", Status.WITHDRAWN, note="Superseded by the update")
    assert kinds(changes_since(filled, later)) == {"men": "back", "mice": "withdrawn"}
    assert next(entry.lead for entry in changes_since(filled, later).entries if entry.review_id == "mice") == "Withdrawn: Superseded by the update"
    assert kinds(changes_since(filled, since)) == {"bad": "retracted", "dogs": "notice", "mice": "withdrawn"}, "men is where it was"


def test_a_filter_narrows_whatever_the_status(filled: Library) -> None:
    since = filled.revision()
    filled.set_status("mice", Status.WITHDRAWN)
    filled.set_status("men", Status.WITHDRAWN)
    chosen = parse_filter(["topics=depression"], filled.vocabulary)
    assert kinds(changes_since(filled, since, chosen)) == {"mice": "withdrawn"}
    assert changes_since(filled, since, chosen).filters == ("topics=depression",)


def test_a_merged_record_is_told_of_through_its_heir(filled: Library) -> None:
    put(filled, review("mice-2", "On mice", year=2019, authors=["Mus"], abstract="An abstract that the other lacks."))
    since = filled.revision()
    filled.duplicates.merge("mice", "mice-2")
    assert kinds(changes_since(filled, since)) == {"mice": "changed"}


def test_more_than_an_issue_holds_is_counted(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    digest = changes_since(filled, 0)
    assert (sorted(kinds(digest)), digest.more, digest.counts) == (["dogs", "men"], 2, {"new": 4})


def test_a_date_is_the_beginning_of_its_day(filled: Library) -> None:
    assert revision_before(filled, "2020-01-01") == 0
    assert revision_before(filled, "2999-12-31T23:00:00+01:00") == filled.revision()
    for wrong in ("yesterday", "2026-13-01", ""):
        with pytest.raises(InputError, match="no date"):
            revision_before(filled, wrong)


def draft(library: Library) -> int:
    return library.issues.create(changes_since(library, 0), "What is new", "ann").number


def test_an_edit_changes_title_order_and_leads_but_no_quote(filled: Library) -> None:
    issue = filled.issues.get(draft(filled))
    assert (issue.published, issue.version) == (False, 1)
    first, *rest = issue.digest.entries
    from dataclasses import replace

    cheat = replace(first, lead="  Our  own words: ", cited=None, title="Another", left_out=False)
    hidden = replace(rest[0], left_out=True)
    saved = filled.issues.save(1, 1, title=" A  week ", introduction="Dear reader", entries=[*rest[1:], cheat, hidden], actor="bob")
    assert (saved.title, saved.introduction, saved.version, saved.actor) == ("A week", "Dear reader", 2, "bob")
    kept = {entry.review_id: entry for entry in saved.digest.entries}
    assert kept[first.review_id] == replace(first, lead="Our own words:")
    assert hidden.review_id not in [entry.review_id for entry in saved.entries]
    assert [entry.review_id for entry in saved.digest.entries] == [each.review_id for each in (*rest[1:], cheat, hidden)]


def test_two_editors_and_published_issues(filled: Library) -> None:
    number = draft(filled)
    issue = filled.issues.get(number)
    values = {"title": "T", "introduction": "", "entries": issue.digest.entries}
    filled.issues.save(number, 1, **values, actor="ann")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="ann has saved issue 1 since"):
        filled.issues.save(number, 1, **values, actor="bob")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="still a draft"):
        draft(filled)
    for wrong in ({"title": ""}, {"title": "x" * 201}, {"introduction": "x" * 20_001}, {"entries": issue.digest.entries[1:]}):
        with pytest.raises(InputError):
            filled.issues.save(number, 2, **values | wrong, actor="bob")  # type: ignore[arg-type]
    assert filled.issues.last_published() is None
    filled.issues.publish(number, 2, "ann")
    published = filled.issues.last_published()
    assert published is not None
    assert (published.number, published.published_by, published.published) == (1, "ann", True)
    for refused in (lambda: filled.issues.save(number, 3, **values, actor="a"), lambda: filled.issues.delete(number), lambda: filled.issues.publish(1, 3, "a")):  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="has been published"):
            refused()


def test_a_draft_takes_in_what_came_later_and_keeps_the_editors_work(filled: Library) -> None:
    number = draft(filled)
    issue = filled.issues.get(number)
    from dataclasses import replace

    reordered = [replace(entry, lead=f"Mine, {entry.review_id}:", left_out=entry.review_id == "dogs") for entry in reversed(issue.digest.entries)]
    filled.issues.save(number, 1, title="T", introduction="", entries=reordered, actor="ann")
    filled.set_status("mice", Status.WITHDRAWN)
    edit(filled, "cats", abstract="They came back.")
    put(filled, review("owls", "On owls", summary="Owls see.", facets={"topics": ["anxiety"]}))
    fresh = filled.issues.refresh(number, 2, changes_since(filled, 0), "ann")
    assert [(entry.review_id, entry.lead, entry.left_out) for entry in fresh.digest.entries] == [
        ("cats", "Mine, cats:", False), ("dogs", "Mine, dogs:", True), ("men", "Mine, men:", False), ("owls", "On owls:", False),
    ]  # fmt: skip
    assert fresh.digest.entries[0].cited is not None
    assert fresh.digest.entries[0].cited.quote == "They came back."
    assert fresh.digest.until == filled.revision()


@given(order=st.permutations(range(4)), left=st.sets(st.integers(0, 3)), leads=st.lists(st.text(max_size=20), min_size=4, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_an_editor_does_every_quote_is_its_records_own(filled: Library, order: list[int], left: set[int], leads: list[str]) -> None:
    from dataclasses import replace

    held = filled.issues.draft() or filled.issues.get(draft(filled))
    entries = [replace(held.digest.entries[at], lead=leads[at], left_out=at in left) for at in order]
    saved = filled.issues.save(held.number, held.version, title="T", introduction="", entries=entries, actor="ann")
    assert [entry.review_id for entry in saved.digest.entries] == [entry.review_id for entry in entries]
    for entry in saved.digest.entries:
        if entry.cited:
            shown = filled.get(entry.review_id, entry.cited.revision).field_text(entry.cited.field)[entry.cited.start : entry.cited.end]
            assert shown == entry.cited.quote
