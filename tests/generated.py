"""How many inputs the generated tests make, and the count of those that they really made.

Two profiles: `quick` for every run, the same inputs each time, and `nightly` (`pytest --hypothesis-profile nightly`) with
new inputs each night. A test that sets its own number gives it as a share of the profile's, with `share`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from services.problems import Problem, ProblemError
from tests.tally import count

QUICK, NIGHTLY = 20, 500
"""Inputs for each test with a number of its own."""

Result = TypeVar("Result")

_MARK = "counted by tests.generated"


def share(part: float) -> settings:
    """Fewer inputs than other tests make, where one takes long; or more, where one takes next to nothing."""
    return settings(max_examples=max(1, round(_profile().max_examples * part)))


def _profile() -> settings:
    found = settings.default
    assert found is not None
    return found


def profiles() -> None:
    """Makes the profiles known; nothing is ever timed, because machines are slow at times."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile(
        "quick", deadline=None, max_examples=QUICK, derandomize=True, suppress_health_check=slow
    )
    settings.register_profile("nightly", deadline=None, max_examples=NIGHTLY, suppress_health_check=slow)
    settings.load_profile("quick")


def counted(test: Callable[..., Any]) -> Callable[..., Any]:
    """The test of one input, which adds to the sum when it is through: an input that it turned away is none."""

    @functools.wraps(test)
    def one(*arguments: Any, **values: Any) -> Any:
        result = test(*arguments, **values)
        count("inputs generated")
        return result

    setattr(one, _MARK, True)
    return one


def tried(work: Callable[[], Result]) -> Result | Problem:
    """What the work gives, or the problem for which it refuses."""
    try:
        return work()
    except ProblemError as error:
        return error.problem


class Plugin:
    """Counts every input of every test that generates some; hypothesis offers `inner_test` to test runners for such a use."""

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Puts the counting in front of each test, once, however often the test is parametrized."""
        for item in items:
            handle = getattr(getattr(item, "obj", None), "hypothesis", None)
            if handle is not None and not hasattr(handle.inner_test, _MARK):
                handle.inner_test = counted(handle.inner_test)
