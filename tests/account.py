"""Everything that can be listed in an account, as one value: two of them tell what a run left behind or touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.model.calls import Aws, Call, Refused, Reply

Listing = dict[str, Any]
"""By a name such as `bucket acme` or `key 1234 policy`: what AWS says of it."""


def everything(aws: Aws) -> Listing:
    """All buckets, keys, aliases, roles, trails, log groups, filters, alarms, topics and subscriptions, with their sides."""
    return dict(
        found
        for part in (_buckets, _keys, _roles, _trails, _logs, _alarms, _topics)
        for found in part(lambda service, op, **params: _ask(aws, service, op, params))
    )


def named(listing: Listing, text: str) -> Listing:
    """What of it holds a text, in its name or in what AWS says of it."""
    return {
        name: told for name, told in listing.items() if text in name or text in json.dumps(told, default=str)
    }


Ask = Callable[..., Reply]


def _ask(aws: Aws, service: str, op: str, params: Mapping[str, Any]) -> Reply:
    """The reply without what no two replies have in common; what is not set is an empty one."""
    try:
        return {k: v for k, v in aws(Call(service, op, params)).items() if k != "ResponseMetadata"}
    except Refused as refused:
        return {"refused": refused.code}


_SIDES = (
    "GetBucketTagging",
    "GetPublicAccessBlock",
    "GetBucketOwnershipControls",
    "GetBucketVersioning",
    "GetBucketEncryption",
    "GetBucketPolicy",
    "GetBucketLifecycleConfiguration",
    "GetBucketLogging",
    "ListBucketInventoryConfigurations",
    "GetBucketNotificationConfiguration",
    "GetObjectLockConfiguration",
)


def _buckets(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("s3", "ListBuckets").get("Buckets", []):
        name = str(each["Name"])
        yield f"bucket {name}", {side: ask("s3", side, Bucket=name) for side in _SIDES}
        listed = ask("s3", "ListObjectVersions", Bucket=name)
        yield f"bucket {name} versions", [listed.get("Versions", []), listed.get("DeleteMarkers", [])]
        yield f"bucket {name} uploads", ask("s3", "ListMultipartUploads", Bucket=name).get("Uploads", [])


def _keys(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("kms", "ListKeys").get("Keys", []):
        key = str(each["KeyId"])
        state = ask("kms", "DescribeKey", KeyId=key)["KeyMetadata"]
        yield (
            f"key {key} {state['KeyState']}",
            {
                "tags": ask("kms", "ListResourceTags", KeyId=key).get("Tags"),
                "policy": ask("kms", "GetKeyPolicy", KeyId=key, PolicyName="default").get("Policy"),
                "rotation": ask("kms", "GetKeyRotationStatus", KeyId=key).get("KeyRotationEnabled"),
            },
        )
    for each in ask("kms", "ListAliases").get("Aliases", []):
        if not each["AliasName"].startswith("alias/aws/"):
            yield f"alias {each['AliasName']}", each.get("TargetKeyId")


def _roles(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("iam", "ListRoles").get("Roles", []):
        role = str(each["RoleName"])
        inline = ask("iam", "ListRolePolicies", RoleName=role).get("PolicyNames", [])
        yield (
            f"role {role}",
            {
                "role": {
                    k: v
                    for k, v in ask("iam", "GetRole", RoleName=role)["Role"].items()
                    if k != "RoleLastUsed"
                },
                "inline": {
                    name: ask("iam", "GetRolePolicy", RoleName=role, PolicyName=name) for name in inline
                },
                "attached": ask("iam", "ListAttachedRolePolicies", RoleName=role).get("AttachedPolicies"),
            },
        )


def _trails(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("cloudtrail", "DescribeTrails").get("trailList", []):
        arn = str(each["TrailARN"])
        yield (
            f"trail {arn}",
            {
                "trail": each,
                "selectors": ask("cloudtrail", "GetEventSelectors", TrailName=arn),
                "tags": ask("cloudtrail", "ListTags", ResourceIdList=[arn]),
                "on": ask("cloudtrail", "GetTrailStatus", Name=arn).get("IsLogging"),
            },
        )


def _logs(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("logs", "DescribeLogGroups").get("logGroups", []):
        yield f"log group {each['logGroupName']}", {k: v for k, v in each.items() if k != "storedBytes"}
    for each in ask("logs", "DescribeMetricFilters").get("metricFilters", []):
        yield f"filter {each['logGroupName']} {each['filterName']}", each


def _alarms(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("cloudwatch", "DescribeAlarms").get("MetricAlarms", []):
        tags = ask("cloudwatch", "ListTagsForResource", ResourceARN=each["AlarmArn"]).get("Tags")
        yield f"alarm {each['AlarmName']}", {"alarm": each, "tags": tags}


def _topics(ask: Ask) -> Iterator[tuple[str, Any]]:
    for each in ask("sns", "ListTopics").get("Topics", []):
        arn = str(each["TopicArn"])
        yield (
            f"topic {arn}",
            {
                "attributes": ask("sns", "GetTopicAttributes", TopicArn=arn).get("Attributes"),
                "tags": ask("sns", "ListTagsForResource", ResourceArn=arn).get("Tags"),
            },
        )
    for each in ask("sns", "ListSubscriptions").get("Subscriptions", []):
        yield f"subscription {each['SubscriptionArn']} {each['Endpoint']}", each
