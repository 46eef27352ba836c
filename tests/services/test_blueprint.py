"""From answers to resources: which ones, in which order, and with whose names."""

from __future__ import annotations

import pytest

from services.blueprint import alias_name, blueprint
from services.engine.order import levels, ordered
from services.model.resource import Blueprint, Resource
from services.problems import ProblemError
from tests.world import ACCOUNT, BUCKET, KEY_ARN, ROLE, TRAIL, sample, sample_blueprint

AUDIT = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"


def names(parts: Blueprint) -> list[str]:
    return [part.name for part in parts]


def named(parts: Blueprint, name: str) -> Resource:
    return next(part for part in parts if part.name == name)


def test_a_backup_path_is_a_key_its_alias_a_bucket_and_a_role() -> None:
    assert names(ordered(sample_blueprint())) == ["key", "alias", "bucket", "role"]
    assert [names(level) for level in levels(sample_blueprint())] == [["key"], ["alias", "bucket"], ["role"]]


def test_whatever_the_order_they_are_listed_in_each_comes_after_what_it_needs() -> None:
    parts = tuple(reversed(sample_blueprint()))
    found = names(ordered(parts))
    assert found.index("key") < found.index("alias")
    assert found.index("key") < found.index("bucket") < found.index("role")


def test_what_watches_is_made_only_where_it_is_asked_for() -> None:
    own = ["log_key", "log_alias", "trail_bucket", "log_group", "log_role", "trail"]
    assert names(sample_blueprint(**TRAIL))[-6:] == own
    assert names(sample_blueprint(hardening__trail=AUDIT)) == ["key", "alias", "bucket", "role", "trail"]
    reused = named(sample_blueprint(hardening__trail=AUDIT), "trail")
    assert (reused.create, reused.lookup.region) == (None, "us-east-1")
    production = names(
        sample_blueprint(setup__environment="production", hardening__alarm_email="a@example.com")
    )
    assert [name for name in production if name in own] == own
    assert production[-1].startswith("alarm-")
    assert set(own) & set(names(sample_blueprint())) == set()


def test_a_given_key_is_never_created_renamed_or_searched_for() -> None:
    parts = sample_blueprint(storage__kms_key=KEY_ARN)
    assert names(parts) == ["key", "bucket", "role"]
    key = named(parts, "key")
    assert (key.create, key.search) == (None, None)
    assert key.lookup.params == {"KeyId": KEY_ARN}


def test_the_names_are_the_answers() -> None:
    parts = sample_blueprint()
    assert named(parts, "bucket").lookup.params == {"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT}
    assert named(parts, "role").lookup.params == {"RoleName": ROLE}
    create = named(parts, "alias").create
    assert create is not None
    assert create.params["AliasName"] == alias_name("acme-sandbox") == "alias/palisade-backup-acme-sandbox"


@pytest.mark.parametrize("part", sample_blueprint(**TRAIL), ids=lambda part: part.name)
def test_every_resource_can_be_spoken_of(part: Resource) -> None:
    assert part.title.startswith(part.kind)
    assert part.says
    assert not part.says.endswith(".")
    assert part.owner is not None or part.name in {"alias", "log_alias"}


def test_the_tags_come_first_so_that_adopting_marks_before_it_changes() -> None:
    for part in (*sample_blueprint(**TRAIL), *sample_blueprint(hardening__trail=AUDIT)):
        if part.owner is not None:
            assert part.facets("foreign")[0].name == "tags"


def test_another_account_than_the_recorded_one_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        blueprint(sample(), "999999999999")
    assert caught.value.problem.code == "wrong-account"


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"storage__kms_key": KEY_ARN}, "storage.kms_key"),
        ({"role__permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/Bound"}, "role.permissions_boundary"),
        (
            {"storage__namespace": "account-regional", "storage__bucket": f"x-{ACCOUNT}-eu-west-1-an"},
            "storage.bucket",
        ),
    ],
)
def test_what_names_an_account_is_held_against_the_one_that_is_signed_in(
    values: dict[str, object], where: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        blueprint(sample(aws__account=None, **values), "999999999999")
    assert caught.value.problem.where == where


def test_an_answer_that_is_missing_is_asked_for() -> None:
    with pytest.raises(ProblemError) as caught:
        blueprint(sample(storage__bucket=None), ACCOUNT)
    assert (caught.value.problem.code, caught.value.problem.where) == ("missing-answer", "storage.bucket")
