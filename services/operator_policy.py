"""The least policy for the person or machine that runs this program, derived from the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.model.audit_reads import audit_calls
from services.model.calls import Call
from services.model.operations import OPERATIONS
from services.model.place import Place
from services.model.policies import VERSION, via_s3
from services.model.resource import Blueprint, calls_of
from services.model.values import Tree

Job: TypeAlias = Literal["setup", "verify", "recover", "audit"]

_IDENTITY = Call("sts", "GetCallerIdentity")
_RIGHTS = Call("iam", "SimulatePrincipalPolicy")


@dataclass(frozen=True)
class JobCall(Call):
    """A call, and what its parameters do not tell of the resources: the key (ARN or alias), the role's path."""

    key: str = ""
    path: str = "/"


def calls_for(job: Job, blueprint: Blueprint, bucket: str) -> tuple[JobCall, ...]:
    """Every call that a job can make."""
    parts = {resource.name: resource for resource in blueprint}
    resources = [call for resource in blueprint for call in calls_of(resource)]
    reading = [call for call in resources if OPERATIONS[call.name].reads]
    listing = Call("s3", "ListObjectsV2", {"Bucket": bucket})
    getting = Call("s3", "GetObject", {"Bucket": bucket, "Key": "*"})
    calls: tuple[Call, ...]
    match job:
        case "setup":
            calls = (_IDENTITY, _RIGHTS, *resources)
        case "verify":
            calls = (_IDENTITY, *reading, listing, getting)
        case "recover":
            calls = (_IDENTITY, listing, getting)
        case "audit":
            role = str(parts["role"].lookup.params["RoleName"])
            calls = (
                _IDENTITY,
                *audit_calls(bucket, role, str(parts["bucket"].lookup.params["ExpectedBucketOwner"])),
            )
    made = parts["role"].create
    path = str(made.params["Path"]) if made is not None else "/"
    key = str(parts["key"].lookup.params["KeyId"])
    return tuple(JobCall(call.service, call.op, call.params, key=key, path=path) for call in calls)


def policy(calls: Iterable[JobCall], place: Place) -> dict[str, Tree]:
    """An IAM policy that allows exactly the actions of the calls, on the resources that they name."""
    found: dict[_Scope, set[str]] = {}
    for call in calls:
        for action in OPERATIONS[call.name].actions:
            found.setdefault(_scope(action, call, place), set()).add(action)
    statements: list[Tree] = [
        {"Effect": "Allow", "Action": sorted(actions), **scope.as_statement()}
        for scope, actions in sorted(found.items(), key=lambda item: (item[0].resources, item[0].through))
    ]
    return {"Version": VERSION, "Statement": statements}


@dataclass(frozen=True)
class _Scope:
    """On what an action is allowed: resources; if they are keys, perhaps only through S3 and under an alias."""

    resources: tuple[str, ...]
    through: tuple[str, ...] = ()
    alias: str = ""

    def as_statement(self) -> Mapping[str, Tree]:
        return {"Resource": list(self.resources), **dict(self._condition())}

    def _condition(self) -> Iterator[tuple[str, Tree]]:
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
    }
)
"""Actions that AWS grants on everything or not at all, or on a resource that is known only afterwards."""

_ON_OBJECTS = frozenset({"s3:GetObject", "s3:GetObjectRetention", "s3:PutObject", "s3:DeleteObject"})
_ON_DATA = frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
"""Actions on a key that S3 does for whoever reads and writes files."""


def _scope(action: str, call: JobCall, place: Place) -> _Scope:
    start = f"arn:{place.partition}"
    if action in _ANYWHERE:
        return _Scope(("*",))
    match action.split(":", 1)[0]:
        case "s3":
            bucket = f"{start}:s3:::{call.params.get('Bucket', '*')!s}"
            return _Scope((f"{bucket}/*",) if action in _ON_OBJECTS else (bucket,))
        case "kms":
            return _key_scope(action, call, place)
        case "iam" if "PolicyArn" in call.params:  # which ones, only the role says
            return _Scope((f"{start}:iam::{place.account}:policy/*", f"{start}:iam::aws:policy/*"))
        case "iam":
            return _Scope((f"{start}:iam::{place.account}:role{call.path}{call.params['RoleName']!s}",))
        case _:
            return _Scope(("*",))


def _key_scope(action: str, call: JobCall, place: Place) -> _Scope:
    """A given key alone; of keys whose ID is not known yet all of the region, but for data only that of the alias."""
    here = f"arn:{place.partition}:kms:{place.region}:{place.account}"
    given = call.key.startswith("arn:")
    keys = call.key if given else f"{here}:key/*"
    if action == "kms:CreateAlias":
        return _Scope((f"{here}:{call.params['AliasName']!s}", keys))
    if action in _ON_DATA:
        return _Scope((keys,), tuple(via_s3(place.region, place.partition)), "" if given else call.key)
    return _Scope((keys,))
