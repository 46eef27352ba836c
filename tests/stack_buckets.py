"""The properties of a bucket in a CloudFormation template, told as S3 tells them: written from CloudFormation's description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def tags(properties: Mapping[str, Any], name: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as the services tell them."""
    return [{name: tag["Key"], value: tag["Value"]} for tag in properties["Tags"]]


def bucket(p: dict[str, Any]) -> dict[str, Any]:
    """The sides of a bucket."""
    (rule,) = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (owner,) = p["OwnershipControls"]["Rules"]
    assert p.get("ObjectLockEnabled", False) == ("ObjectLockConfiguration" in p)
    return {
        "tags": tags(p),
        "public-access": p["PublicAccessBlockConfiguration"],
        "ownership": owner["ObjectOwnership"],
        "versioning": p["VersioningConfiguration"],
        "encryption": {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            **{name: value for name, value in rule.items() if name != "ServerSideEncryptionByDefault"},
        },
        "lifecycle": _lifecycle(p.get("LifecycleConfiguration")),
        "access-logs": _logs(p.get("LoggingConfiguration")),
        "inventory": _inventory(p.get("InventoryConfigurations")),
        "notifications": _notifications(p.get("NotificationConfiguration")),
        "object-lock": p.get("ObjectLockConfiguration"),
        "no-object-lock": p.get("ObjectLockConfiguration"),
    }


def _lifecycle(configuration: dict[str, Any] | None) -> Any:
    if configuration is None:
        return None
    rest = {name: value for name, value in configuration.items() if name != "Rules"}
    return {"Rules": [_rule(rule) for rule in configuration["Rules"]], **rest}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    if "Prefix" in rule:
        scope["Prefix"] = rule["Prefix"]
    if "TagFilters" in rule:
        scope["Tags"] = rule["TagFilters"]
    for size in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if size in rule:
            scope[size] = int(rule[size])
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    found = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": _filter(scope),
        "Expiration": {name: value for name, value in expiration.items() if value is not None},
        "Transitions": [_move(m, "Days") for m in rule.get("Transitions", [])],
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration"),
        "NoncurrentVersionTransitions": [
            _move(m, "NoncurrentDays") for m in rule.get("NoncurrentVersionTransitions", [])
        ],
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return {name: value for name, value in found.items() if value}


def _filter(scope: dict[str, Any]) -> dict[str, Any]:
    """S3 has one condition, or several in an 'and'."""
    tags = scope.get("Tags", [])
    if len(scope) == 1 and len(tags) == 1:
        return {"Tag": tags[0]}
    return scope if len(scope) + max(len(tags) - 1, 0) <= 1 else {"And": scope}


def _move(move: dict[str, Any], days: str) -> dict[str, Any]:
    names = {"TransitionInDays": days, "TransitionDate": "Date"}
    return {names.get(name, name): value for name, value in move.items()}


def _logs(target: dict[str, Any] | None) -> Any:
    if target is None:
        return None
    names = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    return {names.get(name, name): value for name, value in target.items()}


def _inventory(configurations: list[dict[str, Any]] | None) -> Any:
    if configurations is None:
        return None
    (one,) = configurations
    names = {"BucketAccountId": "AccountId", "BucketArn": "Bucket"}
    return {
        "Id": one["Id"],
        "IsEnabled": one["Enabled"],
        "IncludedObjectVersions": one["IncludedObjectVersions"],
        "Schedule": {"Frequency": one["ScheduleFrequency"]},
        "OptionalFields": one["OptionalFields"],
        "Destination": {
            "S3BucketDestination": {
                names.get(name, name): value for name, value in one["Destination"].items()
            }
        },
    }


def _notifications(configuration: dict[str, Any] | None) -> Any:
    """Entries of one destination and scope together, as one entry; S3 tells the same either way."""
    if configuration is None:
        return None
    found: dict[str, Any] = {}
    for name, listed, destination, arn in (
        ("TopicConfigurations", "TopicConfigurations", "Topic", "TopicArn"),
        ("QueueConfigurations", "QueueConfigurations", "Queue", "QueueArn"),
        ("LambdaConfigurations", "LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
    ):
        together: dict[str, dict[str, Any]] = {}
        for each in configuration.get(name, []):
            rules = each.get("Filter", {}).get("S3Key", {}).get("Rules")
            scope = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
            one = together.setdefault(
                json.dumps([each[destination], scope]), {arn: each[destination], "Events": [], **scope}
            )
            one["Events"].append(each["Event"])
        if together:
            found[listed] = list(together.values())
    if configuration.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        found["EventBridgeConfiguration"] = {}
    return found
