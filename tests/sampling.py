"""What of a long list of cases runs in every run, and what at night."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import pytest
from _pytest.mark.structures import ParameterSet


def moments(writes: int) -> list[tuple[int, Literal["before", "after"]]]:
    """Before and after each of so many writes, which are counted from one."""
    return [(nth, when) for nth in range(1, writes + 1) for when in ("before", "after")]


def every(nth: int, cases: Iterable[Any], *, start: int = 0) -> list[ParameterSet]:
    """All cases for `parametrize`, a tuple for several arguments; all but every nth, from `start`, carry the mark `slow`."""
    return [case if n % nth == start % nth else _at_night(case) for n, case in enumerate(map(_as_set, cases))]


def _as_set(case: Any) -> ParameterSet:
    if isinstance(case, ParameterSet):
        return case
    return pytest.param(*case) if isinstance(case, tuple) else pytest.param(case)


def _at_night(case: ParameterSet) -> ParameterSet:
    return pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id)
