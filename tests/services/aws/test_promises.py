"""What AWS always says is in AWS's own models, and an answer without it, or of another type, is not taken for AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from services.aws.promises import ALWAYS, keeps
from services.aws.shapes import is_modelled
from services.model.calls import Call
from services.model.operations import OPERATIONS
from tests.spoilt import output_shape


def shape_of(name: str) -> Any:
    service, _, op = name.partition(":")
    return output_shape(Call(service, op))


@pytest.mark.parametrize("name", ALWAYS)
def test_whatever_is_promised_is_in_awss_model(name: str) -> None:
    assert name in OPERATIONS
    for path in ALWAYS[name]:
        shape = shape_of(name)
        for step in path.split("."):
            # The attributes of a topic are a map.
            shape = shape.members[step.removesuffix("[]")] if shape.type_name == "structure" else shape.value
            if step.endswith("[]"):
                shape = shape.member


@pytest.mark.parametrize(
    ("name", "reply", "kept"),
    [
        ("kms:DescribeKey", {"KeyMetadata": {"Arn": "a", "KeyId": "k"}}, True),
        ("kms:DescribeKey", {"KeyMetadata": {"KeyId": "k"}}, False),
        ("kms:DescribeKey", {"KeyMetadata": {"Arn": "", "KeyId": "k"}}, False),
        ("kms:DescribeKey", {}, False),
        ("kms:ListKeys", {"Keys": []}, True),
        ("kms:ListKeys", {}, True),
        ("kms:ListKeys", {"Keys": [{"KeyId": "k"}, {}]}, False),
        ("s3:HeadObject", {"ContentLength": 0}, True),
        ("s3:GetBucketPolicy", {}, True),
    ],
)
def test_an_answer_keeps_what_is_promised_or_does_not(
    name: str, reply: Mapping[str, Any], kept: bool
) -> None:
    assert keeps(name, reply) == kept


@pytest.mark.parametrize(
    ("name", "reply", "right"),
    [
        ("kms:DescribeKey", {"KeyMetadata": {"Arn": "a", "Enabled": True}}, True),
        ("kms:DescribeKey", {"KeyMetadata": {"Arn": None}}, True),
        ("kms:DescribeKey", {"KeyMetadata": {"CreationDate": datetime(2026, 1, 1, tzinfo=UTC)}}, True),
        ("kms:DescribeKey", {"KeyMetadata": {"Arn": 1}}, False),
        ("kms:DescribeKey", {"KeyMetadata": {"Enabled": "yes"}}, False),
        ("kms:DescribeKey", {"KeyMetadata": {"CreationDate": "2026"}}, False),
        ("kms:DescribeKey", {"KeyMetadata": []}, False),
        ("kms:ListAliases", {"Aliases": [{"TargetKeyId": ["k"]}]}, False),
        ("kms:ListAliases", {"Aliases": {}}, False),
        ("cloudwatch:DescribeAlarms", {"MetricAlarms": [{"Threshold": 1.0, "Period": 300}]}, True),
        ("cloudwatch:DescribeAlarms", {"MetricAlarms": [{"Threshold": 1, "Period": True}]}, False),
        ("sns:GetTopicAttributes", {"Attributes": {"TopicArn": "a"}}, True),
        ("sns:GetTopicAttributes", {"Attributes": {"TopicArn": 7}}, False),
        ("iam:GetRole", {"Role": {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}}}, True),
        ("iam:GetRole", {"Role": {"RoleName": ["a", "b"]}}, False),
    ],
)
def test_an_answer_has_the_types_of_its_model_or_has_not(
    name: str, reply: Mapping[str, Any], right: bool
) -> None:
    assert is_modelled(shape_of(name), reply) == right
