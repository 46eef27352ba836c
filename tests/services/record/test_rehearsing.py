"""A rehearsal is done with a wallet that was seen, under the quorum ID that the record has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from services.record.book import Record
from services.record.rehearsing import example
from services.verify.seen import Seen
from tests.services.record.records import FULL, KEY_ID, OTHER, OTHER_KEY_ID, QUORUM, setup
from tests.services.verify.bucket import NOW

ANSWERED = "40b7aefb-0000-4000-8000-00000000000b"
SEEN = Seen(OTHER_KEY_ID, "ED25519", "recovery_shard-2.txt", NOW, whole=True, quorum_id=QUORUM)


def test_what_was_seen_comes_before_what_is_on_record(tmp_path: Path) -> None:
    of = setup(tmp_path, palisade__quorum_id=ANSWERED, recovery_key__private_file="keys/a b.pke1")
    found = example(of, Record((FULL, OTHER)), (replace(SEEN, whole=False, key_id="x"), SEEN))
    assert (found.key_id, found.algorithm, found.file) == (OTHER_KEY_ID, "ED25519", "recovery_shard-2.txt")
    assert (found.quorum_id, found.address) == (QUORUM, OTHER.address)
    assert found.private_file == str(tmp_path / "keys" / "a b.pke1")


def test_a_wallet_that_is_not_on_record_has_the_answered_quorum(tmp_path: Path) -> None:
    of = setup(tmp_path, palisade__quorum_id=ANSWERED)
    assert example(of, Record(), (SEEN,)).quorum_id == ANSWERED


def test_without_a_look_the_record_says_which(tmp_path: Path) -> None:
    found = example(setup(tmp_path), Record((OTHER, FULL)))
    assert (found.key_id, found.file, found.quorum_id) == (KEY_ID, FULL.file, QUORUM)


def test_any_wallet_on_record_is_better_than_none(tmp_path: Path) -> None:
    found = example(setup(tmp_path), Record((OTHER,)))
    assert (found.key_id, found.file) == (OTHER_KEY_ID, "")


def test_with_nothing_known_nothing_is_claimed(tmp_path: Path) -> None:
    found = example(setup(tmp_path), Record())
    assert (found.key_id, found.algorithm, found.file, found.quorum_id) == ("", None, "", "")
