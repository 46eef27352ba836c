"""The least policy for the person or machine that runs this program, derived from the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from services.model.audit_reads import audit_calls
from services.model.calls import Call
from services.model.coverage_reads import coverage_calls
from services.model.operations import OPERATIONS
from services.model.place import Place
from services.model.policies import VERSION, via_s3
from services.model.removals import emptying_calls
from services.model.resource import Blueprint, Resource, calls_of, ending, removal_calls
from services.model.tags import SETUP
from services.model.values import Tree, items
from services.model.watch_policies import CLOUDTRAIL

Job: TypeAlias = Literal["setup", "verify", "recover", "audit", "coverage", "destroy"]

_IDENTITY = Call("sts", "GetCallerIdentity")
_RIGHTS = Call("iam", "SimulatePrincipalPolicy")
_TRAILS = Call("cloudtrail", "DescribeTrails")
_PROOFS = (
    Call("iam", "SimulateCustomPolicy"),
    Call("iam", "GetPolicy"),
    Call("iam", "GetPolicyVersion"),
)
"""What the policy proofs ask beyond the reads of the blueprint; which managed policies a role has is not known yet."""


@dataclass(frozen=True)
class JobCall(Call):
    """A call, and what its parameters do not tell of the resources: the key (ARN or alias), the role's path, the
    trail's ARN, the name of the log group."""

    key: str = ""
    path: str = "/"
    trail: str = ""
    group: str = "*"


def calls_for(job: Job, blueprint: Blueprint, bucket: str) -> tuple[JobCall, ...]:
    """Every call that a job can make."""
    parts = {resource.name: resource for resource in blueprint}
    resources = [_of(call, resource, parts) for resource in blueprint for call in calls_of(resource)]
    reading = [call for call in resources if OPERATIONS[call.name].reads]
    listing = _of(Call("s3", "ListObjectsV2", {"Bucket": bucket}), parts["bucket"], parts)
    getting = _of(Call("s3", "GetObject", {"Bucket": bucket, "Key": "*"}), parts["bucket"], parts)
    match job:
        case "setup":
            # Another trail may make the set-up's own a second, billed copy: that is asked before it is created.
            creates = "trail" in parts and parts["trail"].create is not None
            asked = (_IDENTITY, _RIGHTS, *((_TRAILS,) if creates else ()))
            return (*(_of(call, parts["bucket"], parts) for call in asked), *resources)
        case "verify":
            locked = Call("s3", "GetObjectLockConfiguration", {"Bucket": bucket})
            held = Call("s3", "GetObjectRetention", {"Bucket": bucket, "Key": "*"})
            gone = Call("s3", "ListObjectVersions", {"Bucket": bucket})
            looks = (_IDENTITY, *_PROOFS, locked, held, gone)
            proving = (_of(call, parts["bucket"], parts) for call in looks)
            evidence = (_of(call, parts["trail"], parts) for call in evidence_calls(blueprint))
            return (*proving, *reading, listing, getting, *evidence)
        case "recover":
            return (_of(_IDENTITY, parts["bucket"], parts), listing, getting)
        case "audit":
            role = str(parts["role"].lookup.params["RoleName"])
            owner = str(parts["bucket"].lookup.params["ExpectedBucketOwner"])
            audit = (_IDENTITY, *audit_calls(bucket, role, owner))
            # Whose trail it is, and where, shows only then.
            anywhere = (replace(_of(call, parts["role"], parts), region="*") for call in audit)
            return tuple(anywhere)
        case "coverage":
            owner = str(parts["bucket"].lookup.params["ExpectedBucketOwner"])
            whole = (_IDENTITY, parts["key"].lookup, *coverage_calls(bucket, owner, _daily_lists(parts)))
            return tuple(_of(call, parts["bucket"], parts) for call in whole)
        case "destroy":
            return tuple(_destroying(blueprint, parts))


def _daily_lists(parts: Mapping[str, Resource]) -> str:
    """The bucket with S3's daily lists of the backups; empty where this set-up has none made."""
    listing = (f for f in parts["bucket"].facets("created") if f.name == "inventory" and not f.born)
    return str(parts["log_bucket"].lookup.params["Bucket"]) if any(listing) else ""


def _destroying(blueprint: Blueprint, parts: Mapping[str, Resource]) -> Iterator[JobCall]:
    """What taking a set-up down looks at and does; of its reads those alone that matter for that."""
    yield _of(_IDENTITY, parts["bucket"], parts)
    for resource in blueprint:
        reading = (call for call in calls_of(ending(resource)) if OPERATIONS[call.name].reads)
        removal = resource.removal
        emptying = (
            emptying_calls(removal.bucket) if removal is not None and removal.bucket is not None else ()
        )
        for call in (*reading, *removal_calls(resource), *emptying):
            yield _of(call, resource, parts)


def evidence_calls(blueprint: Blueprint) -> tuple[Call, ...]:
    """What is asked of the records of a set-up's trail, and of CloudTrail's event history."""
    trail = next((resource for resource in blueprint if resource.name == "trail"), None)
    if trail is None:
        return ()
    group = Call("logs", "FilterLogEvents", region=trail.lookup.region)
    return (Call("cloudtrail", "LookupEvents"), group)


