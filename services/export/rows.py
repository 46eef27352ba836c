"""How a script can tell whether a side of a resource is as it should be: one row a side.

A script has no `Facet.normal`. What it has is the `--query` of the `aws` program, JMESPath, which brings AWS's spelling
to one and compares it. Policies that AWS gives as a string are beyond JMESPath: the shell compares those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from services.model.resource import Facet, Resource
from services.model.selectors import BASIC, BORN
from services.model.values import Tree, bare, entries

UNSET: tuple[Tree, ...] = (None,)


def _as_it_is(target: Tree) -> tuple[Tree, ...]:
    return (target,)


@dataclass(frozen=True)
class Compared:
    """`normal` is JMESPath over the value that is read. `born` are the states that a new resource can have.

    `state` tells apart the states that matter before a write, if `normal` does not. `spellings(target)` are all values
    that are as good as the target. `whole`: the write sets the other sides of the same resource too.
    """

    normal: str | Callable[[Resource], str] = "@"
    born: tuple[Tree, ...] = UNSET
    state: str = ""
    spellings: Callable[[Tree], tuple[Tree, ...]] = _as_it_is
    whole: bool = False

    def path(self, resource: Resource) -> str:
        return self.normal if isinstance(self.normal, str) else self.normal(resource)


@dataclass(frozen=True)
class Tags:
    """Tags that are added one by one, so that those of others cannot be lost: as names and values, or as a mapping."""

    key: str = "Key"
    value: str = "Value"
    mapping: bool = False


@dataclass(frozen=True)
class Policy:
    """A document. `text`: AWS gives it as a string. `merged`: it replaces statements of others, which must not be."""

    text: bool
    merged: bool = False


@dataclass(frozen=True)
class Watched:
    """Only looked at by the program, never a difference; `why` the script has nothing to do there."""

    why: str


Row: TypeAlias = "Compared | Tags | Policy | Watched"


def _list(name: str) -> str:
    return f"not_null({name}, `[]`)"


def _sorted(name: str, by: str) -> str:
    return f'sort_by({_list(name)}, &not_null({by}, `""`))'


_RULE = ", ".join(
    (
        "i: ID",
        "s: Status",
        'p: not_null(Filter.Prefix, Prefix, `""`)',
        "a: Filter.And",
        "t: Filter.Tag",
        "g: Filter.ObjectSizeGreaterThan",
        "l: Filter.ObjectSizeLessThan",
        "e: Expiration",
        "m: Transitions",
        "n: NoncurrentVersionExpiration",
        "o: NoncurrentVersionTransitions",
        "u: AbortIncompleteMultipartUpload",
    )
)
_LIFECYCLE = (
    f"{{r: {_sorted('Rules', 'ID')}[].{{{_RULE}}}, "
    'z: not_null(TransitionDefaultMinimumObjectSize, `"all_storage_classes_128K"`)}'
)


def _told(kind: str, whom: str) -> str:
    return f"{_sorted(kind, 'Id')}[].{{i: Id, w: {whom}, e: sort({_list('Events')}), f: Filter}}"


_NOTIFICATIONS = (
    f"[{_told('TopicConfigurations', 'TopicArn')}, {_told('QueueConfigurations', 'QueueArn')}, "
    f"{_told('LambdaFunctionConfigurations', 'LambdaFunctionArn')}, EventBridgeConfiguration != `null`]"
)

_TO = "Destination.S3BucketDestination"
_INVENTORY = (
    "(IsEnabled || `false`) && {v: IncludedObjectVersions, s: Schedule.Frequency, "
    f"o: sort({_list('OptionalFields')}), f: Filter, k: {_TO}.Encryption.SSEKMS.KeyId, a: {_TO}.AccountId, "
    f'b: {_TO}.Bucket, t: {_TO}.Format, p: not_null({_TO}.Prefix, `""`)}}'
)

_OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
_FIELDS = ", ".join(f"{name}: sort({_list(name)})" for name in _OPERATORS)
_SELECTORS = (
    f'[{_sorted("AdvancedEventSelectors", "Name")}[].{{n: not_null(Name, `""`), '
    f"f: sort_by({_list('FieldSelectors')}, &Field)[].{{f: Field, {_FIELDS}}}}}, "
    f"{_list('EventSelectors')}[].{{t: ReadWriteType, m: IncludeManagementEvents, "
    f"d: {_list('DataResources')}, x: {_list('ExcludeManagementEventSources')}}}]"
)

_DEFAULT = "ApplyServerSideEncryptionByDefault"
_ENCRYPTION = (
    f'{{a: {_DEFAULT}.SSEAlgorithm, k: {_DEFAULT}.KMSMasterKeyID, b: {_DEFAULT}.SSEAlgorithm != `"AES256"` && '
    "(BucketKeyEnabled || `false`)}"
)
_OWN_KEYS: Mapping[str, Tree] = {_DEFAULT: {"SSEAlgorithm": "AES256"}}
_NO_SSE_C: Mapping[str, Tree] = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}

_METRIC = "metricTransformations[].{s: metricNamespace, n: metricName, v: metricValue, d: dimensions || `null`, o: defaultValue}"
_RULE_OF_ALARM = ", ".join(
    (
        *(
            f"{name}: {name}"
            for name in ("AlarmDescription", "Namespace", "MetricName", "Statistic", "Period")
        ),
        *(f"{name}: {name}" for name in ("EvaluationPeriods", "Threshold", "ComparisonOperator")),
        "TreatMissingData: TreatMissingData",
        f"Dimensions: {_list('Dimensions')}",
        *(
            f"{name}: {name} || `null`"
            for name in ("ExtendedStatistic", "Metrics", "ThresholdMetricId", "Unit")
        ),
    )
)


def _no_others(resource: Resource) -> str:
    """Everything but the one inline policy of the role."""
    mine = str(next(f for f in resource.facets("created") if f.name == "policy").read.params["PolicyName"])
    return f'sort({_list("@")}[?@ != `"{mine}"`])'


def _with_star(target: Tree) -> tuple[Tree, ...]:
    """AWS tells a log group's ARN with `:*` behind it or without."""
    mine = entries(bare(target))
    arn = str(mine["CloudWatchLogsLogGroupArn"]).removesuffix(":*")
    return tuple({**mine, "CloudWatchLogsLogGroupArn": spelt} for spelt in (arn, f"{arn}:*"))


