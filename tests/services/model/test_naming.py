"""Names of what watches over the backups: within AWS's limits for every set-up, and never shared by two."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import rules
from services.model.naming import Names, beside
from services.model.place import Place
from tests.world import ACCOUNT, SETUP

SETUPS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?", fullmatch=True)
BUCKETS = st.from_regex(r"[a-w][a-z0-9-]{1,61}[0-9]", fullmatch=True).filter(
    lambda name: not name.startswith(("sthree-", "amzn-s3-demo-"))
)


def names(setup: str, region: str = "eu-west-1") -> Names:
    return Names(Place(ACCOUNT, region, SETUP), setup, "backups", "backups-access-logs", "backups-trail")


@given(SETUPS)
def test_names_are_those_that_aws_takes(setup: str) -> None:
    found = names(setup)
    assert re.fullmatch(r"alias/[A-Za-z0-9/_-]{1,250}", found.log_key_alias)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]", found.trail)
    assert re.fullmatch(r"[A-Za-z0-9._/#-]{1,512}", found.log_group)
    assert rules.role_name(found.log_role)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", found.topic)
    assert len(found.alarm("anything-at-all")) <= 255


@given(BUCKETS, st.sampled_from(["access-logs", "trail"]))
def test_a_bucket_beside_another_follows_the_same_rules(bucket: str, word: str) -> None:
    assert rules.bucket_name(beside(bucket, word)) != bucket


@pytest.mark.parametrize(
    ("bucket", "there"),
    [
        ("acme", "acme-trail"),
        (f"acme-{ACCOUNT}-eu-west-1-an", f"acme-trail-{ACCOUNT}-eu-west-1-an"),
        ("a" * 63, "a" * 57 + "-trail"),
        (f"{'a' * 36}-{ACCOUNT}-eu-west-1-an", f"{'a' * 31}-trail-{ACCOUNT}-eu-west-1-an"),
    ],
)
def test_an_account_regional_ending_stays_the_ending(bucket: str, there: str) -> None:
    assert beside(bucket, "trail") == there


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_arns_are_of_the_partition(region: str, partition: str) -> None:
    found = names("acme", region)
    here = f"{region}:{ACCOUNT}"
    assert found.trail_arn == f"arn:{partition}:cloudtrail:{here}:trail/palisade-acme"
    assert found.log_group_arn == f"arn:{partition}:logs:{here}:log-group:palisade/acme/cloudtrail"
    assert found.log_role_arn == f"arn:{partition}:iam::{ACCOUNT}:role/PalisadeTrailLogs-acme"
    assert found.topic_arn == f"arn:{partition}:sns:{here}:palisade-acme-alarms"
    assert found.alarm_arn("*") == f"arn:{partition}:cloudwatch:{here}:alarm:palisade-acme-*"
    assert found.bucket_arn("backups") == f"arn:{partition}:s3:::backups"
