"""A trail of the set-up's own where AWS denies, where others were first, and where its parts are too new for CloudTrail."""

from __future__ import annotations

import json

import pytest

from services.events import Failed, Finished
from services.model.calls import Aws
from services.model.operations import OPERATIONS, reads
from services.model.resource import calls_of
from tests.ports import Denying, Recording, Throttling
from tests.sampling import every
from tests.world import (
    LOG_GROUP,
    LOG_ROLE,
    OTHER_SETUP,
    TRAIL,
    TRAIL_ARN,
    TRAIL_BUCKET,
    Journey,
    do,
    sample_blueprint,
)

PARTS = ("log_key", "log_alias", "log_group", "log_role", "trail")
BLUEPRINT = tuple(part for part in sample_blueprint(**TRAIL) if part.name in PARTS)


@pytest.fixture
def trails(aws: Aws) -> Aws:
    """An account in which a new trail finds its bucket, and nothing else."""
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=TRAIL_BUCKET, CreateBucketConfiguration=place)
    return aws


READS = sorted({c.name for r in BLUEPRINT for c in calls_of(r) if reads(c)} - {"kms:ListKeys"})


@pytest.mark.parametrize("name", every(2, READS))
def test_a_read_that_is_denied_blocks_and_names_the_action(trails: Aws, name: str) -> None:
    assert Journey(trails, BLUEPRINT).run().ok
    do(trails, "cloudtrail", "StopLogging", Name=TRAIL_ARN)
    recording = Recording(trails)
    denied = Journey(Denying(recording, name), BLUEPRINT)
    blocked = denied.plan().blocked
    assert blocked
    for step in blocked:
        assert step.problem is not None
        assert step.problem.code == "denied"
        assert all(action in step.problem.summary for action in OPERATIONS[name].actions)
    assert all(isinstance(event, Failed | Finished) for event in denied.events())
    assert recording.writes == []


def test_another_set_ups_parts_are_taken(trails: Aws) -> None:
    theirs = [part for part in sample_blueprint(setup__id=OTHER_SETUP, **TRAIL) if part.name in PARTS]
    assert Journey(trails, tuple(theirs), OTHER_SETUP).run().ok
    found = {
        step.address: step.problem.code for step in Journey(trails, BLUEPRINT).plan().blocked if step.problem
    }
    assert {name: found[name] for name in ("log_key", "log_group", "log_role", "trail")} == dict.fromkeys(
        ("log_key", "log_group", "log_role", "trail"), "taken"
    )


def test_a_trail_of_the_same_name_is_neither_changed_nor_taken_over(trails: Aws) -> None:
    do(trails, "cloudtrail", "CreateTrail", Name="palisade-acme-sandbox", S3BucketName=TRAIL_BUCKET)
    (step,) = [step for step in Journey(trails, BLUEPRINT).plan().blocked if step.resource.name == "trail"]
    assert step.problem is not None
    assert TRAIL_ARN in step.problem.remedy[0]


def test_a_log_group_of_somebody_elses_keeps_its_key_and_its_time(trails: Aws) -> None:
    theirs = "arn:aws:kms:eu-west-1:123456789012:key/theirs"
    do(trails, "logs", "CreateLogGroup", logGroupName=LOG_GROUP, kmsKeyId=theirs)
    journey = Journey(trails, BLUEPRINT)
    steps = [
        (step.address, step.verb, step.risk)
        for step in journey.plan().steps
        if step.resource.name == "log_group"
    ]
    assert steps == [("log_group", "adopt", "adopt")]
    assert journey.run().ok
    assert journey.plan().steps == ()
    (group,) = do(trails, "logs", "DescribeLogGroups", logGroupNamePrefix=LOG_GROUP)["logGroups"]
    assert group["kmsKeyId"] == theirs
    assert "retentionInDays" not in group


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cloudtrail:UpdateTrail", "InvalidCloudWatchLogsRoleArnException"),
        ("cloudtrail:CreateTrail", "InsufficientS3BucketPolicyException"),
        ("cloudtrail:CreateTrail", "InsufficientEncryptionPolicyException"),
        ("logs:CreateLogGroup", "InvalidParameterException"),
    ],
)
def test_what_is_too_new_is_tried_again_and_then_explained(trails: Aws, name: str, code: str) -> None:
    *_, failed, last = Journey(Throttling(trails, name, 999, code), BLUEPRINT).events()
    assert isinstance(failed, Failed)
    assert failed.problem.summary.startswith("The program could not")
    assert isinstance(last, Finished)
    assert not last.ok
    assert Journey(Throttling(trails, name, 3, code), BLUEPRINT).run().ok


def test_a_role_and_a_key_that_others_let_into_are_refused(trails: Aws) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    open_to_all = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    do(trails, "iam", "CreateRole", RoleName=LOG_ROLE, AssumeRolePolicyDocument=open_to_all)
    kind = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
    key = do(trails, "kms", "CreateKey", **kind)["KeyMetadata"]["KeyId"]
    do(trails, "kms", "CreateAlias", AliasName="alias/palisade-logs-acme-sandbox", TargetKeyId=key)
    found = {step.address: step.problem for step in Journey(trails, BLUEPRINT).plan().blocked}
    assert set(found) == {"log_role.trust", "log_key.policy"}
    said = found["log_key.policy"]
    assert said is not None
    assert "cloudtrail.amazonaws.com" in " ".join(said.remedy)


NOT_YET = "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:eu-west-1:1:log-group:x'"


def test_a_key_that_cloudwatch_logs_does_not_know_yet_is_waited_for_and_a_denial_is_not(trails: Aws) -> None:
    """CloudWatch Logs says both with one code."""
    name, code = "logs:CreateLogGroup", "AccessDeniedException"
    denied = Throttling(
        trails, name, 999, code, says="User: kim is not authorized to perform: logs:CreateLogGroup"
    )
    *_, failed, _last = Journey(denied, BLUEPRINT).events()
    assert isinstance(failed, Failed)
    assert (failed.problem.code, denied.refused) == ("denied", 1)

    *_, failed, _last = Journey(Throttling(trails, name, 999, code, says=NOT_YET), BLUEPRINT).events()
    assert isinstance(failed, Failed)
    assert failed.problem.code == "not-ready", "no right of this sign-in is missing"
    assert Journey(Throttling(trails, name, 3, code, says=NOT_YET), BLUEPRINT).run().ok
