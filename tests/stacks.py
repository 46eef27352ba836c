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
from tests.stack_buckets import bucket, tags

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


def _key(p: dict[str, Any]) -> dict[str, Any]:
    kind = {name: p[name] for name in ("KeySpec", "KeyUsage", "Origin")}
    assert p["MultiRegion"] is False
    return {
        "tags": tags(p, "TagKey", "TagValue"),
        "kind": {"KeyManager": "CUSTOMER", **kind},
        "state": "Enabled" if p["Enabled"] else "Disabled",
        "policy": json.dumps(p["KeyPolicy"]),
        "rotation": {
            "KeyRotationEnabled": p["EnableKeyRotation"],
            "RotationPeriodInDays": p["RotationPeriodInDays"],
        },
    }


def _role(p: dict[str, Any]) -> dict[str, Any]:
    (policy,) = p["Policies"]
    return {
        "tags": tags(p),
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
        "tags": tags(p),
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
    "AWS::S3::Bucket": bucket,
    "AWS::IAM::Role": _role,
    "AWS::CloudTrail::Trail": _trail,
    "AWS::Logs::LogGroup": lambda p: {
        "tags": {tag["Key"]: tag["Value"] for tag in p["Tags"]},
        "encryption": p["KmsKeyId"],
        "retention": p["RetentionInDays"],
    },
    "AWS::SNS::Topic": lambda p: {"tags": tags(p), "encryption": p["KmsMasterKeyId"]},
    "AWS::SNS::Subscription": lambda _p: {},
    "AWS::Logs::MetricFilter": _filter_of_metric,
    "AWS::CloudWatch::Alarm": lambda p: {"tags": tags(p), "rule": p, "actions": p},
}
