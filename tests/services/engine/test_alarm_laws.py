"""The laws for the alarms: they converge, each drift is one step, a kill loses nothing, denied is not absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from services.engine.journal import Journal, written_ahead
from services.engine.steps_json import step_json
from services.events import Finished
from services.model.alarm_patterns import WATCHES
from services.model.calls import Aws
from services.model.operations import OPERATIONS, reads
from services.model.resource import calls_of
from tests.alarm_drifts import DRIFTS, ELSEWHERE, Change, alarm_with, topic_policy
from tests.alarmed import NAMES, OneOfAName, alarmed, journey, log_group, parts
from tests.ports import Crashed, Crashing, Denying, FakeClock, Recording, Throttling
from tests.sampling import every
from tests.world import ACCOUNT, Journey, addresses, do

COUNT = len(WATCHES)
WRITES = (
    "sns:CreateTopic",
    *("logs:PutMetricFilter" for _ in WATCHES),
    "sns:Subscribe",
    *("cloudwatch:PutMetricAlarm" for _ in WATCHES),
)
READS = sorted({call.name for part in parts() for call in calls_of(part) if reads(call)})


@pytest.fixture
def empty(aws: Aws) -> Aws:
    """An account with the trail's log group."""
    log_group(aws)
    return OneOfAName(aws)


@pytest.fixture
def done(empty: Aws) -> Journey:
    made = journey(empty)
    assert made.run().ok
    return made


def test_a_complete_apply_leaves_nothing_to_do(empty: Aws) -> None:
    recording = Recording(empty)
    made = journey(recording)
    assert made.run() == Finished(len(WRITES), 0, 0)
    assert tuple(recording.writes) == WRITES
    assert made.plan().steps == ()

    recording.calls.clear()
    assert made.run() == Finished(0, 0, 0)
    assert recording.writes == []


