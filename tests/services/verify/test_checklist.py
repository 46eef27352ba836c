"""The create-wallet checklist over an AWS in memory: each line can be broken, and then says so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Call, Refused, Reply
from services.verify.backups import MOST_FILES, MOST_PAGES, PAGE, Wanted, backups
from services.verify.checks import Check, Report, report_json
from tests.world import ACCOUNT, BUCKET, KEY_ARN

KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
NOW = datetime(2026, 11, 22, 14, 3, 12, tzinfo=UTC)


def _public(bits: int = 4096) -> bytes:
    key = rsa.generate_private_key(65537, bits).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


OURS, FOREIGN = _public(), _public()
WALLET = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(1))
FILE = object_key(WALLET, 0)
BODY = backup_object(WALLET, OURS, 0, rng=random.Random(2))


@dataclass
class Bucket:
    """A bucket in memory that answers the calls of the checklist, as S3 does."""

    objects: dict[str, bytes] = field(default_factory=dict)
    key_arn: str | None = KEY_ARN
    algorithm: str = "aws:kms"
    version: str | None = "v1"
    denied: frozenset[str] = frozenset()
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        assert call.params["ExpectedBucketOwner"] == ACCOUNT
        if call.name in self.denied:
            raise Refused(call, "AccessDenied", "no", 403)
        if call.name == "s3:ListObjectsV2":
            prefix, most = str(call.params["Prefix"]), int(str(call.params["MaxKeys"]))
            keys = sorted(key for key in self.objects if key.startswith(prefix))
            begin = int(str(call.params.get("ContinuationToken", 0)))
            end = begin + most
            contents = [{"Key": key, "LastModified": NOW.isoformat()} for key in keys[begin:end]]
            more = {"NextContinuationToken": str(end)} if len(keys) > end else {}
            return {"Contents": contents, "IsTruncated": bool(more), **more}
        reply: dict[str, Any] = {
            "Body": self.objects[str(call.params["Key"])],
            "ServerSideEncryption": self.algorithm,
            "SSEKMSKeyId": self.key_arn,
            "VersionId": self.version,
        }
        return reply


WANTED = Wanted(BUCKET, ACCOUNT, KEY_ARN, (OURS,), "user/kim")


def look(bucket: Bucket, wanted: Wanted = WANTED) -> dict[str, Check]:
    return {check.id: check for check in backups(bucket, wanted)}


def test_a_whole_backup_is_green_in_every_line() -> None:
    found = look(Bucket({FILE: BODY}))
    assert {check.status for check in found.values()} == {"pass"}
    assert found["backup.arrived"].evidence.startswith(f"1 backup file; the newest is {FILE}")
    assert f"backup.coverage.{KEY_ID}" in found
    assert all(check.evidence.endswith(".") for check in found.values())
    assert Report(tuple(found.values())).exit_code == 0


def test_nothing_written_yet_waits_and_says_what_to_do() -> None:
    report = Report(tuple(look(Bucket({"readme.txt": b"x"})).values()))
    assert report.exit_code == 7
    arrived = report.checks[0]
    assert arrived.status == "waiting"
    assert "1 other file" in arrived.evidence
    assert "Create an MPC wallet" in arrived.remedy


SHARD = f"backup.shard.{KEY_ID}.recovery_shard-0.txt"


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
        (lambda b: replace(b, denied=frozenset({"s3:GetObject"})), f"{SHARD}.present", "unknown"),
        (lambda b: replace(b, denied=frozenset({"s3:GetObject"})), "access.read", "unknown"),
        (lambda b: replace(b, denied=frozenset({"s3:ListObjectsV2"})), "backup.arrived", "unknown"),
    ],
)
def test_each_line_breaks_by_itself_and_tells_what_to_do(
    broken: Callable[[Bucket], Bucket], identifier: str, status: str
) -> None:
    check = look(broken(Bucket({FILE: BODY})))[identifier]
    assert check.status == status
    assert check.remedy


def test_a_backup_for_another_recovery_key_does_not_cover_the_wallet() -> None:
    found = look(Bucket({FILE: BODY}), replace(WANTED, recovery_keys=(FOREIGN,)))
    assert found[f"{SHARD}.recovery-key"].status == "fail"
    assert found[f"backup.coverage.{KEY_ID}"].status == "fail"


def test_a_wanted_wallet_without_a_file_waits_beside_one_that_has_it() -> None:
    bucket = Bucket({FILE: BODY})
    found = look(bucket, replace(WANTED, key_ids=(KEY_ID, "absent-wallet")))
    assert found["backup.coverage.absent-wallet"].status == "waiting"
    assert found[f"backup.coverage.{KEY_ID}"].status == "pass"
    assert [c.params["Prefix"] for c in bucket.calls if c.op == "ListObjectsV2"] == [
        f"{KEY_ID}/",
        "absent-wallet/",
    ]


def test_only_what_was_written_since_counts() -> None:
    later = replace(WANTED, since=NOW.replace(hour=15))
    assert look(Bucket({FILE: BODY}), later)["backup.arrived"].status == "waiting"
    assert look(Bucket({FILE: BODY}), replace(WANTED, since=NOW))["backup.arrived"].status == "pass"


def test_a_full_bucket_is_read_in_part_and_says_so() -> None:
    many = {f"wallet-{n:04}/recovery_shard-0.txt": b"" for n in range(PAGE * MOST_PAGES + 1)}
    bucket = Bucket(many)
    found = look(bucket)
    assert sum(call.op == "ListObjectsV2" for call in bucket.calls) == MOST_PAGES
    assert found["backup.arrived"].status == "warn"
    later = look(Bucket(many), replace(WANTED, since=NOW.replace(hour=15)))["backup.arrived"]
    assert later.status == "waiting"
    assert "--key-id" in later.remedy
    assert "--key-id" in found["backup.arrived"].remedy
    assert sum(call.op == "GetObject" for call in bucket.calls) == MOST_FILES


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
