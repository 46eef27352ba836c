"""Each check of the audit: on a hardened set-up it passes, broken it names what is wrong, repaired it passes again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.doctor.audit import RULES
from services.verify.checks import Report
from tests.services.doctor.breaks import ROWS
from tests.services.doctor.changes import encryption, more, says, strict_policy
from tests.services.doctor.cloud import STRANGER, SUBJECT, Break, Cloud, broken, look
from tests.world import BUCKET, KEY_ARN

NOT_BROKEN_BY_AWS = {
    # Only a set-up or its neighbours can break these: test_apart.py.
    *("config.bucket.region", "config.bucket.apart", "config.role.apart", "config.key.apart"),
    *("config.recovery_key.apart", "config.recovery_key.public"),
    # These tell, and find no fault.
    *("config.bucket.blocked-encryption", "config.bucket.lifecycle-lock", "config.bucket.inventory"),
}


def test_a_hardened_set_up_made_by_hand_has_nothing_to_find_fault_with() -> None:
    found = look(Cloud())
    assert {c.id for c in found.values() if c.status == "skipped"} == {
        "config.bucket.mfa-delete",
        "config.recovery_key.apart",
        "config.recovery_key.public",
    }
    assert {c.status for c in found.values()} == {"pass", "skipped"}
    assert Report(tuple(found.values())).exit_code == 0


@pytest.mark.parametrize(("identifier", "status", "change"), ROWS)
def test_what_is_broken_is_found_and_named(identifier: str, status: str, change: Break) -> None:
    found = look(broken(change))
    check = found[identifier]
    assert check.status == status, check
    assert check.remedy
    assert check.evidence.endswith((".", ")"))
    assert not {c.id for c in found.values() if c.status == "unknown"}
    assert len(found) == len(RULES)


def test_every_check_can_be_broken() -> None:
    assert {row[0] for row in ROWS} | NOT_BROKEN_BY_AWS == {rule.id for rule in RULES}


def test_identifiers_are_unique_and_of_the_contracts_families() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids)) >= 40
    assert {identifier.split(".")[0] for identifier in ids} == {"config", "backup"}
    assert all(rule.title.count(": ") == 1 for rule in RULES)


@pytest.mark.slow
def test_a_finding_does_not_hide_the_others() -> None:
    """One thing broken leaves the rest as it was, but for what has no subject any more."""
    whole = look(Cloud())
    for identifier, _, change in ROWS:
        found = look(broken(change))
        worse = {i for i, c in found.items() if c.status == "fail" and whole[i].status != "fail"}
        assert len(worse) < 20, (identifier, worse)


def test_the_remedy_is_a_command_that_names_the_bucket() -> None:
    check = look(broken(says("s3:GetBucketVersioning")))["config.bucket.versioning"]
    assert check.remedy == (
        f"aws s3api put-bucket-versioning --bucket {BUCKET} --versioning-configuration Status=Enabled"
    )


def test_severity_and_references_go_with_every_check() -> None:
    found = look(Cloud())
    assert all(check.severity for check in found.values())
    assert found["config.key.deletion"].severity == "critical"
    assert "Object Lock" in found["config.key.deletion"].evidence
    assert "KMS.3" in found["config.key.deletion"].references


def test_the_strict_policy_passes_and_says_that_headers_are_needed() -> None:
    found = look(broken(strict_policy))
    assert {c.status for c in found.values()} == {"pass", "skipped"}
    assert "one without encryption headers is not" in found["config.bucket.policy-accepts"].evidence


def test_another_key_than_the_one_that_was_named() -> None:
    other = KEY_ARN.replace("1234abcd", "99999999")
    found = look(
        broken(encryption(SSEAlgorithm="aws:kms", KMSMasterKeyID=other)), replace(SUBJECT, key=KEY_ARN)
    )
    assert found["config.bucket.encryption"].status == "fail"
    assert other in found["config.bucket.encryption"].evidence


def test_a_stranger_is_named_and_the_account_itself_is_none() -> None:
    found = look(broken(more(Principal={"AWS": STRANGER})))["config.bucket.policy-foreign"]
    assert "999988887777" in found.evidence
    own = more(Principal={"AWS": "123456789012"})
    assert look(broken(own))["config.bucket.policy-foreign"].status == "pass"
