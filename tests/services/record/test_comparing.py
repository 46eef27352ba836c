"""The record against the bucket: what only one of them knows, and that denied is never missing."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from services.problems import ProblemError
from services.record.comparing import MOST_LOOKS, MOST_NAMED, as_json, compare, sentences
from services.record.wallet import Wallet
from services.verify.search import MOST_FOLDER_PAGES, PAGE
from tests.services.record.records import KEY_ID, OTHER, OTHER_KEY_ID, PLAIN
from tests.services.verify.bucket import Bucket
from tests.world import ACCOUNT, BUCKET

SHARD = "recovery_shard-0.txt"


def bucket(*key_ids: str) -> Bucket:
    return Bucket({f"{key_id}/{SHARD}": b"x" for key_id in key_ids})


def test_the_same_wallets_are_no_difference_and_one_listing() -> None:
    there = bucket(KEY_ID, OTHER_KEY_ID)
    found = compare(there, BUCKET, ACCOUNT, [PLAIN, OTHER])
    assert (found.exit_code, found.folders, found.whole) == (0, 2, True)
    assert sentences(found) == (f"✓ The record and the bucket {BUCKET} know the same 2 wallets.",)
    assert there.count("ListObjectsV2") == len(there.calls) == 1


def test_what_only_one_of_them_knows_is_a_difference() -> None:
    found = compare(bucket(OTHER_KEY_ID), BUCKET, ACCOUNT, [PLAIN])
    assert (found.not_on_record, found.not_in_bucket, found.exit_code) == ((OTHER_KEY_ID,), (KEY_ID,), 3)
    said = " ".join(sentences(found))
    assert f"record add --config S --from-verify --key-id {OTHER_KEY_ID}" in said
    assert f"verify --config S --key-id {KEY_ID}" in said
    assert as_json(found)["exit_code"] == 3


def test_many_differences_are_counted() -> None:
    names = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MOST_NAMED + 3)]
    more = sentences(compare(bucket(*names), BUCKET, ACCOUNT, []))
    assert len(more) == MOST_NAMED + 1
    assert "3 more that are not on record" in more[-1]
    assert "--all" in more[-1]
    gone = sentences(compare(bucket(), BUCKET, ACCOUNT, [replace(PLAIN, key_id=name) for name in names]))
    assert len(gone) == MOST_NAMED + 1
    assert "no backup of 3 more" in gone[-1]


def test_other_folders_are_no_wallets() -> None:
    there = bucket(KEY_ID)
    there.objects |= {
        "palisade-wizard-probe/a": b"x",
        "AWSLogs/x.json": b"x",
        "notes.txt": b"x",
        "a b/recovery_shard-0.txt": b"x",
    }
    found = compare(there, BUCKET, ACCOUNT, [PLAIN])
    assert (found.exit_code, found.folders, found.not_on_record) == (0, 1, ())


def test_a_folder_with_a_backup_is_a_wallet_whatever_it_is_called() -> None:
    found = compare(bucket("wallet-one"), BUCKET, ACCOUNT, [])
    assert (found.not_on_record, found.folders) == (("wallet-one",), 1)


def test_denied_is_unknown_and_never_missing() -> None:
    there = replace(bucket(KEY_ID), denied=frozenset({"s3:ListObjectsV2"}))
    found = compare(there, BUCKET, ACCOUNT, [PLAIN, OTHER])
    assert (found.unknown, found.not_in_bucket, found.exit_code) == ((KEY_ID, OTHER_KEY_ID), (), 5)
    (said,) = sentences(found)
    assert said.startswith("? What the bucket holds is unknown.")
    assert "s3:ListBucket" in said


def test_denied_with_an_empty_record_is_unknown_too() -> None:
    there = replace(bucket(KEY_ID), denied=frozenset({"s3:ListObjectsV2"}))
    assert compare(there, BUCKET, ACCOUNT, []).exit_code == 5


def test_a_busy_aws_is_told_as_it_is() -> None:
    there = replace(bucket(KEY_ID), denied=frozenset({"s3:ListObjectsV2"}), code="SlowDown")
    with pytest.raises(ProblemError) as caught:
        compare(there, BUCKET, ACCOUNT, [PLAIN])
    assert caught.value.problem.exit_code == 7


@pytest.mark.slow
def test_a_large_bucket_is_looked_at_within_bounds() -> None:
    names = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MOST_FOLDER_PAGES * PAGE + 1)]
    there = bucket(*names)
    last, gone = replace(PLAIN, key_id=names[-1]), replace(PLAIN, key_id=str(uuid.UUID(int=2**128 - 1)))
    found = compare(there, BUCKET, ACCOUNT, [replace(PLAIN, key_id=names[0]), last, gone])
    assert (found.not_in_bucket, found.unknown, found.whole) == ((gone.key_id,), (), False)
    assert len(found.not_on_record) == len(names) - 2
    assert len(there.calls) == MOST_FOLDER_PAGES + 2


@pytest.mark.slow
def test_a_large_record_leaves_the_rest_unknown() -> None:
    names = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MOST_FOLDER_PAGES * PAGE + 1)]
    there = bucket(*names)
    recorded: list[Wallet] = [replace(PLAIN, key_id=name) for name in names[:-1]]
    gone = [replace(PLAIN, key_id=str(uuid.UUID(int=2**128 - 1 - n))) for n in range(MOST_LOOKS + 5)]
    found = compare(there, BUCKET, ACCOUNT, [*recorded, *gone])
    assert len(found.unknown) == 5
    assert len(found.not_in_bucket) == MOST_LOOKS
    assert any(
        "says neither that they are there nor that they are missing" in said for said in sentences(found)
    )
    assert len(there.calls) == MOST_FOLDER_PAGES + MOST_LOOKS


def test_a_bucket_that_was_not_looked_through_is_not_called_the_same() -> None:
    names = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MOST_FOLDER_PAGES * PAGE + 1)]
    recorded = [replace(PLAIN, key_id=name) for name in names[:-1]]
    found = compare(bucket(*names), BUCKET, ACCOUNT, recorded)
    assert found.exit_code == 0
    (said,) = sentences(found)
    assert said.startswith("!")
    assert "there may be wallets that are not on record" in said
