"""What a setup file adds to an audit: what was answered, whom it shares with, and the recovery public key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from services.answers import Answers
from services.doctor.audit import by_hand, of_setup
from services.doctor.facts import Subject
from services.identity import Identity
from services.problems import ProblemError
from services.setup_file import SetupFile
from tests.keys import public_der
from tests.services.doctor.changes import lock, refuses, says, within
from tests.services.doctor.cloud import SUBJECT, TRAIL_ARN, Cloud, broken, look
from tests.world import ACCOUNT, BUCKET, KEY_ARN, ROLE, sample

WHO = Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/kim")


def setup(**values: object) -> SetupFile:
    return at("/etc/acme.toml", values)


def at(path: str, values: Mapping[str, object]) -> SetupFile:
    return SetupFile(Path(path), sample(**values))


def subject(found: SetupFile, *others: SetupFile) -> Subject:
    return of_setup(found, WHO, others)


def test_a_set_up_says_what_is_expected_and_apply_is_offered() -> None:
    found = look(Cloud(), subject(setup()))
    assert found["config.role.trust"].status == "pass"
    assert found["config.bucket.region"].status == "pass"
    bare = look(broken(says("s3:GetBucketVersioning")), subject(setup()))["config.bucket.versioning"]
    assert bare.remedy.endswith("(or let the set-up do it: “palisade-wizard apply --config /etc/acme.toml”)")


def test_where_the_set_up_does_not_ask_for_it_apply_is_no_remedy_by_itself() -> None:
    no_boundary = broken(
        says("iam:GetRole", Role={**Cloud().replies["iam:GetRole"]["Role"], "PermissionsBoundary": None})
    )
    mine = subject(setup())
    said = look(no_boundary, mine)["config.role.boundary"].remedy
    assert "(or set role.permissions_boundary in the setup file, then let the set-up do it" in said


@pytest.mark.parametrize(
    ("asked", "words"),
    [("governance", "or set storage.object_lock to compliance in the setup file"), ("compliance", "(or let")],
)
def test_apply_alone_is_the_way_to_compliance_only_where_the_set_up_asks_for_it(
    asked: str, words: str
) -> None:
    mine = subject(setup(storage__object_lock=asked))
    said = look(broken(lock(Mode="GOVERNANCE", Days=30)), mine)["config.bucket.object-lock"]
    assert words in said.remedy


@pytest.mark.parametrize(
    ("identifier", "values"),
    [
        ("config.role.trust", {"palisade__principal_arn": "arn:aws:iam::444455556666:role/another"}),
        ("config.role.external-id", {"palisade__external_id": "another-external-id"}),
        ("config.role.boundary", {"role__permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/Other"}),
        ("config.bucket.region", {"aws__region": "eu-central-1"}),
    ],
)
def test_what_is_not_as_answered_fails(identifier: str, values: dict[str, object]) -> None:
    found = look(Cloud(), subject(setup(**values)))
    assert found[identifier].status == "fail"
    assert found[identifier].remedy


def test_the_external_id_is_never_shown_whole() -> None:
    for found in (look(Cloud()), look(Cloud(), subject(setup(palisade__external_id="another-external-id")))):
        said = " ".join(check.evidence + check.remedy for check in found.values())
        assert "acme-4f1c2d3e-external" not in said
        assert "another-external-id" not in said


def test_a_sandbox_is_not_told_off_for_what_only_production_needs() -> None:
    lacking = (
        refuses(f"s3:GetObjectLockConfiguration {BUCKET}", "ObjectLockConfigurationNotFoundError"),
        says("cloudtrail:DescribeTrails", trailList=[]),
        says(f"s3:GetBucketLogging {BUCKET}"),
    )
    for change in lacking:
        strict = look(broken(change), subject(setup(setup__environment="production")))
        mild = look(broken(change), subject(setup()))
        assert [i for i, c in strict.items() if c.status == "fail"]
        assert not [i for i, c in mild.items() if c.status == "fail"]


def test_a_trail_that_is_named_is_asked_for_by_its_name() -> None:
    named = replace(SUBJECT, trail="acme")
    cloud = Cloud()
    look(cloud, named)
    (asked,) = [c for c in cloud.calls if c.name == "cloudtrail:DescribeTrails"]
    assert asked.params["trailNameList"] == ["acme"]
    gone = look(broken(says("cloudtrail:DescribeTrails", trailList=[])), named)["config.trail.exists"]
    assert "There is no trail acme" in gone.evidence
    for answer, trail in ((TRAIL_ARN, TRAIL_ARN), ("create", ""), ("off", "")):
        answers = Answers({**sample().given, "hardening.trail": answer})
        assert subject(SetupFile(Path("/etc/acme.toml"), answers)).trail == trail


@pytest.mark.parametrize(
    ("identifier", "status", "values"),
    [
        ("config.bucket.apart", "fail", {"storage__bucket": BUCKET}),
        ("config.role.apart", "fail", {"role__name": ROLE}),
        ("config.key.apart", "fail", {"storage__kms_key": KEY_ARN}),
        ("config.recovery_key.apart", "warn", {"recovery_key__fingerprint": "a" * 64}),
    ],
)
def test_what_both_environments_share_is_named(
    identifier: str, status: str, values: dict[str, object]
) -> None:
    mine = setup(recovery_key__fingerprint="a" * 64)
    apart = {"setup__name": "acme-production", "storage__bucket": "another-bucket", "role__name": "Another"}
    other = at("/etc/other.toml", {**apart, "setup__environment": "production", **values})
    check = look(Cloud(), subject(mine, mine, other))[identifier]
    assert check.status == status
    assert "acme-production (production)" in check.evidence
    assert "(sandbox)" not in check.evidence
    assert check.remedy
    for harmless in ({"setup__environment": "sandbox"}, {"aws__account": "999988887777"}):
        same = SetupFile(other.path, other.answers.with_(**harmless))
        assert look(Cloud(), subject(mine, same))[identifier].status == "pass"


def test_a_key_that_the_other_set_up_made_is_known_by_its_alias() -> None:
    apart = {"setup__name": "acme-production", "storage__bucket": "another-bucket", "role__name": "Another"}
    other = at("/etc/other.toml", {**apart, "setup__environment": "production"})
    name = {"AliasName": "alias/palisade-backup-acme-production", "TargetKeyId": "x"}
    cloud = broken(says("kms:ListAliases", Aliases=[name]))
    check = look(cloud, subject(setup(storage__kms_key=KEY_ARN), other))["config.key.apart"]
    assert check.status == "fail"
    assert "acme-production (production)" in check.evidence
    assert look(Cloud(), subject(setup(storage__kms_key=KEY_ARN), other))["config.key.apart"].status == "pass"


def test_names_in_other_letters_and_log_buckets_are_the_same_things() -> None:
    apart = {
        "setup__name": "acme-production",
        "setup__environment": "production",
        "storage__bucket": "another-bucket",
    }
    logs = {"storage__access_logs": True, "storage__access_log_bucket": BUCKET}
    found = look(
        Cloud(), subject(setup(), at("/etc/other.toml", {**apart, **logs, "role__name": ROLE.upper()}))
    )
    assert found["config.role.apart"].status == "fail"
    assert found["config.bucket.apart"].status == "fail"


def test_names_alone_show_sharing_where_two_set_ups_know_them() -> None:
    pair = (at("/a.toml", {}), at("/b.toml", {"setup__environment": "production"}))
    found = look(Cloud(), by_hand(SUBJECT, lambda: WHO, pair))
    assert found["config.bucket.apart"].status == "fail"
    assert look(Cloud(), by_hand(SUBJECT, lambda: WHO, pair[:1]))["config.bucket.apart"].status == "pass"


def test_the_wrong_account_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        of_setup(setup(), Identity("999988887777", ""), ())
    assert caught.value.problem.code == "wrong-account"


@pytest.mark.parametrize("name", ["s3://acme", "arn:aws:s3:::acme", "a", "Acme", "a'b", ""])
def test_a_name_that_no_bucket_has_is_refused_before_anybody_signs_in(name: str) -> None:
    def nobody() -> Identity:
        raise AssertionError

    with pytest.raises(ProblemError) as caught:
        by_hand(replace(SUBJECT, bucket=name), nobody, ())
    assert caught.value.problem.code == "invalid-answer"


def test_a_role_may_be_given_by_its_arn() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/palisade/{ROLE}"
    assert by_hand(replace(SUBJECT, role=arn), lambda: WHO, ()).role == ROLE


def test_the_recovery_public_key(tmp_path: Path) -> None:
    from hashlib import sha256

    file = tmp_path / "acme.pub.der"
    file.write_bytes(public_der())
    right = sha256(public_der()).hexdigest()

    def status(**values: object) -> str:
        found = setup(recovery_key__public_files=[str(file)], **values)
        return look(Cloud(), subject(found))["config.recovery_key.public"].status

    assert status(recovery_key__fingerprint=right) == "pass"
    assert status() == "warn"
    assert status(recovery_key__fingerprint="b" * 64) == "fail"
    file.write_bytes(public_der()[:-9])
    assert status(recovery_key__fingerprint=right) == "fail"
    file.unlink()
    assert status(recovery_key__fingerprint=right) == "fail"
    assert look(Cloud(), subject(setup()))["config.recovery_key.public"].status == "warn"


def test_the_region_of_a_bucket_that_only_has_a_name_is_its_own() -> None:
    cloud = broken(within("s3:HeadBucket", BucketRegion="ap-southeast-2"))
    look(cloud, replace(SUBJECT, region="eu-west-1"))
    assert {c.region for c in cloud.calls if c.name == "cloudtrail:DescribeTrails"} == {"ap-southeast-2"}
