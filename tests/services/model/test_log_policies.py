"""The policies of the buckets for records, as an evaluator that is not ours understands them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

from services.model.inventories import FOLDER, ID
from services.model.log_policies import access_log_policy, trail_bucket_policy
from services.model.naming import Names
from services.model.place import Place
from services.model.values import Tree
from tests.judge import PLACES, plain
from tests.world import ACCOUNT, BUCKET, SETUP

LOGS, TRAIL = f"{BUCKET}-access-logs", f"{BUCKET}-trail"
OTHER = "999999999999"


def names(region: str) -> Names:
    return Names(Place(ACCOUNT, region, SETUP), "acme-sandbox", BUCKET, LOGS, TRAIL)


def decision(
    policy: Tree,
    names: Names,
    service: str,
    action: str,
    name: str,
    context: Mapping[str, str],
    *,
    tls: bool = True,
) -> str:
    request = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=f"arn:{names.place.partition}:s3:::{name}",
        region=names.place.region,
        secure_transport=tls,
        service_context={"s3:tlsversion": "1.3", **context},
    )
    return str(evaluate_resource_policy(plain(policy), request, service).decision)


def logging(names: Names, key: str, source: str, account: str = ACCOUNT, **more: bool) -> str:
    policy = access_log_policy(names, {"Backups": BUCKET, "Trail": TRAIL}, inventory=True)
    context = {"aws:sourcearn": names.bucket_arn(source), "aws:sourceaccount": account}
    return decision(
        policy, names, "logging.s3.amazonaws.com", "s3:PutObject", f"{LOGS}/{key}", context, **more
    )


@pytest.mark.parametrize("place", PLACES)
def test_access_logs_come_from_our_buckets_each_under_its_own_name(place: tuple[str, str]) -> None:
    known = names(place[1])
    for source in (BUCKET, TRAIL):
        assert logging(known, f"{source}/2026-11-24-x", source) == "Allow"
    assert logging(known, f"{TRAIL}/2026-11-24-x", BUCKET) == "ImplicitDeny"
    assert logging(known, "elsewhere", BUCKET) == "ImplicitDeny"
    assert logging(known, f"{BUCKET}/x", "another") == "ImplicitDeny"
    assert logging(known, f"{BUCKET}/x", BUCKET, OTHER) == "ImplicitDeny"
    assert logging(known, f"{BUCKET}/x", BUCKET, tls=False) == "Deny"


LISTS = f"{FOLDER}/{BUCKET}/{ID}/2026-11-24T01-00Z/manifest.json"


def listing(
    names: Names,
    key: str = LISTS,
    source: str = BUCKET,
    account: str = ACCOUNT,
    acl: str = "bucket-owner-full-control",
    *,
    action: str = "s3:PutObject",
    wanted: bool = True,
    tls: bool = True,
) -> str:
    policy = access_log_policy(names, {"Backups": BUCKET}, inventory=wanted)
    context = {"aws:sourcearn": names.bucket_arn(source), "aws:sourceaccount": account, "s3:x-amz-acl": acl}
    return decision(policy, names, "s3.amazonaws.com", action, f"{LOGS}/{key}", context, tls=tls)


@pytest.mark.parametrize("place", PLACES)
def test_daily_lists_come_from_the_backup_bucket_and_belong_to_us(place: tuple[str, str]) -> None:
    known = names(place[1])
    assert listing(known) == "Allow"
    assert listing(known, wanted=False) == "ImplicitDeny"
    assert listing(known, f"{BUCKET}/2026-11-24-x") == "ImplicitDeny"
    assert listing(known, f"{FOLDER}/{TRAIL}/x") == "ImplicitDeny"
    assert listing(known, source=TRAIL) == "ImplicitDeny"
    assert listing(known, account=OTHER) == "ImplicitDeny"
    assert listing(known, acl="private") == "ImplicitDeny"
    assert listing(known, action="s3:GetObject") == "ImplicitDeny"
    assert listing(known, tls=False) == "Deny"
    assert logging(known, LISTS, BUCKET) == "ImplicitDeny"


def trail(names: Names, action: str, key: str, arn: str = "", acl: str = "bucket-owner-full-control") -> str:
    context = {"aws:sourcearn": arn or names.trail_arn, "s3:x-amz-acl": acl}
    name = f"{TRAIL}/{key}" if key else TRAIL
    return decision(trail_bucket_policy(names), names, "cloudtrail.amazonaws.com", action, name, context)


@pytest.mark.parametrize("place", PLACES)
def test_log_files_come_from_our_trail_and_belong_to_us(place: tuple[str, str]) -> None:
    known = names(place[1])
    file = f"AWSLogs/{ACCOUNT}/CloudTrail/{place[1]}/2026/11/24/x.json.gz"
    assert trail(known, "s3:PutObject", file) == "Allow"
    assert trail(known, "s3:GetBucketAcl", "") == "Allow"
    assert trail(known, "s3:PutObject", f"AWSLogs/{OTHER}/x") == "ImplicitDeny"
    assert trail(known, "s3:PutObject", file, acl="private") == "ImplicitDeny"
    other = known.trail_arn.replace(ACCOUNT, OTHER)
    assert trail(known, "s3:PutObject", file, other) == "ImplicitDeny"
    assert trail(known, "s3:GetBucketAcl", "", other) == "ImplicitDeny"
    assert trail(known, "s3:GetObject", file) == "ImplicitDeny"
    assert trail(known, "s3:DeleteObject", file) == "ImplicitDeny"


def test_nobody_but_the_services_is_let_in() -> None:
    for policy in (
        access_log_policy(names("eu-west-1"), {"Backups": BUCKET}, inventory=True),
        trail_bucket_policy(names("eu-west-1")),
    ):
        for statement in plain(policy)["Statement"]:
            assert statement["Sid"].startswith("PalisadeWizard")
            if statement["Effect"] == "Allow":
                (service,) = statement["Principal"].values()
                assert service in {"logging.s3.amazonaws.com", "s3.amazonaws.com", "cloudtrail.amazonaws.com"}
                assert "aws:SourceArn" in str(statement["Condition"])
