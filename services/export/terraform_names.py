"""What things are called in a Terraform file: addresses, references between them, and the ids by which they are imported.

A reference to what the file manages is an expression, so that Terraform knows the order. One to anything else is the
value itself: what somebody else made is named and never managed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from services.engine.world import World
from services.export.hcl import Expr
from services.export.subject import Standing, Subject
from services.export.terraform_rows import family
from services.model.calls import Call
from services.model.place import parse_arn
from services.model.resource import Blueprint, Resource, needs
from services.model.values import Json, Ref, Text, Tree, fill, refs
from services.problems import refuse

MAIN: Mapping[str, str] = MappingProxyType(
    {
        "KMS key": "aws_kms_key",
        "KMS alias": "aws_kms_alias",
        "S3 bucket": "aws_s3_bucket",
        "IAM role": "aws_iam_role",
        "CloudTrail trail": "aws_cloudtrail",
        "CloudWatch log group": "aws_cloudwatch_log_group",
        "Metric filter": "aws_cloudwatch_log_metric_filter",
        "Alarm": "aws_cloudwatch_metric_alarm",
        "SNS topic": "aws_sns_topic",
        "SNS subscription": "aws_sns_topic_subscription",
    }
)
"""The resource of Terraform that is the thing itself, by family; its sides may be resources of their own."""

_OWNED = frozenset(
    f"aws_s3_bucket_{side}"
    for side in (
        "versioning",
        "server_side_encryption_configuration",
        "lifecycle_configuration",
        "logging",
        "object_lock_configuration",
    )
)
"""Sides of a bucket of which the provider takes the account that must own it."""


def main(resource: Resource) -> str:
    """The type of the block that is the resource itself."""
    return MAIN[family(resource)]


def label(resource: Resource) -> str:
    """The name of a resource in the file."""
    return resource.name.replace("-", "_")


def takes_owner(block: str) -> bool:
    """Whether a block of that type says which account must own the bucket."""
    return block in _OWNED


def parameters(resource: Resource) -> Mapping[str, Tree]:
    """What the call that creates the resource says."""
    return resource.create.params if resource.create is not None else {}


def standing(subject: Subject, resource: Resource) -> Standing:
    """Whose a resource is. An alias that is there has no tags that would tell: it is whose its key is."""
    found = subject.standing(resource)
    if found != "ours" or family(resource) != "KMS alias":
        return found
    named = {ref.resource for ref in refs(list(parameters(resource).values()))}
    keys = (subject.standing(key) for key in subject.blueprint if key.name in named)
    return "theirs" if "theirs" in keys else found


@dataclass(frozen=True)
class Names:
    """The names in the file for one subject."""

    subject: Subject

    @cached_property
    def managed(self) -> Blueprint:
        """What the file manages, in the blueprint's order."""
        return tuple(r for r in self.subject.blueprint if standing(self.subject, r) != "theirs")

    @cached_property
    def _by_name(self) -> Mapping[str, Resource]:
        return {resource.name: resource for resource in self.managed}

    @cached_property
    def _needs(self) -> Mapping[str, frozenset[str]]:
        return {resource.name: needs(resource) & self._by_name.keys() for resource in self.managed}

    def resource(self, name: str) -> Resource | None:
        """The managed resource of that name; None if the file manages none."""
        return self._by_name.get(name)

    def resolve(self, ref: Ref) -> Expr | str:
        """A reference as the file has it. Raises a problem if it is to something that nobody has told of."""
        resource = self.resource(ref.resource)
        if resource is not None:
            output = {"KMS key": {"id": "key_id"}}.get(family(resource), {}).get(ref.output, ref.output)
            return Expr(f"{main(resource)}.{label(resource)}.{output}")
        found = self.subject.known(ref) or _told(self.subject, ref)
        if found is not None:
            return found
        raise refuse(
            "not-ready",
            f"The {_title(self.subject, ref.resource)} is not made by this file, and its {ref.output} is not known.",
            "Leave out --offline, so that the program can ask AWS; and see that it is there.",
            where=ref.resource,
        )

    def linked(self, tree: Tree, resource: Resource, block: str) -> Tree:
        """The tree with references where it says the ARN of a bucket of this file, if none would go round in a circle."""
        near = self._reach(resource)
        arns = {
            arn: Ref(name)
            for name in near | ({resource.name} if block != main(resource) else set())
            if (bucket := self.resource(name)) is not None and (arn := _known_arn(bucket))
        }
        return _linked(tree, arns) if arns else tree

    def _reach(self, resource: Resource) -> set[str]:
        """The names of the managed resources that come before this one."""
        found: set[str] = set()
        ahead = [resource]
        while ahead:
            more = self._needs[ahead.pop().name] - found
            found |= more
            ahead += [self._by_name[name] for name in more]
        return found - {resource.name}