@pytest.mark.parametrize("nth", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_every_drift_is_one_step_and_one_write(done: Journey, nth: int) -> None:
    """One after the other in one account: at the end of each everything is as it was. At night all, else every other."""
    for address, verb, drift in DRIFTS[::nth]:
        _drifted(done, address, verb, drift)


def _drifted(done: Journey, address: str, verb: str, drift: Change) -> None:
    drift(done.aws)
    found = done.plan().steps
    assert [(step.address, step.verb) for step in found] == [(address, verb)]
    (step,) = found
    assert (step.before is None) == (verb == "create")
    assert step.before != step.after
    for words in (step.before or "", step.after or "", step.says):
        assert "None" not in words
    json.dumps(step_json(step))

    recording = Recording(done.aws)
    assert journey(recording).run().ok
    assert len(recording.writes) == 1
    assert done.plan().steps == ()


def test_every_facet_has_a_drift_or_is_only_looked_at(done: Journey) -> None:
    looked_at = {"subscription.confirmed", "subscription.others", "alarm-key.state"}
    one_of_each = ("topic", "subscription", "filter-key", "alarm-key")
    facets = {
        f"{r.name}.{f.name}" for r in done.blueprint if r.name in one_of_each for f in r.facets("created")
    }
    assert facets - looked_at == {address for address, _, _ in DRIFTS if "." in address}


@pytest.mark.parametrize(
    ("nth", "when"),
    every(
        3,
        [
            (n, when)
            for n in (1, 2, 1 + COUNT, 2 + COUNT, 3 + COUNT, len(WRITES))
            for when in ("before", "after")
        ],
    ),
)
def test_killed_at_any_write_the_next_run_completes(
    empty: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    """The first and the last write of each kind: those between differ by a name alone."""
    effects = Recording(empty)
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    with pytest.raises(Crashed):
        for _ in written_ahead(journey(Crashing(effects, nth, when)).events(), journal, "first"):
            pass
    again = Journey(effects, alarmed(), begun=journal.begun())
    assert not [step for step in again.plan().steps if step.verb in {"adopt", "blocked"}]
    assert again.run().ok
    assert again.plan().steps == ()
    assert tuple(effects.writes) == WRITES, "nothing is made twice, and nobody is asked twice to confirm"


@pytest.mark.parametrize("name", READS)
def test_a_read_that_is_denied_blocks_and_names_the_action(done: Journey, name: str) -> None:
    recording = Recording(done.aws)
    denied = journey(
        Denying(recording, name, "AuthorizationError" if name.startswith("sns") else "AccessDenied")
    )
    found = denied.plan()
    assert found.steps
    for step in found.steps:
        assert step.verb == "blocked"
        assert step.problem is not None
        assert step.problem.code == "denied"
        assert all(action in step.problem.summary for action in OPERATIONS[name].actions)
    assert not denied.run().ok
    assert recording.writes == []


def test_while_nobody_may_look_at_the_trail_no_alarm_is_absent(empty: Aws) -> None:
    """What counts is made in the trail's log group: as long as that is unknown, it is, and nothing at all is written."""
    found = journey(Denying(empty, "sts:GetCallerIdentity")).plan()
    blocked = {step.address for step in found.blocked}
    assert {address for address in addresses(found) if address.startswith("filter-")} <= blocked
    recording = Recording(Denying(empty, "sts:GetCallerIdentity"))
    assert not journey(recording).run().ok
    assert recording.writes == []


def test_what_passes_by_itself_is_waited_for(empty: Aws) -> None:
    for name, code in (
        ("sns:Subscribe", "NotFound"),
        ("logs:PutMetricFilter", "OperationAbortedException"),
        ("logs:PutMetricFilter", "ResourceNotFoundException"),
    ):
        waiting = Throttling(empty, name, 2, code)
        assert journey(waiting).run().ok
        assert waiting.refused in {0, 2}


def test_a_topic_of_somebody_else_is_used_only_with_consent_and_keeps_its_statements(empty: Aws) -> None:
    do(empty, "sns", "CreateTopic", Name=NAMES.topic)
    found = journey(empty).plan()
    assert {step.address: step.verb for step in found.steps}["topic"] == "adopt"
    assert journey(empty).run().ok
    policy = do(empty, "sns", "GetTopicAttributes", TopicArn=NAMES.topic_arn)["Attributes"]["Policy"]
    sids = [statement["Sid"] for statement in json.loads(policy)["Statement"]]
    assert sids[0] == "__default_statement_ID"
    assert len(sids) == 5
    assert journey(empty).plan().steps == ()


def test_an_alarm_of_another_set_up_is_left_alone(done: Journey) -> None:
    other = Journey(done.aws, done.blueprint, setup="7d9a2b64-1c0f-4f5e-8a3b-5e4d3c2b1a09")
    blocked = {step.address for step in other.plan().blocked}
    assert blocked == {"topic", *(f"alarm-{watch.what}" for watch in WATCHES)}


def test_what_the_owner_added_stays(done: Journey) -> None:
    """More addresses, a message when it is quiet again, a statement for another service, a tag."""
    topic = NAMES.topic_arn
    alarm_with(AlarmActions=[ELSEWHERE, topic], OKActions=[topic])(done.aws)
    extra = {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    topic_policy(lambda policy: policy["Statement"].append(extra))(done.aws)
    do(done.aws, "sns", "TagResource", ResourceArn=topic, Tags=[{"Key": "theirs", "Value": "yes"}])
    assert done.plan().steps == ()

    alarm_with(Threshold=5.0, ActionsEnabled=False)(done.aws)
    assert addresses(done.plan()) == ["alarm-key.rule", "alarm-key.actions"]
    assert done.run().ok
    (found,) = do(done.aws, "cloudwatch", "DescribeAlarms", AlarmNames=[NAMES.alarm("key")])["MetricAlarms"]
    assert (found["AlarmActions"], found["OKActions"]) == ([ELSEWHERE, topic], [topic])
    assert (found["Threshold"], found["ActionsEnabled"]) == (1.0, True)
    assert done.plan().steps == ()
