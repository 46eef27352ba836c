"""Whoever silences the watch is seen by whatever looks: each way to do it changes a line of the plan, of verification and
of the audit. No alarm rings for it (docs/security.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services import setup_file, work
from services.doctor.audit import audit, of_setup
from services.model import policies
from services.model.calls import Aws
from services.setups import State
from services.verify.configuration import configuration
from services.work import Desk
from tests import alarm_drifts as drifts
from tests import tally
from tests.alarmed import NAMES, OneOfAName
from tests.ports import FakeClock, keeping_rules
from tests.world import ALARMS, HARD, LOG_GROUP, LOG_ROLE, TRAIL, TRAIL_ARN, do, sample

ALARM = NAMES.alarm("key")


def _mute(aws: Aws) -> None:
    do(aws, "cloudwatch", "DisableAlarmActions", AlarmNames=[ALARM])


def _blind(aws: Aws) -> None:
    do(aws, "cloudtrail", "UpdateTrail", Name=TRAIL_ARN, IsMultiRegionTrail=False)


def _nothing_passes(aws: Aws) -> None:
    (found,) = do(aws, "sns", "ListSubscriptionsByTopic", TopicArn=NAMES.topic_arn)["Subscriptions"]
    arn, nothing = found["SubscriptionArn"], json.dumps({"kind": ["none"]})
    do(
        aws,
        "sns",
        "SetSubscriptionAttributes",
        SubscriptionArn=arn,
        AttributeName="FilterPolicy",
        AttributeValue=nothing,
    )


WAYS: dict[str, tuple[Callable[[Aws], Any], set[str]]] = {
    "DisableAlarmActions": (_mute, {"plan", "verify", "doctor"}),
    "DeleteAlarms": (
        lambda aws: do(aws, "cloudwatch", "DeleteAlarms", AlarmNames=[ALARM]),
        {"plan", "verify", "doctor"},
    ),
    "PutMetricAlarm": (drifts.alarm_with(Threshold=100.0), {"plan", "verify", "doctor"}),
    "PutMetricAlarm, told nobody": (drifts.alarm_with(AlarmActions=[]), {"plan", "verify", "doctor"}),
    "DeleteMetricFilter": (
        lambda aws: do(aws, "logs", "DeleteMetricFilter", logGroupName=LOG_GROUP, filterName=ALARM),
        {"plan", "verify", "doctor"},
    ),
    "PutMetricFilter": (
        drifts.filter_with(filterPattern="{ $.eventName = X }"),
        {"plan", "verify", "doctor"},
    ),
    "DeleteLogGroup": (
        lambda aws: do(aws, "logs", "DeleteLogGroup", logGroupName=LOG_GROUP),
        {"plan", "verify", "doctor"},
    ),
    "Unsubscribe": (drifts.unsubscribe, {"plan", "verify", "doctor"}),
    "DeleteTopic": (
        lambda aws: do(aws, "sns", "DeleteTopic", TopicArn=NAMES.topic_arn),
        {"plan", "verify", "doctor"},
    ),
    "SetTopicAttributes, another key": (
        drifts.topic_with("KmsMasterKeyId", "alias/aws/sns"),
        {"plan", "verify", "doctor"},
    ),
    # The audit does not read the policy of a topic.
    "SetTopicAttributes, another policy": (
        drifts.topic_policy(lambda policy: policy["Statement"].pop()),
        {"plan", "verify"},
    ),
    "StopLogging": (
        lambda aws: do(aws, "cloudtrail", "StopLogging", Name=TRAIL_ARN),
        {"plan", "verify", "doctor"},
    ),
    "DeleteTrail": (
        lambda aws: do(aws, "cloudtrail", "DeleteTrail", Name=NAMES.trail),  # moto knows it by its name alone
        {"plan", "verify", "doctor"},
    ),
    "UpdateTrail": (_blind, {"plan", "verify", "doctor"}),
    # Of the trail's own role the audit asks nothing, but whether log files and events arrive.
    "DeleteRolePolicy of the trail's role": (
        lambda aws: do(
            aws,
            "iam",
            "DeleteRolePolicy",
            RoleName=LOG_ROLE,
            PolicyName=do(aws, "iam", "ListRolePolicies", RoleName=LOG_ROLE)["PolicyNames"][0],
        ),
        {"plan", "verify"},
    ),
    "UpdateAssumeRolePolicy of the trail's role": (
        lambda aws: do(
            aws,
            "iam",
            "UpdateAssumeRolePolicy",
            RoleName=LOG_ROLE,
            PolicyDocument=json.dumps(policies.trust_policy("arn:aws:iam::999988887777:root", "x").tree),
        ),
        {"plan", "verify"},
    ),
    # Nobody reads what a subscription lets through, nor the rules that mute alarms for a time.
    "SetSubscriptionAttributes": (_nothing_passes, set()),
}
"""What silences an alarm, the topic, or what feeds them; and who tells of it."""


def desk(aws: Aws, folder: Path) -> Desk:
    path = folder / "setup.toml"
    if not path.exists():
        setup_file.create(path, sample(**HARD, **TRAIL, **ALARMS))
    return work.open_desk(setup_file.read(path), aws, State(folder / "state"), FakeClock())


def lines(aws: Aws, at: Desk) -> dict[str, set[tuple[str, str]]]:
    """What each of the three says that is not as it should be."""
    planned = work.make_plan(at)
    checks = configuration(at.blueprint, planned.world)
    report = audit(aws, of_setup(at.setup, at.identity, ()), at.clock.wall())
    return {
        "plan": {(step.address, step.verb) for step in planned.plan.steps},
        "verify": {(check.id, check.status) for check in checks if check.status != "pass"},
        "doctor": {(c.id, c.status) for c in report.checks if c.status in {"fail", "warn", "skipped"}},
    }


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_whoever_looks_sees_it(aws: Aws, tmp_path: Path, way: str) -> None:
    port = keeping_rules(OneOfAName(aws))
    at = desk(port, tmp_path)
    planned = work.make_plan(at)
    accepted = tuple(f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk)
    *_, last = work.carry_out(at, planned, accepted)
    assert getattr(last, "ok", False)
    before = lines(port, at)
    silence, tellers = WAYS[way]
    silence(port)
    after = lines(port, at)
    assert {who for who, said in after.items() if said - before[who]} == tellers
    tally.count("faults injected")