def _told(subject: Subject, ref: Ref) -> str | None:
    """What the set-up itself says of a key that was given by its ARN."""
    owner = next((r for r in subject.blueprint if r.name == ref.resource), None)
    arn = owner.lookup.params.get("KeyId") if owner is not None and owner.create is None else None
    if not isinstance(arn, str) or parse_arn(arn) is None:
        return None
    return {"arn": arn, "id": arn.rpartition("/")[2]}.get(ref.output)


def _title(subject: Subject, name: str) -> str:
    return next((r.title for r in subject.blueprint if r.name == name), name)


def _known_arn(resource: Resource) -> str:
    """The ARN of a bucket, which is known before there is one."""
    told = resource.lookup.outputs.get("arn", "")
    return told.strip("'") if family(resource) == "S3 bucket" and told.startswith("'") else ""


def _linked(tree: Tree, arns: Mapping[str, Ref]) -> Tree:
    match tree:
        case str():
            for arn, ref in arns.items():
                if tree == arn:
                    return ref
                if tree.startswith(f"{arn}/"):
                    rest = tree.removeprefix(arn).replace("{", "{{").replace("}", "}}")
                    return Text(f"{{}}{rest}", (ref,))
            return tree
        case Json():
            return Json(_linked(tree.tree, arns))
        case Mapping():
            return {name: _linked(part, arns) for name, part in tree.items()}
        case list() | tuple():
            return [_linked(part, arns) for part in tree]
        case _:
            return tree


def import_id(block: str, resource: Resource, world: World, account: str, reads: Call | None) -> str:
    """The id by which Terraform takes over a block of that type; empty if there is none to take over.

    `reads` is the call that reads what the block holds: it names an inline policy, or an inventory.
    """
    named = {name: str(value) for name, value in parameters(resource).items() if isinstance(value, str)}
    arn = world.output(Ref(resource.name)) or ""
    match block:
        case "aws_kms_key":
            return world.output(Ref(resource.name, "id")) or ""
        case "aws_kms_alias":
            return named["AliasName"]
        case "aws_iam_role":
            return named["RoleName"]
        case "aws_iam_role_policy":
            return f"{named['RoleName']}:{reads.params['PolicyName']!s}" if reads is not None else ""
        case "aws_cloudwatch_log_group":
            return named["logGroupName"]
        case "aws_cloudwatch_log_metric_filter":
            group = fill(resource.lookup.params["logGroupName"], world.lookup)
            return f"{group}:{named['filterName']}" if isinstance(group, str) else ""
        case "aws_cloudwatch_metric_alarm":
            return named["AlarmName"]
        case "aws_cloudtrail" | "aws_sns_topic" | "aws_sns_topic_policy" | "aws_sns_topic_subscription":
            # A subscription that waits for its reader has no ARN yet.
            return arn if arn.startswith("arn:") else ""
        case "aws_s3_bucket_inventory":
            return f"{named['Bucket']}:{reads.params['Id']!s}" if reads is not None else ""
        case _:
            return f"{named['Bucket']},{account}" if takes_owner(block) else named["Bucket"]