def _of(call: Call, resource: Resource, parts: Mapping[str, Resource]) -> JobCall:
    """The call as one about a resource, with the names that the resource's own calls have."""
    own_key = "log_key" if resource.name in {"log_key", "log_alias"} else "key"
    path = str(resource.create.params.get("Path", "/")) if resource.create is not None else "/"
    trail = str(parts["trail"].lookup.params.get("Name", "")) if "trail" in parts else ""
    key = str(parts[own_key].lookup.params.get("KeyId", ""))
    group = _log_group(parts.get("log_group"))
    return JobCall(
        call.service, call.op, call.params, region=call.region, key=key, path=path, trail=trail, group=group
    )


def _log_group(part: Resource | None) -> str:
    """The name of the log group that is to be made; that of a trail which others made is not known beforehand."""
    return "*" if part is None or part.create is None else str(part.create.params["logGroupName"])


def policy(calls: Iterable[JobCall], place: Place) -> dict[str, Tree]:
    """An IAM policy that allows exactly the actions of the calls, on the resources that they name."""
    found: dict[_Scope, set[str]] = {}
    for call in calls:
        for action in OPERATIONS[call.name].actions:
            scope = _scope(action, call, place)
            if scope.resources:
                found.setdefault(scope, set()).add(action)
    found = _together(found)
    statements: list[Tree] = [
        {"Effect": "Allow", "Action": sorted(actions), **scope.as_statement()}
        for scope, actions in sorted(
            found.items(),
            key=lambda item: (item[0].resources, item[0].through, item[0].passed, item[0].marked),
        )
    ]
    return {"Version": VERSION, "Statement": statements}


def _together(found: Mapping[_Scope, set[str]]) -> dict[_Scope, set[str]]:
    """One statement for all resources of which the same is allowed: a policy may not be long."""
    alike: dict[tuple[frozenset[str], _Scope], set[str]] = {}
    for scope, actions in found.items():
        kind = (frozenset(actions), replace(scope, resources=()))
        alike.setdefault(kind, set()).update(scope.resources)
    return {
        replace(scope, resources=tuple(sorted(resources))): set(actions)
        for (actions, scope), resources in alike.items()
    }


@dataclass(frozen=True)
class _Scope:
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


def _scope(action: str, call: JobCall, place: Place) -> _Scope:
    start = f"arn:{place.partition}"
    if action in _ANYWHERE:
        return _Scope(("*",))
    if action in _ON_MANAGED:
        return _Scope((f"{start}:iam::{place.account}:policy/*", f"{start}:iam::aws:policy/*"))
    match action.split(":", 1)[0]:
        case "s3":
            bucket = f"{start}:s3:::{call.params.get('Bucket', '*')!s}"
            key = str(call.params.get("Key", "*"))
            names = key if key.endswith("*") else "*"
            return _Scope((f"{bucket}/{names}",) if action in _ON_OBJECTS else (bucket,))
        case "kms":
            return _key_scope(action, call, place)
        case "iam" if action == "iam:PassRole":
            role = call.params.get("CloudWatchLogsRoleArn")
            return _Scope((str(role),) if role else (), passed=CLOUDTRAIL)
        case "sns":
            return _Scope((f"{start}:sns:{_region(call, place)}:{place.account}:{_topic(call)}",))
        case "cloudwatch":
            return _Scope(
                (f"{start}:cloudwatch:{_region(call, place)}:{place.account}:alarm:{_alarm(call)}",)
            )
        case "iam":
            return _Scope((f"{start}:iam::{place.account}:role{call.path}{call.params['RoleName']!s}",))
        case "cloudtrail":
            return _Scope((call.trail or "*",))
        case "logs":
            return _log_scope(action, call, place)
        case _:
            return _Scope(("*",))


def _region(call: JobCall, place: Place) -> str:
    """Where a call goes: the set-up's own region, unless the call says another."""
    return call.region if isinstance(call.region, str) and call.region else place.region


def _log_scope(action: str, call: JobCall, place: Place) -> _Scope:
    """The log group, and what is in it. Its name is looked for among all: AWS grants that on all or not at all."""
    start = f"arn:{place.partition}:logs:{_region(call, place)}:{place.account}:log-group:"
    named = call.params.get("logGroupName")
    arn = call.params.get("resourceArn")
    name = str(named) if isinstance(named, str) else call.group
    if action == "logs:DescribeLogGroups" or (name == "*" and not isinstance(arn, str)):
        return _Scope((f"{start}*",))
    group = arn if isinstance(arn, str) else f"{start}{name}"
    return _Scope((group, f"{group}:*"))


def _topic(call: JobCall) -> str:
    named = call.params.get("Name") or call.params.get("TopicArn") or call.params["ResourceArn"]
    return str(named).rsplit(":", 1)[-1]


def _alarm(call: JobCall) -> str:
    named = call.params.get("AlarmName") or call.params.get("ResourceARN")
    listed = items(call.params.get("AlarmNames"))
    return str(named or (listed[0] if listed else "*")).rsplit(":", 1)[-1]


def _key_scope(action: str, call: JobCall, place: Place) -> _Scope:
    """A given key alone; of keys whose ID is not known yet all of the region, but for data only that of the alias."""
    region = _region(call, place)
    here = f"arn:{place.partition}:kms:{region}:{place.account}"
    given = call.key.startswith("arn:")
    keys = call.key if given else f"{here}:key/*"
    if action in _ON_MARKED and not given:
        return _Scope((keys,), marked=place.setup or "none yet")
    if action in {"kms:CreateAlias", "kms:DeleteAlias"}:
        return _Scope((f"{here}:{call.params['AliasName']!s}", keys))
    if action in _ON_DATA:
        return _Scope((keys,), tuple(via_s3(region, place.partition)), "" if given else call.key)
    return _Scope((keys,))
