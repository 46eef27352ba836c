"""DURATION and TIME, as the contract has them: what is meant is understood, and anything else is one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from services.problems import Problem
from tests.generated import share, tried
from tests.mutations import SIGNS
from wizard.commands.verify import duration, time

UNITS = {"s": 1, "m": 60, "h": 3600}
FIRST, LAST = datetime(2000, 1, 1), datetime(2999, 1, 1)  # noqa: DTZ001 - a zone is drawn to them
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ANY = (
    st.text("0123456789smhTZ:-+. ", max_size=30)
    | st.from_regex(r"[0-9]{1,3}[a-z]", fullmatch=True)
    | st.text(max_size=12)
    | st.sampled_from(SIGNS)
)


@share(4)
@given(number=st.integers(0, 999_999), unit=st.sampled_from(sorted(UNITS)))
def test_a_duration_is_its_seconds(number: int, unit: str) -> None:
    assert duration(f" {number}{unit}\n") == number * UNITS[unit]


@share(4)
@given(moment=st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.one_of(st.none(), ZONES)))
def test_a_time_is_that_moment_in_utc(moment: datetime) -> None:
    found = time(moment.isoformat())
    assert found.utcoffset() == timedelta(0)
    assert found == (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@share(8)
@given(text=ANY)
def test_anything_else_is_one_sentence(text: str) -> None:
    length, moment = tried(lambda: duration(text)), tried(lambda: time(text))
    assert not isinstance(moment, datetime) or moment.utcoffset() == timedelta(0)
    for found, where in ((length, "--wait"), (moment, "--since")):
        if isinstance(found, Problem):
            assert (found.code, found.where) == ("usage", where)
            assert found.summary.endswith(".")
            assert found.remedy
