"""The operator's policy: enough for the whole journey, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.answers import place
from services.model.athena_calls import Where
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.model.resource import Blueprint
from services.operator_policy import Job, calls_for, policy
from tests.ports import keeping_rules
from tests.services.doctor.cloud import Cloud, look
from tests.world import (
    ACCOUNT,
    ALARMS,
    BUCKET,
    HARD,
    KEY_ARN,
    LOG_BUCKET,
    ROLE,
    TRAIL,
    Journey,
    do,
    sample,
    sample_blueprint,
)

JOBS: tuple[Job, ...] = ("setup", "verify", "recover", "audit", "destroy")
PLACE = place(sample(), ACCOUNT)


def document(job: Job, **values: object) -> dict[str, Any]:
    calls = calls_for(job, sample_blueprint(**values), BUCKET)
    found: dict[str, Any] = json.loads(json.dumps(policy(calls, PLACE)))
    return found


def statement(action: str, job: Job, **values: object) -> dict[str, Any]:
    """The one statement that allows an action."""
    (found,) = (s for s in document(job, **values)["Statement"] if action in s["Action"])
    return dict(found)


def granted(job: Job, **values: object) -> set[str]:
    return {action for s in document(job, **values)["Statement"] for action in s["Action"]}


def allowed(job: Job, action: str, resource: str, **values: object) -> bool:
    context = EvalContext(f"arn:aws:iam::{ACCOUNT}:user/kim", "User", ACCOUNT, action, resource, "eu-west-1")
    return bool(evaluate(context, [parse_policy_document(document(job, **values))]).decision == "Allow")


def resources_of(action: str, call: Call) -> tuple[str, ...]:
    """The resources that AWS checks an action of a call against, each of which must be allowed."""
    params = call.params
    kms = f"arn:aws:kms:eu-west-1:{ACCOUNT}"
    key = str(params.get("KeyId", "1234"))
    key = key if key.startswith("arn:") else f"{kms}:key/{key.removeprefix('alias/')}"
    service, name = action.split(":")
    if service == "s3" and "Bucket" in params:
        return (
            f"arn:aws:s3:::{params['Bucket']!s}"
            + ("/x" if name in {"GetObject", "GetObjectRetention", "PutObject"} else ""),
        )
    if name == "CreateAlias":
        return (f"{kms}:{params['AliasName']!s}", key)
    if service == "kms" and ("KeyId" in params or name == "TagResource"):
        return (key,)
    if service == "iam" and "PolicyArn" in params:
        return (str(params["PolicyArn"]),)
    if service == "iam" and "RoleName" in params:
        return (f"arn:aws:iam::{ACCOUNT}:role/{params['RoleName']!s}",)
    if service == "logs":
        region = str(call.region or "eu-west-1")
        return (f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{params.get('logGroupName', '')!s}",)
    if service == "cloudwatch":
        return (f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:any",)
    if service == "sns":
        return (str(params["TopicArn"]),)
    return ("*",)


class Permitted:
    """AWS for somebody who has the operator's policy and nothing else."""

    def __init__(self, aws: Aws, job: Job, values: Mapping[str, object] | None = None) -> None:
        self.aws, self.job, self.values = aws, job, values or {}

    def __call__(self, call: Call) -> Reply:
        for action in OPERATIONS[call.name].actions:
            for resource in resources_of(action, call):
                if not allowed(self.job, action, resource, **self.values):
                    raise Refused(call, "AccessDenied", f"{action} on {resource}", 403)
        return self.aws(call)


def test_the_setup_policy_is_enough_for_the_whole_journey(aws: Aws) -> None:
    journey = Journey(Permitted(aws, "setup"))
    assert journey.run().ok
    assert journey.plan().steps == ()
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    assert journey.run().ok


def test_the_setup_policy_is_enough_for_hardened_buckets(aws: Aws) -> None:
    journey = Journey(Permitted(keeping_rules(aws), "setup", HARD), sample_blueprint(**HARD))
    assert journey.run().ok
    assert journey.plan().steps == ()


def test_the_verify_policy_is_enough_to_look_and_not_to_write(aws: Aws) -> None:
    Journey(aws).run()
    assert Journey(Permitted(aws, "verify")).plan().steps == ()
    writes = {action for name, row in OPERATIONS.items() if not row.reads for action in row.actions}
    assert not granted("verify") & writes


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


def test_each_bucket_has_the_rights_that_it_alone_needs() -> None:
    by_bucket = {r: set(s["Action"]) for s in document("setup", **HARD)["Statement"] for r in s["Resource"]}
    backups, logs = (by_bucket[f"arn:aws:s3:::{name}"] for name in (BUCKET, LOG_BUCKET))
    assert backups - logs == {
        "s3:GetBucketLogging",
        "s3:PutBucketLogging",
        "s3:GetInventoryConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutBucketObjectLockConfiguration",
    }
    assert logs < backups


def test_to_recover_is_to_list_get_and_decrypt() -> None:
    assert granted("recover") == {"sts:GetCallerIdentity", "s3:ListBucket", "s3:GetObject", "kms:Decrypt"}


def test_every_call_of_a_job_is_in_the_table() -> None:
    for job in JOBS:
        calls = calls_for(job, sample_blueprint(), BUCKET)
        assert all(call.name in OPERATIONS for call in calls)
        assert job in {"setup", "destroy"} or all(reads(call) for call in calls)


