"""The answers about hardening: stricter in production, and only what can be together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.answers import Answers, place, problems
from services.blueprint import blueprint
from services.model.resource import Resource
from services.model.values import Tree
from services.storage import access_log_buckets, namespace_of
from tests.world import ACCOUNT, ALARMS, BUCKET, HARD, LOG_BUCKET, TRAIL, sample

PRODUCTION = {"setup__environment": "production"}
REGIONAL = f"acme-{ACCOUNT}-eu-west-1-an"


@pytest.mark.parametrize(
    ("key", "sandbox", "production"),
    [
        ("storage.noncurrent_versions", 0, 10),
        ("storage.noncurrent_days", 0, 90),
        ("storage.object_lock", "off", "compliance"),
        ("storage.object_lock_days", 0, 365),
        ("storage.access_logs", False, True),
        ("storage.access_log_bucket", LOG_BUCKET, LOG_BUCKET),
        ("hardening.mfa_delete", "off", "off"),
        ("hardening.inventory", False, True),
    ],
)
def test_production_is_strict_by_default_and_sandbox_is_not(
    key: str, sandbox: object, production: object
) -> None:
    assert sample().get(key) == sandbox
    assert sample(**PRODUCTION).get(key) == production


def test_days_follow_what_they_are_for() -> None:
    off = sample(**PRODUCTION, storage__noncurrent_versions=0, storage__object_lock="off")
    assert (off.get("storage.noncurrent_days"), off.get("storage.object_lock_days")) == (0, 0)


def test_the_bucket_is_listed_by_default_only_where_the_lists_can_go() -> None:
    assert sample(**PRODUCTION, storage__access_logs=False).get("hardening.inventory") is False
    assert sample(storage__access_logs=True).get("hardening.inventory") is False


def test_the_bucket_for_access_logs_is_proposed_beside_the_one_for_backups() -> None:
    assert Answers().get("storage.access_log_bucket") is None
    assert sample(storage__bucket=REGIONAL).get("storage.access_log_bucket") == (
        f"acme-access-logs-{ACCOUNT}-eu-west-1-an"
    )


@pytest.mark.parametrize(
    ("values", "code", "where"),
    [
        ({"storage__object_lock": "governance"}, "invalid-answer", "storage.object_lock_days"),
        (
            {**HARD, "storage__object_lock_days": 0},
            "invalid-answer",
            "storage.object_lock_days",
        ),
        ({"storage__noncurrent_versions": 5}, "invalid-answer", "storage.noncurrent_days"),
        ({**HARD, "hardening__mfa_delete": "planned"}, "invalid-answer", "hardening.mfa_delete"),
        ({**HARD, "storage__access_log_bucket": BUCKET}, "invalid-answer", "storage.access_log_bucket"),
        ({**HARD, "storage__access_logs": False}, "invalid-answer", "hardening.inventory"),
        ({"hardening__inventory": True}, "invalid-answer", "hardening.inventory"),
        (
            {**HARD, "storage__access_log_bucket": "logs-999999999999-eu-west-1-an"},
            "invalid-answer",
            "storage.access_log_bucket",
        ),
        (
            {**HARD, "storage__access_log_bucket": f"logs-{ACCOUNT}-us-east-1-an", "aws__account": None},
            "invalid-answer",
            "storage.access_log_bucket",
        ),
    ],
)
def test_answers_that_do_not_go_together(values: dict[str, object], code: str, where: str) -> None:
    (found,) = problems(sample(**values))
    assert (found.code, found.where) == (code, where)
    assert found.summary.endswith(".")
    assert len(found.remedy) >= 1


@pytest.mark.parametrize(
    "values",
    [
        {**HARD},
        {"storage__object_lock": "governance", "storage__object_lock_days": 36500},
        {"storage__noncurrent_days": 30, "storage__object_lock_days": 30},
        {"hardening__mfa_delete": "planned"},
        {**HARD, "hardening__mfa_delete": "planned", "storage__noncurrent_versions": 0},
        {**HARD, "storage__access_log_bucket": f"logs-{ACCOUNT}-eu-west-1-an", "aws__account": None},
        {"storage__access_log_bucket": BUCKET},
    ],
)
def test_answers_that_do(values: dict[str, object]) -> None:
    assert problems(sample(**values)) == ()


def parts(**values: object) -> dict[str, Resource]:
    return {part.name: part for part in blueprint(sample(**values), ACCOUNT)}


def sides(resource: Resource) -> set[str]:
    return {facet.name for facet in resource.facets("created")}


def test_each_answer_adds_its_side_and_no_other() -> None:
    plain = sides(parts()["bucket"])
    assert "lifecycle" in plain
    locked = parts(storage__object_lock="governance", storage__object_lock_days=1)
    assert sides(locked["bucket"]) - plain == {"object-lock"}
    logged = parts(storage__access_logs=True)
    assert sides(logged["bucket"]) - plain == {"access-logs", "inventory"}
    assert set(logged) - set(parts()) == {"log_bucket"}
    planned = parts(hardening__mfa_delete="planned")
    assert sides(planned["bucket"]) - plain == {"mfa-delete"}
    assert sides(parts(**HARD)["bucket"]) - plain == {"object-lock", "access-logs", "inventory"}


def test_a_list_that_is_not_wanted_is_turned_off_and_no_longer_let_in() -> None:
    for wanted in (True, False):
        found = parts(storage__access_logs=True, hardening__inventory=wanted)
        (daily,) = (f for f in found["bucket"].facets("created") if f.name == "inventory")
        logs = {f.name: f for f in found["log_bucket"].facets("created")}
        assert (daily.normal(daily.want) is not None) == wanted
        assert daily.born == (not wanted)
        assert ("InventoryOfBackups" in str(logs["policy"].want)) == wanted
        assert ("palisade-wizard-inventory" in str(logs["lifecycle"].want)) == wanted


def test_the_trails_bucket_is_a_source_of_access_logs_where_there_is_one() -> None:
    answers = sample(**HARD)
    with_trail = replace(answers, given={**answers.given, "hardening.trail": "create"})
    for given, count in ((answers, 1), (with_trail, 2)):
        (logs,) = access_log_buckets(given, place(given, ACCOUNT))
        policy = next(facet for facet in logs.facets("created") if facet.name == "policy")
        assert str(policy.want).count("logging.s3.amazonaws.com") == count


def test_the_bucket_for_access_logs_is_made_as_its_name_says() -> None:
    regional = parts(
        storage__access_logs=True, storage__bucket=REGIONAL, storage__namespace="account-regional"
    )
    for name in ("bucket", "log_bucket"):
        create = regional[name].create
        assert create is not None
        assert create.params["BucketNamespace"] == "account-regional"
    named = parts(storage__access_logs=True, storage__access_log_bucket="acme-logs")["log_bucket"]
    assert named.title == "S3 bucket acme-logs"
    assert named.create is not None
    assert "BucketNamespace" not in named.create.params
    assert namespace_of("acme-an") == "global"


def test_a_trail_that_was_made_before_keeps_its_key_when_another_one_is_used() -> None:
    """Nothing is deleted, so the old trail goes on, and would fail unseen if its key did not let it in any more."""

    def key_policy(**values: object) -> Tree:
        (facet,) = [f for f in parts(**values)["log_key"].facets("created") if f.name == "policy"]
        return facet.want

    given = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
    own, other = key_policy(**TRAIL, **ALARMS), key_policy(hardening__trail=given, **ALARMS)
    assert other == own
    assert "cloudtrail.amazonaws.com" in str(other)
