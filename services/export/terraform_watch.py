"""How Terraform says what watches over the backups: what a trail records, what filters count, when alarms ring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.export.hcl import Attribute, Block, Body
from services.export.terraform_buckets import said
from services.model import selectors as recorded
from services.model.values import Tree, entries, items

CONFIRMED_BY_ITS_READER = (
    "Terraform only asks for it: AWS sends an e-mail 'AWS Notification - Subscription Confirmation', and whoever reads "
    "that mailbox must follow its link. Until then no alarm arrives. 'palisade-wizard verify' waits for it."
)

RULE: Mapping[str, str] = MappingProxyType(
    {
        "alarm_description": "AlarmDescription",
        "namespace": "Namespace",
        "metric_name": "MetricName",
        "statistic": "Statistic",
        "period": "Period",
        "evaluation_periods": "EvaluationPeriods",
        "threshold": "Threshold",
        "comparison_operator": "ComparisonOperator",
        "treat_missing_data": "TreatMissingData",
    }
)
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "actions_enabled": "ActionsEnabled",
        "alarm_actions": "AlarmActions",
        "ok_actions": "OKActions",
        "insufficient_data_actions": "InsufficientDataActions",
    }
)
"""Arguments of an alarm, by what CloudWatch calls them. Its dimensions are none, which is said by saying nothing."""

_TESTS = {
    "equals": "Equals",
    "not_equals": "NotEquals",
    "starts_with": "StartsWith",
    "not_starts_with": "NotStartsWith",
    "ends_with": "EndsWith",
    "not_ends_with": "NotEndsWith",
}
_BASIC = {
    "read_write_type": "ReadWriteType",
    "include_management_events": "IncludeManagementEvents",
    "exclude_management_event_sources": "ExcludeManagementEventSources",
}


def selectors(target: Tree) -> Body:
    """What a trail records: advanced selectors, or basic ones where somebody changed it to these."""
    if recorded.advanced(target):
        return tuple(
            Block("advanced_event_selector", (), tuple(_advanced(entries(each))))
            for each in recorded.advanced(target)
        )
    return tuple(Block("event_selector", (), tuple(_basic(entries(each)))) for each in recorded.basic(target))


def _advanced(selector: Mapping[str, Tree]) -> Iterator[Attribute | Block]:
    yield from said(selector, {"name": "Name"})
    for field in map(entries, items(selector.get("FieldSelectors"))):
        yield Block("field_selector", (), said(field, {"field": "Field", **_TESTS}))


def _basic(selector: Mapping[str, Tree]) -> Iterator[Attribute | Block]:
    yield from said(selector, _BASIC)
    for resource in items(selector.get("DataResources")):
        yield Block("data_resource", (), said(resource, {"type": "Type", "values": "Values"}))


def metric_filter(target: Tree) -> Body:
    """What is counted, and into which metric."""
    names = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}
    return (
        *said(target, {"pattern": "filterPattern"}),
        *(
            Block("metric_transformation", (), said(metric, names))
            for metric in items(entries(target).get("metricTransformations"))
        ),
    )
