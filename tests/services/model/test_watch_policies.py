"""The second key's policy and the log role, as an evaluator that is not ours understands them: each service for its own."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core.iam_evaluator import (
    EvalContext,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
)

from services.model import policies, watch_policies
from services.model.naming import Names
from services.model.place import Place
from tests.judge import PLACES, plain
from tests.world import ACCOUNT, BUCKET, SETUP

OTHER = "999999999999"
LOGS = {
    "aws": "logs.eu-west-1.amazonaws.com",
    "aws-us-gov": "logs.us-gov-west-1.amazonaws.com",
    "aws-cn": "logs.cn-north-1.amazonaws.com.cn",
}
each_place = pytest.mark.parametrize("place", PLACES)


def names(place: tuple[str, str], account: str = ACCOUNT, setup: str = "acme") -> Names:
    return Names(Place(account, place[1], SETUP), setup, BUCKET, f"{BUCKET}-access-logs", f"{BUCKET}-trail")


def request(found: Names, action: str, resource: str, **context: str) -> EvalContext:
    return EvalContext(
        principal_arn=f"arn:{found.place.partition}:iam::{OTHER}:root",
        principal_type="Service",
        principal_account=OTHER,
        action=action,
        resource_arn=resource,
        region=found.place.region,
        service_context={name.replace("__", ":").lower(): value for name, value in context.items()},
    )


def key_allows(found: Names, service: str, action: str, **context: str) -> bool:
    policy = plain(watch_policies.log_key_policy(found))
    asked = request(
        found, action, f"arn:{found.place.partition}:kms:{found.place.region}:{ACCOUNT}:key/1", **context
    )
    return bool(evaluate_resource_policy(policy, asked, service=service).decision == "Allow")


def source(arn: str, account: str = ACCOUNT) -> dict[str, str]:
    return {"aws__SourceArn": arn, "aws__SourceAccount": account}


@each_place
def test_cloudtrail_may_encrypt_for_this_trail_alone(place: tuple[str, str]) -> None:
    found, service = names(place), watch_policies.CLOUDTRAIL
    context = "kms__EncryptionContext__aws__cloudtrail__arn"
    good = {**source(found.trail_arn), context: found.trail_arn}
    assert key_allows(found, service, "kms:GenerateDataKey", **good)
    assert key_allows(found, service, "kms:DescribeKey", **source(found.trail_arn))
    for other in (names(place, OTHER).trail_arn, names(place, setup="beta").trail_arn, "*"):
        assert not key_allows(found, service, "kms:GenerateDataKey", **{**good, context: other})
        assert not key_allows(found, service, "kms:GenerateDataKey", **{**good, "aws__SourceArn": other})
        assert not key_allows(found, service, "kms:DescribeKey", **source(other))
    assert not key_allows(found, service, "kms:GenerateDataKey")
    assert not key_allows(found, "config.amazonaws.com", "kms:GenerateDataKey", **good)
    for action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CreateGrant", "kms:DisableKey"):
        assert not key_allows(found, service, action, **good)


@each_place
def test_cloudwatch_logs_of_the_region_may_use_it_for_this_log_group_alone(place: tuple[str, str]) -> None:
    found, service = names(place), LOGS[place[0]]
    context = "kms__EncryptionContext__aws__logs__arn"
    for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"):
        assert key_allows(found, service, action, **{context: found.log_group_arn})
        for other in (
            names(place, OTHER).log_group_arn,
            f"{found.log_group_arn}-2",
            f"{found.log_group_arn}:*",
        ):
            assert not key_allows(found, service, action, **{context: other})
        assert not key_allows(found, service, action)
        assert not key_allows(found, "logs.us-east-2.amazonaws.com", action, **{context: found.log_group_arn})
    assert not key_allows(found, service, "kms:CreateGrant", **{context: found.log_group_arn})


@each_place
def test_alarms_of_this_set_up_and_events_of_its_bucket_reach_the_topic(place: tuple[str, str]) -> None:
    found = names(place)
    partition, region = place
    alarms, bucket = "cloudwatch.amazonaws.com", "s3.amazonaws.com"
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert key_allows(found, alarms, action, **source(found.alarm_arn("key")))
        assert key_allows(found, bucket, action, **source(found.bucket_arn(BUCKET)))
        foreign = f"arn:{partition}:cloudwatch:{region}:{ACCOUNT}:alarm:theirs"
        for service, arn, account in (
            (alarms, foreign, ACCOUNT),
            (alarms, names(place, setup="beta").alarm_arn("key"), ACCOUNT),
            (alarms, found.alarm_arn("key"), OTHER),
            (bucket, found.bucket_arn("theirs"), ACCOUNT),
            (bucket, found.bucket_arn(f"{BUCKET}-2"), ACCOUNT),
            (bucket, found.bucket_arn(BUCKET), OTHER),
            (alarms, found.bucket_arn(BUCKET), ACCOUNT),
            (bucket, found.alarm_arn("key"), ACCOUNT),
        ):
            assert not key_allows(found, service, action, **source(arn, account))
        assert not key_allows(found, alarms, action)
        assert not key_allows(found, bucket, action)
    assert not key_allows(found, alarms, "kms:Encrypt", **source(found.alarm_arn("key")))


@each_place
def test_the_account_keeps_the_key_and_gives_nobody_else_a_right(place: tuple[str, str]) -> None:
    policy = watch_policies.log_key_policy(names(place))
    assert policies.delegates(policy, ACCOUNT)
    statements = plain(policy)["Statement"]
    assert all(s["Effect"] == "Allow" and s["Sid"].startswith(policies.OURS) for s in statements)
    assert len({s["Sid"] for s in statements}) == len(statements)
    assert [s["Sid"] for s in statements if not s.get("Condition")] == [f"{policies.OURS}Delegation"]


# The role of the log group


def trusts(found: Names, service: str, **context: str) -> bool:
    trust = plain(watch_policies.log_role_trust(found))
    for statement in trust["Statement"]:
        statement["Resource"] = "*"
    asked = request(found, "sts:AssumeRole", found.log_role_arn, **context)
    return bool(evaluate_resource_policy(trust, asked, service=service).decision == "Allow")


@each_place
def test_cloudtrail_alone_becomes_the_log_role_and_for_this_trail_alone(place: tuple[str, str]) -> None:
    found = names(place)
    assert trusts(found, watch_policies.CLOUDTRAIL, **source(found.trail_arn))
    for arn, account in ((names(place, OTHER).trail_arn, ACCOUNT), (found.trail_arn, OTHER), ("", "")):
        assert not trusts(found, watch_policies.CLOUDTRAIL, **source(arn, account))
    assert trusts(found, watch_policies.CLOUDTRAIL), (
        "CloudTrail does not say to this role for which trail it asks"
    )
    assert not trusts(found, "ec2.amazonaws.com", **source(found.trail_arn))


def role_may(found: Names, action: str, resource: str) -> bool:
    policy = parse_policy_document(plain(watch_policies.log_role_policy(found)))
    return bool(evaluate(request(found, action, resource), [policy]).decision == "Allow")


@each_place
def test_the_log_role_writes_into_the_trails_streams_and_nowhere_else(place: tuple[str, str]) -> None:
    found = names(place)
    stream = f"{found.log_group_arn}:log-stream:{ACCOUNT}_CloudTrail_{place[1]}"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        assert role_may(found, action, stream)
        assert role_may(found, action, f"{stream}_2")
        for other in (
            found.log_group_arn,
            f"{found.log_group_arn}:log-stream:by-hand",
            f"{found.log_group_arn}-2:log-stream:{ACCOUNT}_CloudTrail_{place[1]}",
            stream.replace(ACCOUNT, OTHER),
        ):
            assert not role_may(found, action, other)
    for action in ("logs:DeleteLogStream", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "s3:PutObject"):
        assert not role_may(found, action, stream)


def test_each_partition_calls_its_logs_by_their_own_name() -> None:
    for partition, region in PLACES:
        assert watch_policies.logs_service(region, partition) == LOGS[partition]
        told: Any = plain(watch_policies.log_key_policy(names((partition, region))))
        assert f"arn:{partition}:" in str(told)
