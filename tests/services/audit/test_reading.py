"""What only reading tells: content, key, retention; with real backup objects, and never a word of what was not read."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.audit.audit import Wanted
from services.audit.reading import Reader, Wallet, read_wallet
from services.audit.subject import Subject
from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Call, Reply
from services.problems import Problem
from services.verify.retention import Lock
from tests.fleet import LOCK, TERMS, key_id
from tests.services.audit.asking import ask, checks, found
from tests.services.audit.stacked import Stack, files
from tests.services.verify.bucket import BODY, FILE, FOREIGN, KEY_ID, OURS, QUORUM
from tests.tally import count
from tests.world import ACCOUNT, BUCKET, KEY_ARN

OTHER = "arn:aws:kms:eu-west-1:123456789012:key/ffffffff-12ab-34cd-56ef-1234567890ab"
OPEN = Subject(replace(TERMS, lock=Lock()), ACCOUNT, (OURS,), (KEY_ID,), {KEY_ID: QUORUM})
LOCKED = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": "2027-11-20T12:00:00+00:00"}


def one(**more: Any) -> Stack:
    """A bucket with the one wallet of the samples."""
    return Stack(files([FILE]), bodies={FILE: BODY}, **more)


def read(
    stack: Stack, folder: Path, subject: Subject = OPEN, sample: int | None = 5
) -> tuple[set[tuple[str, str]], Mapping[str, Any]]:
    audited = ask(Wanted("list", sample=sample, seed="x"), folder, stack, subject)
    return found(audited), checks(audited)


@pytest.mark.parametrize("sample", [1, 5, None])
def test_a_whole_backup_passes_with_its_key_and_retention(tmp_path: Path, sample: int | None) -> None:
    locked = replace(OPEN, terms=replace(OPEN.terms, lock=LOCK))
    kinds, told = read(one(own_headers={FILE: LOCKED}), tmp_path, locked, sample)
    assert not kinds
    assert {told[kind].status for kind in ("encryption", "retention-none", "unrecoverable", "unread")} == {
        "pass"
    }
    assert "1 of 1 files; of 1 also with which key" in told["encryption"].evidence


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"ServerSideEncryption": "AES256", "SSEKMSKeyId": None}, "encryption"),
        ({"SSEKMSKeyId": OTHER}, "encryption"),
        ({"ServerSideEncryption": "aws:kms:dsse"}, "encryption"),
        ({"SSECustomerAlgorithm": "AES256", "ServerSideEncryption": None}, "encryption"),
        ({"ServerSideEncryption": None, "SSEKMSKeyId": None}, "encryption"),
        ({"ObjectLockMode": None}, "retention-none"),
        ({"ObjectLockRetainUntilDate": "2026-11-01T00:00:00+00:00"}, "retention-expired"),
        ({"ObjectLockMode": "GOVERNANCE"}, "retention-weak"),
        ({"ObjectLockRetainUntilDate": "2026-12-01T00:00:00+00:00"}, "retention-weak"),
    ],
)
def test_what_protects_a_file_is_held_against_the_set_up(
    tmp_path: Path, headers: Mapping[str, Any], kind: str
) -> None:
    locked = replace(OPEN, terms=replace(OPEN.terms, lock=LOCK))
    kinds, _ = read(one(own_headers={FILE: {**LOCKED, **headers}}), tmp_path, locked)
    assert kinds == {(kind, KEY_ID)}
    count("faults injected")


@pytest.mark.parametrize(
    ("body", "keys", "kind"),
    [
        (BODY[:-1000], (OURS,), "unrecoverable"),
        (b"", (OURS,), "unrecoverable"),
        (BODY, (FOREIGN,), "unrecoverable"),
        (b"x" * 200, (OURS,), "unrecoverable"),
    ],
)
def test_content_is_judged_as_verification_does(
    tmp_path: Path, body: bytes, keys: tuple[bytes, ...], kind: str
) -> None:
    stack = replace_body(body)
    kinds, told = read(stack, tmp_path, replace(OPEN, recovery_keys=keys))
    assert kinds == {(kind, KEY_ID)}
    assert told[kind].status == "fail"
    count("faults injected")


def replace_body(body: bytes) -> Stack:
    return Stack(
        files([FILE]),
        bodies={FILE: body},
        headers={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY_ARN},
    )


def test_one_flawed_file_beside_a_good_one_is_a_warning(tmp_path: Path) -> None:
    bad = FILE.replace("shard-0", "shard-1")
    stack = Stack(files([FILE, bad]), bodies={FILE: BODY, bad: BODY[:-1000]})
    kinds, told = read(stack, tmp_path)
    assert kinds == {("flawed", KEY_ID)}
    assert told["flawed"].status == "warn"


def test_denied_reads_are_unknown_and_accuse_nobody(tmp_path: Path) -> None:
    kinds, told = read(one(denied=frozenset({FILE})), tmp_path)
    assert kinds == {("unread", KEY_ID)}
    assert told["unread"].status == "unknown"
    assert told["encryption"].status == "skipped"
    count("faults injected")


def test_a_file_that_could_not_be_read_may_be_the_one_that_passes(tmp_path: Path) -> None:
    bad = FILE.replace("shard-0", "shard-1")
    stack = Stack(files([FILE, bad]), bodies={FILE: BODY, bad: b"x"}, denied=frozenset({FILE}))
    assert read(stack, tmp_path)[0] == {("unread", KEY_ID), ("flawed", KEY_ID)}


def test_a_file_that_went_meanwhile_is_told(tmp_path: Path) -> None:
    assert read(Stack(files([FILE])), tmp_path)[0] == {("gone", KEY_ID)}


def test_a_file_that_was_overwritten_meanwhile_leaves_the_listed_version_unknown(tmp_path: Path) -> None:
    stack = one()

    def newer(call: Call) -> None:
        if call.op == "GetObject":
            stack.versions[0] = replace(stack.versions[0], id="newer")

    stack.before = newer
    kinds, told = read(stack, tmp_path)
    assert not kinds
    assert told["encryption"].status == "skipped"


def test_a_file_that_is_too_large_is_not_fetched(tmp_path: Path) -> None:
    stack = one()
    stack.versions = [replace(stack.versions[0], size=6_000_000)]
    kinds, _ = read(stack, tmp_path)
    assert kinds == {("large", KEY_ID), ("unrecoverable", KEY_ID)}
    assert stack.count("GetObject") == 0


def test_a_root_key_under_two_key_ids(tmp_path: Path) -> None:
    wallet = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(1))
    twin = replace(wallet, key_id=key_id(3))
    keys = (FILE, object_key(twin, 0))
    bodies = {FILE: BODY, keys[1]: backup_object(twin, OURS, 0, rng=random.Random(4))}
    subject = replace(OPEN, wallets=(KEY_ID, twin.key_id))
    kinds, _ = read(Stack(files(keys), bodies=bodies), tmp_path, subject)
    assert kinds == {("shared-root-key", KEY_ID), ("shared-root-key", twin.key_id)}


def test_a_sample_has_whole_wallets_and_as_many_as_were_asked_for(tmp_path: Path) -> None:
    names = [f"{key_id(number)}/recovery_shard-{n}.txt" for number in range(40) for n in range(12)]
    stack = Stack(files(names), bodies=dict.fromkeys(names, b"x"))
    audited = ask(Wanted("list", sample=7, seed="x"), tmp_path, stack, OPEN)
    read_keys = [str(call.params["Key"]) for call in stack.calls if call.op == "GetObject"]
    wallets = {key.split("/")[0] for key in read_keys}
    assert audited.document["wallets_read"] == len(wallets) == 7
    assert sorted(read_keys) == sorted(name for name in names if name.split("/")[0] in wallets)
    again = Stack(files(names), bodies=dict.fromkeys(names, b"x"))
    ask(Wanted("list", sample=7, seed="y"), tmp_path, again, OPEN)
    assert {str(c.params["Key"]).split("/")[0] for c in again.calls if c.op == "GetObject"} != wallets


def test_no_more_than_a_few_wallets_are_in_memory(tmp_path: Path) -> None:
    names = [f"{key_id(number)}/recovery_shard-0.txt" for number in range(60)]
    stack = Stack(files(names), bodies=dict.fromkeys(names, b"x"))
    audited = ask(Wanted("list", sample=None), tmp_path, stack, OPEN)
    assert audited.document["wallets_read"] == stack.count("GetObject") == 60


def test_a_key_that_cannot_be_seen_is_said_and_no_file_accused(tmp_path: Path) -> None:
    hidden = Problem("denied", "AWS did not allow this sign-in to look at the KMS key.", ("Ask for it.",))
    subject = replace(OPEN, terms=replace(OPEN.terms, key_arn=""), key=hidden)
    kinds, told = read(
        one(headers={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": OTHER}), tmp_path, subject
    )
    assert not kinds
    assert told["encryption"].status == "unknown"


def test_retention_is_asked_for_where_the_answer_leaves_it_out() -> None:
    asked: list[str] = []

    def aws(call: Call) -> Reply:
        asked.append(call.op)
        if call.op == "GetObjectRetention":
            return {"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": "2027-11-20T12:00:00+00:00"}}
        return {"Body": BODY, "VersionId": "v", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY_ARN}

    reader = Reader(aws, BUCKET, ACCOUNT, (OURS,), LOCK)
    (head,) = read_wallet(reader, Wallet(KEY_ID, ((FILE, len(BODY)),))).heads
    assert asked == ["GetObject", "GetObjectRetention"]
    assert (head.lock_known, head.lock_mode) == (True, "COMPLIANCE")