@pytest.mark.parametrize("path", ["/", "/teams/", "/teams/desk/"])
@pytest.mark.parametrize(("job", "action"), [("setup", "iam:CreateRole"), ("verify", "iam:GetRole")])
def test_the_role_is_named_with_its_path_and_no_other_role_is_covered(
    job: Job, action: str, path: str
) -> None:
    roles = f"arn:aws:iam::{ACCOUNT}:role"
    assert statement(action, job, role__path=path)["Resource"] == [f"{roles}{path}{ROLE}"]
    for other in (f"/else/{ROLE}", f"{path}My{ROLE}", f"{path}{ROLE}2"):
        assert not allowed(job, action, roles + other, role__path=path)


VIA_S3 = {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}


@pytest.mark.parametrize("job", ["verify", "recover"])
def test_only_with_the_set_ups_own_key_can_be_decrypted_and_only_what_is_in_s3(job: Job) -> None:
    own = statement("kms:Decrypt", job)
    assert own["Condition"] == {
        "StringEquals": VIA_S3,
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/palisade-backup-acme-sandbox"},
    }
    assert own["Action"] == ["kms:Decrypt"]
    given = statement("kms:Decrypt", job, storage__kms_key=KEY_ARN)
    assert given["Resource"] == [KEY_ARN]
    assert given["Condition"] == {"StringEquals": VIA_S3}


def test_nothing_but_decrypting_has_a_condition() -> None:
    for job in set(JOBS) - {"destroy"}:
        for values in ({}, {"storage__kms_key": KEY_ARN}):
            found = document(job, **values)["Statement"]
            assert all(s["Action"] == ["kms:Decrypt"] for s in found if "Condition" in s)


def test_a_given_key_is_the_only_key_and_what_is_its_owners_is_left_to_them() -> None:
    found = document("setup", storage__kms_key=KEY_ARN)["Statement"]
    keys = {r for s in found for r in s["Resource"] if ":kms:" in r}
    assert keys == {KEY_ARN}
    own, given = granted("setup"), granted("setup", storage__kms_key=KEY_ARN)
    assert given < own
    assert own - given == {
        "kms:CreateAlias",
        "kms:CreateKey",
        "kms:ListAliases",
        "kms:ListKeys",
        "kms:PutKeyPolicy",
    }


def test_the_setup_policy_lets_the_wizard_ask_for_rights_beforehand() -> None:
    assert "*" in statement("iam:SimulatePrincipalPolicy", "setup")["Resource"]
    assert "iam:SimulatePrincipalPolicy" not in granted("verify") | granted("recover")


def test_the_verify_policy_lets_the_policies_be_proven_and_managed_ones_be_read() -> None:
    assert statement("iam:SimulateCustomPolicy", "verify")["Resource"] == ["*"]
    assert "iam:SimulateCustomPolicy" not in granted("setup") | granted("recover")
    for action in ("iam:GetPolicy", "iam:GetPolicyVersion"):
        for owner in (ACCOUNT, "aws"):
            assert allowed("verify", action, f"arn:aws:iam::{owner}:policy/teams/Bound")
        assert not allowed("verify", action, "arn:aws:iam::999999999999:policy/Bound")
    assert allowed("verify", "s3:GetBucketObjectLockConfiguration", f"arn:aws:s3:::{BUCKET}")


def test_to_make_a_bucket_without_access_lists_is_a_right_of_its_own() -> None:
    assert "s3:PutBucketOwnershipControls" in OPERATIONS["s3:CreateBucket"].actions


def test_every_row_of_the_table_is_of_use_to_some_job() -> None:
    """But for what the demo does in the place of others."""
    used = {call.name for job in JOBS for parts in _ways() for call in calls_for(job, parts, BUCKET)}
    demo = {"sts:AssumeRole", "s3:PutObject", "s3:DeleteObject"}
    asked = set(Where("audit", "default", "reports/acme", "answers").grants(PLACE))
    assert set(OPERATIONS) - used - {name for name in asked if name.startswith("athena:")} == demo


def _ways() -> tuple[Blueprint, ...]:
    return (
        sample_blueprint(role__permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/Bound"),
        sample_blueprint(**TRAIL, **ALARMS, **HARD),
        sample_blueprint(hardening__trail=f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"),
    )


def test_the_policy_for_a_given_key_is_enough_for_the_whole_journey(aws: Aws) -> None:
    made = do(aws, "kms", "CreateKey", KeySpec="SYMMETRIC_DEFAULT", KeyUsage="ENCRYPT_DECRYPT")[
        "KeyMetadata"
    ]["Arn"]
    values = {"storage__kms_key": made}
    journey = Journey(Permitted(aws, "setup", values), sample_blueprint(**values))
    assert journey.run().ok
    assert journey.plan().steps == ()


def test_the_audit_policy_is_enough_for_every_look_of_an_audit() -> None:
    cloud = Cloud()
    look(cloud)
    for call in cloud.calls:
        for action in OPERATIONS[call.name].actions:
            for resource in resources_of(action, call):
                assert allowed("audit", action, resource), (call.name, resource)


def test_an_auditor_opens_no_backup_and_writes_nothing() -> None:
    found = granted("audit")
    assert not found & {"kms:Decrypt", "kms:GenerateDataKey"}
    assert not {a for name, row in OPERATIONS.items() if not row.reads for a in row.actions} & found
