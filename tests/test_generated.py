"""The count of generated inputs: each that a test was given and took, once, and none that it turned away."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import tally
from tests.generated import _MARK, NIGHTLY, QUICK, counted, share
from tests.tally import _DONE

KIND: tally.Kind = "inputs generated"
SEEN: list[int] = []


@share(0.2)
@given(number=st.integers())
@pytest.mark.parametrize("part", ["first", "second"])
def test_inputs_are_counted(part: str, number: int) -> None:
    SEEN.append(_DONE[KIND])


def test_each_input_was_counted_once() -> None:
    assert len(SEEN) >= 2 * QUICK * 0.2 - 2
    assert [later - before for before, later in itertools.pairwise(SEEN)] == [1] * (len(SEEN) - 1)
    assert hasattr(getattr(test_inputs_are_counted, "hypothesis").inner_test, _MARK)  # noqa: B009


def test_an_input_that_is_turned_away_does_not_count() -> None:
    def turns_away() -> None:
        raise ValueError

    before = _DONE[KIND]
    with pytest.raises(ValueError, match=r"^$"):
        counted(turns_away)()
    assert _DONE[KIND] == before


def test_there_are_more_at_night() -> None:
    assert NIGHTLY > 10 * QUICK
