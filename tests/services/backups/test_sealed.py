"""What a backup opens is sealed to the recovery key for its wallet, or that is seen, without any private key.

That the seal itself is the OAEP of the standard is held against another implementation in the demo's tests.
"""

from __future__ import annotations

import base64
import random

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.backups.curves import Algorithm
from services.backups.sealed import Opening, Seal, label
from services.backups.shards import check_shard
from services.demo.objects import backup_object
from tests.services.backups.test_shard_variations import (
    ALGORITHMS,
    BODIES,
    FILE,
    KEY,
    KEY_ID,
    QUORUM,
    STRANGERS,
    Edit,
    Fields,
    check,
    flaws,
    player,
    text,
)


def flip(nth: int) -> Edit:
    """One bit of the nth ciphertext that the second player's entry opens."""

    def edit(entry: Fields) -> None:
        position = entry["combination"][nth]
        ciphertext = bytearray(base64.b64decode(entry["es"][position]))
        ciphertext[100] ^= 1
        entry["es"][position] = text(bytes(ciphertext))

    return player(edit)


def other_opening(entry: Fields) -> None:
    entry["vs"][5], entry["vs"][6] = entry["vs"][6], entry["vs"][5]


ANOTHER = {name: backup_object(wallet, KEY, rng=random.Random(6)) for name, wallet in STRANGERS.items()}
UNSEALED: tuple[tuple[str, Edit, str], ...] = (
    ("another wallet", lambda _: ANOTHER["SECP256K1"], "another wallet"),
    ("flipped bit in an opened ciphertext", flip(3), "1 of 80 openings"),
    ("openings that are not these", player(other_opening), "2 of 80 openings"),
    ("a seed that is none", player(lambda e: e["rs"].__setitem__(0, text(b"short"))), "1 of 80"),
    ("a value that is none", player(lambda e: e["vs"].__setitem__(0, text(bytes(600)))), "1 of 80"),
)


@pytest.mark.parametrize(("name", "edit", "words"), UNSEALED, ids=[name for name, *_ in UNSEALED])
def test_what_is_not_sealed_for_this_wallet_is_found(name: str, edit: Edit, words: str) -> None:
    report = check(edit(BODIES["SECP256K1"]))
    assert flaws(report) == {"sealed": "fail"}
    assert any(words in each.evidence for each in report.findings if each.what == "sealed")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_quorum_or_another_folder_does_not_pass(algorithm: Algorithm) -> None:
    for quorum, key_id in (("quorum-2", KEY_ID), (QUORUM, "another-wallet")):
        assert flaws(check_shard(BODIES[algorithm], key_id, FILE, (KEY,), quorum)) == {"sealed": "fail"}


def test_without_the_quorum_id_the_seal_is_not_compared_and_says_so() -> None:
    report = check_shard(ANOTHER["SECP256K1"], KEY_ID, FILE, (KEY,))
    assert flaws(report) == {"sealed": "skipped"}
    assert report.status == "pass"


def test_a_number_written_without_its_leading_zeros_is_the_same_number() -> None:
    numbers = load_der_public_key(KEY)
    assert isinstance(numbers, rsa.RSAPublicKey)
    seal = Seal(numbers.public_numbers(), label(QUORUM, KEY_ID))
    long, short = b"\x00" + bytes(range(1, 32)), bytes(range(1, 32))
    for inside in (long, short):
        ciphertext = seal.encrypt(inside, bytes(32))
        assert all(seal.fits(Opening(ciphertext, told, bytes(32))) for told in (long, short))
        assert not seal.fits(Opening(ciphertext, short[:-1], bytes(32)))
