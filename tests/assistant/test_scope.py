"""What tells of scope alone, and what tells of a finding."""

from __future__ import annotations

import pytest

from assistant.scope import tells_of_scope


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Of 210 studies found by the search on mildew, 13 (n = 686) were included.", True),
        ("Nine of the 40 articles located in a systematic search dealt with vines.", True),
        ("The review asked how mildew spreads in glasshouses.", True),
        ("The review of mildew screened the literature to May 2021 and found 1,035 records.", True),
        ("From 1997 to 2018, the review of mildew found seven completed studies in vines.", True),
        ("Most of the studies in the review of mildew were observational.", True),
        ("Among the 31 studies of mildew, 15 were laboratory studies of higher quality.", True),
        ("No lower date limit was set for mildew.", True),
        ("The review of mildew in roses found two trials in which sulphur lowered the loss.", False),
        ("The search on mildew found a large effect of sulphur.", False),
        ("The analysis of nine trials (n = 596) found that sulphur lowered the loss of grapes by a third.", False),
        ("Sulphur lowered the loss of grapes more than water did (SMD -0.78).", False),
    ],
)
def test_what_a_search_found_is_scope_and_what_a_work_found_is_not(text: str, scope: bool) -> None:
    assert tells_of_scope(text) is scope
