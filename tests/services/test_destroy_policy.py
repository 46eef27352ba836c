"""The policy of whoever takes a sandbox down: enough for all of it, and for no other set-up's key or bucket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.answers import place
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.operator_policy import calls_for, policy
from tests.services.teardowns import GOVERNED, HARDENED, Site, finished
from tests.world import ACCOUNT, BUCKET, OTHER_SETUP, ROLE, SETUP, do, sample, sample_blueprint

HERE = f"eu-west-1:{ACCOUNT}"
ON_OBJECTS = {"DeleteObjectVersion", "GetObjectRetention", "GetObjectLegalHold", "AbortMultipartUpload"}


def document(**values: object) -> dict[str, Any]:
    calls = calls_for("destroy", sample_blueprint(**values), BUCKET)
    found: dict[str, Any] = json.loads(json.dumps(policy(calls, place(sample(), ACCOUNT))))
    return found


def allowed(found: dict[str, Any], action: str, resource: str, setup: str = SETUP) -> bool:
    tag = {"aws:resourcetag/palisade-wizard:setup": setup}
    kim = f"arn:aws:iam::{ACCOUNT}:user/kim"
    context = EvalContext(kim, "User", ACCOUNT, action, resource, "eu-west-1", service_context=tag)
    return bool(evaluate(context, [parse_policy_document(found)]).decision == "Allow")


def resources_of(action: str, call: Call) -> tuple[str, ...]:
    """The resources that AWS checks an action of a call against."""
    params, (service, name) = call.params, action.split(":")
    key = f"arn:aws:kms:{HERE}:key/1234"
    match service:
        case "s3" if "Bucket" in params:
            return (f"arn:aws:s3:::{params['Bucket']!s}" + ("/x" if name in ON_OBJECTS else ""),)
        case "kms" if name == "DeleteAlias":
            return (f"arn:aws:kms:{HERE}:{params['AliasName']!s}", key)
        case "kms" if "KeyId" in params:
            return (key,)
        case "iam":
            return (f"arn:aws:iam::{ACCOUNT}:role/{params['RoleName']!s}",)
        case "sns" if name != "Unsubscribe":
            return (str(params.get("TopicArn") or params["ResourceArn"]),)
        case "cloudwatch":
            named = params.get("AlarmNames") or [str(params["ResourceARN"]).rsplit(":", 1)[-1]]
            return (f"arn:aws:cloudwatch:{HERE}:alarm:{named[0]}",)  # type: ignore[index]
        case "cloudtrail":
            return (f"arn:aws:cloudtrail:{HERE}:trail/palisade-acme-sandbox",)
        case "logs":
            group = params.get("logGroupName") or str(params.get("resourceArn", "")).rsplit(":", 1)[-1]
            return (f"arn:aws:logs:{HERE}:log-group:{group!s}",)
        case _:
            return ("*",)


class Permitted:
    """AWS for somebody who has this policy and nothing else."""

    def __init__(self, aws: Aws, values: dict[str, Any]) -> None:
        self.aws, self.policy = aws, document(**values)

    def __call__(self, call: Call) -> Reply:
        for action in OPERATIONS[call.name].actions:
            for resource in resources_of(action, call):
                if not allowed(self.policy, action, resource):
                    raise Refused(call, "AccessDenied", f"{action} on {resource}", 403)
        return self.aws(call)


@pytest.mark.parametrize("values", [{}, GOVERNED, HARDENED], ids=["plain", "governed", "hardened"])
def test_it_is_enough_to_take_all_of_it_down(aws: Aws, tmp_path: Path, values: dict[str, Any]) -> None:
    site = Site(aws, tmp_path, values).made()
    assert finished(site.destroy(Permitted(site.aws, values))).ok
    assert site.listing() == {}


def test_it_is_enough_to_leave_what_others_made(aws: Aws, tmp_path: Path) -> None:
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    nobody = '{"Version": "2012-10-17", "Statement": []}'
    do(aws, "iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=nobody)
    do(aws, "sns", "CreateTopic", Name="palisade-acme-sandbox-alarms")
    site = Site(aws, tmp_path, HARDENED).made()
    assert finished(site.destroy(Permitted(site.aws, HARDENED))).ok


def test_a_key_goes_only_if_it_carries_this_set_ups_tag() -> None:
    found = document()
    key = f"arn:aws:kms:{HERE}:key/1234"
    assert allowed(found, "kms:ScheduleKeyDeletion", key)
    assert not allowed(found, "kms:ScheduleKeyDeletion", key, OTHER_SETUP)
    assert not allowed(found, "kms:ScheduleKeyDeletion", key, "")


def test_nothing_else_is_allowed() -> None:
    found = document(**HARDENED)
    granted = {action for statement in found["Statement"] for action in statement["Action"]}
    assert not granted & {
        "s3:GetObject",
        "s3:BypassGovernanceRetention",
        "s3:PutObject",
        "kms:Decrypt",
        "iam:PassRole",
    }
    assert not {action for action in granted if ":Create" in action or "*" in action}
    for action, resource in (
        ("s3:DeleteBucket", "arn:aws:s3:::another"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::another/x"),
        ("iam:DeleteRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
        ("kms:DeleteAlias", f"arn:aws:kms:{HERE}:alias/another"),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{HERE}:log-group:another"),
        ("sns:DeleteTopic", f"arn:aws:sns:{HERE}:another"),
        ("cloudtrail:DeleteTrail", f"arn:aws:cloudtrail:{HERE}:trail/another"),
        ("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:another"),
    ):
        assert not allowed(found, action, resource), action


def test_it_fits_into_a_managed_policy() -> None:
    assert len(json.dumps(document(**HARDENED), separators=(",", ":"))) < 6144
