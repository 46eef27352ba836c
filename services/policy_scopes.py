"""On which resources each right of a call is asked for: the finest that AWS knows for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.model.calls import Call
from services.model.place import Place
from services.model.policies import via_s3
from services.model.tags import SETUP
from services.model.values import Tree, items
from services.model.watch_policies import CLOUDTRAIL


@dataclass(frozen=True)
class JobCall(Call):
    """A call, and what its parameters do not tell of the resources: the key (ARN or alias), the role's path, the
    trail's ARN, the name of the log group."""

    key: str = ""
    path: str = "/"
    trail: str = ""
    group: str = "*"


@dataclass(frozen=True)
class Scope:
    """On what an action is allowed: resources; if they are keys, perhaps only through S3 and under an alias.

    `passed`: the service that a role may be handed to. `marked`: only what is tagged as this set-up's. Without resources the call does not need the action.
    """

    resources: tuple[str, ...]
    through: tuple[str, ...] = ()
    alias: str = ""
    passed: str = ""
    marked: str = ""

    def as_statement(self) -> Mapping[str, Tree]:
        return {"Resource": list(self.resources), **dict(self._condition())}

    def _condition(self) -> Iterator[tuple[str, Tree]]:
        if self.passed:
            yield "Condition", {"StringEquals": {"iam:PassedToService": self.passed}}
        if self.marked:
            yield "Condition", {"StringEquals": {f"aws:ResourceTag/{SETUP}": self.marked}}
        if self.through:
            under = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": self.alias}} if self.alias else {}
            yield "Condition", {"StringEquals": {"kms:ViaService": list(self.through)}, **under}


_ANYWHERE = frozenset(
    {
        "sts:GetCallerIdentity",
        "kms:CreateKey",
        "kms:ListKeys",
        "kms:ListAliases",
        "s3:ListAllMyBuckets",
        "iam:SimulatePrincipalPolicy",
        "cloudtrail:DescribeTrails",
        "cloudtrail:LookupEvents",
        "iam:SimulateCustomPolicy",
        "sns:Unsubscribe",
    }
)
"""Actions that AWS grants on everything or not at all, or on a resource that is known only afterwards."""

_ON_MANAGED = frozenset({"iam:GetPolicy", "iam:GetPolicyVersion"})
"""Actions on managed policies: the account's own and those that AWS manages."""

_ON_OBJECTS = frozenset(
    {
        "s3:GetObject",
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:AbortMultipartUpload",
    }
)
_ON_MARKED = frozenset({"kms:ScheduleKeyDeletion", "kms:UntagResource"})
"""Actions on keys that carry this set-up's tag: no other key of the account can be lost by them."""

_ON_DATA = frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
"""Actions on a key that S3 does for whoever reads and writes files."""


def scope_of(action: str, call: JobCall, place: Place) -> Scope:
    start = f"arn:{place.partition}"
    if action in _ANYWHERE:
        return Scope(("*",))
    if action in _ON_MANAGED:
        return Scope((f"{start}:iam::{place.account}:policy/*", f"{start}:iam::aws:policy/*"))
    match action.split(":", 1)[0]:
        case "s3":
            bucket = f"{start}:s3:::{call.params.get('Bucket', '*')!s}"
            key = str(call.params.get("Key", "*"))
            names = key if key.endswith("*") else "*"
            return Scope((f"{bucket}/{names}",) if action in _ON_OBJECTS else (bucket,))
        case "kms":
            return _key_scope(action, call, place)
        case "iam" if action == "iam:PassRole":
            role = call.params.get("CloudWatchLogsRoleArn")
            return Scope((str(role),) if role else (), passed=CLOUDTRAIL)
        case "sns":
            return Scope((f"{start}:sns:{_region(call, place)}:{place.account}:{_topic(call)}",))
        case "cloudwatch":
            return Scope((f"{start}:cloudwatch:{_region(call, place)}:{place.account}:alarm:{_alarm(call)}",))
        case "iam":
            return Scope((f"{start}:iam::{place.account}:role{call.path}{call.params['RoleName']!s}",))
        case "cloudtrail":
            return Scope((call.trail or "*",))
        case "logs":
            return _log_scope(action, call, place)
        case _:
            return Scope(("*",))


def _region(call: JobCall, place: Place) -> str:
    """Where a call goes: the set-up's own region, unless the call says another."""
    return call.region if isinstance(call.region, str) and call.region else place.region


def _log_scope(action: str, call: JobCall, place: Place) -> Scope:
    """The log group, and what is in it. Its name is looked for among all: AWS grants that on all or not at all."""
    start = f"arn:{place.partition}:logs:{_region(call, place)}:{place.account}:log-group:"
    named = call.params.get("logGroupName")
    arn = call.params.get("resourceArn")
    name = str(named) if isinstance(named, str) else call.group
    if action == "logs:DescribeLogGroups" or (name == "*" and not isinstance(arn, str)):
        return Scope((f"{start}*",))
    group = arn if isinstance(arn, str) else f"{start}{name}"
    return Scope((group, f"{group}:*"))


def _topic(call: JobCall) -> str:
    named = call.params.get("Name") or call.params.get("TopicArn") or call.params["ResourceArn"]
    return str(named).rsplit(":", 1)[-1]


def _alarm(call: JobCall) -> str:
    named = call.params.get("AlarmName") or call.params.get("ResourceARN")
    listed = items(call.params.get("AlarmNames"))
    return str(named or (listed[0] if listed else "*")).rsplit(":", 1)[-1]


def _key_scope(action: str, call: JobCall, place: Place) -> Scope:
    """A given key alone; of keys whose ID is not known yet all of the region, but for data only that of the alias."""
    region = _region(call, place)
    here = f"arn:{place.partition}:kms:{region}:{place.account}"
    given = call.key.startswith("arn:")
    keys = call.key if given else f"{here}:key/*"
    if action in _ON_MARKED and not given:
        return Scope((keys,), marked=place.setup or "none yet")
    if action in {"kms:CreateAlias", "kms:DeleteAlias"}:
        return Scope((f"{here}:{call.params['AliasName']!s}", keys))
    if action in _ON_DATA:
        return Scope((keys,), tuple(via_s3(region, place.partition)), "" if given else call.key)
    return Scope((keys,))
