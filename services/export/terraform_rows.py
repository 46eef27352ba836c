"""How Terraform says each side of each resource: one row per kind of resource and facet.

The names are those of version 6 of the hashicorp/aws provider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from services.export import terraform_buckets as buckets
from services.export import terraform_watch as watch
from services.export.hcl import Attribute, Body
from services.model.resource import Facet, Resource
from services.model.values import Tree, entries, items


@dataclass(frozen=True)
class Written:
    """A facet that is in a block of `type`; `body(target)` gives what it says there, nothing if there is nothing to set."""

    type: str
    body: Callable[[Tree], Body]


@dataclass(frozen=True)
class Said:
    """A facet that no argument of Terraform sets: `why` and what takes its place, for the reader of the file."""

    why: str


Row: TypeAlias = "Written | Said"

_LOOKED_AT = "It is only looked at: 'palisade-wizard plan', 'verify' and 'doctor' tell how it stands."
_NOTHING_ELSE = (
    "This file gives the role none. One that somebody else gives it is not taken away here: 'palisade-wizard plan' and "
    "'doctor' tell of it."
)
_ROOT_ALONE = "Terraform cannot turn it on. Only the root user can, with a code of its device; this file leaves it as it is."


def family(resource: Resource) -> str:
    """The kind of a resource, without what an alarm or a filter is about."""
    return next(
        (kind for kind in ("Alarm", "Metric filter") if resource.kind.startswith(kind)), resource.kind
    )


def row(resource: Resource, facet: Facet) -> Row:
    """The row of a facet."""
    return ROWS[family(resource), facet.name]


def _argument(name: str) -> Callable[[Tree], Body]:
    return lambda target: () if target is None else (Attribute(name, target),)


def _arguments(names: Mapping[str, str]) -> Callable[[Tree], Body]:
    return lambda target: buckets.said(target, names)


def _tags(key: str = "Key", value: str = "Value") -> Callable[[Tree], Body]:
    def body(target: Tree) -> Body:
        return _tag_map({str(entries(tag).get(key)): entries(tag).get(value) for tag in items(target)})

    return body


def _tag_map(target: Tree) -> Body:
    """What begins with `aws:` is AWS's own, and nobody else may write it."""
    mine = {name: text for name, text in entries(target).items() if not name.startswith("aws:")}
    return (Attribute("tags", mine),) if mine else ()


def _key_kind(target: Tree) -> Body:
    state = entries(target)
    return (
        Attribute("key_usage", state["KeyUsage"]),
        Attribute("customer_master_key_spec", state["KeySpec"]),
    )


def _key(name: str, body: Callable[[Tree], Body]) -> tuple[tuple[str, str], Row]:
    return ("KMS key", name), Written("aws_kms_key", body)


def _bucket(name: str, block: str, body: Callable[[Tree], Body]) -> tuple[tuple[str, str], Row]:
    return ("S3 bucket", name), Written(f"aws_s3_bucket{block}", body)


def _role(name: str, body: Callable[[Tree], Body]) -> tuple[tuple[str, str], Row]:
    return ("IAM role", name), Written("aws_iam_role", body)


def _trail(name: str, body: Callable[[Tree], Body]) -> tuple[tuple[str, str], Row]:
    return ("CloudTrail trail", name), Written("aws_cloudtrail", body)


