"""The Library page without a browser: its address is its state, what it shows for one, lists and saved searches made from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Library, Role, Status, UnavailableError
from tests.corpus.making import put, review
from ui.web.library_html import export_html, facets_html, found_html, results_html
from ui.web.library_page import LibraryPage
from ui.web.library_state import ORDERS, SIZE, State
from ui.web.library_view import look
from ui.web.people import Person

ANN, READER = Person("ann", Role.MEMBER), Person("eve", Role.READER)
FILTERS = st.sampled_from(["year>=2020", "year<=2021", "topics=sleep|pain & more", "kind!=guideline", "title~a=b?&#", "status=withdrawn"])
STATES = st.builds(
    State,
    words=st.text(max_size=30).map(lambda text: " ".join(text.split())),
    chosen=st.lists(FILTERS, unique=True, max_size=4).map(tuple),
    sort=st.sampled_from(["", *ORDERS[1:]]),
    start=st.integers(0, 10_000_000),
)


@given(STATES)
def test_an_address_says_the_state_and_is_read_back(state: State) -> None:
    assert State.of(state.query()) == state
    assert State.of(state.query().removeprefix("?") + " ") == state


@given(st.text(max_size=200))
def test_whatever_an_address_says_there_is_a_state(text: str) -> None:
    State.of(text)
    State.of("?q=%ff&f=&start=-1&start=x&sort=nothing&f=" + text)


def test_values_and_years_are_put_in_and_taken_out() -> None:
    state = State(start=50).toggled("topics", "sleep").toggled("topics", "pain").with_year(">=", 2020)
    assert state.chosen == ("topics=sleep|pain", "year>=2020")
    assert (state.start, state.values("topics"), state.year(">="), state.year("<=")) == (0, ["sleep", "pain"], 2020, 0)
    assert state.toggled("topics", "sleep").chosen == ("year>=2020", "topics=pain")
    assert state.with_year(">=", 0).without("topics=sleep|pain").chosen == ()


@pytest.fixture
def filled(library: Library) -> Library:
    records = [
        review(f"r{number:02}", f"Sleep {number}", year=1990 + number, facets={"topics": ["sleep" if number % 2 else "anxiety"]}) for number in range(30)
    ]
    put(library, *records, review("none", "No year <b>at</b> all", facets={"topics": ["sleep"], "kind": ["guideline"]}, summary="Words & <i>more</i>."))
    put(library, review("closed", "Closed", sections=["Open first. Zanzibar slept. Last of all."], access="snippet"))
    library.set_status("r29", Status.RETRACTED, note="Made up")
    return library


def hit(review_id: str, field: str, text: str, start: int = 0) -> dict[str, Any]:
    return {"review_id": review_id, "field": field, "start": start, "end": start + len(text), "text": text, "others": []}


def searching(*hits: Mapping[str, Any]) -> Any:
    asked: list[Any] = []

    def search(words: str, filters: Sequence[str]) -> Mapping[str, Any]:
        asked.append((words, list(filters)))
        return {"hits": list(hits), "left_out": 0}

    return search


def ids(html: str) -> list[str]:
    return re.findall(r'class="fl-title"><a href="/review/([^"]+)"', html)


def test_browsing_counts_sorts_and_pages(filled: Library) -> None:
    first = look(filled, searching(), State(), Role.READER)
    assert first.total == 31
    assert [record.id for record in first.reviews][:2] == ["r28", "r27"]
    assert dict(first.counts["topics"]) == {"sleep": 15, "anxiety": 15}
    second = look(filled, searching(), State(start=SIZE), Role.READER)
    assert len(second.reviews) == 31 - SIZE
    assert look(filled, searching(), State(start=9_999), Role.READER).state.start == SIZE, "beyond the end is the last page"
    by_title = look(filled, searching(), State(sort="title"), Role.READER)
    assert by_title.reviews[0].id == "closed"
    years = look(filled, searching(), State(chosen=("year>=2018",)), Role.READER)
    assert (years.total, years.left_out) == (1, 2)


def test_a_second_value_can_be_chosen_beside_the_first(filled: Library) -> None:
    shown = look(filled, searching(), State(chosen=("topics=sleep",)), Role.READER)
    assert shown.total == 15
    assert dict(shown.counts["topics"]) == {"sleep": 15, "anxiety": 15}
    assert dict(shown.counts["kind"]) == {"guideline": 1}
    facets = facets_html(shown)
    assert 'href="/library?f=topics=sleep|anxiety"' in facets.replace("%7C", "|")
    assert "aria-current" in facets


def test_words_go_to_the_search_and_its_order_is_kept_unless_another_is_asked_for(filled: Library) -> None:
    search = searching(hit("r03", "title", "Sleep 3"), hit("r07", "title", "Sleep 7"), hit("r05", "title", "Sleep 5"))
    best = look(filled, search, State("deep sleep", ("topics=sleep",)), Role.READER)
    assert [record.id for record in best.reviews] == ["r03", "r07", "r05"]
    assert dict(best.counts["topics"]) == {"sleep": 3}
    newest = look(filled, search, State("deep sleep", sort="year"), Role.READER)
    assert [record.id for record in newest.reviews] == ["r07", "r05", "r03"]
    assert look(filled, searching(), State("nothing"), Role.READER).total == 0


def test_without_an_index_words_are_looked_for_in_the_catalogue_and_that_is_said(filled: Library) -> None:
    def none(words: str, filters: Sequence[str]) -> Mapping[str, Any]:
        raise UnavailableError("the search data has not been made yet", remedy="Run `florilegium sync`")

    shown = look(filled, none, State("year"), Role.READER)
    assert [record.id for record in shown.reviews] == ["none"]
    assert "florilegium sync" in found_html(shown).replace("&#96;", "`")


def test_what_a_page_shows_is_escaped_and_leads_to_the_words_found(filled: Library) -> None:
    shown = look(filled, searching(hit("none", "summary", "Words & <i>more</i>.")), State("words"), Role.READER)
    page = results_html(shown, ANN, frozenset())
    assert "<b>" not in page
    assert "<i>more" not in page
    assert f"/review/none?at=summary:0-20&amp;rev={filled.get('none').revision}#marked" in page
    assert 'data-id="none"' in page
    assert "fl-pick" not in results_html(shown, READER, None)
    nasty = State("<script>", ('title~"><img src=x>',))
    everything = look(filled, searching(), nasty, Role.READER)
    for made in (found_html(everything), facets_html(everything), results_html(everything, ANN), export_html(nasty)):
        assert "<script" not in made
        assert "<img" not in made


@pytest.mark.parametrize(("role", "shown"), [(Role.MEMBER, False), (Role.LIBRARIAN, True)])
def test_a_passage_of_withheld_text_is_one_sentence_and_leads_no_further(filled: Library, role: Role, shown: bool) -> None:
    passage = hit("closed", "sections[0]", "Open first. Zanzibar slept. Last of all.")
    passage["others"] = [hit("closed", "sections[0]", "Last of all.", 28)]
    page = results_html(look(filled, searching(passage), State("zanzibar"), role), Person("x", role))
    assert "Zanzibar slept" in page
    assert ("Last of all" in page) is shown
    assert ("sections" in page) is shown


def test_a_filter_that_cannot_be_read_is_told_and_nothing_else_is_lost(filled: Library) -> None:
    shown = look(filled, searching(), State("words", ("colour=red",)), Role.READER)
    assert "colour" in found_html(shown)
    assert shown.state.words == "words"
    near = look(filled, searching(), State(chosen=("topics=slep",)), Role.READER)
    assert "sleep" in results_html(near, ANN)


class Data:
    """As much of an engine as the page asks."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> Mapping[str, Any]:
        return {"hits": [hit("r03", "title", "Sleep 3"), hit("none", "title", "x")], "left_out": 0}


