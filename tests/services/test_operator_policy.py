"""The operator's policy: enough for the whole journey, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.answers import place
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.operator_policy import Job, calls_for, policy
from tests.world import ACCOUNT, BUCKET, ROLE, Journey, do, sample, sample_blueprint

JOBS: tuple[Job, ...] = ("setup", "verify", "recover")
PLACE = place(sample(), ACCOUNT)


def document(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(policy(calls_for(job, sample_blueprint(), BUCKET), PLACE)))
    return found


def allowed(job: Job, action: str, resource: str) -> bool:
    context = EvalContext(f"arn:aws:iam::{ACCOUNT}:user/kim", "User", ACCOUNT, action, resource, "eu-west-1")
    return bool(evaluate(context, [parse_policy_document(document(job))]).decision == "Allow")


def resources_of(action: str, call: Call) -> tuple[str, ...]:
    """The resources that AWS checks an action of a call against, each of which must be allowed."""
    params = call.params
    kms = f"arn:aws:kms:eu-west-1:{ACCOUNT}"
    service, name = action.split(":")
    if service == "s3" and "Bucket" in params:
        return (f"arn:aws:s3:::{params['Bucket']!s}" + ("/x" if name in {"GetObject", "PutObject"} else ""),)
    if name == "CreateAlias":
        return (f"{kms}:{params['AliasName']!s}", f"{kms}:key/1234")
    if service == "kms" and ("KeyId" in params or name == "TagResource"):
        return (f"{kms}:key/1234",)
    if service == "iam":
        return (f"arn:aws:iam::{ACCOUNT}:role/{params['RoleName']!s}",)
    return ("*",)


class Permitted:
    """AWS for somebody who has the operator's policy and nothing else."""

    def __init__(self, aws: Aws, job: Job) -> None:
        self.aws, self.job = aws, job

    def __call__(self, call: Call) -> Reply:
        for action in OPERATIONS[call.name].actions:
            for resource in resources_of(action, call):
                if not allowed(self.job, action, resource):
                    raise Refused(call, "AccessDenied", f"{action} on {resource}", 403)
        return self.aws(call)


def test_the_setup_policy_is_enough_for_the_whole_journey(aws: Aws) -> None:
    journey = Journey(Permitted(aws, "setup"))
    assert journey.run().ok
    assert journey.plan().steps == ()
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    assert journey.run().ok


def test_the_verify_policy_is_enough_to_look_and_not_to_write(aws: Aws) -> None:
    Journey(aws).run()
    assert Journey(Permitted(aws, "verify")).plan().steps == ()
    writes = {action for name, row in OPERATIONS.items() if not row.reads for action in row.actions}
    granted = {action for s in document("verify")["Statement"] for action in s["Action"]}
    assert not granted & writes


@pytest.mark.parametrize("job", JOBS)
def test_no_policy_has_a_wildcard_action_or_reaches_what_is_not_ours(job: Job) -> None:
    for statement in document(job)["Statement"]:
        assert statement["Effect"] == "Allow"
        assert all("*" not in action for action in statement["Action"])
    for action, resource in (
        ("s3:PutBucketPolicy", "arn:aws:s3:::another-bucket"),
        ("s3:GetObject", "arn:aws:s3:::another-bucket/x"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
        ("kms:PutKeyPolicy", "arn:aws:kms:us-east-1:123456789012:key/1234"),
        ("kms:ScheduleKeyDeletion", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"),
        ("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/x"),
    ):
        assert not allowed(job, action, resource), action


def test_to_recover_is_to_list_get_and_decrypt() -> None:
    granted = {action for s in document("recover")["Statement"] for action in s["Action"]}
    assert granted == {"sts:GetCallerIdentity", "s3:ListBucket", "s3:GetObject", "kms:Decrypt"}


def test_every_call_of_a_job_is_in_the_table() -> None:
    for job in JOBS:
        calls = calls_for(job, sample_blueprint(), BUCKET)
        assert all(call.name in OPERATIONS for call in calls)
        assert job == "setup" or all(reads(call) for call in calls)


def test_a_role_on_a_path_is_covered() -> None:
    assert allowed("setup", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/teams/{ROLE}")
