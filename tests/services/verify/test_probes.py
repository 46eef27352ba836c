"""Live probes: only what a right policy refuses, only files of their own, and a refusal counts only if it shows something."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.aws.guards import OwnUploads
from services.model.calls import Call, Refused, Reply
from services.problems import ProblemError
from services.verify.checks import Check
from services.verify.probes import FOLDER, announced, probe_all, probes
from tests.policies_in_aws import WHERE
from tests.world import ACCOUNT, BUCKET

NAME = str(uuid.UUID(int=7))
BY_BUCKET = (
    "User: x is not authorized to perform: s3:PutObject with an explicit deny in a resource-based policy"
)
NO_RIGHT = "User: x is not authorized to perform: s3:PutObject because no identity-based policy allows it"
BY_SCP = (
    "User: x is not authorized to perform: s3:PutObject with an explicit deny in a service control policy"
)
RETENTION = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}


@dataclass
class Bucket:
    """A bucket that answers uploads as `answer` says: a code and message, or a version that it takes them under."""

    answer: Callable[[Call], Refused | str | None] = lambda call: Refused(
        call, "AccessDenied", BY_BUCKET, 403
    )
    lock: Any = None
    deletes: bool = True
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        assert call.params["ExpectedBucketOwner"] == ACCOUNT
        match call.op:
            case "GetObjectLockConfiguration" if isinstance(self.lock, Refused):
                raise self.lock
            case "GetObjectLockConfiguration" if self.lock is None:
                raise Refused(call, "ObjectLockConfigurationNotFoundError", "none", 404)
            case "GetObjectLockConfiguration":
                return {"ObjectLockConfiguration": self.lock}
            case "PutObject":
                found = self.answer(call)
                if isinstance(found, Refused):
                    raise found
                return {} if found is None else {"VersionId": found}
            case "DeleteObject" if self.deletes:
                return {}
            case "DeleteObject":
                raise Refused(call, "AccessDenied", "no", 403)
            case _:
                raise AssertionError(call.name)

    def named(self, op: str) -> list[Call]:
        return [call for call in self.calls if call.op == op]


def run(bucket: Bucket, *, strict: bool = False, endpoint: str = "") -> dict[str, Check]:
    found = probe_all(bucket, WHERE, strict=strict, name=NAME, endpoint=endpoint)
    return {check.id: check for check in found}


@pytest.mark.parametrize(("strict", "number"), [(False, 4), (True, 5)])
def test_every_probe_is_announced_and_refused_by_the_bucket_policy(strict: bool, number: int) -> None:
    bucket = Bucket()
    found = run(bucket, strict=strict)
    assert len(found) == len(announced(WHERE, strict=strict)) == number
    assert {check.status for check in found.values()} == {"pass"}
    assert all("Refused by the bucket policy" in check.evidence for check in found.values())
    assert not bucket.named("DeleteObject")


def test_what_is_asked_for_is_what_a_right_policy_refuses() -> None:
    bucket = Bucket()
    run(bucket)
    asked = [
        {k: v for k, v in c.params.items() if "SSE" in k or "Server" in k} for c in bucket.named("PutObject")
    ]
    foreign = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"
    assert asked == [
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"palisade-wizard-probe-not-secret"},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": foreign},
    ]
    keys = {str(c.params["Key"]) for c in bucket.named("PutObject")}
    assert len(keys) == 4
    assert all(key.startswith(f"{FOLDER}{NAME}-") for key in keys)


def test_a_policy_that_lets_one_through_fails_and_its_own_file_alone_is_deleted_by_version() -> None:
    bucket = Bucket(
        lambda call: (
            "v9"
            if call.params.get("ServerSideEncryption") == "AES256"
            else Refused(call, "AccessDenied", BY_BUCKET, 403)
        )
    )
    found = run(bucket)
    assert {line for line, check in found.items() if check.status != "pass"} == {"policy.probe.aes256"}
    broken = found["policy.probe.aes256"]
    key = f"{FOLDER}{NAME}-aes256"
    assert broken.status == "fail"
    assert f"deleted again: {key}, version v9." in broken.evidence
    assert broken.remedy
    (deleted,) = bucket.named("DeleteObject")
    assert deleted.params == {"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT, "Key": key, "VersionId": "v9"}


@pytest.mark.parametrize(("version", "deletes"), [("v1", False), (None, True)])
def test_a_file_that_cannot_be_deleted_by_version_is_named_and_left(
    version: str | None, deletes: bool
) -> None:
    bucket = Bucket(lambda call: version, deletes=deletes)
    for line, check in run(bucket).items():
        assert check.status == "fail"
        assert f"{FOLDER}{NAME}-{line.removeprefix('policy.probe.')}" in check.evidence
        assert "left there" in check.evidence
    assert all(call.params.get("VersionId") for call in bucket.named("DeleteObject"))


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("AccessDenied", NO_RIGHT, 403, "unknown"),
        ("AccessDenied", BY_SCP, 403, "unknown"),
        ("AccessDenied", "Access Denied", 403, "warn"),
        ("AllAccessDisabled", "disabled", 403, "unknown"),
        ("KMS.NotFoundException", "no such key", 400, "fail"),
        ("InvalidRequest", "no", 400, "fail"),
        ("SlowDown", "no", 503, "waiting"),
    ],
)
def test_only_a_refusal_that_shows_something_is_green(
    code: str, message: str, status: int, expected: str
) -> None:
    found = run(Bucket(lambda call: Refused(call, code, message, status)))
    assert {check.status for check in found.values()} == {expected}
    assert all(check.remedy for check in found.values()) or expected == "pass"


@pytest.mark.parametrize(
    ("lock", "endpoint", "status"),
    [
        (RETENTION, "", "skipped"),
        (Refused(Call("s3", "GetObjectLockConfiguration"), "AccessDenied", "no", 403), "", "unknown"),
        (None, "http://127.0.0.1:9000", "skipped"),
    ],
)
def test_nothing_is_written_where_it_could_not_be_removed_or_would_go_in_clear(
    lock: Any, endpoint: str, status: str
) -> None:
    bucket = Bucket(lock=lock)
    found = run(bucket, endpoint=endpoint)
    assert {check.status for check in found.values()} == {status}
    assert len(found) == len(probes(WHERE, strict=False))
    assert not bucket.named("PutObject")


def test_a_lock_without_default_retention_is_no_hindrance() -> None:
    bucket = Bucket(lock={"ObjectLockEnabled": "Enabled"})
    assert {check.status for check in run(bucket).values()} == {"pass"}


def test_the_probes_port_writes_nothing_but_files_of_its_own() -> None:
    made: list[Call] = []

    def aws(call: Call) -> Reply:
        made.append(call)
        return {"VersionId": "v1"}

    own = OwnUploads(aws, BUCKET, FOLDER)
    mine = {"Bucket": BUCKET, "Key": f"{FOLDER}x"}
    others: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("s3", "PutObject", {**mine, "Key": "key-id/recovery_shard-0.txt"}),
        ("s3", "PutObject", {**mine, "Bucket": "another"}),
        ("s3", "DeleteObject", {**mine, "VersionId": "v1"}),
        ("s3", "PutBucketPolicy", {**mine}),
        ("iam", "PutRolePolicy", {}),
    )
    for service, op, params in others:
        with pytest.raises(ProblemError):
            own(Call(service, op, params))
    assert made == []
    own(Call("s3", "PutObject", mine))
    for wrong in ({**mine}, {**mine, "VersionId": "v0"}, {**mine, "Key": f"{FOLDER}y", "VersionId": "v1"}):
        with pytest.raises(ProblemError):
            own(Call("s3", "DeleteObject", wrong))
    own(Call("s3", "DeleteObject", {**mine, "VersionId": "v1"}))
    assert [call.op for call in made] == ["PutObject", "DeleteObject"]
