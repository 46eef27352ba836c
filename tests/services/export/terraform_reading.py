"""A Terraform file read back into what AWS would tell of each facet: written from the provider's words, not from ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from services.model.place import partition_of
from services.model.resource import Facet, Resource
from services.model.values import Lookup, Ref, Tree
from tests.services.export import terraform_bucket_reading as buckets
from tests.services.export.hcl_reading import Read, read, resolved
from tests.services.export.terraform_bucket_reading import renamed


@dataclass(frozen=True)
class File:
    """A file; `lookup` knows what AWS gives to things that the file makes."""

    text: str
    lookup: Lookup

    @cached_property
    def top(self) -> Read:
        return read(self.text)

    @property
    def provider(self) -> Mapping[str, Any]:
        return self.top.one("provider").arguments

    @cached_property
    def resources(self) -> dict[tuple[str, str], Read]:
        found = {block.labels: block for block in self.top.inner("resource")}
        assert len(found) == len(self.top.inner("resource"))
        return {(kind, name): block for (kind, name), block in found.items()}

    @property
    def imports(self) -> dict[str, str]:
        return {block.arguments["to"].path: block.arguments["id"] for block in self.top.inner("import")}

    @property
    def outputs(self) -> dict[str, Any]:
        return {
            block.labels[0]: resolved(block.arguments["value"], self.resolve)
            for block in self.top.inner("output")
        }

    def resolve(self, path: str) -> str:
        """What a reference comes to when everything is made."""
        kind, name, attribute = path.split(".")
        made = self.resources[kind, name].arguments
        partition = partition_of(self.provider["region"])
        match kind, attribute:
            case "aws_s3_bucket", "id":
                return str(made["bucket"])
            case "aws_s3_bucket", "arn":
                return f"arn:{partition}:s3:::{made['bucket']}"
            case "aws_iam_role", "name":
                return str(made["name"])
            case "aws_kms_key", "key_id":
                found = self.lookup(Ref(name, "id"))
            case (("aws_kms_key" | "aws_sns_topic" | "aws_iam_role"), "arn"):
                found = self.lookup(Ref(name))
            case _:
                raise AssertionError(f"Terraform does not tell {path}")
        assert found is not None, path
        return found

    def find(self, kind: str, resource: Resource) -> Mapping[str, Any]:
        """The arguments of a block, its inner blocks as lists under their names; empty if there is none."""
        block = self.resources.get((kind, resource.name.replace("-", "_")))
        return self.plain(block) if block is not None else {}

    def plain(self, block: Read) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: resolved(value, self.resolve)
            for name, value in block.arguments.items()
            if name != "depends_on"
        }
        for inner in block.blocks:
            found.setdefault(inner.type, []).append(self.plain(inner))
        return found


def told(file: File, resource: Resource, facet: Facet) -> Tree:
    """What AWS would tell of the facet when Terraform had carried out the file."""
    kind = next((k for k in ("Alarm", "Metric filter") if resource.kind.startswith(k)), resource.kind)
    return _READERS[kind, facet.name](file, resource)


def _side(block: str, read: Callable[[Mapping[str, Any]], Tree]) -> Callable[[File, Resource], Tree]:
    return lambda file, resource: read(file.find(f"aws_s3_bucket_{block}", resource))


def _get(kind: str, name: str) -> Callable[[File, Resource], Tree]:
    return lambda file, resource: file.find(kind, resource).get(name)


def _members(kind: str, names: Mapping[str, str]) -> Callable[[File, Resource], Tree]:
    return lambda file, resource: renamed(file.find(kind, resource), names)


def _tags(kind: str, key: str = "Key", value: str = "Value") -> Callable[[File, Resource], Tree]:
    def tags(file: File, resource: Resource) -> Tree:
        found = file.find(kind, resource).get("tags", {})
        return [{key: name, value: text} for name, text in found.items()]

    return tags


def _key_kind(file: File, resource: Resource) -> Tree:
    found = file.find(
        "aws_kms_key", resource
    )  # the keys of this type are customer-managed, their material is KMS's
    names = {"customer_master_key_spec": "KeySpec", "key_usage": "KeyUsage"}
    return {"KeyManager": "CUSTOMER", "Origin": "AWS_KMS", **renamed(found, names)}


def _inline(file: File, resource: Resource) -> Tree:
    """The names of the inline policies that the file gives to the role, whatever its blocks are called."""
    role = file.find("aws_iam_role", resource)["name"]
    policies = [file.plain(b) for (kind, _), b in file.resources.items() if kind == "aws_iam_role_policy"]
    return [p["name"] for p in policies if p["role"] == role]


def _selectors(file: File, resource: Resource) -> Tree:
    found = file.find("aws_cloudtrail", resource)
    tests = {"field": "Field", "equals": "Equals", "not_equals": "NotEquals", "starts_with": "StartsWith"}
    basic = {
        "read_write_type": "ReadWriteType",
        "include_management_events": "IncludeManagementEvents",
        "exclude_management_event_sources": "ExcludeManagementEventSources",
    }
    return {
        "AdvancedEventSelectors": [
            {
                **renamed(each, {"name": "Name"}),
                "FieldSelectors": [renamed(f, tests) for f in each["field_selector"]],
            }
            for each in found.get("advanced_event_selector", [])
        ],
        "EventSelectors": [
            {
                **renamed(each, basic),
                "DataResources": [
                    renamed(d, {"type": "Type", "values": "Values"}) for d in each.get("data_resource", [])
                ],
            }
            for each in found.get("event_selector", [])
        ],
    }


def _filter(file: File, resource: Resource) -> Tree:
    found = file.find("aws_cloudwatch_log_metric_filter", resource)
    names = {"namespace": "metricNamespace", "name": "metricName", "value": "metricValue"}
    return {
        "filterPattern": found["pattern"],
        "metricTransformations": [renamed(each, names) for each in found["metric_transformation"]],
    }


def _words(*names: str) -> dict[str, str]:
    """Arguments that are called as AWS calls them, but for the writing: `metric_name` is MetricName."""
    return {name: name.title().replace("_", "").replace("OkActions", "OKActions") for name in names}


def _nothing(file: File, resource: Resource) -> Tree:
    return None


_ALARM = "aws_cloudwatch_metric_alarm"
_BUCKET = "aws_s3_bucket"
_GROUP = "aws_cloudwatch_log_group"
_READERS: Mapping[tuple[str, str], Callable[[File, Resource], Tree]] = {
    ("KMS key", "tags"): _tags("aws_kms_key", "TagKey", "TagValue"),
    ("KMS key", "kind"): _key_kind,
    ("KMS key", "state"): lambda f, r: "Enabled" if f.find("aws_kms_key", r)["is_enabled"] else "Disabled",
    ("KMS key", "policy"): _get("aws_kms_key", "policy"),
    ("KMS key", "rotation"): _members(
        "aws_kms_key",
        {"enable_key_rotation": "KeyRotationEnabled", "rotation_period_in_days": "RotationPeriodInDays"},
    ),
    ("KMS alias", "target"): _get("aws_kms_alias", "target_key_id"),
    ("S3 bucket", "tags"): _tags(_BUCKET),
    ("S3 bucket", "region"): lambda f, _r: str(f.provider["region"]),
    ("S3 bucket", "public-access"): _members(
        f"{_BUCKET}_public_access_block",
        _words("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"),
    ),
    ("S3 bucket", "ownership"): _side("ownership_controls", buckets.ownership),
    ("S3 bucket", "versioning"): _side("versioning", buckets.versioning),
    ("S3 bucket", "encryption"): _side("server_side_encryption_configuration", buckets.encryption),
    ("S3 bucket", "policy"): _get(f"{_BUCKET}_policy", "policy"),
    ("S3 bucket", "lifecycle"): _side("lifecycle_configuration", buckets.lifecycle),
    ("S3 bucket", "access-logs"): _side("logging", buckets.access_logs),
    ("S3 bucket", "inventory"): _side("inventory", buckets.inventory),
    ("S3 bucket", "notifications"): _side("notification", buckets.notifications),
    ("S3 bucket", "mfa-delete"): _nothing,
    ("S3 bucket", "object-lock"): _side("object_lock_configuration", buckets.object_lock),
    ("S3 bucket", "no-object-lock"): _side("object_lock_configuration", buckets.object_lock),
    ("IAM role", "tags"): _tags("aws_iam_role"),
    ("IAM role", "path"): _get("aws_iam_role", "path"),
    ("IAM role", "trust"): _get("aws_iam_role", "assume_role_policy"),
    ("IAM role", "session"): _get("aws_iam_role", "max_session_duration"),
    ("IAM role", "boundary"): _get("aws_iam_role", "permissions_boundary"),
    ("IAM role", "policy"): _get("aws_iam_role_policy", "policy"),
    ("IAM role", "other-policies"): _inline,
    ("IAM role", "attached-policies"): lambda f, _r: [k for k, _ in f.resources if "attachment" in k],
    ("CloudTrail trail", "tags"): _tags("aws_cloudtrail"),
    ("CloudTrail trail", "delivery"): _get("aws_cloudtrail", "s3_bucket_name"),
    ("CloudTrail trail", "regions"): _members(
        "aws_cloudtrail", _words("is_multi_region_trail", "include_global_service_events")
    ),
    ("CloudTrail trail", "validation"): _get("aws_cloudtrail", "enable_log_file_validation"),
    ("CloudTrail trail", "encryption"): _get("aws_cloudtrail", "kms_key_id"),
    ("CloudTrail trail", "log-group"): _members(
        "aws_cloudtrail",
        {
            "cloud_watch_logs_group_arn": "CloudWatchLogsLogGroupArn",
            "cloud_watch_logs_role_arn": "CloudWatchLogsRoleArn",
        },
    ),
    ("CloudTrail trail", "selectors"): _selectors,
    ("CloudTrail trail", "logging"): _get("aws_cloudtrail", "enable_logging"),
    ("CloudWatch log group", "tags"): _get(_GROUP, "tags"),
    ("CloudWatch log group", "encryption"): _get(_GROUP, "kms_key_id"),
    ("CloudWatch log group", "retention"): _get(_GROUP, "retention_in_days"),
    ("Metric filter", "pattern"): _filter,
    ("Alarm", "tags"): _tags(_ALARM),
    ("Alarm", "rule"): _members(
        _ALARM,
        _words(
            "alarm_description",
            "namespace",
            "metric_name",
            "statistic",
            "period",
            "evaluation_periods",
            "threshold",
            "comparison_operator",
            "treat_missing_data",
        ),
    ),
    ("Alarm", "actions"): _members(
        _ALARM, _words("actions_enabled", "alarm_actions", "ok_actions", "insufficient_data_actions")
    ),
    ("Alarm", "state"): _nothing,
    ("SNS topic", "tags"): _tags("aws_sns_topic"),
    ("SNS topic", "encryption"): _get("aws_sns_topic", "kms_master_key_id"),
    ("SNS topic", "policy"): _get("aws_sns_topic_policy", "policy"),
    ("SNS subscription", "confirmed"): _nothing,
    ("SNS subscription", "others"): _nothing,
}
