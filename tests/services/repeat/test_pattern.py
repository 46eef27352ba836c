"""A set-up after the pattern of another can stand beside it: nothing is shared, and nothing that is its own is copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers import Answers, missing, problems
from services.repeat.pattern import Fresh, taken_over, with_fresh_names
from services.separation.compare import compare
from services.separation.things import Footprint
from services.setup_file import SetupFile
from tests.services.repeat.valid_names import BUCKETS, REGIONAL, ROLES, SET_UPS
from tests.world import ALARMS, BUCKET, HARD, KEY_ARN, TRAIL, sample

OUT = Path("/new.toml")


def repeated(
    old: Answers, name: str, *others: Answers, **wanted: object
) -> tuple[Answers, tuple[Fresh, ...]]:
    pattern = SetupFile(Path("/old.toml"), old)
    asked = {key.replace("__", ".", 1): value for key, value in wanted.items()}
    base = taken_over(pattern, OUT, str(asked.get("setup.environment", "")))
    answers = base.updated({"setup.environment": "sandbox", "setup.name": name, **asked})
    known = tuple(Footprint(SetupFile(Path(f"/{n}.toml"), one)) for n, one in enumerate(others))
    made = with_fresh_names(answers, pattern, known, frozenset(asked))
    return made.answers, made.fresh


def shared(one: Answers, two: Answers) -> list[str]:
    pair = (Footprint(SetupFile(Path("/one.toml"), one)), Footprint(SetupFile(Path("/two.toml"), two)))
    return [found.key for found in compare(*pair).refused]


@given(
    old_name=SET_UPS,
    new_names=st.lists(SET_UPS, min_size=2, max_size=3, unique=True),
    bucket=BUCKETS | st.just(BUCKET),
    role=ROLES | st.none(),
    log=BUCKETS | st.none(),
    trail=BUCKETS | st.none(),
    hard=st.booleans(),
)
def test_any_number_of_set_ups_after_one_pattern_stand_beside_each_other(
    old_name: str,
    new_names: list[str],
    bucket: str,
    role: str | None,
    log: str | None,
    trail: str | None,
    hard: bool,
) -> None:
    old = sample(
        setup__name=old_name,
        storage__bucket=bucket,
        role__name=role,
        storage__access_log_bucket=log,
        hardening__trail_bucket=trail,
        **({**HARD, **TRAIL, **ALARMS} if hard else {}),
    )
    made: list[Answers] = []
    for name in new_names:
        if name != old_name:
            new, _ = repeated(old, name, *made)
            assert shared(old, new) == []
            assert all(shared(other, new) == [] for other in made)
            assert missing(new) == ()
            if not problems(old):
                assert problems(new) == ()
            made.append(new)


@given(REGIONAL, st.sampled_from(["eu-west-1", "eu-central-1"]))
def test_an_account_regional_name_follows_the_region(bucket: str, region: str) -> None:
    old = sample(storage__bucket=bucket, storage__namespace="account-regional", aws__region="eu-west-1")
    new, _ = repeated(old, "acme-two", aws__region=region)
    assert new.text("storage.bucket").endswith(f"-123456789012-{region}-an")
    assert problems(new) == ()


def test_names_are_made_only_where_they_must_be_and_told() -> None:
    old = sample(storage__kms_key=KEY_ARN, storage__access_logs=True, palisade__kit_name="Acme kit")
    new, fresh = repeated(old, "acme-two", role__name="MyRole")
    assert [(one.key, one.new) for one in fresh] == [
        ("storage.kms_key", "create"),
        ("storage.bucket", f"{BUCKET}-acme-two"),
    ]
    assert new.text("role.name") == "MyRole"
    assert new.text("storage.access_log_bucket") == f"{BUCKET}-acme-two-access-logs"
    assert new.text("palisade.kit_name") == "acme-two kit"
    assert new.get("setup.id") is None
    assert new.get("aws.account") is None


@pytest.mark.parametrize("trail", [TRAIL, {}], ids=["used", "not used yet"])
def test_log_buckets_that_would_be_cut_to_the_same_name_are_told_apart(trail: dict[str, object]) -> None:
    long = "a" * 57
    old = sample(storage__bucket=f"{long}-x", **trail)
    new, fresh = repeated(old, "acme-two", storage__bucket=f"{long}-y")
    assert new.text("hardening.trail_bucket") != old.text("hardening.trail_bucket")
    assert shared(old, new) == []
    assert "hardening.trail_bucket" in {one.key for one in fresh}


def test_the_other_environment_takes_nothing_over_that_must_be_apart() -> None:
    old = sample(storage__kms_key=KEY_ARN, recovery_key__public_files=["a.der"])
    new, _ = repeated(old, "acme-production", setup__environment="production")
    gone = ("palisade.principal_arn", "palisade.external_id", "storage.bucket", "hardening.alarm_email")
    assert missing(new) == gone
    assert new.text("storage.kms_key") == "create"
    assert new.texts("recovery_key.public_files") == ()
    assert new.text("role.name") == "PalisadeS3BackupRole-production"
