"""What can happen to a set-up behind its back, as direct calls: one drift a facet, in every way that matters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from services.model.calls import Aws
from tests.world import (
    ACCOUNT,
    BUCKET,
    ROLE,
    do,
)

Change: TypeAlias = Callable[[Aws], Any]
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Bound"
NOTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}'
OTHER_BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


def key_id(aws: Aws) -> str:
    return str(
        do(aws, "kms", "DescribeKey", KeyId="alias/palisade-backup-acme-sandbox")["KeyMetadata"]["KeyId"]
    )


def bucket_policy(change: Callable[[dict[str, Any]], None]) -> Change:
    """Changes the bucket policy that is there."""

    def drift(aws: Aws) -> None:
        policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=BUCKET)["Policy"])
        change(policy)
        do(aws, "s3", "PutBucketPolicy", Bucket=BUCKET, Policy=json.dumps(policy))

    return drift


def role_policy(change: Callable[[dict[str, Any]], None]) -> Change:
    def drift(aws: Aws) -> None:
        named = {"RoleName": ROLE, "PolicyName": "PalisadeWizardBackupWriter"}
        policy = do(aws, "iam", "GetRolePolicy", **named)["PolicyDocument"]
        change(policy)
        do(aws, "iam", "PutRolePolicy", **named, PolicyDocument=json.dumps(policy))

    return drift


def trust(change: Callable[[dict[str, Any]], None]) -> Change:
    def drift(aws: Aws) -> None:
        policy = do(aws, "iam", "GetRole", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
        change(policy)
        do(aws, "iam", "UpdateAssumeRolePolicy", RoleName=ROLE, PolicyDocument=json.dumps(policy))

    return drift


def key_policy(aws: Aws) -> None:
    policy = json.loads(do(aws, "kms", "GetKeyPolicy", KeyId=key_id(aws), PolicyName="default")["Policy"])
    policy["Statement"].append({**policy["Statement"][0], "Sid": "Guest", "Action": "kms:Decrypt"})
    do(aws, "kms", "PutKeyPolicy", KeyId=key_id(aws), PolicyName="default", Policy=json.dumps(policy))


def public_access(aws: Aws) -> None:
    rule = {"BlockPublicAcls": True, "BlockPublicPolicy": False, "IgnorePublicAcls": True}
    configuration = {**rule, "RestrictPublicBuckets": True}
    do(aws, "s3", "PutPublicAccessBlock", Bucket=BUCKET, PublicAccessBlockConfiguration=configuration)


def encrypted_with(**default: str) -> Change:
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    configuration = {"Rules": [rule]}
    return lambda aws: do(
        aws, "s3", "PutBucketEncryption", Bucket=BUCKET, ServerSideEncryptionConfiguration=configuration
    )


def other_key(policy: dict[str, Any]) -> None:
    for statement in policy["Statement"]:
        for tests in statement["Condition"].values():
            for name in tests:
                if name.endswith("key-id") and tests[name] != "false":
                    tests[name] = "arn:aws:kms:eu-west-1:123456789012:key/foreign"


def other_external_id(policy: dict[str, Any]) -> None:
    policy["Statement"][0]["Condition"]["StringEquals"] = {"STS:externalid": "another-external-id"}


def no_external_id(policy: dict[str, Any]) -> None:
    del policy["Statement"][0]["Condition"]


def other_principal(policy: dict[str, Any]) -> None:
    policy["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::999999999999:root"}


def more_actions(policy: dict[str, Any]) -> None:
    policy["Statement"][0]["Action"] = ["s3:PutObject", "s3:DeleteObject"]


def bucket_call(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "s3", op, Bucket=BUCKET, **params)


def role_call(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "iam", op, RoleName=ROLE, **params)


def key_call(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "kms", op, KeyId=key_id(aws), **params)


def fewer_bucket_tags(aws: Aws) -> None:
    tags = do(aws, "s3", "GetBucketTagging", Bucket=BUCKET)["TagSet"]
    do(
        aws,
        "s3",
        "PutBucketTagging",
        Bucket=BUCKET,
        Tagging={"TagSet": [t for t in tags if t["Key"] != "team"]},
    )


DRIFTS: tuple[tuple[str, str, Change], ...] = (
    ("key.tags", "change", key_call("UntagResource", TagKeys=["team"])),
    ("key.policy", "change", key_policy),
    ("key.rotation", "change", key_call("DisableKeyRotation")),
    ("bucket.tags", "change", fewer_bucket_tags),
    ("bucket.public-access", "change", public_access),
    ("bucket.public-access", "set", bucket_call("DeletePublicAccessBlock")),
    (
        "bucket.ownership",
        "change",
        bucket_call(
            "PutBucketOwnershipControls", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
    ),
    ("bucket.ownership", "set", bucket_call("DeleteBucketOwnershipControls")),
    (
        "bucket.versioning",
        "change",
        bucket_call("PutBucketVersioning", VersioningConfiguration={"Status": "Suspended"}),
    ),
    ("bucket.encryption", "change", encrypted_with(SSEAlgorithm="AES256")),
    ("bucket.encryption", "change", encrypted_with(SSEAlgorithm="aws:kms")),
    (
        "bucket.encryption",
        "change",
        encrypted_with(SSEAlgorithm="aws:kms", KMSMasterKeyID="arn:aws:kms:x:1:key/y"),
    ),
    ("bucket.encryption", "set", bucket_call("DeleteBucketEncryption")),
    ("bucket.policy", "change", bucket_policy(lambda policy: policy["Statement"].pop())),
    ("bucket.policy", "change", bucket_policy(other_key)),
    ("bucket.policy", "set", bucket_call("DeleteBucketPolicy")),
    ("role.tags", "change", role_call("UntagRole", TagKeys=["team"])),
    ("role.trust", "change", trust(other_principal)),
    ("role.trust", "change", trust(other_external_id)),
    ("role.trust", "change", trust(no_external_id)),
    ("role.session", "change", role_call("UpdateRole", MaxSessionDuration=7200)),
    ("role.policy", "change", role_policy(more_actions)),
    ("role.policy", "set", role_call("DeleteRolePolicy", PolicyName="PalisadeWizardBackupWriter")),
    ("role.boundary", "change", role_call("PutRolePermissionsBoundary", PermissionsBoundary=OTHER_BOUNDARY)),
    ("role.boundary", "set", role_call("DeleteRolePermissionsBoundary")),
)

EXPIRING = {"ID": "Spring", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}

NO_RETURN: tuple[tuple[str, Change], ...] = (
    (
        "bucket.lifecycle",
        bucket_call("PutBucketLifecycleConfiguration", LifecycleConfiguration={"Rules": [EXPIRING]}),
    ),
    ("key.state", key_call("DisableKey")),
    ("key.state", key_call("ScheduleKeyDeletion")),
    (
        "role.other-policies",
        role_call("PutRolePolicy", PolicyName="Reader", PolicyDocument=NOTHING),
    ),
    ("role.attached-policies", role_call("AttachRolePolicy", PolicyArn=BOUNDARY)),
)
"""Drift that the program does not undo by itself: it says so and touches nothing."""
