"""The least policy for the person or machine that runs this program, derived from the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from services.model.calls import Call
from services.model.operations import OPERATIONS
from services.model.place import Place
from services.model.policies import VERSION
from services.model.resource import Blueprint, calls_of
from services.model.values import Tree

Job: TypeAlias = Literal["setup", "verify", "recover"]

_IDENTITY = Call("sts", "GetCallerIdentity")


def calls_for(job: Job, blueprint: Blueprint, bucket: str) -> tuple[Call, ...]:
    """Every call that a job can make."""
    resources = [call for resource in blueprint for call in calls_of(resource)]
    reading = [call for call in resources if OPERATIONS[call.name].reads]
    listing = Call("s3", "ListObjectsV2", {"Bucket": bucket})
    looking = Call("s3", "HeadObject", {"Bucket": bucket, "Key": "*"})
    getting = Call("s3", "GetObject", {"Bucket": bucket, "Key": "*"})
    match job:
        case "setup":
            return (_IDENTITY, *resources)
        case "verify":
            return (_IDENTITY, *reading, listing, looking, getting)
        case "recover":
            return (_IDENTITY, listing, getting)


def policy(calls: Iterable[Call], place: Place) -> dict[str, Tree]:
    """An IAM policy that allows exactly the actions of the calls, on the resources that they name."""
    by_resource: dict[tuple[str, ...], set[str]] = {}
    for call in calls:
        for action in OPERATIONS[call.name].actions:
            by_resource.setdefault(_resources(action, call.params, place), set()).add(action)
    statements: list[Tree] = [
        {"Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
        for resources, actions in sorted(by_resource.items())
    ]
    return {"Version": VERSION, "Statement": statements}


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

_ON_OBJECTS = frozenset({"s3:GetObject", "s3:PutObject", "s3:DeleteObject"})


def _resources(action: str, params: Mapping[str, Tree], place: Place) -> tuple[str, ...]:
    start = f"arn:{place.partition}"
    service = action.split(":", 1)[0]
    if action in _ANYWHERE:
        return ("*",)
    match service:
        case "s3":
            bucket = f"{start}:s3:::{params.get('Bucket', '*')!s}"
            return (f"{bucket}/*",) if action in _ON_OBJECTS else (bucket,)
        case "kms":
            keys = f"{start}:kms:{place.region}:{place.account}:key/*"
            if action == "kms:CreateAlias":
                return (f"{start}:kms:{place.region}:{place.account}:{params['AliasName']!s}", keys)
            return (keys,)
        case "iam":
            return (f"{start}:iam::{place.account}:role/*{params['RoleName']!s}",)
        case _:
            return ("*",)