def _or_untold(target: Tree) -> tuple[Tree, ...]:
    return (target, None)


_ALL_NULL = (
    "{CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: CloudWatchLogsRoleArn}"
)
_NO_GROUP: Mapping[str, Tree] = {"CloudWatchLogsLogGroupArn": None, "CloudWatchLogsRoleArn": None}
_LOCK = "Rule.DefaultRetention.{m: Mode, d: Days || `0`, y: Years || `0`}"

ROWS: Mapping[tuple[str, str], Row] = MappingProxyType(
    {
        ("KMS key", "tags"): Tags("TagKey", "TagValue"),
        ("KMS key", "kind"): Compared(
            '{m: KeyManager, s: KeySpec, u: KeyUsage, o: not_null(Origin, `"AWS_KMS"`), '
            'r: MultiRegionConfiguration.MultiRegionKeyType == `"REPLICA"`}'
        ),
        ("KMS key", "state"): Compared(),
        ("KMS key", "policy"): Policy(text=True),
        ("KMS key", "rotation"): Compared("KeyRotationEnabled", ({"KeyRotationEnabled": False},)),
        ("KMS alias", "target"): Compared(),
        ("S3 bucket", "tags"): Compared(f"sort_by({_list('@')}, &Key)"),
        ("S3 bucket", "region"): Compared(spellings=_or_untold),
        ("S3 bucket", "public-access"): Compared(),
        ("S3 bucket", "ownership"): Compared(),
        ("S3 bucket", "no-object-lock"): Compared("ObjectLockEnabled"),
        ("S3 bucket", "versioning"): Compared("Status"),
        ("S3 bucket", "encryption"): Compared(
            _ENCRYPTION,
            (None, _OWN_KEYS, {**_OWN_KEYS, **_NO_SSE_C}),
            state=f"[{_ENCRYPTION}, sort(not_null(BlockedEncryptionTypes.EncryptionType, `[]`))]",
        ),
        ("S3 bucket", "policy"): Policy(text=True, merged=True),
        ("S3 bucket", "lifecycle"): Compared(_LIFECYCLE),
        ("S3 bucket", "access-logs"): Compared('{b: TargetBucket, p: not_null(TargetPrefix, `""`)}'),
        ("S3 bucket", "inventory"): Compared(_INVENTORY),
        # Of a bucket without any, S3 tells an empty document, and not that there is none.
        ("S3 bucket", "notifications"): Compared(_NOTIFICATIONS, (None, {})),
        ("S3 bucket", "mfa-delete"): Watched("only the account's root user can turn MFA Delete on"),
        ("S3 bucket", "object-lock"): Compared(_LOCK, (None, {"ObjectLockEnabled": "Enabled"})),
        ("IAM role", "tags"): Tags(),
        ("IAM role", "path"): Compared(),
        ("IAM role", "trust"): Policy(text=False),
        ("IAM role", "session"): Compared(),
        ("IAM role", "policy"): Policy(text=False),
        ("IAM role", "other-policies"): Compared(_no_others),
        ("IAM role", "attached-policies"): Compared(_no_others),
        ("IAM role", "boundary"): Compared(),
        ("CloudWatch log group", "tags"): Tags(mapping=True),
        ("CloudWatch log group", "encryption"): Compared(),
        ("CloudWatch log group", "retention"): Compared(),
        ("CloudTrail trail", "tags"): Tags(),
        ("CloudTrail trail", "delivery"): Compared(),
        ("CloudTrail trail", "regions"): Compared(),
        ("CloudTrail trail", "validation"): Compared(),
        ("CloudTrail trail", "encryption"): Compared(),
        ("CloudTrail trail", "log-group"): Compared(_ALL_NULL, (_NO_GROUP,), spellings=_with_star),
        ("CloudTrail trail", "selectors"): Compared(
            _SELECTORS, (None, {BASIC: [BORN]}, {BASIC: [BORN], "AdvancedEventSelectors": []})
        ),
        ("CloudTrail trail", "logging"): Compared(born=(None, False)),
        ("SNS topic", "tags"): Tags(),
        ("SNS topic", "encryption"): Compared(),
        ("SNS topic", "policy"): Policy(text=True, merged=True),
        ("SNS subscription", "confirmed"): Watched(
            "only whoever reads the mail can confirm the subscription"
        ),
        ("SNS subscription", "others"): Watched("other addresses are their owner's choice"),
        ("Metric filter", "pattern"): Compared(f"{{p: filterPattern, m: {_METRIC}}}"),
        ("Alarm", "tags"): Tags(),
        ("Alarm", "rule"): Compared(f"{{{_RULE_OF_ALARM}}}", whole=True),
        ("Alarm", "actions"): Compared(f"[ActionsEnabled, {_list('AlarmActions')}]", whole=True),
        ("Alarm", "state"): Watched("an alarm rings or is quiet by itself"),
    }
)
"""By the kind of a resource and the name of its side."""

_KINDS_WITH_A_NAME = ("Metric filter", "Alarm")


def row(resource: Resource, facet: Facet) -> Row:
    """The row of a side."""
    kind = next((k for k in _KINDS_WITH_A_NAME if resource.kind.startswith(f"{k} ")), resource.kind)
    return ROWS[kind, facet.name]
