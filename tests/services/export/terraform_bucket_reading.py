"""What a Terraform file says of buckets, read back into what S3 would tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.model.values import Tree

Arguments = Mapping[str, Any]
"""The arguments of a block, its inner blocks as lists under their names."""


def renamed(found: Arguments, names: Mapping[str, str]) -> dict[str, Any]:
    """Arguments under AWS's names."""
    return {aws: found[name] for name, aws in names.items() if name in found}


def ownership(found: Arguments) -> Tree:
    (rule,) = found["rule"]
    return str(rule["object_ownership"])


def versioning(found: Arguments) -> Tree:
    (state,) = found["versioning_configuration"]
    return {"Status": state["status"]}


def encryption(found: Arguments) -> Tree:
    (rule,) = found["rule"]
    (default,) = rule["apply_server_side_encryption_by_default"]
    names = {"sse_algorithm": "SSEAlgorithm", "kms_master_key_id": "KMSMasterKeyID"}
    return {
        "ApplyServerSideEncryptionByDefault": renamed(default, names),
        "BucketKeyEnabled": rule.get("bucket_key_enabled", False),
        "BlockedEncryptionTypes": {"EncryptionType": rule.get("blocked_encryption_types", [])},
    }


_WHEN = {"date": "Date", "days": "Days"}
_SIZES = {"object_size_greater_than": "ObjectSizeGreaterThan", "object_size_less_than": "ObjectSizeLessThan"}
_OLD = {"noncurrent_days": "NoncurrentDays", "newer_noncurrent_versions": "NewerNoncurrentVersions"}


def _dated(found: Arguments) -> Arguments:
    """AWS calls midnight in UTC by its distance."""
    return {name: value.replace("Z", "+00:00") if name == "date" else value for name, value in found.items()}


def lifecycle(found: Arguments) -> Tree:
    size = {"transition_default_minimum_object_size": "TransitionDefaultMinimumObjectSize"}
    return {**renamed(found, size), "Rules": [dict(_rule(rule)) for rule in found.get("rule", [])]}


def _rule(rule: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from renamed(rule, {"id": "ID", "status": "Status"}).items()
    (scope,) = rule["filter"]
    inner: dict[str, Any] = renamed(scope, {"prefix": "Prefix", **_SIZES})
    for tag in scope.get("tag", []):
        inner["Tag"] = renamed(tag, {"key": "Key", "value": "Value"})
    for both in scope.get("and", []):
        tags = [{"Key": key, "Value": value} for key, value in both.get("tags", {}).items()]
        inner["And"] = {**renamed(both, {"prefix": "Prefix", **_SIZES}), **({"Tags": tags} if tags else {})}
    yield "Filter", inner
    for end in rule.get("expiration", []):
        yield (
            "Expiration",
            renamed(_dated(end), {**_WHEN, "expired_object_delete_marker": "ExpiredObjectDeleteMarker"}),
        )
    for end in rule.get("noncurrent_version_expiration", []):
        yield "NoncurrentVersionExpiration", renamed(end, _OLD)
    for end in rule.get("abort_incomplete_multipart_upload", []):
        names = {"days_after_initiation": "DaysAfterInitiation"}
        yield "AbortIncompleteMultipartUpload", renamed(end, names)
    for block, name, names in (
        ("transition", "Transitions", _WHEN),
        ("noncurrent_version_transition", "NoncurrentVersionTransitions", _OLD),
    ):
        if block in rule:
            yield (
                name,
                [renamed(_dated(move), {**names, "storage_class": "StorageClass"}) for move in rule[block]],
            )


def access_logs(found: Arguments) -> Tree:
    names = {"target_bucket": "TargetBucket", "target_prefix": "TargetPrefix"}
    return renamed(found, names) or None


def inventory(found: Arguments) -> Tree:
    """The provider turns an inventory on unless it is told otherwise."""
    if not found:
        return None
    (schedule,), (destination,) = found["schedule"], found["destination"]
    (bucket,) = destination["bucket"]
    names = {"account_id": "AccountId", "bucket_arn": "Bucket", "format": "Format", "prefix": "Prefix"}
    return {
        "IsEnabled": found.get("enabled", True),
        **renamed(found, {"name": "Id", "included_object_versions": "IncludedObjectVersions"}),
        **renamed(found, {"optional_fields": "OptionalFields"}),
        "Schedule": renamed(schedule, {"frequency": "Frequency"}),
        "Destination": {"S3BucketDestination": renamed(bucket, names)},
    }


def notifications(found: Arguments) -> Tree:
    out: dict[str, Any] = {"EventBridgeConfiguration": {}} if found.get("eventbridge") else {}
    for block, name, arn, member in (
        ("topic", "TopicConfigurations", "topic_arn", "TopicArn"),
        ("queue", "QueueConfigurations", "queue_arn", "QueueArn"),
        ("lambda_function", "LambdaFunctionConfigurations", "lambda_function_arn", "LambdaFunctionArn"),
    ):
        for each in found.get(block, []):
            one = renamed(each, {"id": "Id", arn: member, "events": "Events"})
            rules = [
                {"Name": what.title(), "Value": each[f"filter_{what}"]}
                for what in ("prefix", "suffix")
                if f"filter_{what}" in each
            ]
            if rules:
                one["Filter"] = {"Key": {"FilterRules": rules}}
            out.setdefault(name, []).append(one)
    return out


def object_lock(found: Arguments) -> Tree:
    if not found:
        return None
    ((retention,),) = (rule["default_retention"] for rule in found["rule"])
    names = {"mode": "Mode", "days": "Days", "years": "Years"}
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": renamed(retention, names)}}
