"""Whether a backup is sealed to the recovery key for this very wallet, shown without the private key.

Of half their ciphertexts, backup objects publish what is inside and the random seed of the padding. RSA-OAEP with a
known seed has one result only, so anybody who knows quorum ID and key ID can seal these openings again and compare.
That a ciphertext comes out the same shows that it is sealed to this recovery key under exactly this label. It says
nothing of the other half, which alone holds the wallet's shares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.backups.findings import Finding, finding

_FRAME = 66  # bytes of a block that the padding needs beside the message
_NUMBER = 32  # bytes of a number below the order of either curve

NOT_THIS_WALLET = (
    "Compare quorum ID (palisade.quorum_id) and key ID with Palisade. A wallet of another quorum is checked with "
    "--palisade-quorum-id. If both are right, the file lies in the wrong folder or is damaged: ask Palisade to write "
    "the backup again, and keep funds out of the wallet until it passes."
)
DAMAGED = (
    "Look at the earlier versions in the bucket; if none passes, ask Palisade to write the backup again and keep "
    "funds out of the wallet until it passes."
)
NO_QUORUM = (
    "Answer palisade.quorum_id (it stands in Palisade and is needed for every recovery), then verify again."
)


@dataclass(frozen=True)
class Opening:
    """A ciphertext of an object, and what the object says is inside: the value and the seed of its padding."""

    ciphertext: bytes = field(repr=False)
    value: bytes = field(repr=False)
    seed: bytes = field(repr=False)


@dataclass(frozen=True)
class Seal:
    """RSA-OAEP with SHA-256 under one key and label (RFC 8017, 7.1.1), with a seed that the caller knows.

    No library encrypts with a given seed. Everything here is public, so that `pow` takes a time which depends on
    its numbers gives nothing away.
    """

    key: rsa.RSAPublicNumbers
    label: bytes

    def encrypt(self, message: bytes, seed: bytes) -> bytes:
        """A ciphertext as long as the modulus, of a message of at most that less 66 bytes; the seed has 32 bytes."""
        size = (self.key.n.bit_length() + 7) // 8
        padding = bytes(size - len(message) - _FRAME) + b"\x01"
        block = _masked(hashlib.sha256(self.label).digest() + padding + message, seed)
        padded = b"\x00" + _masked(seed, block) + block
        return pow(int.from_bytes(padded, "big"), self.key.e, self.key.n).to_bytes(size, "big")

    def fits(self, opening: Opening) -> bool:
        """Whether sealing what was opened gives the ciphertext; a number may be written with or without leading zeros."""
        if not 0 < len(opening.value) <= _NUMBER:
            return False
        bare = opening.value.lstrip(b"\x00")
        spellings = dict.fromkeys((opening.value, bare.rjust(_NUMBER, b"\x00"), bare))
        return any(self.encrypt(value, opening.seed) == opening.ciphertext for value in spellings)


def label(quorum_id: str, key_id: str) -> bytes:
    """The label under which all of a wallet's shares are sealed."""
    return hashlib.sha256(f"{quorum_id}-{key_id}".encode()).digest()


def sealed(recovery_key: bytes, openings: Sequence[Opening], quorum_id: str, key_id: str) -> Finding:
    """Judges the openings of one object against a recovery public key (SPKI DER)."""
    if not quorum_id:
        evidence = (
            "The quorum ID is not answered, and the seal names quorum and wallet, so it was not compared."
        )
        return finding("sealed", "skipped", evidence, NO_QUORUM)
    numbers = _numbers(recovery_key)
    if numbers is None:
        evidence = "The recovery key is no RSA-4096 key, so nothing can be sealed to it."
        return finding("sealed", "fail", evidence, NOT_THIS_WALLET)
    seal = Seal(numbers, label(quorum_id, key_id))
    fitting = sum(seal.fits(opening) for opening in openings)
    if fitting == len(openings):
        evidence = (
            f"All {fitting} openings that the file shows seal to its ciphertexts again, with the recovery key, this "
            "quorum ID and this key ID."
        )
        return finding("sealed", "pass", evidence)
    if not fitting:
        evidence = (
            f"None of the {len(openings)} openings seals to its ciphertext: the file belongs to another wallet or "
            "another quorum, or is damaged."
        )
        return finding("sealed", "fail", evidence, NOT_THIS_WALLET)
    evidence = (
        f"{len(openings) - fitting} of {len(openings)} openings do not seal to their ciphertexts, though the others "
        "do: the file is damaged."
    )
    return finding("sealed", "fail", evidence, DAMAGED)


def _numbers(spki: bytes) -> rsa.RSAPublicNumbers | None:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != 4096:
        return None
    return key.public_numbers()


def _masked(data: bytes, seed: bytes) -> bytes:
    """The data masked with MGF1-SHA-256 of the seed."""
    rounds = range(-(-len(data) // 32))
    mask = b"".join(hashlib.sha256(seed + number.to_bytes(4, "big")).digest() for number in rounds)[
        : len(data)
    ]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(data), "big")
