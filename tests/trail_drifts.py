"""What can happen behind a set-up's back to what watches over it, as direct calls: one drift a facet and way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from services.model.calls import Aws
from tests.drifts import BOUNDARY, NOTHING, Change, other_principal
from tests.world import LOG_GROUP, LOG_ROLE, TRAIL_ARN, TRAIL_BUCKET, do

GROUP_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:palisade/acme-sandbox/cloudtrail"
POLICY = {"RoleName": LOG_ROLE, "PolicyName": "PalisadeWizardTrailLogs"}


def log_key_id(aws: Aws) -> str:
    found = do(aws, "kms", "DescribeKey", KeyId="alias/palisade-logs-acme-sandbox")
    return str(found["KeyMetadata"]["KeyId"])


def log_key(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "kms", op, KeyId=log_key_id(aws), **params)


def trail(op: str, name: str = "Name", **params: Any) -> Change:
    return lambda aws: do(aws, "cloudtrail", op, **{name: TRAIL_ARN}, **params)


def log_role(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "iam", op, RoleName=LOG_ROLE, **params)


def log_group(op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "logs", op, **params)


def log_key_policy(aws: Aws) -> None:
    """Another account's trail is let in."""
    named = {"KeyId": log_key_id(aws), "PolicyName": "default"}
    policy = json.loads(do(aws, "kms", "GetKeyPolicy", **named)["Policy"])
    del policy["Statement"][1]["Condition"]
    do(aws, "kms", "PutKeyPolicy", **named, Policy=json.dumps(policy))


def trust(change: Callable[[dict[str, Any]], None]) -> Change:
    def drift(aws: Aws) -> None:
        policy = do(aws, "iam", "GetRole", RoleName=LOG_ROLE)["Role"]["AssumeRolePolicyDocument"]
        change(policy)
        do(aws, "iam", "UpdateAssumeRolePolicy", RoleName=LOG_ROLE, PolicyDocument=json.dumps(policy))

    return drift


def selectors(change: Callable[[list[Any]], list[Any]]) -> Change:
    def drift(aws: Aws) -> None:
        found = do(aws, "cloudtrail", "GetEventSelectors", TrailName=TRAIL_ARN)["AdvancedEventSelectors"]
        changed = change(found)
        do(aws, "cloudtrail", "PutEventSelectors", TrailName=TRAIL_ARN, AdvancedEventSelectors=changed)

    return drift


def without_reads(found: list[Any]) -> list[Any]:
    found[1]["FieldSelectors"].append({"Field": "readOnly", "Equals": ["false"]})
    return found


TEAM = [{"Key": "team", "Value": "treasury"}]

TRAIL_DRIFTS: tuple[tuple[str, str, Change], ...] = (
    ("log_key.tags", "change", log_key("UntagResource", TagKeys=["team"])),
    ("log_key.policy", "change", log_key_policy),
    ("log_key.rotation", "change", log_key("DisableKeyRotation")),
    ("log_group.tags", "change", log_group("UntagResource", resourceArn=GROUP_ARN, tagKeys=["team"])),
    (
        "log_group.retention",
        "change",
        log_group("PutRetentionPolicy", logGroupName=LOG_GROUP, retentionInDays=7),
    ),
    ("log_group.retention", "set", log_group("DeleteRetentionPolicy", logGroupName=LOG_GROUP)),
    ("log_role.tags", "change", log_role("UntagRole", TagKeys=["team"])),
    ("log_role.trust", "change", trust(other_principal)),
    (
        "log_role.policy",
        "change",
        lambda aws: do(aws, "iam", "PutRolePolicy", **POLICY, PolicyDocument=NOTHING),
    ),
    ("log_role.policy", "set", lambda aws: do(aws, "iam", "DeleteRolePolicy", **POLICY)),
    ("trail.tags", "change", trail("RemoveTags", "ResourceId", TagsList=TEAM)),
    ("trail.delivery", "change", trail("UpdateTrail", S3BucketName=f"{TRAIL_BUCKET}-2")),
    ("trail.regions", "change", trail("UpdateTrail", IsMultiRegionTrail=False)),
    ("trail.regions", "change", trail("UpdateTrail", IncludeGlobalServiceEvents=False)),
    ("trail.validation", "change", trail("UpdateTrail", EnableLogFileValidation=False)),
    ("trail.encryption", "change", trail("UpdateTrail", KmsKeyId="arn:aws:kms:eu-west-1:123456789012:key/x")),
    ("trail.log-group", "change", trail("UpdateTrail", CloudWatchLogsLogGroupArn=f"{GROUP_ARN}-2:*")),
    ("trail.selectors", "change", selectors(lambda found: found[:1])),
    ("trail.selectors", "change", selectors(lambda found: found[1:])),
    ("trail.selectors", "change", selectors(without_reads)),
    ("trail.logging", "change", trail("StopLogging")),
)

TRAIL_NO_RETURN: tuple[tuple[str, Change], ...] = (
    ("log_key.state", log_key("DisableKey")),
    ("log_role.other-policies", log_role("PutRolePolicy", PolicyName="Reader", PolicyDocument=NOTHING)),
    (
        "log_role.attached-policies",
        log_role("AttachRolePolicy", PolicyArn=BOUNDARY),
    ),
)
"""Drift that the program does not undo by itself: it says so and touches nothing."""
