"""The stand-in's objects have the shape of genuine ones, down to the label and the opened values."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from services.backups.curves import Algorithm
from services.backups.sealed import Seal
from services.backups.shards import check_shard, parse_key
from services.demo.objects import backup_object, new_wallet, object_key
from tests import keys

ALGORITHMS: tuple[Algorithm, ...] = ("SECP256K1", "ED25519")
ENTRY = [
    "aux_data_private_encrypted",
    "aux_data_public",
    "aux_data_wrapped_encryption_key",
    "combination",
    "curve",
    "es",
    "key_share_commitments",
    "nonce",
    "player_index",
    "public_key",
    "rs",
    "sharing_type",
    "threshold",
    "version",
    "vs",
    "ys",
]


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return keys.key()


@pytest.fixture(scope="module")
def public(private: rsa.RSAPrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def opened(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    fields = json.loads(base64.b64decode(body, validate=True))
    return fields, json.loads(base64.b64decode(fields["partialRecoveryDataHex"], validate=True))[
        "recovery_data"
    ]


def raw(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("players", [2, 3])
def test_objects_pass_the_checks_at_their_size(algorithm: Algorithm, players: int, public: bytes) -> None:
    wallet = new_wallet("quorum", "key-1", algorithm)
    body = backup_object(wallet, public, 1, players)
    key = parse_key(object_key(wallet, 1))
    assert key is not None
    assert check_shard(body, key.key_id, key.file, (public,)).status == "pass"
    assert 220_000 <= len(body) <= 350_000


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_objects_have_the_fields_encodings_and_sizes_of_genuine_ones(
    algorithm: Algorithm, public: bytes
) -> None:
    wallet = new_wallet("quorum", "key-1", algorithm)
    fields, entries = opened(backup_object(wallet, public))
    point = 65 if algorithm == "SECP256K1" else 32
    assert fields["recoveryPublicKeyHex"] == public.hex()
    assert len(raw(fields["walletRootPublicKeyPkixBase64"])) == (88 if algorithm == "SECP256K1" else 44)
    assert len(raw(fields["walletPublicKeyBase64"])) == (33 if algorithm == "SECP256K1" else 32)
    for number, entry in enumerate(entries):
        assert sorted(entry) == ENTRY
        assert (entry["player_index"], entry["threshold"], entry["version"]) == (number, 1, "3")
        assert [len(raw(each)) for each in entry["es"]] == [512] * 80
        assert [len(raw(each)) for each in entry["ys"]] == [point] * 40
        assert [len(raw(each)) for each in entry["vs"] + entry["rs"]] == [32] * 80
        assert entry["combination"] == sorted(set(entry["combination"]))
        assert len(entry["combination"]) == 40
        assert [len(raw(each)) for each in entry["key_share_commitments"].values()] == [point] * 2
        sizes = {"nonce": 32, "aux_data_private_encrypted": 84, "aux_data_wrapped_encryption_key": 512}
        assert {name: len(raw(entry[name])) for name in sizes} == sizes
        assert raw(entry["public_key"]) == wallet.root_point
        assert wallet.root_spki.endswith(wallet.root_point)


def test_the_root_key_is_a_point_of_its_curve() -> None:
    wallet = new_wallet("quorum", "key-1", "SECP256K1")
    key = load_der_public_key(wallet.root_spki)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256K1)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_ciphertexts_open_with_the_private_key_and_the_label(
    algorithm: Algorithm, private: rsa.RSAPrivateKey, public: bytes
) -> None:
    _, entries = opened(backup_object(new_wallet("quorum", "key-1", algorithm), public))
    label = hashlib.sha256(b"quorum-key-1").digest()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label)
    entry = entries[1]
    for value, position in list(zip(entry["vs"], entry["combination"], strict=True))[:3]:
        assert private.decrypt(raw(entry["es"][position]), oaep) == raw(value)
    other = padding.OAEP(
        padding.MGF1(hashes.SHA256()), hashes.SHA256(), hashlib.sha256(b"quorum-key-2").digest()
    )
    with pytest.raises(ValueError, match="Decryption failed"):
        private.decrypt(raw(entry["es"][0]), other)


def test_opened_values_and_seeds_give_back_their_ciphertexts(
    private: rsa.RSAPrivateKey, public: bytes
) -> None:
    _, entries = opened(backup_object(new_wallet("quorum", "key-1", "ED25519"), public))
    seal = Seal(private.public_key().public_numbers(), hashlib.sha256(b"quorum-key-1").digest())
    for entry in entries:
        for value, seed, position in zip(entry["vs"], entry["rs"], entry["combination"], strict=True):
            assert seal.encrypt(raw(value), raw(seed)) == raw(entry["es"][position])


def test_objects_differ_unless_their_randomness_is_the_same(public: bytes) -> None:
    wallet = new_wallet("quorum", "key-1", "ED25519")
    assert backup_object(wallet, public) != backup_object(wallet, public)
    same = [backup_object(wallet, public, rng=random.Random(1)) for _ in range(2)]
    assert same[0] == same[1]


def test_unfit_requests_are_refused(private: rsa.RSAPrivateKey, public: bytes) -> None:
    wallet = new_wallet("quorum", "key-1", "ED25519")
    with pytest.raises(ValueError, match="two players"):
        backup_object(wallet, public, players=1)
    with pytest.raises(ValueError, match="RSA-4096"):
        backup_object(wallet, wallet.root_spki)
