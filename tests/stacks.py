"""A CloudFormation template read back: functions resolved as AWS would, properties told as the services' APIs tell them.

Written from CloudFormation's description of its resource types, not from the export: it knows no row of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from services.model.values import Ref

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What `Ref` and `Fn::GetAtt` give, as the output that the blueprint calls so.
GIVES: Mapping[tuple[str, str], str] = {
    ("AWS::KMS::Key", ""): "id",
    ("AWS::KMS::Key", "Arn"): "arn",
    ("AWS::S3::Bucket", ""): "id",
    ("AWS::S3::Bucket", "Arn"): "arn",
    ("AWS::SNS::Topic", ""): "arn",
    ("AWS::IAM::Role", "Arn"): "arn",
}


def key(name: str) -> str:
    """By what a logical name and a name of the blueprint are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True)
class Stack:
    """A template as it would be deployed. `lookup` tells the outputs of what is made or only referred to."""

    template: Mapping[str, Any]
    names: tuple[str, ...]
    lookup: Callable[[Ref], str | None]

    @classmethod
    def read(cls, text: str, names: tuple[str, ...], lookup: Callable[[Ref], str | None]) -> Stack:
        return cls(yaml.load(text, Loader), names, lookup)  # one of the two safe ones

    @property
    def resources(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.template["Resources"]
        return found

    def name_of(self, logical: str) -> str:
        """The blueprint's name of a resource."""
        return next(name for name in self.names if key(name) == key(logical))

    def properties(self, logical: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resolved(self.resources[logical]["Properties"])
        return found

    def resolved(self, tree: Any) -> Any:
        """The tree as the service would get it."""
        match tree:
            case {"Ref": name} if len(tree) == 1:
                return self._given(name, "")
            case {"Fn::GetAtt": [name, attribute]} if len(tree) == 1:
                return self._given(name, attribute)
            case {"Fn::Sub": text} if len(tree) == 1:
                assert "${!" not in text, "nothing here needs it"
                return re.sub(r"\$\{([^}]*)\}", self._substitute, text)
            case {"Fn::Join": ["", pieces]} if len(tree) == 1:
                return "".join(self.resolved(piece) for piece in pieces)
            case dict():
                return {name: self.resolved(value) for name, value in tree.items()}
            case list():
                return [self.resolved(value) for value in tree]
            case _:
                return tree

    def _substitute(self, found: re.Match[str]) -> str:
        name, _, attribute = found[1].partition(".")
        return self._given(name, attribute)

    def _given(self, name: str, attribute: str) -> str:
        parameter = self.template.get("Parameters", {}).get(name)
        if parameter is not None:
            told = parameter.get("Default") or self._asked(name)
        elif name in self.resources:
            output = GIVES[self.resources[name]["Type"], attribute]
            told = self.lookup(Ref(self.name_of(name), output)) or self.properties(name)["BucketName"]
        else:
            assertions = self.template["Rules"]["RightPlace"]["Assertions"]
            told = {a["Assert"]["Fn::Equals"][0]["Ref"]: a["Assert"]["Fn::Equals"][1] for a in assertions}[
                name
            ]
        assert isinstance(told, str), (name, attribute)
        return told

    def _asked(self, name: str) -> str | None:
        for resource in self.names:
            if key(name).startswith(key(resource)):
                for output in ("arn", "id", "log_group"):
                    if key(name) == key(resource + output):
                        return self.lookup(Ref(resource, output))
        return None


def values(stack: Stack) -> dict[str, Any]:
    """What the template says of every side, by address, in the shape of the service's API."""
    found: dict[str, Any] = {}
    for logical, resource in stack.resources.items():
        match resource["Type"]:
            case "AWS::S3::BucketPolicy" | "AWS::SNS::TopicInlinePolicy":
                owner = stack.name_of(logical.removesuffix("Policy"))
                link = {"AWS::S3::BucketPolicy": "Bucket"}.get(resource["Type"], "TopicArn")
                assert resource["Properties"][link] == {"Ref": logical.removesuffix("Policy")}
                found[f"{owner}.policy"] = json.dumps(stack.properties(logical)["PolicyDocument"])
            case kind:
                told = READ[kind](stack.properties(logical))
                found |= {f"{stack.name_of(logical)}.{side}": value for side, value in told.items()}
                if kind == "AWS::S3::Bucket":
                    found[f"{stack.name_of(logical)}.region"] = stack.resolved({"Ref": "AWS::Region"})
    return found


def _tags(properties: Mapping[str, Any], name: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{name: tag["Key"], value: tag["Value"]} for tag in properties["Tags"]]


def _key(p: dict[str, Any]) -> dict[str, Any]:
    kind = {name: p[name] for name in ("KeySpec", "KeyUsage", "Origin")}
    assert p["MultiRegion"] is False
    return {
        "tags": _tags(p, "TagKey", "TagValue"),
        "kind": {"KeyManager": "CUSTOMER", **kind},
        "state": "Enabled" if p["Enabled"] else "Disabled",
        "policy": json.dumps(p["KeyPolicy"]),
        "rotation": {
            "KeyRotationEnabled": p["EnableKeyRotation"],
            "RotationPeriodInDays": p["RotationPeriodInDays"],
        },
    }


def _bucket(p: dict[str, Any]) -> dict[str, Any]:
    (rule,) = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (owner,) = p["OwnershipControls"]["Rules"]
    assert p.get("ObjectLockEnabled", False) == ("ObjectLockConfiguration" in p)
    return {
        "tags": _tags(p),
        "public-access": p["PublicAccessBlockConfiguration"],
        "ownership": owner["ObjectOwnership"],
        "versioning": p["VersioningConfiguration"],
        "encryption": {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            **{name: value for name, value in rule.items() if name != "ServerSideEncryptionByDefault"},
        },
        "lifecycle": _lifecycle(p.get("LifecycleConfiguration")),
        "access-logs": _logs(p.get("LoggingConfiguration")),
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


def _role(p: dict[str, Any]) -> dict[str, Any]:
    (policy,) = p["Policies"]
    return {
        "tags": _tags(p),
        "path": p.get("Path", "/"),
        "trust": json.dumps(p["AssumeRolePolicyDocument"]),
        "session": p.get("MaxSessionDuration", 3600),
        "policy": json.dumps(policy["PolicyDocument"]),
        "other-policies": [policy["PolicyName"]],
        "attached-policies": p.get("ManagedPolicyArns", []),
        "boundary": p.get("PermissionsBoundary"),
    }


def _trail(p: dict[str, Any]) -> dict[str, Any]:
    def only(*names: str) -> dict[str, Any]:
        return {name: p[name] for name in names if name in p}

    return {
        "tags": _tags(p),
        "delivery": p["S3BucketName"],
        "regions": only("IsMultiRegionTrail", "IncludeGlobalServiceEvents"),
        "validation": p["EnableLogFileValidation"],
        "encryption": p["KMSKeyId"],
        "log-group": only("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"),
        "selectors": only("AdvancedEventSelectors", "EventSelectors"),
        "logging": p["IsLogging"],
    }


def _filter_of_metric(p: dict[str, Any]) -> dict[str, Any]:
    metrics = [
        {f"{name[0].lower()}{name[1:]}": value for name, value in metric.items()}
        for metric in p["MetricTransformations"]
    ]
    return {"pattern": {"filterPattern": p["FilterPattern"], "metricTransformations": metrics}}


READ: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "AWS::KMS::Key": _key,
    "AWS::KMS::Alias": lambda p: {"target": p["TargetKeyId"]},
    "AWS::S3::Bucket": _bucket,
    "AWS::IAM::Role": _role,
    "AWS::CloudTrail::Trail": _trail,
    "AWS::Logs::LogGroup": lambda p: {
        "tags": {tag["Key"]: tag["Value"] for tag in p["Tags"]},
        "encryption": p["KmsKeyId"],
        "retention": p["RetentionInDays"],
    },
    "AWS::SNS::Topic": lambda p: {"tags": _tags(p), "encryption": p["KmsMasterKeyId"]},
    "AWS::SNS::Subscription": lambda _p: {},
    "AWS::Logs::MetricFilter": _filter_of_metric,
    "AWS::CloudWatch::Alarm": lambda p: {"tags": _tags(p), "rule": p, "actions": p},
}
