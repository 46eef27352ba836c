"""What can happen to the alarms behind a set-up's back, as direct calls; as tests/drifts.py has it for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from services.model.calls import Aws
from tests.alarmed import NAMES
from tests.world import ACCOUNT, do

Change: TypeAlias = Callable[[Aws], Any]
ALARM = NAMES.alarm("key")
ELSEWHERE = f"arn:aws:sns:eu-west-1:{ACCOUNT}:elsewhere"
_KEPT = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "Dimensions",
    "Period",
    "EvaluationPeriods",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)


def alarm(change: Callable[[dict[str, Any]], object]) -> Change:
    """Changes one alarm and leaves the rest of it."""

    def drift(aws: Aws) -> None:
        (found,) = do(aws, "cloudwatch", "DescribeAlarms", AlarmNames=[ALARM])["MetricAlarms"]
        params = {name: found[name] for name in _KEPT if found.get(name) is not None}
        change(params)
        do(aws, "cloudwatch", "PutMetricAlarm", **params)

    return drift


def alarm_with(**params: Any) -> Change:
    return alarm(lambda found: found.update(params))


def filter_with(**params: Any) -> Change:
    """Changes one metric filter and leaves the rest of it."""

    def drift(aws: Aws) -> None:
        found = do(aws, "logs", "DescribeMetricFilters", logGroupName=NAMES.log_group)["metricFilters"]
        (mine,) = [f for f in found if f["filterName"] == ALARM]
        kept = {name: mine[name] for name in ("filterName", "filterPattern", "metricTransformations")}
        do(aws, "logs", "PutMetricFilter", logGroupName=NAMES.log_group, **{**kept, **params})

    return drift


def topic_policy(change: Callable[[dict[str, Any]], object]) -> Change:
    def drift(aws: Aws) -> None:
        attributes = do(aws, "sns", "GetTopicAttributes", TopicArn=NAMES.topic_arn)["Attributes"]
        policy = json.loads(attributes["Policy"])
        change(policy)
        topic_with("Policy", json.dumps(policy))(aws)

    return drift


def topic_with(name: str, value: str) -> Change:
    return lambda aws: do(
        aws, "sns", "SetTopicAttributes", TopicArn=NAMES.topic_arn, AttributeName=name, AttributeValue=value
    )


def other_source(policy: dict[str, Any]) -> None:
    policy["Statement"][1]["Condition"]["ArnLike"]["aws:SourceArn"] = "*"


def metric(**change: Any) -> list[dict[str, Any]]:
    known = {"metricNamespace": NAMES.metric_namespace, "metricName": ALARM, "metricValue": "1"}
    return [{**known, **change}]


def untag_topic(aws: Aws) -> None:
    do(aws, "sns", "UntagResource", ResourceArn=NAMES.topic_arn, TagKeys=["team"])


def untag_alarm(aws: Aws) -> None:
    do(aws, "cloudwatch", "UntagResource", ResourceARN=NAMES.alarm_arn("key"), TagKeys=["team"])


def unsubscribe(aws: Aws) -> None:
    (found,) = do(aws, "sns", "ListSubscriptionsByTopic", TopicArn=NAMES.topic_arn)["Subscriptions"]
    do(aws, "sns", "Unsubscribe", SubscriptionArn=found["SubscriptionArn"])


def delete_filter(aws: Aws) -> None:
    do(aws, "logs", "DeleteMetricFilter", logGroupName=NAMES.log_group, filterName=ALARM)


DRIFTS: tuple[tuple[str, str, Change], ...] = (
    ("topic.tags", "change", untag_topic),
    ("topic.encryption", "change", topic_with("KmsMasterKeyId", "alias/aws/sns")),
    ("topic.encryption", "set", topic_with("KmsMasterKeyId", "")),
    ("topic.policy", "change", topic_policy(lambda policy: policy["Statement"].pop())),
    ("topic.policy", "change", topic_policy(other_source)),
    ("subscription", "create", unsubscribe),
    ("filter-key", "create", delete_filter),
    ("filter-key.pattern", "change", filter_with(filterPattern="{ $.eventName = DisableKey }")),
    ("filter-key.pattern", "change", filter_with(filterPattern="")),
    ("filter-key.pattern", "change", filter_with(metricTransformations=metric(metricName="other"))),
    ("filter-key.pattern", "change", filter_with(metricTransformations=metric(metricNamespace="Other"))),
    ("filter-key.pattern", "change", filter_with(metricTransformations=metric(metricValue="0"))),
    ("alarm-key", "create", lambda aws: do(aws, "cloudwatch", "DeleteAlarms", AlarmNames=[ALARM])),
    ("alarm-key.tags", "change", untag_alarm),
    ("alarm-key.rule", "change", alarm_with(Threshold=100.0)),
    ("alarm-key.rule", "change", alarm_with(Period=86400)),
    ("alarm-key.rule", "change", alarm_with(EvaluationPeriods=12)),
    ("alarm-key.rule", "change", alarm_with(EvaluationPeriods=3, DatapointsToAlarm=3)),
    ("alarm-key.rule", "change", alarm_with(Statistic="Minimum")),
    ("alarm-key.rule", "change", alarm_with(MetricName="other")),
    ("alarm-key.rule", "change", alarm_with(Namespace="Other")),
    ("alarm-key.rule", "change", alarm_with(ComparisonOperator="LessThanThreshold")),
    ("alarm-key.rule", "change", alarm_with(TreatMissingData="ignore")),
    ("alarm-key.rule", "change", alarm_with(Unit="Bytes")),
    ("alarm-key.rule", "change", alarm_with(Dimensions=[{"Name": "a", "Value": "b"}])),
    ("alarm-key.rule", "change", alarm_with(AlarmDescription="Nothing to see here.")),
    ("alarm-key.actions", "change", alarm_with(AlarmActions=[])),
    ("alarm-key.actions", "change", alarm_with(AlarmActions=[ELSEWHERE])),
    ("alarm-key.actions", "change", alarm_with(ActionsEnabled=False)),
    (
        "alarm-key.actions",
        "change",
        lambda aws: do(aws, "cloudwatch", "DisableAlarmActions", AlarmNames=[ALARM]),
    ),
)
