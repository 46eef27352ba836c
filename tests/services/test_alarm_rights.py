"""The operator's policy for alarms: enough for all of them, and for nobody else's alarms, topics and log groups."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.model.resource import Blueprint, Resource
from services.operator_policy import Job, calls_for, policy
from tests.alarmed import NAMES, PLACE, OneOfAName, log_group, stand_in, whole_blueprint
from tests.world import ACCOUNT, BUCKET, Journey, do

GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{NAMES.log_group}"
OWN = frozenset({"sns", "cloudwatch", "logs"})


def document(job: Job, parts: Blueprint) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(policy(calls_for(job, parts, BUCKET), PLACE)))
    return found


def allowed(job: Job, action: str, resource: str, parts: Blueprint) -> bool:
    context = EvalContext(f"arn:aws:iam::{ACCOUNT}:user/kim", "User", ACCOUNT, action, resource, "eu-west-1")
    return bool(evaluate(context, [parse_policy_document(document(job, parts))]).decision == "Allow")


def resource_of(call: Call) -> str:
    """What AWS checks a call against, from its parameters."""
    params: Mapping[str, Any] = call.params
    match call.service:
        case "logs":
            return f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{params['logGroupName']}"
        case "sns":
            named = params.get("TopicArn") or params.get("ResourceArn")
            return str(named or f"arn:aws:sns:eu-west-1:{ACCOUNT}:{params['Name']}")
        case _:
            named = params.get("AlarmName") or (params.get("AlarmNames") or [""])[0]
            return str(params.get("ResourceARN") or f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:{named}")


class Permitted:
    """AWS for somebody who has the operator's policy and nothing else; asks about what is new with alarms."""

    def __init__(self, aws: Aws, job: Job, parts: Blueprint) -> None:
        self.aws = aws
        self.policy = parse_policy_document(document(job, parts))

    def __call__(self, call: Call) -> Reply:
        for action in OPERATIONS[call.name].actions if call.service in OWN else ():
            kim = f"arn:aws:iam::{ACCOUNT}:user/kim"
            asked = EvalContext(kim, "User", ACCOUNT, action, resource_of(call), "eu-west-1")
            if evaluate(asked, [self.policy]).decision != "Allow":
                raise Refused(call, "AccessDenied", f"{action} on {resource_of(call)}", 403)
        return self.aws(call)


def made_group() -> Resource:
    """The log group of a trail that is to be made: whatever call makes it, it says the name."""
    part = stand_in("log_group", arn=GROUP)
    create = Call("logs", "PutMetricFilter", {"logGroupName": NAMES.log_group})
    return Resource(part.name, part.kind, part.title, part.says, part.lookup, create, part.facets)


@pytest.mark.parametrize("group", [(), (made_group(),)], ids=["a given trail", "a trail of its own"])
def test_the_setup_policy_is_enough_for_the_alarms(aws: Aws, group: Blueprint) -> None:
    log_group(aws)
    parts = whole_blueprint()
    journey = Journey(Permitted(OneOfAName(aws), "setup", (*parts, *group)), parts)
    assert journey.run().ok
    assert journey.plan().steps == ()
    do(
        aws,
        "sns",
        "SetTopicAttributes",
        TopicArn=NAMES.topic_arn,
        AttributeName="KmsMasterKeyId",
        AttributeValue="",
    )
    do(aws, "cloudwatch", "DisableAlarmActions", AlarmNames=[NAMES.alarm("key")])
    assert journey.run().ok


def test_the_verify_policy_is_enough_to_look(aws: Aws) -> None:
    log_group(aws)
    parts = whole_blueprint()
    assert Journey(aws, parts).run().ok
    assert Journey(Permitted(aws, "verify", parts), parts).plan().steps == ()


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sns:SetTopicAttributes", f"arn:aws:sns:eu-west-1:{ACCOUNT}:other"),
        ("sns:Subscribe", f"arn:aws:sns:us-east-1:{ACCOUNT}:{NAMES.topic}"),
        ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:other"),
        ("logs:PutMetricFilter", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:other"),
        ("logs:PutMetricFilter", f"{GROUP}-other"),
        ("sns:Publish", NAMES.topic_arn),
        ("sns:DeleteTopic", NAMES.topic_arn),
        ("cloudwatch:DeleteAlarms", NAMES.alarm_arn("key")),
        ("cloudwatch:DisableAlarmActions", NAMES.alarm_arn("key")),
        ("logs:DeleteMetricFilter", GROUP),
    ],
)
def test_nothing_else_is_allowed(action: str, resource: str) -> None:
    assert not allowed("setup", action, resource, (*whole_blueprint(), made_group()))


def test_the_log_group_of_a_given_trail_is_not_known_beforehand() -> None:
    assert allowed("setup", "logs:PutMetricFilter", GROUP.replace("palisade", "theirs"), whole_blueprint())


def test_all_alarms_are_one_statement() -> None:
    statements = document("setup", whole_blueprint())["Statement"]
    (alarms,) = [s for s in statements if "cloudwatch:PutMetricAlarm" in s["Action"]]
    assert len(alarms["Resource"]) == 8
    assert len(json.dumps(document("setup", whole_blueprint()), separators=(",", ":"))) < 6144
