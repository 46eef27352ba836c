"""From answers to alarms: when there are any, for whom, and what a set-up is told that cannot have them."""

from __future__ import annotations

import pytest

from services.alarm_answers import alarms, recorded
from services.answers import Answers, missing, problems
from services.model.alarm_patterns import WATCHES
from services.questions import BY_KEY
from services.verify.alarms import left_out
from tests.alarmed import EMAIL, names_of
from tests.world import ACCOUNT, sample

TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/management"


def answers(**values: object) -> Answers:
    """Answers as a setup file would give them; `hardening.trail` and the like by their last word."""
    known = {"alarms": True, "alarm_email": EMAIL, "trail": "create", "data_events": "all", **values}
    given = {f"hardening.{key}": value for key, value in known.items() if value is not None}
    return Answers({**sample().given, **given})  # type: ignore[dict-item] # values of the right kinds


def made(given: Answers) -> set[str]:
    return {part.name for part in alarms(given, names_of(given))}


def test_without_alarms_there_is_nothing() -> None:
    assert made(answers(alarms=False)) == set()
    assert made(answers(alarms=None)) == set()


def test_a_set_up_with_alarms_has_a_filter_and_an_alarm_for_each() -> None:
    whats = {watch.what for watch in WATCHES}
    expected = {"topic", "subscription", *(f"alarm-{w}" for w in whats), *(f"filter-{w}" for w in whats)}
    assert made(answers()) == expected
    assert len(expected) == 2 + 2 * 8


@pytest.mark.parametrize("events", ["off", "write"])
def test_what_could_never_ring_is_left_out_and_said(events: str) -> None:
    given = answers(data_events=events)
    lines = left_out(given)
    gone = {check.id.removeprefix("config.alarm-").removesuffix(".exists") for check in lines}
    assert made(answers()) - made(given) == {
        f"{kind}-{what}" for kind in ("alarm", "filter") for what in gone
    }
    assert "read" in gone
    for check in lines:
        assert check.status == "skipped"
        assert f"data_events is {events}" in check.evidence
        assert check.evidence.endswith(".")
        assert "hardening.data_events" in check.remedy


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    assert left_out(answers()) == ()
    assert left_out(answers(alarms=False, data_events="off")) == ()
    assert recorded(answers()) == "all"


def test_a_given_trail_is_watched_by_its_own_name() -> None:
    for trail, name in (("create", "palisade-acme-sandbox"), (TRAIL, "management")):
        given = answers(trail=trail)
        (part,) = [part for part in alarms(given, names_of(given)) if part.name == "filter-trail"]
        assert part.create is not None
        assert f'name="{name}")' in str(part.create.params["filterPattern"])


def test_the_role_is_watched_with_its_path() -> None:
    given = answers().with_(role__path="/teams/desk/", role__name="Writer")
    (part,) = [part for part in alarms(given, names_of(given)) if part.name == "filter-foreign-write"]
    assert part.create is not None
    assert f"arn:aws:iam::{ACCOUNT}:role/teams/desk/Writer" in str(part.create.params["filterPattern"])


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"trail": "off"}, "hardening.alarms"),
        ({"trail": TRAIL.replace("eu-west-1", "us-east-1")}, "hardening.alarms"),
        ({"alarm_email": None}, "hardening.alarm_email"),
    ],
)
def test_alarms_need_a_trail_that_is_near_and_somebody_to_tell(values: dict[str, object], where: str) -> None:
    (problem,) = problems(answers(**values))
    assert problem.where == where
    assert problem.remedy
    assert problems(answers(alarms=False, **values)) == ()


def test_what_goes_together() -> None:
    assert problems(answers()) == ()
    assert problems(answers(trail=TRAIL)) == ()
    assert missing(answers(alarm_email=None)) == ("hardening.alarm_email",)


@pytest.mark.parametrize(
    ("environment", "trail", "default"),
    [
        ("production", "create", True),
        ("production", TRAIL, True),
        ("production", "off", False),
        ("sandbox", "create", False),
    ],
)
def test_alarms_are_proposed_in_production_where_there_is_a_trail(
    environment: str, trail: str, default: bool
) -> None:
    given = {"setup.environment": environment, "hardening.trail": trail}
    assert BY_KEY["hardening.alarms"].default(given) is default
