"""The policies of one role, bucket and key as AWS gives them back, to be broken one at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from services.model import policies
from services.model.calls import Call, Refused, Reply
from services.verify.policy_documents import Where
from tests.judge import plain
from tests.world import ACCOUNT, BUCKET, KEY_ARN, ROLE

WHERE = Where(ROLE, f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", BUCKET, KEY_ARN, ACCOUNT, "eu-west-1", "aws")
BUCKET_ARN = WHERE.bucket_arn
OBJECTS = f"{BUCKET_ARN}/*"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return policy({"Sid": "Foreign", "Effect": "Allow", "Action": list(actions), "Resource": on, **more})


def bucket_policy(*, strict: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = plain(policies.bucket_policy(BUCKET_ARN, KEY_ARN, strict=strict))
    return found


def _ours() -> dict[str, dict[str, Any]]:
    made = policies.role_policy(BUCKET_ARN, KEY_ARN, "eu-west-1", "aws")
    return {"PalisadeWizardBackupWriter": plain(made)}


@dataclass(frozen=True)
class Policies:
    """Whatever bears on the role. IAM gives documents as data, S3 and KMS as text."""

    inline: dict[str, dict[str, Any]] = field(default_factory=_ours)
    attached: dict[str, dict[str, Any]] = field(default_factory=dict)
    boundary: dict[str, Any] | None = None
    bucket: dict[str, Any] | None = field(default_factory=bucket_policy)
    key: dict[str, Any] = field(default_factory=lambda: plain(policies.key_policy("aws", ACCOUNT)))
    denied: frozenset[str] = frozenset()

    def __call__(self, call: Call) -> Reply:
        if call.name in self.denied:
            raise Refused(call, "AccessDenied", "User is not authorized to perform this.", 403)
        bound = f"arn:aws:iam::{ACCOUNT}:policy/Bound"
        managed = {**self.attached, bound: self.boundary}
        match call.op:
            case "GetRole":
                limit = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": bound}
                return {"Role": {"PermissionsBoundary": limit} if self.boundary else {}}
            case "ListRolePolicies":
                return {"PolicyNames": list(self.inline)}
            case "GetRolePolicy":
                return {"PolicyDocument": self.inline[str(call.params["PolicyName"])]}
            case "ListAttachedRolePolicies":
                return {"AttachedPolicies": [{"PolicyName": "x", "PolicyArn": arn} for arn in self.attached]}
            case "GetPolicy":
                return {"Policy": {"Arn": call.params["PolicyArn"], "DefaultVersionId": "v3"}}
            case "GetPolicyVersion":
                assert call.params["VersionId"] == "v3"
                return {"PolicyVersion": {"Document": managed[str(call.params["PolicyArn"])]}}
            case "GetBucketPolicy" if self.bucket is None:
                raise Refused(call, "NoSuchBucketPolicy", "none", 404)
            case "GetBucketPolicy":
                assert call.params["ExpectedBucketOwner"] == ACCOUNT
                return {"Policy": json.dumps(self.bucket)}
            case "GetKeyPolicy":
                return {"Policy": json.dumps(self.key)}
            case _:
                raise AssertionError(call.name)
