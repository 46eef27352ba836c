"""The judge of policies: an evaluator that is not ours, asked about one partition and region at a time.

It knows no resource policy of KMS and no session policies; the rows that use it need neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.iam_evaluator import (
    EvalContext,
    combine_resource_policy,
    evaluate,
    parse_policy_document,
)

from services.model import policies
from services.model.values import Tree, bare
from tests.world import ACCOUNT, BUCKET

PLACES = (("aws", "eu-west-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1"))
SSE, KEY_ID, SSE_C = (name.lower() for name in (policies.SSE, policies.SSE_KEY, policies.SSE_C))
KEY_NAME = "1234abcd-12ab-34cd-56ef-1234567890ab"


def plain(policy: Tree) -> Any:
    return json.loads(json.dumps(bare(policy)))


def key_arn(partition: str, region: str, name: str = f"key/{KEY_NAME}", account: str = ACCOUNT) -> str:
    return f"arn:{partition}:kms:{region}:{account}:{name}"


class Site:
    """One partition and region, with the policies for it."""

    def __init__(self, place: tuple[str, str], *, strict: bool = False, extra: tuple[str, ...] = ()) -> None:
        self.partition, self.region = place
        self.bucket = f"arn:{self.partition}:s3:::{BUCKET}"
        self.key = key_arn(*place)
        self.bucket_policy = plain(policies.bucket_policy(self.bucket, self.key, strict=strict))
        self.role_policy = plain(
            policies.role_policy(self.bucket, self.key, self.region, self.partition, extra)
        )

    def request(
        self, action: str, resource: str, context: Mapping[str, str] | None = None, *, tls: bool = True
    ) -> EvalContext:
        return EvalContext(
            principal_arn=f"arn:{self.partition}:sts::{ACCOUNT}:assumed-role/Writer/session",
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=action,
            resource_arn=resource,
            region=self.region,
            secure_transport=tls,
            service_context={name.replace("__", ":", 1): value for name, value in (context or {}).items()},
        )

    def upload(self, headers: dict[str, str], *, tls: bool = True, version: str = "1.3") -> str:
        request = self.request("s3:PutObject", f"{self.bucket}/key/recovery_shard-0.txt", tls=tls)
        request.service_context.update(headers)
        if tls:
            request.service_context["s3:tlsversion"] = version
        role = evaluate(request, [parse_policy_document(self.role_policy)])
        return str(combine_resource_policy(role, request, self.bucket_policy, ACCOUNT).decision)

    def role(self, action: str, resource: str, **context: str) -> str:
        request = self.request(action, resource, context)
        return str(evaluate(request, [parse_policy_document(self.role_policy)]).decision)
