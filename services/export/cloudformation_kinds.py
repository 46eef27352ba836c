"""Which CloudFormation resource stands for which kind of the blueprint's, and what its name, its outputs and its end are.

Everything that holds data or keys is retained when the stack is deleted or a resource replaced, and so is the policy
that guards the data: a backup must outlive the stack that made room for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.model.resource import Resource
from services.model.values import Tree


@dataclass(frozen=True)
class Beside:
    """A CloudFormation resource that holds one side of another: `link` is the property that names the other by `output`."""

    type: str
    link: str
    output: str
    suffix: str = "Policy"


@dataclass(frozen=True)
class Kind:
    """A resource type of CloudFormation.

    `named` gives the properties that the API's create or look-up call names, by that call's parameter. `outputs` says
    what an output is: an attribute for `Fn::GetAtt`, or nothing for `Ref`. `identity` are the properties by which an
    import finds it, each with the output that tells it, or nothing where the property itself is in the template.
    """

    type: str
    named: Mapping[str, str]
    identity: Mapping[str, str]
    outputs: Mapping[str, str]
    keeps: bool = False
    beside: Beside | None = None


KINDS: Mapping[str, Kind] = {
    "KMS key": Kind(
        "AWS::KMS::Key",
        {"Description": "Description"},
        {"KeyId": "id"},
        {"arn": "Arn", "id": ""},
        keeps=True,
    ),
    "KMS alias": Kind("AWS::KMS::Alias", {"AliasName": "AliasName"}, {"AliasName": ""}, {}, keeps=True),
    "S3 bucket": Kind(
        "AWS::S3::Bucket",
        {"BucketName": "Bucket", "BucketNamespace": "BucketNamespace"},
        {"BucketName": ""},
        {"arn": "Arn", "id": ""},
        keeps=True,
        beside=Beside("AWS::S3::BucketPolicy", "Bucket", "id"),
    ),
    "IAM role": Kind(
        "AWS::IAM::Role",
        {"RoleName": "RoleName", "Description": "Description"},
        {"RoleName": ""},
        {"arn": "Arn", "id": "RoleId"},
    ),
    "CloudTrail trail": Kind(
        "AWS::CloudTrail::Trail", {"TrailName": "Name"}, {"TrailName": ""}, {"arn": "Arn"}
    ),
    "CloudWatch log group": Kind(
        "AWS::Logs::LogGroup",
        {"LogGroupName": "logGroupName"},
        {"LogGroupName": ""},
        {"arn": "Arn"},
        keeps=True,
    ),
    "SNS topic": Kind(
        "AWS::SNS::Topic",
        {"TopicName": "Name"},
        {"TopicArn": "arn"},
        {"arn": ""},
        beside=Beside("AWS::SNS::TopicInlinePolicy", "TopicArn", "arn"),
    ),
    "SNS subscription": Kind(
        "AWS::SNS::Subscription",
        {"TopicArn": "TopicArn", "Protocol": "Protocol", "Endpoint": "Endpoint"},
        {"Arn": "arn"},
        {},
    ),
    "Metric filter": Kind(
        "AWS::Logs::MetricFilter",
        {"FilterName": "filterName", "LogGroupName": "logGroupName"},
        {"LogGroupName": "", "FilterName": ""},
        {},
    ),
    "Alarm": Kind("AWS::CloudWatch::Alarm", {"AlarmName": "AlarmName"}, {"AlarmName": ""}, {"arn": "Arn"}),
}
"""By the kind of a resource, or by its first words where the kind says which of several it is (`Alarm read`)."""


def family(resource: Resource) -> str:
    """The name of a resource's kind in the tables of this export."""
    return next(name for name in KINDS if f"{resource.kind} ".startswith(f"{name} "))


def kind_of(resource: Resource) -> Kind:
    return KINDS[family(resource)]


def logical(name: str) -> str:
    """The logical name of the resource that the blueprint calls so: `log_bucket` is `LogBucket`."""
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))


def names(resource: Resource) -> Mapping[str, Tree]:
    """The properties by which AWS knows the resource, from the calls that make it or look for it."""
    known = {**resource.lookup.params, **(resource.create.params if resource.create else {})}
    return {name: known[param] for name, param in kind_of(resource).named.items() if param in known}