def test_records_are_put_on_lists_and_searches_saved_by_whoever_asks(filled: Library) -> None:
    desk = LibraryPage(Data(filled))  # type: ignore[arg-type]
    desk.pick("", "r01", ANN)
    assert filled.lists.get("To read", "ann").ids == ("r01",)
    desk.pick("To read", "r01", ANN)
    assert filled.lists.get("To read", "ann").ids == ()
    assert "fl-warn" in desk.pick("To read", "nobody", ANN)
    desk.add_all("Found", State("sleep"), ANN)
    assert filled.lists.get("Found", "ann").ids == ("r03", "none")
    desk.add_all("Painful", State(chosen=("topics=anxiety",), sort="-year"), ANN)
    assert filled.lists.get("Painful", "ann").ids[:2] == ("r00", "r02")
    assert "fl-warn" in desk.add_all(" ", State(), ANN)
    desk.save("Mine", State("deep sleep", ("topics=sleep",)), ANN)
    kept = filled.lists.get("Mine", "ann")
    assert (kept.words, kept.filters) == ("deep sleep", ("topics=sleep",))
    assert "fl-warn" in desk.save("Mine", State(), ANN)
    desk.save("Everything", State(), ANN)
    assert filled.lists.get("Everything", "ann").filters == ("status=current",)
    assert filled.lists.all("eve") == []
    assert desk.lists(ANN) == ["Found", "Painful", "To read"]
    assert desk.lists(READER) == []
    drawn = desk.drawn(State(start=10_000), ANN, "Painful")
    assert drawn[-1] == f"?start={SIZE}"
    assert 'aria-pressed="true"' in drawn[2]
