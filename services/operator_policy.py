"""The least policy for the person or machine that runs this program, derived from the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from services.model.audit_reads import audit_calls
from services.model.calls import Call
from services.model.coverage_reads import coverage_calls
from services.model.operations import OPERATIONS
from services.model.place import Place
from services.model.policies import VERSION
from services.model.removals import emptying_calls
from services.model.resource import Blueprint, Resource, calls_of, ending, removal_calls
from services.model.values import Tree
from services.policy_scopes import JobCall, Scope, scope_of

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
            told = ("role", "trail") if "trail" in parts else ()
            seen = (_of(parts[name].lookup, parts[name], parts) for name in told)
            # The event history, which comes first, shows no writes of files.
            records = (_of(call, parts["trail"], parts) for call in evidence_calls(blueprint)[1:])
            return (*(_of(call, parts["bucket"], parts) for call in whole), *seen, *records)
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


def policy(
    calls: Iterable[JobCall], place: Place, grants: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> dict[str, Tree]:
    """An IAM policy that allows exactly the actions of the calls, on the resources that they name.

    `grants` are further actions with their resources: what a service does in the caller's name.
    """
    found: dict[Scope, set[str]] = {}
    for action, resources in grants.items():
        found.setdefault(Scope(resources), set()).add(action)
    for call in calls:
        for action in OPERATIONS[call.name].actions:
            scope = scope_of(action, call, place)
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


def _together(found: Mapping[Scope, set[str]]) -> dict[Scope, set[str]]:
    """One statement for all resources of which the same is allowed: a policy may not be long."""
    alike: dict[tuple[frozenset[str], Scope], set[str]] = {}
    for scope, actions in found.items():
        kind = (frozenset(actions), replace(scope, resources=()))
        alike.setdefault(kind, set()).update(scope.resources)
    return {
        replace(scope, resources=tuple(sorted(resources))): set(actions)
        for (actions, scope), resources in alike.items()
    }
