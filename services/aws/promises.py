"""What AWS says in every answer of an operation, and on what the program builds: an answer without it is not AWS's.

Hardly an output of AWS's models is marked as required, so this is written down here. Without it a damaged answer would be taken
for "there is none", and something would be made a second time or thought to be gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

ALWAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "athena:GetQueryExecution": ("QueryExecution.Status.State",),
        "athena:GetWorkGroup": ("WorkGroup.Name",),
        "athena:StartQueryExecution": ("QueryExecutionId",),
        "cloudtrail:CreateTrail": ("TrailARN",),
        "cloudtrail:DescribeTrails": ("trailList[].TrailARN",),
        "cloudtrail:GetTrail": ("Trail.TrailARN",),
        "cloudwatch:DescribeAlarms": ("MetricAlarms[].AlarmArn", "MetricAlarms[].AlarmName"),
        "iam:CreateRole": ("Role.Arn", "Role.RoleName"),
        "iam:GetPolicy": ("Policy.DefaultVersionId",),
        "iam:GetRole": ("Role.Arn", "Role.RoleName"),
        "iam:ListRolePolicies": ("PolicyNames[]",),
        "iam:ListAttachedRolePolicies": ("AttachedPolicies[].PolicyArn",),
        "kms:CreateKey": ("KeyMetadata.Arn", "KeyMetadata.KeyId"),
        "kms:DescribeKey": ("KeyMetadata.Arn", "KeyMetadata.KeyId"),
        "kms:ListAliases": ("Aliases[].AliasName",),
        "kms:ListKeys": ("Keys[].KeyId",),
        "kms:ListResourceTags": ("Tags[].TagKey",),
        "logs:DescribeLogGroups": ("logGroups[].logGroupName",),
        "logs:DescribeMetricFilters": ("metricFilters[].filterName",),
        "s3:GetObject": ("Body",),
        "s3:HeadObject": ("ContentLength",),
        "s3:ListBucketInventoryConfigurations": (
            "InventoryConfigurationList[].Id",
            "InventoryConfigurationList[].Destination.S3BucketDestination.Bucket",
        ),
        "s3:ListBuckets": ("Buckets[].Name",),
        "s3:ListMultipartUploads": ("Uploads[].Key", "Uploads[].UploadId"),
        "s3:ListObjectVersions": (
            *("Versions[].Key", "Versions[].VersionId", "Versions[].LastModified"),
            *("DeleteMarkers[].Key", "DeleteMarkers[].VersionId", "DeleteMarkers[].LastModified"),
        ),
        "s3:ListObjectsV2": ("Contents[].Key", "Contents[].LastModified", "CommonPrefixes[].Prefix"),
        "sns:CreateTopic": ("TopicArn",),
        "sns:GetTopicAttributes": ("Attributes.TopicArn",),
        "sns:ListSubscriptionsByTopic": ("Subscriptions[].SubscriptionArn",),
        "sts:GetCallerIdentity": ("Account", "Arn"),
    }
)
"""Paths by operation; `[]` stands for each entry of a list, which may be empty or left out."""


def keeps(name: str, reply: Mapping[str, Any]) -> bool:
    """Whether the reply of an operation has everything that AWS always says."""
    return all(_there(reply, path.split(".")) for path in ALWAYS.get(name, ()))


def _there(value: Any, path: list[str]) -> bool:
    if not path:
        return value not in (None, "")
    step, *rest = path
    if not isinstance(value, Mapping):
        return False
    if step.endswith("[]"):
        return all(_there(each, rest) for each in _listed(value.get(step[:-2])))
    return _there(value.get(step), rest)


def _listed(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list | tuple) else ()
