"""How each side of each kind of resource stands in a CloudFormation template: one row for every facet of the blueprint.

A row gives properties, or says how the side holds without any, or what is left for a person because CloudFormation has
no word for it. What a policy or a rule says comes from the facet; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from services.export import cloudformation_buckets as buckets
from services.export.cloudformation_kinds import family
from services.model.resource import Facet, Resource
from services.model.values import Tree, entries, items


@dataclass(frozen=True)
class Seen:
    """A facet as it is and should be. `ours`: its resource is in AWS already, so `have` is what is there."""

    facet: Facet
    target: Tree
    have: Tree
    ours: bool


Put: TypeAlias = Callable[[Seen], Mapping[str, Tree]]
Lack: TypeAlias = Callable[[Seen], str]


def _nothing(_seen: Seen) -> Mapping[str, Tree]:
    return {}


def _no_lack(_seen: Seen) -> str:
    return ""


@dataclass(frozen=True)
class Row:
    """`put` gives properties, of the resource or of the one `beside` it. `by` says how the side holds without them, or
    what of it stands otherwise than in AWS. `lacks` tells a person what remains to do, in whole sentences.
    """

    put: Put = _nothing
    beside: bool = False
    by: str = ""
    lacks: Lack = _no_lack


def row(resource: Resource, facet: Facet) -> Row:
    """The row of a facet."""
    return ROWS[family(resource), facet.name]


def _is(name: str) -> Put:
    return lambda seen: {name: seen.target}


def _shaped(name: str, shape: Callable[[Tree], Tree]) -> Put:
    return lambda seen: {name: shape(seen.target)}


def _whole(seen: Seen) -> Mapping[str, Tree]:
    return entries(seen.target)


def _tags(key: str = "Key", value: str = "Value") -> Put:
    """Tags without those that AWS sets itself and takes from nobody."""

    def put(seen: Seen) -> Mapping[str, Tree]:
        pairs = [(entries(tag).get(key), entries(tag).get(value)) for tag in items(seen.target)]
        return {"Tags": [{"Key": n, "Value": v} for n, v in pairs if not str(n).startswith("aws:")]}

    return put


def _group_tags(seen: Seen) -> Mapping[str, Tree]:
    pairs = sorted(entries(seen.target).items())
    return {"Tags": [{"Key": n, "Value": v} for n, v in pairs if not n.startswith("aws:")]}


def _key_kind(seen: Seen) -> Mapping[str, Tree]:
    several = entries(seen.have).get("MultiRegionConfiguration") is not None
    found = {name: entries(seen.target).get(name) for name in ("KeySpec", "KeyUsage", "Origin")}
    return {**found, "MultiRegion": several}


def _rotation(seen: Seen) -> Mapping[str, Tree]:
    state = entries(seen.target)
    return {
        "EnableKeyRotation": state.get("KeyRotationEnabled"),
        "RotationPeriodInDays": state.get("RotationPeriodInDays"),
    }


def _lock(seen: Seen) -> Mapping[str, Tree]:
    if not _lockable(seen):
        return {}
    return {"ObjectLockEnabled": True, "ObjectLockConfiguration": seen.target}


def _lockable(seen: Seen) -> bool:
    return not seen.ours or entries(seen.have).get("ObjectLockEnabled") is not None


def _lock_first(seen: Seen) -> str:
    if _lockable(seen):
        return ""
    return (
        "The bucket is there and has no Object Lock yet. A lock can never be taken back, so it is not set by taking the "
        "bucket over: 'palisade-wizard apply' asks first and sets it. Export again afterwards."
    )


def _inline(seen: Seen) -> Mapping[str, Tree]:
    name = seen.facet.read.params["PolicyName"]
    return {"Policies": [{"PolicyName": name, "PolicyDocument": seen.target}]}


def _counting(seen: Seen) -> Mapping[str, Tree]:
    state = entries(seen.target)
    return {
        "FilterPattern": state.get("filterPattern"),
        "MetricTransformations": [
            {f"{name[:1].upper()}{name[1:]}": value for name, value in entries(metric).items()}
            for metric in items(state.get("metricTransformations"))
        ],
    }


_ACTIONS = ("ActionsEnabled", "AlarmActions")


def _rule(seen: Seen) -> Mapping[str, Tree]:
    """All of an alarm but whom it tells; without the empty lists of what it has not."""
    return {
        name: value
        for name, value in entries(seen.target).items()
        if name not in _ACTIONS and value not in ([], ())
    }


def _actions(seen: Seen) -> Mapping[str, Tree]:
    return {name: entries(seen.target).get(name) for name in _ACTIONS}


def _confirm(seen: Seen) -> str:
    if seen.ours:
        return ""
    return (
        "AWS sends the e-mail 'AWS Notification - Subscription Confirmation', and only whoever reads that mailbox can "
        "follow its link: no alarm arrives before. AWS forgets the subscription after some days."
    )


_OWNERS = Row(by="of a trail that exists: its owner's affair, only looked at")

ROWS: Mapping[tuple[str, str], Row] = {
    ("KMS key", "tags"): Row(_tags("TagKey", "TagValue")),
    ("KMS key", "kind"): Row(_key_kind, by="CloudFormation makes no other"),
    ("KMS key", "state"): Row(lambda seen: {"Enabled": seen.target == "Enabled"}),
    ("KMS key", "policy"): Row(_is("KeyPolicy")),
    ("KMS key", "rotation"): Row(_rotation),
    ("KMS alias", "target"): Row(_is("TargetKeyId")),
    ("S3 bucket", "tags"): Row(_tags()),
    ("S3 bucket", "region"): Row(by="the rule RightPlace insists on it"),
    ("S3 bucket", "public-access"): Row(_is("PublicAccessBlockConfiguration")),
    ("S3 bucket", "ownership"): Row(
        lambda seen: {"OwnershipControls": {"Rules": [{"ObjectOwnership": seen.target}]}}
    ),
    ("S3 bucket", "versioning"): Row(
        lambda seen: {"VersioningConfiguration": {"Status": entries(seen.target).get("Status")}}
    ),
    ("S3 bucket", "encryption"): Row(_shaped("BucketEncryption", buckets.encryption)),
    ("S3 bucket", "policy"): Row(_is("PolicyDocument"), beside=True),
    ("S3 bucket", "lifecycle"): Row(_shaped("LifecycleConfiguration", buckets.lifecycle)),
    ("S3 bucket", "access-logs"): Row(_shaped("LoggingConfiguration", buckets.logging)),
    ("S3 bucket", "inventory"): Row(
        _shaped("InventoryConfigurations", buckets.inventories),
        by="this set-up's alone: add those of others",
    ),
    ("S3 bucket", "notifications"): Row(
        _shaped("NotificationConfiguration", buckets.notifications),
        by="one entry an event, with an Id of CloudFormation's own",
    ),
    # What it asks of a person is the facet's own remark, with the command for root.
    ("S3 bucket", "mfa-delete"): Row(by="CloudFormation has no word for it: see ByHand"),
    ("S3 bucket", "object-lock"): Row(_lock, lacks=_lock_first),
    ("S3 bucket", "no-object-lock"): Row(by="by not asking for one"),
    ("IAM role", "tags"): Row(_tags()),
    ("IAM role", "path"): Row(_is("Path")),
    ("IAM role", "trust"): Row(_is("AssumeRolePolicyDocument")),
    ("IAM role", "session"): Row(_is("MaxSessionDuration")),
    ("IAM role", "policy"): Row(_inline),
    ("IAM role", "other-policies"): Row(by="by naming one"),
    ("IAM role", "attached-policies"): Row(by="by naming none"),
    ("IAM role", "boundary"): Row(_is("PermissionsBoundary")),
    ("CloudTrail trail", "tags"): Row(_tags()),
    ("CloudTrail trail", "delivery"): Row(_is("S3BucketName")),
    ("CloudTrail trail", "regions"): Row(_whole),
    ("CloudTrail trail", "validation"): Row(_is("EnableLogFileValidation")),
    ("CloudTrail trail", "encryption"): Row(_is("KMSKeyId")),
    ("CloudTrail trail", "log-group"): Row(_whole),
    ("CloudTrail trail", "readable"): _OWNERS,
    ("CloudTrail trail", "selectors"): Row(_whole),
    ("CloudTrail trail", "logging"): Row(_is("IsLogging")),
    ("CloudWatch log group", "tags"): Row(_group_tags),
    ("CloudWatch log group", "encryption"): Row(_is("KmsKeyId")),
    ("CloudWatch log group", "retention"): Row(_is("RetentionInDays")),
    ("SNS topic", "tags"): Row(_tags()),
    ("SNS topic", "encryption"): Row(_is("KmsMasterKeyId")),
    ("SNS topic", "policy"): Row(_is("PolicyDocument"), beside=True),
    ("SNS subscription", "confirmed"): Row(by="only looked at: see ByHand", lacks=_confirm),
    ("SNS subscription", "others"): Row(by="only looked at, by 'plan' and 'verify'"),
    ("Metric filter", "pattern"): Row(_counting),
    ("Alarm", "tags"): Row(_tags()),
    ("Alarm", "rule"): Row(_rule),
    ("Alarm", "actions"): Row(_actions),
    ("Alarm", "state"): Row(by="only looked at"),
}
"""By the kind of the resource and the name of the facet; a test fails when one of the blueprint's is missing."""
