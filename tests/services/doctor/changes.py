"""Ways to change what AWS answers about a set-up: one thing at a time."""

from __future__ import annotations

import json
from typing import Any

from services.model import policies
from tests.services.doctor.cloud import BUCKET_ARN, Break, document, statement, text
from tests.world import EXTERNAL_ID, KEY_ARN


def says(name: str, **reply: Any) -> Break:
    """Another answer altogether."""
    return lambda replies: replies.update({name: reply})


def refuses(name: str, code: str) -> Break:
    return lambda replies: replies.update({name: code})


def within(name: str, *path: str | int, **values: Any) -> Break:
    """Some members of an answer changed."""

    def change(replies: dict[str, Any]) -> None:
        part = replies[name]
        for step in path:
            part = part[step]
        part.update(values)

    return change


def without(sid: str) -> Break:
    """The bucket's policy without a statement."""

    def change(replies: dict[str, Any]) -> None:
        policy = json.loads(replies["s3:GetBucketPolicy"]["Policy"])
        kept = [s for s in policy["Statement"] if s["Sid"] != f"{policies.OURS}{sid}"]
        assert len(kept) == len(policy["Statement"]) - 1
        replies["s3:GetBucketPolicy"] = {"Policy": json.dumps({**policy, "Statement": kept})}

    return change


def more(**parts: Any) -> Break:
    """The bucket's policy with a statement more."""

    def change(replies: dict[str, Any]) -> None:
        policy = json.loads(replies["s3:GetBucketPolicy"]["Policy"])
        policy["Statement"].append(statement(**parts))
        replies["s3:GetBucketPolicy"] = {"Policy": json.dumps(policy)}

    return change


def encryption(**default: str) -> Break:
    rules = ("ServerSideEncryptionConfiguration", "Rules", 0)
    return within("s3:GetBucketEncryption", *rules, ApplyServerSideEncryptionByDefault=default)


def lifecycle(**values: Any) -> Break:
    return within("s3:GetBucketLifecycleConfiguration", "Rules", 0, **values)


def lock(**default: Any) -> Break:
    rule = {"DefaultRetention": default} if default else {}
    return within("s3:GetObjectLockConfiguration", "ObjectLockConfiguration", Rule=rule)


def key(**values: Any) -> Break:
    return within("kms:DescribeKey", "KeyMetadata", **values)


def role(**values: Any) -> Break:
    return within("iam:GetRole", "Role", **values)


def trust(*statements: dict[str, Any]) -> Break:
    return role(AssumeRolePolicyDocument=json.loads(document(*statements)))


def trusted(principal: Any, **more: Any) -> dict[str, Any]:
    condition = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": principal,
        "Condition": condition,
        **more,
    }


def inline(*statements: dict[str, Any]) -> Break:
    return within("iam:GetRolePolicy", PolicyDocument=json.loads(document(*statements)))


def allows(*actions: str) -> Break:
    """The role's policy with a statement more."""

    def change(replies: dict[str, Any]) -> None:
        replies["iam:GetRolePolicy"]["PolicyDocument"]["Statement"].append(statement(Action=list(actions)))

    return change


def trail(**values: Any) -> Break:
    return within("cloudtrail:DescribeTrails", "trailList", 0, **values)


def selectors(*advanced: dict[str, Any]) -> Break:
    return says("cloudtrail:GetEventSelectors", AdvancedEventSelectors=list(advanced))


def basic(kind: str, *values: str, **more: Any) -> Break:
    data = [{"Type": "AWS::S3::Object", "Values": list(values)}] if values else []
    selector = {"ReadWriteType": kind, "IncludeManagementEvents": True, "DataResources": data, **more}
    return says("cloudtrail:GetEventSelectors", EventSelectors=[selector])


def pattern(what: str, old: str, new: str) -> Break:
    """The pattern of a filter with other words."""

    def change(replies: dict[str, Any]) -> None:
        for found in replies["logs:DescribeMetricFilters"]["metricFilters"]:
            if found["filterName"] == f"filter-{what}":
                assert old in found["filterPattern"]
                found["filterPattern"] = found["filterPattern"].replace(old, new)

    return change


def no_filter(what: str) -> Break:
    def change(replies: dict[str, Any]) -> None:
        found = replies["logs:DescribeMetricFilters"]
        found["metricFilters"] = [f for f in found["metricFilters"] if f["filterName"] != f"filter-{what}"]

    return change


def alarm(what: str, **values: Any) -> Break:
    def change(replies: dict[str, Any]) -> None:
        for found in replies["cloudwatch:DescribeAlarms"]["MetricAlarms"]:
            if found["AlarmName"] == f"alarm-{what}":
                found.update(values)

    return change


def listed(*versions: dict[str, Any], markers: tuple[dict[str, Any], ...] = ()) -> Break:
    return says(
        "s3:ListObjectVersions", Versions=list(versions), DeleteMarkers=list(markers), IsTruncated=False
    )


def both(*changes: Break) -> Break:
    def change(replies: dict[str, Any]) -> None:
        for one in changes:
            one(replies)

    return change


def strict_policy(replies: dict[str, Any]) -> None:
    """The strict form of the bucket's policy, which refuses uploads without headers."""
    replies["s3:GetBucketPolicy"] = {"Policy": text(policies.bucket_policy(BUCKET_ARN, KEY_ARN, strict=True))}
