"""Backup objects for the demo and for tests: a stand-in for what Palisade's MPC service writes.

They have the shape of genuine objects (fields, encodings, sizes, ciphertexts under the recovery key with the right
label, true openings in `vs` and `rs`), so that everything which can be checked without the private key can be checked
on them. They are not backups: the ciphertexts hold random numbers instead of the shares of a key, and the vendor's
recovery tool recovers nothing from them.
"""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from services.backups.curves import CURVES, Algorithm
from services.backups.sealed import Seal, label

_OPENED = 40  # values that a genuine object opens for verification, of twice as many ciphertexts
_ORDERS: dict[Algorithm, int] = {
    "SECP256K1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "ED25519": 2**252 + 27742317777372353535851937790883648493,
}
_AUX: dict[Algorithm, bytes] = {"SECP256K1": b'{"algorithm":"ECDSA"}', "ED25519": b'{"algorithm":"Ed25519"}'}


@dataclass(frozen=True)
class DemoWallet:
    """A wallet of the stand-in: its IDs, and public keys of which nobody keeps the private half.

    `root_point` is 65 bytes (secp256k1, uncompressed) or 32 (ed25519), `root_spki` the same key as SPKI DER,
    `wallet_point` 33 (compressed) or 32 bytes.
    """

    quorum_id: str
    key_id: str
    algorithm: Algorithm
    root_point: bytes
    root_spki: bytes
    wallet_point: bytes


def new_wallet(
    quorum_id: str, key_id: str, algorithm: Algorithm, rng: random.Random | None = None
) -> DemoWallet:
    """A wallet with fresh keys; `rng` is the system's secure source unless a test brings its own."""
    rng = rng or random.SystemRandom()
    if algorithm == "SECP256K1":
        root = _secp256k1(rng)
        point, spki = _point(root), root.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        child = _secp256k1(rng).public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return DemoWallet(quorum_id, key_id, algorithm, point, spki, child)
    key = ed25519.Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return DemoWallet(quorum_id, key_id, algorithm, point, spki, point)


def object_key(wallet: DemoWallet, index: int) -> str:
    """The S3 key under which the object with this index belongs."""
    return f"{wallet.key_id}/recovery_shard-{index}.txt"


def backup_object(
    wallet: DemoWallet,
    recovery_key: bytes,
    index: int = 0,
    players: int = 2,
    rng: random.Random | None = None,
) -> bytes:
    """The content of one object, encrypted to a recovery public key (RSA-4096, SPKI DER): 220 to 350 KB for 2 or 3 players.

    ValueError for another kind of key or fewer than 2 players.
    """
    rng = rng or random.SystemRandom()
    if players < 2:
        raise ValueError("a backup has at least two players")
    key = load_der_public_key(recovery_key)
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != 4096:
        raise ValueError("the recovery key must be RSA-4096")
    seal = Seal(key.public_numbers(), label(wallet.quorum_id, wallet.key_id))
    shared = {
        "key_share_commitments": {str(number): _text(_any_point(wallet, rng)) for number in range(players)},
        "nonce": _text(rng.randbytes(32)),
        "aux_data_public": _text(_AUX[wallet.algorithm]),
        "aux_data_private_encrypted": _text(rng.randbytes(84)),
        "aux_data_wrapped_encryption_key": _text(seal.encrypt(rng.randbytes(32), rng.randbytes(32))),
    }
    entries = [{**_entry(wallet, seal, number, players, rng), **shared} for number in range(players)]
    envelope = {
        "index": index,
        "keyAlgorithm": wallet.algorithm,
        "partialRecoveryDataHex": _text(_json({"version": "3", "recovery_data": entries})),
        "recoveryPublicKeyHex": recovery_key.hex(),
        "walletPublicKeyBase64": _text(wallet.wallet_point),
        "walletRootPublicKeyPkixBase64": _text(wallet.root_spki),
    }
    return base64.b64encode(_json(envelope))


def _entry(
    wallet: DemoWallet, seal: Seal, number: int, players: int, rng: random.Random
) -> dict[str, object]:
    order = _ORDERS[wallet.algorithm]
    values = [rng.randrange(1, order).to_bytes(32, "big") for _ in range(2 * _OPENED)]
    seeds = [rng.randbytes(32) for _ in values]
    opened = sorted(rng.sample(range(len(values)), _OPENED))
    return {
        "version": "3",
        "player_index": number,
        "threshold": players // 2,
        "sharing_type": "shamir",
        "curve": CURVES[wallet.algorithm],
        "public_key": _text(wallet.root_point),
        "es": [_text(seal.encrypt(value, seed)) for value, seed in zip(values, seeds, strict=True)],
        "ys": [_text(_any_point(wallet, rng)) for _ in range(_OPENED)],
        "vs": [_text(values[position]) for position in opened],
        "rs": [_text(seeds[position]) for position in opened],
        "combination": opened,
    }


def _any_point(wallet: DemoWallet, rng: random.Random) -> bytes:
    if wallet.algorithm == "SECP256K1":
        return _point(_secp256k1(rng))
    key = ed25519.Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _secp256k1(rng: random.Random) -> ec.EllipticCurvePublicKey:
    return ec.derive_private_key(rng.randrange(1, _ORDERS["SECP256K1"]), ec.SECP256K1()).public_key()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
