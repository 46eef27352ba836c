"""Each alarm rings for what it is there for, and for nothing else: the table of patterns against recorded events.

The judge of the patterns is not the program's own code (tests/filter_judge.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from services.model.alarm_patterns import WATCHES, Scene, Watch, unwatched
from services.model.filter_patterns import LONGEST, quoted
from services.model.values import Ref, bare, fill
from services.problems import ProblemError
from tests.alarm_rows import ROWS
from tests.alarmed import KEY_ID, LOG_KEY_ID, NAMES
from tests.cloudtrail_events import KIM, ROLE_ARN, Event, file
from tests.filter_judge import compiled, matches
from tests.world import ACCOUNT, BUCKET, ROLE

SCENE = Scene(ACCOUNT, BUCKET, ROLE, ROLE_ARN, NAMES.trail)
IDS: Mapping[Ref, str] = {Ref("key", "id"): KEY_ID, Ref("log_key", "id"): LOG_KEY_ID}
BY_WHAT = {watch.what: watch for watch in WATCHES}


def pattern_of(watch: Watch, scene: Scene = SCENE) -> str:
    return str(bare(fill(watch.pattern(scene), IDS.get)))


def ringing(record: Event, *, missing_differs: bool) -> set[str]:
    return {
        watch.what for watch in WATCHES if matches(pattern_of(watch), record, missing_differs=missing_differs)
    }


@pytest.mark.parametrize("missing_differs", [True, False])
@pytest.mark.parametrize(("what", "record", "rings"), ROWS, ids=[row[0] for row in ROWS])
def test_each_event_rings_the_alarms_that_it_should(
    what: str, record: Event, rings: str, missing_differs: bool
) -> None:
    assert ringing(record, missing_differs=missing_differs) == set(rings.split())


def test_every_alarm_rings_for_something() -> None:
    assert {what for row in ROWS for what in row[2].split()} == set(BY_WHAT)


def test_the_china_regions_end_their_sources_otherwise() -> None:
    record = file("DeleteObject", KIM, source="s3.amazonaws.com.cn")
    assert ringing(record, missing_differs=False) == {"deleted"}


def test_every_call_that_a_pattern_names_is_in_the_table() -> None:
    """So no name in a pattern is one that nobody looked at."""
    told = {(what, record["eventName"]) for _, record, rings in ROWS for what in rings.split()}
    unproven = {
        (watch.what, name)
        for watch in WATCHES
        for name in re.findall(r"eventName=(\w+)", pattern_of(watch))
        if (watch.what, name) not in told
    }
    assert unproven == set()


LONG = Scene(
    ACCOUNT,
    "b" * 63,
    "r" * 64,
    f"arn:aws-us-gov:iam::{ACCOUNT}:role/teams/custody/backups/{'r' * 64}",
    "t" * 128,
)


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.what)
def test_a_pattern_is_one_that_aws_takes_even_with_the_longest_names(watch: Watch) -> None:
    for scene in (SCENE, LONG):
        text = pattern_of(watch, scene)
        compiled(text)
        assert len(text) <= LONGEST
        assert "%" not in text, "between two of them would be a regular expression"


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a*", "a b", "a%b%", "{}", "", "naïve"])
def test_what_a_pattern_cannot_hold_is_refused_not_escaped(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        quoted(text)
    assert caught.value.problem.code == "invalid-answer"
    scene = Scene(ACCOUNT, BUCKET, ROLE, f"arn:aws:iam::{ACCOUNT}:role/{text}/{ROLE}", "t")
    if text:
        with pytest.raises(ProblemError):
            BY_WHAT["foreign-write"].pattern(scene)


def test_a_pattern_that_would_be_too_long_is_refused() -> None:
    path = "/".join(["p" * 60] * 8)
    scene = Scene(ACCOUNT, BUCKET, ROLE, f"arn:aws:iam::{ACCOUNT}:role/{path * 2}/{ROLE}", "t")
    with pytest.raises(ProblemError) as caught:
        BY_WHAT["foreign-write"].pattern(scene)
    assert "1024" in caught.value.problem.summary


@pytest.mark.parametrize(
    ("recorded", "left_out"),
    [("off", {"deleted", "read", "foreign-write"}), ("write", {"read"}), ("all", set())],
)
def test_an_alarm_that_could_never_ring_is_left_out(recorded: Any, left_out: set[str]) -> None:
    assert {watch.what for watch in unwatched(recorded)} == left_out


def test_what_needs_data_events_is_what_only_data_events_ring() -> None:
    """The table again: an alarm that needs none rings for a management event, one that does for none."""
    for watch in WATCHES:
        events = [record for _, record, rings in ROWS if watch.what in rings.split()]
        # DeleteObjects has no file in its record, but is recorded as a data event.
        management = [e for e in events if e.get("eventCategory", "Management") == "Management"]
        management = [e for e in management if e["eventName"] != "DeleteObjects"]
        assert bool(management) == (watch.needs == "off"), watch.what


# What Prowler 5 looks for in the patterns of a trail's log group: up to 5.46 in order, later in any


def in_order(source: str, *names: str) -> str:
    wanted = [rf"\$\.eventSource\s*=\s*.?{source}"] if source else []
    return ".+".join([*wanted, *(rf"\$\.eventName\s*=\s*.?{name}" for name in names)])


def anywhere(source: str, *names: str) -> str:
    wanted = [rf"(?=.*\$\.eventSource\s*=\s*.?{re.escape(source)})"] if source else []
    return "".join([*wanted, *(rf"(?=.*\$\.eventName\s*=\s*.?{name}\b)" for name in names)])


TRAIL_CALLS = ("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
BUCKET_CALLS = (
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketCors",
    "PutBucketLifecycle",
    "PutBucketReplication",
    "DeleteBucketPolicy",
    "DeleteBucketCors",
    "DeleteBucketLifecycle",
    "DeleteBucketReplication",
)
PROWLER = {
    "key": (
        in_order("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"),
        anywhere("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"),
    ),
    "bucket": (
        in_order("s3.amazonaws.com", *BUCKET_CALLS),
        anywhere("s3.amazonaws.com", *BUCKET_CALLS),
    ),
    "trail": (
        in_order("", *TRAIL_CALLS),
        anywhere("", *TRAIL_CALLS),
    ),
}


@pytest.mark.parametrize("what", sorted(PROWLER))
def test_auditors_find_what_they_look_for(what: str) -> None:
    for wanted in PROWLER[what]:
        assert re.search(wanted, pattern_of(BY_WHAT[what]), flags=re.DOTALL)
        assert not re.search(wanted, pattern_of(BY_WHAT["denied"]), flags=re.DOTALL)


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.what)
def test_every_alarm_says_what_it_watches_and_what_to_do(watch: Watch) -> None:
    assert watch.says[0].islower() or watch.says.startswith(("AWS", "KMS"))
    assert not watch.says.endswith(".")
    assert watch.then.endswith(".")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", watch.what)
    assert all(words.endswith(".") for words in watch.blind.values())


def test_the_judge_knows_aws_own_examples() -> None:
    """From the user guide of CloudWatch Logs, page "Filter pattern syntax"."""
    first = {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": "2"}],
        "users": [1, 2, 3],
    }
    for pattern, answer in (
        ('{ $.eventType = "UpdateTrail" }', True),
        ('{ $.sourceIPAddress != "123.123.*" }', True),
        ('{ $.sourceIPAddress = "111.111.*" }', True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[1] = "value" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.eventType NOT EXISTS }", False),
        ("{ $.users = 1 }", False),
        ("{ $.users != 1 }", False),
        ("{ $.eventType = *Trail }", True),
        ('{ $.eventType = "Up*Trail" }', False),
        ('{ $.eventType = "x" || $.arrayKey[0] = "value" && $.arrayKey[1] = "x" }', False),
        ('{ ($.eventType = "UpdateTrail" || $.arrayKey[0] = "x") && $.arrayKey[1] = "another value" }', True),
    ):
        assert matches(pattern, first, missing_differs=True) == answer, pattern


@pytest.mark.parametrize(
    "pattern", ["$.a = b", "{ $.a = }", "{ ($.a = b }", "{ a = b }", '{ $.a = "x"y" }', "{ $.a ~ b }", "{}"]
)
def test_the_judge_refuses_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        compiled(pattern)
