"""Who may send through the topic, judged by an evaluator that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

from services.model import policies
from services.model.naming import Names
from services.model.place import Place
from services.model.topics import topic_policy
from tests.judge import PLACES, plain
from tests.world import ACCOUNT, BUCKET

OTHER = "999988887777"
ALARMS, BUCKETS = "cloudwatch.amazonaws.com", "s3.amazonaws.com"


def names_in(place: tuple[str, str]) -> Names:
    return Names(Place(ACCOUNT, place[1], "id"), "acme-sandbox", BUCKET, "logs", "trail")


def by_service(names: Names, service: str, source: str, account: str = ACCOUNT, *, tls: bool = True) -> str:
    """What the topic answers to a service that acts for a resource."""
    request = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sns:Publish",
        resource_arn=names.topic_arn,
        region=names.place.region,
        secure_transport=tls,
        service_context={"aws:sourcearn": source, "aws:sourceaccount": account},
    )
    return str(evaluate_resource_policy(plain(topic_policy(names)), request, service=service).decision)


def by_principal(names: Names, arn: str, action: str, *, tls: bool = True) -> str:
    request = EvalContext(
        principal_arn=arn,
        principal_type="User",
        principal_account=arn.split(":")[4],
        action=action,
        resource_arn=names.topic_arn,
        region=names.place.region,
        secure_transport=tls,
    )
    return str(evaluate_resource_policy(plain(topic_policy(names)), request).decision)


@pytest.mark.parametrize("place", PLACES)
def test_only_this_set_ups_alarms_and_bucket_may_send(place: tuple[str, str]) -> None:
    names = names_in(place)
    bucket, other = names.bucket_arn(BUCKET), names.bucket_arn("other")
    theirs = names.alarm_arn("key").replace(ACCOUNT, OTHER)
    rows: tuple[tuple[str, str, str, str], ...] = (
        (ALARMS, names.alarm_arn("key"), ACCOUNT, "Allow"),
        (ALARMS, names.alarm_arn("foreign-write"), ACCOUNT, "Allow"),
        (BUCKETS, bucket, ACCOUNT, "Allow"),
        (ALARMS, names.alarm_arn("key").replace("palisade-", "other-"), ACCOUNT, "ImplicitDeny"),
        (ALARMS, theirs, OTHER, "ImplicitDeny"),
        (ALARMS, names.alarm_arn("key"), OTHER, "ImplicitDeny"),
        (BUCKETS, other, ACCOUNT, "ImplicitDeny"),
        (BUCKETS, bucket, OTHER, "ImplicitDeny"),
        (ALARMS, bucket, ACCOUNT, "ImplicitDeny"),
        (BUCKETS, names.alarm_arn("key"), ACCOUNT, "ImplicitDeny"),
        ("events.amazonaws.com", names.alarm_arn("key"), ACCOUNT, "ImplicitDeny"),
    )
    for service, source, account, answer in rows:
        assert by_service(names, service, source, account) == answer, (service, source, account)


@pytest.mark.parametrize("place", PLACES)
def test_nobody_sends_without_tls(place: tuple[str, str]) -> None:
    names = names_in(place)
    assert by_service(names, ALARMS, names.alarm_arn("key"), tls=False) == "Deny"
    root = f"arn:{place[0]}:iam::{ACCOUNT}:root"
    assert by_principal(names, root, "sns:Publish", tls=False) == "Deny"
    assert by_principal(names, root, "sns:Publish") == "Allow"


@pytest.mark.parametrize("place", PLACES)
def test_other_accounts_may_nothing(place: tuple[str, str]) -> None:
    names = names_in(place)
    for action in ("sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes", "sns:ListSubscriptionsByTopic"):
        assert by_principal(names, f"arn:{place[0]}:iam::{OTHER}:user/eve", action) == "ImplicitDeny"
        assert by_principal(names, f"arn:{place[0]}:iam::{ACCOUNT}:root", action) == "Allow"


def test_it_is_not_open_and_names_no_one_but_the_account() -> None:
    policy: dict[str, Any] = plain(topic_policy(names_in(PLACES[0])))
    for statement in policy["Statement"]:
        assert statement["Sid"].startswith(policies.OURS)
        assert "*" not in str(statement["Action"])
        if statement["Effect"] == "Allow":
            assert statement["Principal"] != "*"
