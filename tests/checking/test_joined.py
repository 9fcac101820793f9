"""How the two answers of the model become one score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.model import joined

SHARE = st.floats(0.0, 1.0)


@given(SHARE, SHARE, SHARE)
def test_a_share_that_rises_with_either_answer(related: float, stance: float, more: float) -> None:
    score = float(joined(related, stance))
    assert 0 <= score <= 1
    assert float(joined(max(related, more), stance)) >= score - 1e-12
    assert float(joined(related, max(stance, more))) >= score - 1e-12


def test_nothing_without_both() -> None:
    assert joined(0.0, 1.0) == joined(1.0, 0.0) == 0
    assert joined(1.0, 1.0) == 1


def test_arrays_as_numbers() -> None:
    related, stance = np.array([0.2, 0.9]), np.array([0.7, 0.4])
    assert joined(related, stance) == pytest.approx([joined(0.2, 0.7), joined(0.9, 0.4)])
