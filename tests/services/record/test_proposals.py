"""Only what verification showed goes on record by itself: a wallet of another quorum, or a bad backup, never does."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screens.record_words import proposal_rows
from services.demo.objects import backup_object, new_wallet, object_key
from services.record.book import Record
from services.record.proposals import Proposals, adding, left_out, proposals
from services.record.wallet import Proof, Wallet
from services.verify.backups import look
from services.verify.checks import Report
from services.verify.files import Wanted
from services.verify.seen import Seen, seen
from tests.services.record.records import FULL, setup
from tests.services.verify.bucket import (
    BODY,
    FILE,
    FOREIGN,
    KEY_ID,
    NOW,
    OURS,
    QUORUM,
    WALLET,
    WANTED,
    Bucket,
)

OTHER_QUORUM = "30b7aefb-0000-4000-8000-00000000000b"
SOLANA = new_wallet(QUORUM, "d7a1f2c3-0000-4000-8000-00000000000c", "ED25519", random.Random(3))


def looked(bucket: Bucket, wanted: Wanted = WANTED) -> tuple[Seen, ...]:
    return seen(look(bucket, wanted, NOW).judged, wanted.quorum_id)


def proposed(tmp_path: Path, wallets: tuple[Seen, ...], *recorded: Wallet, address: str = "") -> Proposals:
    return proposals(Report((), wallets), Record(recorded), setup(tmp_path), NOW, address)


def test_a_wallet_is_seen_with_all_that_the_record_needs() -> None:
    second = {object_key(WALLET, 1): backup_object(WALLET, OURS, 1, rng=random.Random(5))}
    (found,) = looked(Bucket({FILE: BODY, **second}))
    assert (found.key_id, found.algorithm, found.quorum_id) == (KEY_ID, "SECP256K1", QUORUM)
    assert (found.file, found.files, found.written, found.whole) == ("recovery_shard-0.txt", 2, NOW, True)
    assert len(found.fingerprints) == 1
    assert not found.foreign


def test_the_file_that_is_named_is_one_that_passes() -> None:
    foreign = {FILE: backup_object(WALLET, FOREIGN, 0, rng=random.Random(5))}
    good = {object_key(WALLET, 3): backup_object(WALLET, OURS, 3, rng=random.Random(6))}
    (found,) = looked(Bucket({**foreign, **good}))
    assert (found.file, found.whole, found.files) == ("recovery_shard-3.txt", True, 1)
    assert len(found.fingerprints) == 1


@pytest.mark.parametrize(
    ("bucket", "wanted", "whole", "quorum", "foreign"),
    [
        (Bucket({FILE: BODY}), replace(WANTED, quorum_id=""), True, "", False),
        (Bucket({FILE: BODY}), replace(WANTED, quorum_id=OTHER_QUORUM), False, "", True),
        (Bucket({FILE: BODY}, algorithm="AES256"), WANTED, False, "", False),
        (Bucket({FILE: BODY}, version=None), WANTED, False, "", False),
        (Bucket({FILE: BODY}), replace(WANTED, recovery_keys=(FOREIGN,)), False, "", False),
    ],
)
def test_what_was_not_shown_is_not_claimed(
    bucket: Bucket, wanted: Wanted, whole: bool, quorum: str, foreign: bool
) -> None:
    (found,) = looked(bucket, wanted)
    assert (found.whole, found.quorum_id, found.foreign) == (whole, quorum, foreign)


def test_what_cannot_be_read_is_not_seen() -> None:
    assert looked(Bucket({FILE: BODY}, denied=frozenset({"s3:GetObject"}))) == ()


def test_a_new_wallet_is_proposed_with_its_proof(tmp_path: Path) -> None:
    found = proposed(tmp_path, looked(Bucket({FILE: BODY})))
    (wallet,) = found.new
    assert (wallet.key_id, wallet.quorum_id, wallet.algorithm) == (KEY_ID, QUORUM, "SECP256K1")
    assert (wallet.kit, wallet.written, wallet.file) == (
        "acme-sandbox kit",
        "2026-11-22",
        "recovery_shard-0.txt",
    )
    assert wallet.verified == Proof(
        "verify",
        "2026-11-22",
        "1 file passed (recovery_shard-0.txt first), sealed for this quorum ID and key ID.",
    )
    assert (found.proven, found.against) == ((), ())


def test_a_known_wallet_keeps_what_a_person_gave(tmp_path: Path) -> None:
    found = proposed(tmp_path, looked(Bucket({FILE: BODY})), FULL)
    (wallet,) = found.proven
    assert (wallet.address, wallet.kit, wallet.rehearsed) == (FULL.address, FULL.kit, FULL.rehearsed)
    assert wallet.verified is not None
    assert wallet.verified.on == "2026-11-22"
    assert found.new == ()


WHOLE = Seen(KEY_ID, "SECP256K1", "recovery_shard-0.txt", NOW, whole=True, quorum_id=QUORUM)


@pytest.mark.parametrize(
    ("change", "recorded", "word"),
    [
        ({"whole": False}, (), "does not pass the checklist"),
        ({"algorithm": None}, (), "does not pass the checklist"),
        ({"quorum_id": ""}, (), "Answer palisade.quorum_id"),
        ({"quorum_id": "", "foreign": True, "whole": False}, (), "not sealed for this quorum ID"),
        ({}, (replace(FULL, algorithm="ED25519", address=""),), "the record says ED25519"),
        ({}, (replace(FULL, quorum_id=OTHER_QUORUM),), f"the record says quorum {OTHER_QUORUM}"),
        ({"key_id": "x\x1b[2J"}, (), "Wallet"),
    ],
)  # fmt: skip
def test_what_stands_against_is_said_and_nothing_is_proposed(
    tmp_path: Path, change: dict[str, Any], recorded: tuple[Wallet, ...], word: str
) -> None:
    found = proposed(tmp_path, (replace(WHOLE, **change),), *recorded)
    assert (found.new, found.proven) == ((), ())
    (said,) = found.against
    assert word in said
    assert "\x1b" not in said


def test_an_address_that_is_another_wallets_key_stands_against(tmp_path: Path) -> None:
    wallets = looked(Bucket({object_key(SOLANA, 0): backup_object(SOLANA, OURS, 0, rng=random.Random(7))}))
    right, wrong = SOLANA.root_point.hex(), bytes(32).hex()
    assert proposed(tmp_path / "a", wallets, address=right).new[0].address == right
    assert "is not its root key" in proposed(tmp_path / "b", wallets, address=wrong).against[0]
    known = replace(FULL, key_id=SOLANA.key_id, algorithm="ED25519", address=wrong)
    assert "the address on record is not its root key" in proposed(tmp_path / "c", wallets, known).against[0]


@pytest.mark.parametrize(
    ("unread", "more", "known", "add_all", "said"),
    [
        ((), False, (), "CMD", ""),
        ((KEY_ID,), False, (), "CMD", "1 wallet of the bucket that is not on record was not looked at"),
        ((KEY_ID, "other"), False, (FULL,), "CMD", "1 wallet of the bucket that is not on record"),
        ((KEY_ID, "other"), True, (), "CMD", "At least 2 wallets of the bucket"),
        ((KEY_ID,), False, (FULL,), "CMD", "1 wallet on record was not looked at"),
        ((), True, (), "CMD", "The bucket holds more wallets than were looked at"),
        ((), True, (), "", "name those that you know of with --key-id"),
    ],
)
def test_what_was_not_looked_at_is_said(
    tmp_path: Path, unread: tuple[str, ...], more: bool, known: tuple[Wallet, ...], add_all: str, said: str
) -> None:
    found = proposals(Report((), (), unread, more), Record(known), setup(tmp_path), NOW)
    sentence = left_out(found, add_all)
    assert said in sentence
    assert bool(said) == bool(sentence)
    assert ("“CMD”" in sentence) == bool(add_all and (found.unrecorded or more))
    rows = [text for _, text in proposal_rows(found, add_all)]
    assert rows == ([sentence] if said else [])


@pytest.mark.parametrize(
    ("answered", "given", "named"),
    [
        ("", "", "--quorum-id ID"),
        ("", QUORUM, f"--quorum-id {QUORUM}"),
        (QUORUM, "", ""),
        (QUORUM, QUORUM, ""),
        (QUORUM, OTHER_QUORUM, f"--quorum-id {OTHER_QUORUM}"),
    ],
)
def test_the_command_names_the_quorum_unless_the_file_does(answered: str, given: str, named: str) -> None:
    words = f"palisade-wizard record add --config 'a b.toml' --from-verify --all {named}".rstrip()
    assert adding(Path("a b.toml"), answered, "--all", quorum_id=given) == words


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
