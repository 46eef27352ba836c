"""Every AWS operation that the program uses: whether it reads, which IAM actions it needs, what it does in words.

One explicit table, because names mislead: `HeadBucket` needs `s3:ListBucket`, `GetBucketEncryption` needs
`s3:GetEncryptionConfiguration`, and `LookupEvents` and `SimulatePrincipalPolicy` only read. The read-only guard,
the operator's policy, the log and the error texts all come from here. Source of the actions: AWS's Service
Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.model.calls import Call


@dataclass(frozen=True)
class Operation:
    """`does` completes "The program could not …" and "AWS did not allow this sign-in to …". `paged`: the port joins the pages of its reply.

    `once`: the call is never repeated when its answer is lost, because that could make a second one.
    """

    reads: bool
    actions: tuple[str, ...]
    does: str
    paged: bool = False
    once: bool = False


def _read(does: str, *actions: str, paged: bool = False) -> Operation:
    return Operation(True, actions, does, paged)


def _write(does: str, *actions: str) -> Operation:
    return Operation(False, actions, does)


def _make(does: str, *actions: str) -> Operation:
    return Operation(False, actions, does, once=True)


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "sts:GetCallerIdentity": _read("ask who is signed in", "sts:GetCallerIdentity"),
        "sts:AssumeRole": _write("assume the role", "sts:AssumeRole"),
        "iam:SimulatePrincipalPolicy": _read(
            "ask which rights the sign-in has", "iam:SimulatePrincipalPolicy", paged=True
        ),
        # KMS
        "kms:DescribeKey": _read("look at the KMS key", "kms:DescribeKey"),
        "kms:ListKeys": _read("list the KMS keys", "kms:ListKeys", paged=True),
        "kms:ListAliases": _read("list the KMS aliases", "kms:ListAliases", paged=True),
        "kms:ListResourceTags": _read("read a KMS key's tags", "kms:ListResourceTags", paged=True),
        "kms:GetKeyPolicy": _read("read the KMS key's policy", "kms:GetKeyPolicy"),
        "kms:GetKeyRotationStatus": _read("see whether the KMS key rotates", "kms:GetKeyRotationStatus"),
        "kms:CreateKey": _make("create the KMS key", "kms:CreateKey", "kms:TagResource"),
        "kms:CreateAlias": _make("create the KMS key's alias", "kms:CreateAlias"),
        "kms:TagResource": _write("tag the KMS key", "kms:TagResource"),
        "kms:EnableKeyRotation": _write("turn on rotation of the KMS key", "kms:EnableKeyRotation"),
        "kms:PutKeyPolicy": _write("set the KMS key's policy", "kms:PutKeyPolicy"),
        # S3
        "s3:HeadBucket": _read("look at the bucket", "s3:ListBucket"),
        "s3:ListBuckets": _read("list the account's buckets", "s3:ListAllMyBuckets", paged=True),
        "s3:GetBucketTagging": _read("read the bucket's tags", "s3:GetBucketTagging"),
        "s3:GetPublicAccessBlock": _read(
            "see whether the bucket blocks public access", "s3:GetBucketPublicAccessBlock"
        ),
        "s3:GetBucketOwnershipControls": _read(
            "see who owns the bucket's objects", "s3:GetBucketOwnershipControls"
        ),
        "s3:GetBucketVersioning": _read("see whether the bucket keeps versions", "s3:GetBucketVersioning"),
        "s3:GetBucketEncryption": _read("read the bucket's encryption", "s3:GetEncryptionConfiguration"),
        "s3:GetBucketPolicy": _read("read the bucket's policy", "s3:GetBucketPolicy"),
        "s3:GetObjectLockConfiguration": _read(
            "see whether the bucket has Object Lock", "s3:GetBucketObjectLockConfiguration"
        ),
        "s3:GetBucketLifecycleConfiguration": _read(
            "read the bucket's lifecycle rules", "s3:GetLifecycleConfiguration"
        ),
        "s3:GetBucketLogging": _read("see where the bucket's access logs go", "s3:GetBucketLogging"),
        "s3:GetBucketNotificationConfiguration": _read(
            "read the bucket's notifications", "s3:GetBucketNotification"
        ),
        "s3:ListObjectsV2": _read("list the bucket's files", "s3:ListBucket"),
        "s3:GetObject": _read("read a backup file", "s3:GetObject", "kms:Decrypt"),
        "s3:CreateBucket": _make(
            "create the bucket", "s3:CreateBucket", "s3:PutBucketOwnershipControls", "s3:TagResource"
        ),
        "s3:PutBucketTagging": _write("tag the bucket", "s3:PutBucketTagging"),
        "s3:PutPublicAccessBlock": _write(
            "block public access to the bucket", "s3:PutBucketPublicAccessBlock"
        ),
        "s3:PutBucketOwnershipControls": _write(
            "turn off the bucket's access lists", "s3:PutBucketOwnershipControls"
        ),
        "s3:PutBucketVersioning": _write("turn on versioning of the bucket", "s3:PutBucketVersioning"),
        "s3:PutBucketEncryption": _write("set the bucket's encryption", "s3:PutEncryptionConfiguration"),
        "s3:PutBucketPolicy": _write("set the bucket's policy", "s3:PutBucketPolicy"),
        "s3:PutObjectLockConfiguration": _write(
            "set the bucket's Object Lock", "s3:PutBucketObjectLockConfiguration"
        ),
        "s3:PutBucketLifecycleConfiguration": _write(
            "set the bucket's lifecycle rules", "s3:PutLifecycleConfiguration"
        ),
        "s3:PutBucketLogging": _write("have the bucket's access logs written", "s3:PutBucketLogging"),
        "s3:PutBucketNotificationConfiguration": _write(
            "set the bucket's notifications", "s3:PutBucketNotification"
        ),
        "s3:PutObject": _write("write a file", "s3:PutObject", "kms:GenerateDataKey"),
        "s3:DeleteObject": _write("delete a file", "s3:DeleteObject"),
        # IAM
        "iam:GetRole": _read("look at the role", "iam:GetRole"),
        "iam:GetRolePolicy": _read("read the role's policy", "iam:GetRolePolicy"),
        "iam:ListRolePolicies": _read("list the role's inline policies", "iam:ListRolePolicies", paged=True),
        "iam:ListAttachedRolePolicies": _read(
            "list the policies attached to the role", "iam:ListAttachedRolePolicies", paged=True
        ),
        "iam:CreateRole": _make("create the role", "iam:CreateRole", "iam:TagRole"),
        "iam:TagRole": _write("tag the role", "iam:TagRole"),
        "iam:UpdateAssumeRolePolicy": _write("set who may assume the role", "iam:UpdateAssumeRolePolicy"),
        "iam:UpdateRole": _write("set how long the role's sessions last", "iam:UpdateRole"),
        "iam:PutRolePolicy": _write("set what the role may do", "iam:PutRolePolicy"),
        "iam:PutRolePermissionsBoundary": _write(
            "set the role's permissions boundary", "iam:PutRolePermissionsBoundary"
        ),
    }
)


def reads(call: Call) -> bool:
    """Whether the call only reads; unknown operations count as writes."""
    found = OPERATIONS.get(call.name)
    return found is not None and found.reads
