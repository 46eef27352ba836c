"""The sides of a bucket in CloudFormation's shape, where that differs from the S3 API's: encryption, rules, records.

Whatever the owner added to a bucket of the set-up goes through here too, so every part of a lifecycle rule and every
kind of notification has its place, not only those that this program writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.model.values import Tree, entries, items

_DEFAULT = "ApplyServerSideEncryptionByDefault"


def encryption(rule: Tree) -> Tree:
    """The one rule of the default encryption."""
    state = entries(rule)
    rest = {name: value for name, value in state.items() if name != _DEFAULT and value is not None}
    return {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": state.get(_DEFAULT), **rest}]
    }


def lifecycle(configuration: Tree) -> Tree:
    """All rules, or nothing for none."""
    state = entries(configuration)
    rules = [_rule(entries(rule)) for rule in items(state.get("Rules"))]
    if not rules:
        return None
    rest = {name: value for name, value in state.items() if name != "Rules" and value is not None}
    return {"Rules": rules, **rest}


def _rule(rule: Mapping[str, Tree]) -> Mapping[str, Tree]:
    expiration = entries(rule.get("Expiration"))
    found: dict[str, Tree] = {
        "Id": rule.get("ID"),
        "Status": rule.get("Status"),
        **_scope(rule),
        "ExpirationInDays": expiration.get("Days"),
        "ExpirationDate": _date(expiration.get("Date")),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "Transitions": [_transition(move, "Days") for move in items(rule.get("Transitions"))] or None,
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration"),
        "NoncurrentVersionTransitions": [
            _transition(move, "NoncurrentDays") for move in items(rule.get("NoncurrentVersionTransitions"))
        ]
        or None,
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _scope(rule: Mapping[str, Tree]) -> Mapping[str, Tree]:
    """Which files a rule is for: S3 has a filter with an 'and' in it, CloudFormation everything side by side."""
    told = entries(rule.get("Filter"))
    parts = {**told, **entries(told.get("And"))}
    tags = [*items(parts.get("Tag")), *items(parts.get("Tags"))]
    return {
        "Prefix": parts.get("Prefix", rule.get("Prefix")),
        "TagFilters": tags or None,
        # Here numbers are texts.
        "ObjectSizeGreaterThan": _text(parts.get("ObjectSizeGreaterThan")),
        "ObjectSizeLessThan": _text(parts.get("ObjectSizeLessThan")),
    }


def _text(value: Tree) -> Tree:
    return None if value is None else str(value)


def _date(value: Tree) -> Tree:
    """CloudFormation takes one spelling of a time, the one with a Z."""
    return f"{value.removesuffix('+00:00').removesuffix('Z')}Z" if isinstance(value, str) else None


def _transition(move: Tree, days: str) -> Tree:
    told = entries(move)
    found: Mapping[str, Tree] = {
        "StorageClass": told.get("StorageClass"),
        "TransitionInDays": told.get(days),
        "TransitionDate": _date(told.get("Date")),
        "NewerNoncurrentVersions": told.get("NewerNoncurrentVersions"),
    }
    return {name: value for name, value in found.items() if value is not None}


def logging(target: Tree) -> Tree:
    """Where access logs go; nothing for nowhere."""
    told = entries(target)
    if not told:
        return None
    found: Mapping[str, Tree] = {
        "DestinationBucketName": told.get("TargetBucket"),
        "LogFilePrefix": told.get("TargetPrefix"),
        "TargetObjectKeyFormat": told.get("TargetObjectKeyFormat"),
    }
    return {name: value for name, value in found.items() if value is not None}


def inventories(configuration: Tree) -> Tree:
    """The daily list, as the one entry of a list; nothing for one that is turned off."""
    told = entries(configuration)
    if told.get("IsEnabled") is not True:
        return None
    to = entries(entries(told.get("Destination")).get("S3BucketDestination"))
    names = {"BucketAccountId": "AccountId", "BucketArn": "Bucket", "Format": "Format", "Prefix": "Prefix"}
    return [
        {
            "Id": told.get("Id"),
            "Enabled": True,
            "IncludedObjectVersions": told.get("IncludedObjectVersions"),
            "ScheduleFrequency": entries(told.get("Schedule")).get("Frequency"),
            "OptionalFields": told.get("OptionalFields"),
            "Destination": {name: to.get(member) for name, member in names.items()},
        }
    ]


_NOTIFIED = (
    ("TopicConfigurations", "TopicConfigurations", "TopicArn", "Topic"),
    ("QueueConfigurations", "QueueConfigurations", "QueueArn", "Queue"),
    ("LambdaFunctionConfigurations", "LambdaConfigurations", "LambdaFunctionArn", "Function"),
)
"""Kinds of notifications: S3's name and CloudFormation's, of the list and of the destination."""


def notifications(configuration: Tree) -> Tree:
    """Who is told: here each entry has one event, and no Id."""
    state = entries(configuration)
    found: dict[str, Tree] = {}
    for listed, name, arn, destination in _NOTIFIED:
        each = [one for entry in items(state.get(listed)) for one in _each_event(entry, arn, destination)]
        if each:
            found[name] = each
    if state.get("EventBridgeConfiguration") is not None:
        found["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return found or None


def _each_event(entry: Tree, arn: str, destination: str) -> Iterator[Tree]:
    told = entries(entry)
    rules = items(entries(entries(told.get("Filter")).get("Key")).get("FilterRules"))
    scope: Mapping[str, Tree] = {"Filter": {"S3Key": {"Rules": rules}}} if rules else {}
    for event in items(told.get("Events")):
        yield {"Event": event, destination: told.get(arn), **scope}
