"""The create-wallet checklist over an AWS in memory: each line can be broken, and then says so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.backups.envelope import MAX_BYTES
from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Call, Refused, Reply
from services.verify.checks import Check, Report, report_json
from services.verify.files import ARCHIVED, NOBODY_READS_IT
from services.verify.retention import Lock
from tests.services.verify.bucket import (
    BODY,
    FILE,
    FOREIGN,
    KEY_ID,
    NOW,
    OURS,
    QUORUM,
    SHARD,
    WALLET,
    WANTED,
    Bucket,
    seen,
)
from tests.world import ACCOUNT, BUCKET, KEY_ARN


def test_a_whole_backup_is_green_in_every_line() -> None:
    found = seen(Bucket({FILE: BODY}))
    assert {key: check.status for key, check in found.items() if check.status != "pass"} == {
        f"{SHARD}.retention": "skipped"
    }
    assert found["backup.arrived"].evidence.startswith(f"1 backup file; the newest is {FILE}")
    assert f"backup.coverage.{KEY_ID}" in found
    assert all(check.evidence.endswith(".") for check in found.values())
    assert Report(tuple(found.values())).exit_code == 0


def test_nothing_written_yet_waits_and_says_what_to_do() -> None:
    report = Report(tuple(seen(Bucket({"readme.txt": b"x"})).values()))
    assert report.exit_code == 7
    arrived = report.checks[0]
    assert arrived.status == "waiting"
    assert "1 other file" in arrived.evidence
    assert "Create an MPC wallet" in arrived.remedy


NO_READ = frozenset({"s3:GetObject"})


@pytest.mark.parametrize(
    ("broken", "identifier", "status"),
    [
        (lambda b: replace(b, algorithm="AES256", key_arn=None), f"{SHARD}.encryption", "fail"),
        (
            lambda b: replace(b, key_arn=KEY_ARN.replace("1234abcd", "99999999")),
            f"{SHARD}.encryption",
            "fail",
        ),
        (lambda b: replace(b, version=None), f"{SHARD}.version-id", "fail"),
        (lambda b: replace(b, version="null"), f"{SHARD}.version-id", "fail"),
        (lambda b: replace(b, objects={FILE: BODY[:1001]}), f"{SHARD}.base64", "fail"),
        (lambda b: replace(b, objects={FILE: b""}), f"{SHARD}.present", "fail"),
        (lambda b: replace(b, objects={FILE: b""}), f"backup.coverage.{KEY_ID}", "fail"),
        (lambda b: replace(b, denied=NO_READ), f"{SHARD}.present", "unknown"),
        (lambda b: replace(b, denied=NO_READ, code="BadRequest"), f"{SHARD}.present", "unknown"),
        *(
            (lambda b, code=code: replace(b, denied=NO_READ, code=code), f"{SHARD}.present", "fail")
            for code in NOBODY_READS_IT
        ),
        (lambda b: replace(b, denied=NO_READ, code=ARCHIVED), f"{SHARD}.present", "unknown"),
        (lambda b: replace(b, denied=NO_READ, code=ARCHIVED), "access.read", "unknown"),
        (lambda b: replace(b, denied=NO_READ), "access.read", "fail"),
        (lambda b: replace(b, denied=NO_READ, code="SlowDown"), "access.read", "waiting"),
        (lambda b: replace(b, denied=frozenset({"s3:ListObjectsV2"})), "backup.arrived", "unknown"),
    ],
)
def test_each_line_breaks_by_itself_and_tells_what_to_do(
    broken: Callable[[Bucket], Bucket], identifier: str, status: str
) -> None:
    check = seen(broken(Bucket({FILE: BODY})))[identifier]
    assert check.status == status
    assert check.remedy


def test_a_wallet_of_another_quorum_is_not_green() -> None:
    other = "99999999-0000-4000-8000-00000000000b"
    found = seen(Bucket({FILE: BODY}), replace(WANTED, quorum_id=other))
    assert found[f"{SHARD}.sealed"].status == "fail"
    assert found[f"backup.coverage.{KEY_ID}"].status == "fail"
    assert seen(Bucket({FILE: BODY}), replace(WANTED, quorum_id=""))[f"{SHARD}.sealed"].status == "skipped"


def test_who_can_read_gets_the_command_that_fetches_a_file() -> None:
    read = seen(Bucket({FILE: BODY}))["access.read"]
    assert "user/kim" in read.evidence
    assert (
        f"aws s3api get-object --region eu-west-1 --bucket {BUCKET} --key {FILE} --expected-bucket-owner {ACCOUNT} "
        "recovery_shard-0.txt"
    ) in read.evidence


def test_that_nobody_can_read_is_said_as_such() -> None:
    read = seen(Bucket({FILE: BODY}, denied=NO_READ))["access.read"]
    assert read.evidence.startswith("Nobody is shown to be able to read a backup: user/kim")
    assert "--for recover" in read.remedy


def test_one_file_that_cannot_be_read_is_no_green_line() -> None:
    class Half(Bucket):
        def __call__(self, call: Call) -> Reply:
            if call.params.get("Key") == FILE:
                raise Refused(call, "AccessDenied", "no", 403)
            return super().__call__(call)

    other = object_key(WALLET, 1)
    found = seen(Half({FILE: BODY, other: backup_object(WALLET, OURS, 1, rng=random.Random(3))}))
    assert found["access.read"].status == "fail"
    assert "could read 1 file, and could not read 1" in found["access.read"].evidence


def test_a_file_in_an_archive_is_neither_waited_for_nor_taken_for_one_that_nobody_may_read() -> None:
    class Half(Bucket):
        def __call__(self, call: Call) -> Reply:
            if call.params.get("Key") == FILE:
                raise Refused(
                    call, ARCHIVED, "The operation is not valid for the object's storage class", 403
                )
            return super().__call__(call)

    other = object_key(WALLET, 1)
    found = seen(Half({FILE: BODY, other: backup_object(WALLET, OURS, 1, rng=random.Random(3))}))
    assert found[f"{SHARD}.present"].status == "unknown"
    assert found["access.read"].status == "unknown"
    assert found["access.read"].evidence.startswith("1 backup file is in an archive")
    assert "could read 1 file." in found["access.read"].evidence
    assert "restore-object" in found["access.read"].remedy
    assert all(check.status != "waiting" for name, check in found.items() if KEY_ID in name)


@pytest.mark.parametrize(
    ("codes", "status", "says"),
    [
        ((ARCHIVED, "SlowDown"), "unknown", "1 backup file is in an archive"),
        ((ARCHIVED, ARCHIVED, ""), "unknown", "2 backup files are in an archive"),
        ((ARCHIVED, "AccessDenied"), "fail", "could not read one. 1 backup file is in an archive"),
        (
            (ARCHIVED, "AccessDenied", ""),
            "fail",
            "could read 1 file, and could not read 1. 1 backup file is in",
        ),
        (
            ("AccessDenied", "AccessDenied", "SlowDown", ""),
            "fail",
            "could read 1 file, and could not read 3.",
        ),
        (("SlowDown", ""), "waiting", "could not read a backup file"),
        (("", ""), "pass", "2 files"),
    ],
)
def test_what_keeps_files_from_being_read_is_told_apart(
    codes: tuple[str, ...], status: str, says: str
) -> None:
    """Files in their order, each with what S3 refuses it with; empty for one that it gives."""
    named = [object_key(WALLET, number) for number in range(len(codes))]
    bodies = {name: backup_object(WALLET, OURS, at, rng=random.Random(at)) for at, name in enumerate(named)}
    refusals = dict(zip(named, codes, strict=True))

    class Mixed(Bucket):
        def __call__(self, call: Call) -> Reply:
            code = refusals.get(str(call.params.get("Key")))
            if call.name == "s3:GetObject" and code:
                raise Refused(call, code, "no", 503 if code == "SlowDown" else 403)
            return super().__call__(call)

    read = seen(Mixed(bodies))["access.read"]
    assert read.status == status
    assert says in read.evidence


def test_a_file_beyond_the_limit_is_refused_without_being_fetched() -> None:
    bucket = Bucket({FILE: b"A" * (MAX_BYTES + 1)})
    found = seen(bucket)
    assert found[f"{SHARD}.present"].status == "fail"
    assert f"{MAX_BYTES:,}" in found[f"{SHARD}.present"].evidence
    assert bucket.count("GetObject") == 0
    assert found[f"backup.coverage.{KEY_ID}"].status == "fail"


def test_a_backup_for_another_recovery_key_does_not_cover_the_wallet() -> None:
    found = seen(Bucket({FILE: BODY}), replace(WANTED, recovery_keys=(FOREIGN,)))
    assert found[f"{SHARD}.recovery-key"].status == "fail"
    assert found[f"backup.coverage.{KEY_ID}"].status == "fail"
    per_key = [check for name, check in found.items() if name.startswith(f"backup.coverage.{KEY_ID}.")]
    assert [check.status for check in per_key] == ["warn", "warn"]
    assert "not in the kit" in per_key[1].evidence


def test_each_key_of_a_kit_is_told_whether_it_has_a_file() -> None:
    found = seen(Bucket({FILE: BODY}), replace(WANTED, recovery_keys=(OURS, FOREIGN)))
    assert found[f"backup.coverage.{KEY_ID}"].status == "pass"
    per_key = [check for name, check in found.items() if name.startswith(f"backup.coverage.{KEY_ID}.")]
    assert [check.status for check in per_key] == ["pass", "warn"]
    assert "its holder cannot recover" in per_key[1].evidence


ED = new_wallet(QUORUM, "ed-wallet", "ED25519", random.Random(4))
ED_BUCKET = {object_key(ED, 0): backup_object(ED, OURS, 0, rng=random.Random(5))}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (ED.root_point.hex(), "pass"),
        ("0x" + ED.root_point.hex().upper(), "pass"),
        ("00" * 32, "fail"),
        ("HBDrNJ4rdjprRuP6rW8U8s5RamfYjNfhyzC45nitr5WR", "fail"),
        ("0xf2fdf134a8B4348CbEad58D6ae598195c58a8E25", "skipped"),
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "skipped"),
        ("z" * 44, "skipped"),
        ("\x1b[31m", "skipped"),
    ],
)
def test_an_address_is_compared_with_the_root_key(address: str, status: str) -> None:
    wanted = replace(WANTED, key_ids=(ED.key_id,), address=address)
    check = seen(Bucket(ED_BUCKET), wanted)[f"backup.address.{ED.key_id}"]
    assert check.status == status
    assert "\x1b" not in check.evidence


def test_the_address_of_a_secp256k1_wallet_is_said_to_be_not_compared() -> None:
    wanted = replace(WANTED, key_ids=(KEY_ID,), address=ED.root_point.hex())
    check = seen(Bucket({FILE: BODY}), wanted)[f"backup.address.{KEY_ID}"]
    assert check.status == "skipped"
    assert "rehearsal" in check.remedy


def held(mode: str, until: datetime) -> dict[str, str]:
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until.isoformat()}


YEAR = timedelta(days=365)
LOCK = Lock("compliance", 365)


@pytest.mark.parametrize(
    ("headers", "lock", "status", "words"),
    [
        (held("COMPLIANCE", NOW + YEAR), LOCK, "pass", "compliance until 2027-11-22"),
        (held("COMPLIANCE", NOW + YEAR), Lock("governance", 365), "pass", "compliance until"),
        (held("GOVERNANCE", NOW + YEAR), LOCK, "fail", "weaker"),
        (held("COMPLIANCE", NOW + timedelta(days=300)), LOCK, "fail", "shorter"),
        (held("COMPLIANCE", NOW - timedelta(days=1)), LOCK, "fail", "run out"),
        ({}, LOCK, "fail", "no retention"),
        ({}, Lock(), "skipped", "off in this set-up"),
    ],
)
def test_retention_is_held_against_the_answers(
    headers: dict[str, str], lock: Lock, status: str, words: str
) -> None:
    check = seen(Bucket({FILE: BODY}, headers=headers), replace(WANTED, lock=lock))[f"{SHARD}.retention"]
    assert (check.status, words in check.evidence) == (status, True)
    assert ("put-object-retention" in check.remedy) == (status == "fail")


def test_retention_that_the_reader_does_not_see_with_the_file_is_asked_for() -> None:
    wanted = replace(WANTED, lock=LOCK)
    kept = {"Mode": "COMPLIANCE", "RetainUntilDate": (NOW + YEAR).isoformat()}
    assert seen(Bucket({FILE: BODY}, retention=kept), wanted)[f"{SHARD}.retention"].status == "pass"
    denied = Bucket({FILE: BODY}, denied=frozenset({"s3:GetObjectRetention"}))
    check = seen(denied, wanted)[f"{SHARD}.retention"]
    assert check.status == "unknown"
    assert "s3:GetObjectRetention" in check.evidence


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("pass", "skipped", "warn"), 0),
        (("pass", "waiting"), 7),
        (("waiting", "unknown"), 5),
        (("unknown", "fail", "waiting"), 3),
    ],
)
def test_the_worst_line_decides_the_exit_code(statuses: tuple[Any, ...], code: int) -> None:
    report = Report(tuple(Check(f"x.{n}", "X", status, "Seen.") for n, status in enumerate(statuses)))
    assert report.exit_code == code
    document = report_json(report)
    assert set(document) == {"checks", "summary"}
