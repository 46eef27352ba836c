"""Backup files are found with few listings, whatever else is in the bucket, and nothing is said that was not looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.problems import ProblemError
from services.verify.backups import MOST_FILES, Watched, look
from services.verify.checklist import FURTHEST, LATELY, lately
from services.verify.retention import Lock
from services.verify.search import MOST_FOLDER_PAGES, MOST_PAGES, PAGE
from services.verify.trail_source import Window
from tests.services.verify.bucket import BODY, FILE, KEY_ID, NOW, SHARD, WANTED, Bucket, seen


def crowd(number: int) -> dict[str, bytes]:
    """Files of one byte, three to a wallet."""
    return {f"w{n // 3:06d}/recovery_shard-{n % 3}.txt": b"x" for n in range(number)}


CROWD = crowd(30_000)


def test_a_named_wallet_among_thirty_thousand_files_takes_at_most_three_listings() -> None:
    bucket = Bucket({**CROWD, FILE: BODY})
    found = seen(bucket, replace(WANTED, key_ids=(KEY_ID,)))
    assert found[f"backup.coverage.{KEY_ID}"].status == "pass"
    assert found["backup.arrived"].status == "pass"
    assert 1 <= bucket.count("ListObjectsV2") <= 3
    assert bucket.count("GetObject") == 1


def test_a_wallet_with_more_files_than_are_listed_says_so() -> None:
    bucket = Bucket({f"{KEY_ID}/recovery_shard-{n}.txt": b"" for n in range(3 * PAGE + 1)})
    found = seen(bucket, replace(WANTED, key_ids=(KEY_ID,)))
    assert bucket.count("ListObjectsV2") == 3
    assert found["backup.arrived"].status == "warn"


def test_every_file_of_a_named_wallet_is_read_and_else_the_newest_wallets_whole() -> None:
    objects = {f"w{n}/recovery_shard-{m}.txt": b"x" for n in range(20) for m in range(4)}
    late = {f"w7/recovery_shard-{m}.txt": NOW + timedelta(hours=1) for m in range(2)}
    bucket = Bucket(objects, written=late)
    assert "newest wallets are read, with all of their" in seen(bucket)["backup.arrived"].evidence
    read = {str(call.params["Key"]) for call in bucket.calls if call.op == "GetObject"}
    assert len(read) >= MOST_FILES
    assert {key.split("/")[0] for key in read} >= {"w7"}
    assert all(
        len([key for key in read if key.startswith(f"{w}/")]) == 4 for w in {k.split("/")[0] for k in read}
    )
    named = Bucket({f"w1/recovery_shard-{n}.txt": b"x" for n in range(2 * MOST_FILES)})
    seen(named, replace(WANTED, key_ids=("w1",)))
    assert named.count("GetObject") == 2 * MOST_FILES


@pytest.mark.parametrize("wallets", [1, MOST_FILES, MOST_FILES + 3])
def test_each_wallet_that_was_listed_is_read_or_told_as_unread(wallets: int) -> None:
    names = {f"w{n:02d}" for n in range(wallets)}
    looked = look(Bucket({f"{name}/recovery_shard-0.txt": b"x" for name in names}), WANTED, NOW)
    read = {one.named.key_id for one in looked.judged}
    assert read | set(looked.unread) == names
    assert not read & set(looked.unread)
    assert len(looked.unread) == max(0, wallets - MOST_FILES)
    assert not looked.more


def test_a_wanted_wallet_without_a_file_waits_beside_one_that_has_it() -> None:
    bucket = Bucket({FILE: BODY})
    found = seen(bucket, replace(WANTED, key_ids=(KEY_ID, "absent-wallet")))
    assert found["backup.coverage.absent-wallet"].status == "waiting"
    assert found[f"backup.coverage.{KEY_ID}"].status == "pass"
    listings = [c.params["Prefix"] for c in bucket.calls if c.op == "ListObjectsV2"]
    assert listings == [f"{KEY_ID}/", "absent-wallet/"]


def test_a_wanted_wallet_whose_files_were_deleted_is_not_one_that_is_still_to_come() -> None:
    files = {FILE: NOW, "other/recovery_shard-0.txt": NOW, f"{KEY_ID}/note.txt": NOW}
    bucket = Bucket(deleted=files)
    found = seen(bucket, replace(WANTED, key_ids=(KEY_ID,)))[f"backup.coverage.{KEY_ID}"]
    assert found.status == "fail"
    assert f"2026-11-22T14:03:12Z hides {FILE}." in found.evidence
    assert f"--key {FILE} --version-id m1 --expected-bucket-owner" in found.remedy
    assert bucket.count("ListObjectsV2") + bucket.count("ListObjectVersions") == 2
    left = Bucket(deleted={f"{KEY_ID}/note.txt": NOW})
    assert seen(left, replace(WANTED, key_ids=(KEY_ID,)))[f"backup.coverage.{KEY_ID}"].status == "waiting"


def test_where_versions_may_not_be_listed_nothing_is_said_of_a_deletion() -> None:
    bucket = Bucket(deleted={FILE: NOW}, denied=frozenset({"s3:ListObjectVersions"}))
    found = seen(bucket, replace(WANTED, key_ids=(KEY_ID,)))[f"backup.coverage.{KEY_ID}"]
    assert found.status == "waiting"
    assert "s3:ListBucketVersions" in found.evidence


def test_a_retention_that_could_not_be_seen_is_asked_for_again() -> None:
    watched, wanted = Watched(), replace(WANTED, lock=Lock("governance", 30))
    busy = Bucket({FILE: BODY}, denied=frozenset({"s3:GetObjectRetention"}), code="SlowDown")
    line = f"{SHARD}.retention"
    assert seen(busy, wanted, watched)[line].status == "waiting"
    until = {"Mode": "GOVERNANCE", "RetainUntilDate": (NOW + timedelta(days=30)).isoformat()}
    assert seen(Bucket({FILE: BODY}, retention=until), wanted, watched)[line].status == "pass"


def test_a_sign_in_that_ends_meanwhile_is_no_line_of_the_report() -> None:
    bucket = Bucket({FILE: BODY}, denied=frozenset({"s3:GetObject"}), code="ExpiredToken")
    with pytest.raises(ProblemError) as caught:
        seen(bucket)
    assert caught.value.problem.exit_code == 4


def test_only_what_was_written_since_counts() -> None:
    later = replace(WANTED, since=NOW.replace(hour=15), key_ids=(KEY_ID,))
    found = seen(Bucket({FILE: BODY}), later)
    assert found["backup.arrived"].status == "waiting"
    assert "that was written since 2026-11-22T15:03:12Z." in found[f"backup.coverage.{KEY_ID}"].evidence
    assert seen(Bucket({FILE: BODY}), replace(WANTED, since=NOW))["backup.arrived"].status == "pass"


def test_a_small_bucket_is_listed_once_a_look() -> None:
    bucket, watched = Bucket(crowd(PAGE)), Watched()
    for look_number in (1, 2, 3):
        seen(bucket, watched=watched)
        assert bucket.count("ListObjectsV2") == look_number


def test_in_a_large_bucket_only_some_is_looked_at_and_that_is_said() -> None:
    bucket = Bucket(CROWD)
    found = seen(bucket)
    assert bucket.count("ListObjectsV2") <= MOST_PAGES + MOST_FOLDER_PAGES
    assert found["backup.arrived"].status == "warn"
    assert "10,000" in found["backup.arrived"].evidence
    assert "--key-id" in found["backup.arrived"].remedy
    assert look(Bucket(CROWD), WANTED, NOW).more
    later = seen(Bucket(CROWD), replace(WANTED, since=NOW.replace(hour=15)))["backup.arrived"]
    assert later.status == "waiting"
    assert "--key-id" in later.remedy


def test_a_folder_that_appears_in_a_large_bucket_is_noticed_with_the_count_shown() -> None:
    watched, wanted = Watched(), replace(WANTED, since=NOW)
    assert (
        seen(Bucket(crowd(3003)), replace(wanted, since=NOW + timedelta(1)), watched)["backup.arrived"].status
        == "waiting"
    )
    still = seen(Bucket(crowd(3003)), wanted, watched)["backup.arrived"]
    assert still.status == "waiting"
    assert "1,001 folders of wallets; 0 appeared" in still.evidence
    bucket = Bucket({**crowd(3003), FILE: BODY})
    found = seen(bucket, wanted, watched)
    assert found["backup.arrived"].status == "pass"
    assert "1,002 folders of wallets; 1 appeared" in found["backup.arrived"].evidence
    assert found[f"backup.coverage.{KEY_ID}"].status == "pass"
    assert bucket.count("ListObjectsV2") <= 4
    assert bucket.count("GetObject") == 1


def test_a_trail_shows_the_new_file_of_a_large_bucket_at_the_first_look() -> None:
    bucket = Bucket({**CROWD, FILE: BODY})
    looked = look(bucket, WANTED, NOW, lately=lambda: (FILE, "no/backup.txt"))
    assert FILE in {each.file.key for each in looked.judged}
    assert bucket.count("ListObjectsV2") <= 2 + len(CROWD) // 3 // PAGE + 1


@pytest.mark.parametrize(
    ("since", "start"),
    [
        (None, NOW - LATELY),
        (NOW - timedelta(days=2), NOW - timedelta(days=2)),
        (datetime.min.replace(tzinfo=UTC), NOW - FURTHEST),
        (datetime.max.replace(tzinfo=UTC), NOW),
    ],
)
def test_a_trail_is_asked_about_a_bounded_time_only(since: datetime | None, start: datetime) -> None:
    assert lately(since, NOW) == Window(start, NOW)


def test_what_has_not_changed_is_not_fetched_again_and_what_has_is() -> None:
    watched, bucket = Watched(), Bucket({FILE: BODY})
    first = seen(bucket, watched=watched)
    assert seen(bucket, watched=watched) == first
    assert bucket.count("GetObject") == 1
    changed = Bucket({FILE: BODY[:-4]})
    assert seen(changed, watched=watched)[f"backup.coverage.{KEY_ID}"].status == "fail"


def test_a_file_that_could_not_be_read_is_tried_again() -> None:
    watched = Watched()
    assert (
        seen(Bucket({FILE: BODY}, denied=frozenset({"s3:GetObject"})), watched=watched)["access.read"].status
        == "fail"
    )
    assert seen(Bucket({FILE: BODY}), watched=watched)["access.read"].status == "pass"