ROWS: Mapping[tuple[str, str], Row] = MappingProxyType(
    dict(
        (
            _key("tags", _tags("TagKey", "TagValue")),
            _key("kind", _key_kind),
            _key("state", lambda target: (Attribute("is_enabled", target == "Enabled"),)),
            _key("policy", _argument("policy")),
            _key(
                "rotation",
                _arguments(
                    {
                        "enable_key_rotation": "KeyRotationEnabled",
                        "rotation_period_in_days": "RotationPeriodInDays",
                    }
                ),
            ),
            (("KMS alias", "target"), Written("aws_kms_alias", _argument("target_key_id"))),
            _bucket("tags", "", _tags()),
            (("S3 bucket", "region"), Said("The region of the provider says it.")),
            _bucket("public-access", "_public_access_block", buckets.public_access),
            _bucket("ownership", "_ownership_controls", buckets.ownership),
            _bucket("versioning", "_versioning", buckets.versioning),
            _bucket("encryption", "_server_side_encryption_configuration", buckets.encryption),
            _bucket("policy", "_policy", _argument("policy")),
            _bucket("lifecycle", "_lifecycle_configuration", buckets.lifecycle),
            _bucket("access-logs", "_logging", buckets.access_logs),
            _bucket("inventory", "_inventory", buckets.inventory),
            _bucket("notifications", "_notification", buckets.notifications),
            (("S3 bucket", "mfa-delete"), Said(_ROOT_ALONE)),
            _bucket("object-lock", "_object_lock_configuration", buckets.object_lock),
            (("S3 bucket", "no-object-lock"), Said("This file turns none on, and nobody else should.")),
            _role("tags", _tags()),
            _role("path", _argument("path")),
            _role("trust", _argument("assume_role_policy")),
            _role("session", _argument("max_session_duration")),
            _role("boundary", _argument("permissions_boundary")),
            (("IAM role", "policy"), Written("aws_iam_role_policy", _argument("policy"))),
            (("IAM role", "other-policies"), Said(_NOTHING_ELSE)),
            (("IAM role", "attached-policies"), Said(_NOTHING_ELSE)),
            _trail("tags", _tags()),
            _trail("delivery", _argument("s3_bucket_name")),
            _trail(
                "regions",
                _arguments(
                    {
                        "is_multi_region_trail": "IsMultiRegionTrail",
                        "include_global_service_events": "IncludeGlobalServiceEvents",
                    }
                ),
            ),
            _trail("validation", _argument("enable_log_file_validation")),
            _trail("encryption", _argument("kms_key_id")),
            _trail(
                "log-group",
                _arguments(
                    {
                        "cloud_watch_logs_group_arn": "CloudWatchLogsLogGroupArn",
                        "cloud_watch_logs_role_arn": "CloudWatchLogsRoleArn",
                    }
                ),
            ),
            _trail("selectors", watch.selectors),
            _trail("logging", _argument("enable_logging")),
            (("CloudTrail trail", "readable"), Said(_LOOKED_AT)),
            (("CloudWatch log group", "tags"), Written("aws_cloudwatch_log_group", _tag_map)),
            (
                ("CloudWatch log group", "encryption"),
                Written("aws_cloudwatch_log_group", _argument("kms_key_id")),
            ),
            (
                ("CloudWatch log group", "retention"),
                Written("aws_cloudwatch_log_group", _argument("retention_in_days")),
            ),
            (("Metric filter", "pattern"), Written("aws_cloudwatch_log_metric_filter", watch.metric_filter)),
            (("Alarm", "tags"), Written("aws_cloudwatch_metric_alarm", _tags())),
            (("Alarm", "rule"), Written("aws_cloudwatch_metric_alarm", _arguments(watch.RULE))),
            (("Alarm", "actions"), Written("aws_cloudwatch_metric_alarm", _arguments(watch.ACTIONS))),
            (("Alarm", "state"), Said(_LOOKED_AT)),
            (("SNS topic", "tags"), Written("aws_sns_topic", _tags())),
            (("SNS topic", "encryption"), Written("aws_sns_topic", _argument("kms_master_key_id"))),
            (("SNS topic", "policy"), Written("aws_sns_topic_policy", _argument("policy"))),
            (("SNS subscription", "confirmed"), Said(watch.CONFIRMED_BY_ITS_READER)),
            (("SNS subscription", "others"), Said(_LOOKED_AT)),
        )
    )
)
"""Every facet of every blueprint, by the family of its resource and its name."""
