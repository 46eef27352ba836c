"""Who verifies a set-up with a trail may read its records, and those alone."""

from __future__ import annotations

import json
from typing import Any

from services.answers import place
from services.model.calls import Call
from services.model.resource import Blueprint, Resource
from services.operator_policy import JobCall, evidence_calls, policy
from tests.world import ACCOUNT, sample

HOME = "eu-central-1"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/palisade-acme"
GROUP = f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:palisade/acme/cloudtrail"


def with_trail(*, own: bool = True) -> Blueprint:
    """A trail, made by the set-up or reused."""
    made = Call("cloudtrail", "CreateTrail", {"CloudWatchLogsLogGroupArn": f"{GROUP}:*"})
    lookup = Call("cloudtrail", "GetTrail", {"Name": TRAIL}, region=HOME)
    return (
        Resource(
            "trail", "CloudTrail trail", "trail", "records", lookup, made if own else None, lambda _origin: ()
        ),
    )


def granted(blueprint: Blueprint) -> dict[str, list[str]]:
    """The resources of every action that the evidence of a trail needs."""
    calls = [
        JobCall(call.service, call.op, call.params, region=call.region) for call in evidence_calls(blueprint)
    ]
    document: dict[str, Any] = json.loads(json.dumps(policy(calls, place(sample(), ACCOUNT))))
    return {action: part["Resource"] for part in document["Statement"] for action in part["Action"]}


def test_the_records_of_the_set_ups_own_trail_may_be_read() -> None:
    found = granted(with_trail())
    assert found["cloudtrail:GetTrailStatus"] == [TRAIL]
    assert found["logs:FilterLogEvents"] == [GROUP, f"{GROUP}:*"]
    assert found["cloudtrail:LookupEvents"] == ["*"]


def test_of_a_reused_trail_the_log_group_is_known_only_by_its_region() -> None:
    start = GROUP.partition(":palisade")[0]
    assert granted(with_trail(own=False))["logs:FilterLogEvents"] == [f"{start}:*", f"{start}:*:*"]


def test_without_a_trail_nothing_of_cloudtrail_is_granted() -> None:
    assert evidence_calls(()) == ()
