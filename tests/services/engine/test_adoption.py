"""What exists already: used only after consent, only if it fits, and nothing of its owner's is lost (law 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.engine.consent import RISKS, lacking, problem
from services.model import policies
from services.model.calls import Aws, Reply
from services.model.values import Json, bare
from services.problems import ProblemError
from tests.ports import Recording, Replying
from tests.world import (
    BUCKET,
    EXTERNAL_ID,
    OTHER_SETUP,
    PRINCIPAL,
    ROLE,
    SETUP,
    Journey,
    addresses,
    do,
    sample_blueprint,
)

SYMMETRIC = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
TRUST = json.loads(json.dumps(bare(policies.trust_policy(PRINCIPAL, EXTERNAL_ID))))
FOREIGN_DENY = {
    "Sid": "OwnersDeny",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}


def key(aws: Aws, **params: Any) -> str:
    return str(do(aws, "kms", "CreateKey", **{**SYMMETRIC, **params})["KeyMetadata"]["Arn"])


def bucket(aws: Aws, *statements: dict[str, Any]) -> None:
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        do(aws, "s3", "PutBucketPolicy", Bucket=BUCKET, Policy=policy)


def role(aws: Aws, trust: dict[str, Any] | None = None, **params: Any) -> None:
    document = json.dumps(trust or TRUST)
    do(aws, "iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=document, **params)


def blocked(journey: Journey) -> list[tuple[str, str]]:
    return [(step.address, step.problem.code) for step in journey.plan().blocked if step.problem]


def refused(journey: Journey, address: str) -> str:
    """All words of the refusal at an address; the plan must be blocked there, and nothing may be written."""
    recording = Recording(journey.aws)
    assert not Journey(recording, journey.blueprint).run().ok
    assert recording.writes == []
    found = {step.address: step.problem for step in journey.plan().blocked}
    reason = found[address]
    assert reason is not None
    assert reason.code == "unfit"
    assert reason.exit_code == 6
    return " ".join((reason.summary, *reason.remedy))


def test_everything_foreign_is_offered_and_needs_consent(aws: Aws) -> None:
    journey = Journey(aws, sample_blueprint(storage__kms_key=key(aws)))
    bucket(aws)
    role(aws)
    found = journey.plan()
    adopted = [step for step in found.steps if step.verb == "adopt"]
    assert [(step.address, step.risk) for step in adopted] == [
        ("key", "adopt"),
        ("bucket", "adopt"),
        ("role", "adopt"),
    ]
    assert all(step.after for step in adopted)
    assert lacking(found, ()) == tuple(adopted)
    assert lacking(found, ["adopt:key", "adopt:bucket"]) == (adopted[2],)
    assert lacking(found, ["adopt"]) == ()
    assert "--accept adopt:key" in " ".join(problem(lacking(found, ())).remedy)
    assert problem(lacking(found, ())).code == "consent"
    assert "adopt" in RISKS


def test_adopted_is_marked_so_for_ever_and_nothing_is_lost(aws: Aws) -> None:
    arn = key(aws, Tags=[{"TagKey": "owner", "TagValue": "treasury"}])
    bucket(aws, FOREIGN_DENY)
    mine = {"TagSet": [{"Key": "cost", "Value": "42"}, {"Key": "team", "Value": "desk"}]}
    do(aws, "s3", "PutBucketTagging", Bucket=BUCKET, Tagging=mine)
    role(aws, Tags=[{"Key": "owner", "Value": "kim"}])
    journey = Journey(Recording(aws), sample_blueprint(storage__kms_key=arn))
    assert journey.run().ok
    assert journey.plan().steps == ()

    tags = do(aws, "s3", "GetBucketTagging", Bucket=BUCKET)["TagSet"]
    assert tags[:2] == mine["TagSet"]
    assert {"Key": "palisade-wizard:origin", "Value": "adopted"} in tags
    assert {"Key": "palisade-wizard:setup", "Value": SETUP} in tags
    key_tags = do(aws, "kms", "ListResourceTags", KeyId=arn)["Tags"]
    assert {"TagKey": "owner", "TagValue": "treasury"} in key_tags
    assert {"TagKey": "palisade-wizard:origin", "TagValue": "adopted"} in key_tags
    role_tags = do(aws, "iam", "GetRole", RoleName=ROLE)["Role"]["Tags"]
    assert {"Key": "owner", "Value": "kim"} in role_tags
    policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=BUCKET)["Policy"])
    assert policy["Statement"][0] == FOREIGN_DENY
    assert len(policy["Statement"]) == 7


def test_foreign_tags_of_a_key_and_a_role_are_not_written_again(aws: Aws) -> None:
    """AWS refuses a call that names its own tags (aws:…), even with the value that they have."""
    arn = key(aws, Tags=[{"TagKey": "owner", "TagValue": "treasury"}])
    role(aws, Tags=[{"Key": "owner", "Value": "kim"}])
    recording = Recording(aws)
    assert Journey(recording, sample_blueprint(storage__kms_key=arn)).run().ok
    for call in recording.calls:
        if call.name in {"kms:TagResource", "iam:TagRole"}:
            assert "owner" not in str(call.params)


# Keys


def test_a_key_that_rotates_keeps_its_owners_period(aws: Aws) -> None:
    arn = key(aws)
    do(aws, "kms", "EnableKeyRotation", KeyId=arn)

    def with_period(reply: Reply) -> Reply:
        return {**reply, "RotationPeriodInDays": 180}

    port = Replying(aws, "kms:GetKeyRotationStatus", with_period)
    assert "key.rotation" not in addresses(Journey(port, sample_blueprint(storage__kms_key=arn)).plan())


def metadata(**values: object) -> Callable[[Reply], Reply]:
    return lambda reply: {"KeyMetadata": {**reply["KeyMetadata"], **values}}


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"KeyManager": "AWS"}, "key.kind"),
        ({"KeySpec": "RSA_2048"}, "key.kind"),
        ({"KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_P256"}, "key.kind"),
        ({"KeyUsage": "GENERATE_VERIFY_MAC", "KeySpec": "HMAC_256"}, "key.kind"),
        ({"KeyState": "Disabled"}, "key.state"),
        ({"KeyState": "PendingDeletion", "DeletionDate": "2027-01-01T00:00:00+00:00"}, "key.state"),
        ({"KeyState": "PendingImport"}, "key.state"),
        ({"KeyState": "Unavailable"}, "key.state"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(aws: Aws, values: dict[str, object], address: str) -> None:
    port = Replying(aws, "kms:DescribeKey", metadata(**values))
    words = refused(Journey(port, sample_blueprint(storage__kms_key=key(aws))), address)
    assert str(next(iter(values.values()))) in words


def test_a_key_that_does_not_delegate_is_refused_with_the_statement_to_add(aws: Aws) -> None:
    user = {"AWS": "arn:aws:iam::123456789012:user/kim"}
    statement = {"Sid": "Kim", "Effect": "Allow", "Principal": user, "Action": "kms:*", "Resource": "*"}
    arn = key(aws, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    journey = Journey(aws, sample_blueprint(storage__kms_key=arn))
    assert '"AWS": "arn:aws:iam::123456789012:root"' in refused(journey, "key.policy")
    shown = next(s.problem for s in journey.plan().blocked if s.address == "key.policy")
    assert shown is not None
    added = json.loads(shown.remedy[-1])
    both = json.dumps({"Version": "2012-10-17", "Statement": [statement, added]})
    do(aws, "kms", "PutKeyPolicy", KeyId=arn, PolicyName="default", Policy=both)
    assert journey.run().ok
    assert journey.plan().steps == ()
    kept = json.loads(do(aws, "kms", "GetKeyPolicy", KeyId=arn, PolicyName="default")["Policy"])
    assert statement in kept["Statement"]


def test_a_given_key_must_exist(aws: Aws) -> None:
    gone = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    assert "create" in refused(Journey(aws, sample_blueprint(storage__kms_key=gone)), "key")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:kms:eu-west-1:999999999999:key/1234",
        "arn:aws:kms:us-east-1:123456789012:key/1234",
        "arn:aws-cn:kms:eu-west-1:123456789012:key/1234",
        "arn:aws:kms:eu-west-1::key/1234",
    ],
)
def test_a_key_of_another_place_is_refused(arn: str) -> None:
    with pytest.raises(ProblemError) as caught:
        sample_blueprint(storage__kms_key=arn, aws__account=None)
    assert caught.value.problem.where == "storage.kms_key"


# Buckets


def test_a_bucket_that_lets_others_in_is_refused(aws: Aws) -> None:
    bucket(aws, {**FOREIGN_DENY, "Sid": "Guests", "Effect": "Allow", "Action": "s3:GetObject"})
    assert "Guests" in refused(Journey(aws), "bucket.policy")


def test_a_bucket_of_another_region_is_refused(aws: Aws) -> None:
    bucket(aws)
    port = Replying(aws, "s3:HeadBucket", lambda reply: {**reply, "BucketRegion": "us-west-2"})
    assert blocked(Journey(port)) == [("bucket.region", "region")]


# Roles


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "sts:AssumeRole",
        },
        {**TRUST["Statement"][0], "Sid": "NoExternalId", "Condition": {}},
        {**TRUST["Statement"][0], "Sid": "MoreActions", "Action": "sts:*"},
    ],
)
def test_a_role_that_others_use_is_refused(aws: Aws, statement: dict[str, Any]) -> None:
    role(aws, {**TRUST, "Statement": [*TRUST["Statement"], statement]})
    assert "choose another name" in refused(Journey(aws), "role.trust").lower()


def test_a_role_made_by_hand_to_the_same_effect_fits(aws: Aws) -> None:
    by_hand = {name: value for name, value in TRUST["Statement"][0].items() if name != "Sid"}
    role(aws, {**TRUST, "Statement": [by_hand]})
    journey = Journey(aws)
    assert blocked(journey) == []
    assert journey.run().ok
    assert journey.plan().steps == ()


def test_a_role_with_more_rights_is_refused(aws: Aws) -> None:
    role(aws)
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    do(aws, "iam", "PutRolePolicy", RoleName=ROLE, PolicyName="Own", PolicyDocument=document)
    arn = do(aws, "iam", "CreatePolicy", PolicyName="More", PolicyDocument=document)["Policy"]["Arn"]
    do(aws, "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=arn)
    for address, name in (("role.other-policies", "Own"), ("role.attached-policies", "More")):
        words = refused(Journey(aws), address)
        assert name in words
        assert "choose another name" in words.lower()


def test_a_role_on_another_path_is_refused(aws: Aws) -> None:
    role(aws, Path="/teams/")
    assert "/teams/" in refused(Journey(aws), "role.path")


# Other set-ups of this program


@pytest.mark.parametrize("resource", ["key", "bucket", "role"])
def test_what_another_set_up_made_is_taken(aws: Aws, resource: str) -> None:
    theirs = sample_blueprint(setup__id=OTHER_SETUP)
    Journey(aws, theirs, OTHER_SETUP).run()
    journey = Journey(aws)
    assert (resource, "taken") in blocked(journey)
    recording = Recording(aws)
    assert not Journey(recording).run().ok
    assert recording.writes == []


def test_taken_says_whose_set_up_it_is_not(aws: Aws) -> None:
    Journey(aws, sample_blueprint(setup__id=OTHER_SETUP), OTHER_SETUP).run()
    reasons = [step.problem for step in Journey(aws).plan().blocked]
    assert all(reason is not None and reason.remedy for reason in reasons)


def test_the_merge_of_a_bucket_policy_keeps_its_owners_words() -> None:
    theirs = {"Version": "2008-10-17", "Id": "Owner", "Statement": FOREIGN_DENY}
    ours = policies.bucket_policy(f"arn:aws:s3:::{BUCKET}", "key", strict=False)
    merged = policies.merge(json.dumps(theirs), ours)
    assert isinstance(merged, Json)
    assert json.loads(json.dumps(bare(merged)))["Id"] == "Owner"
