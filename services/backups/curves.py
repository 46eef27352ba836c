"""The two kinds of root key, and when two encodings of one are the same key.

The writer may encode a secp256k1 point compressed or not, so keys are compared as points, never as bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Algorithm = Literal["SECP256K1", "ED25519"]

# The name that the recovery data gives to the curve of an algorithm.
CURVES: Mapping[Algorithm, str] = MappingProxyType({"SECP256K1": "secp256k1", "ED25519": "ED-25519"})

# SubjectPublicKeyInfo up to the point itself. Both headers are fixed by their standards, so a comparison of bytes
# reads them without handing foreign DER to a parser.
_SECP256K1 = bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200")
_SECP256K1_COMPRESSED = bytes.fromhex("3036301006072a8648ce3d020106052b8104000a032200")
_ED25519 = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True)
class RootKey:
    """A wallet's root public key; `point` is 65 bytes (secp256k1, uncompressed) or 32 (ed25519)."""

    algorithm: Algorithm
    point: bytes

    @property
    def sha256(self) -> str:
        """Lower-case hex of the SHA-256 of the key's SubjectPublicKeyInfo in its uncompressed form."""
        header = _SECP256K1 if self.algorithm == "SECP256K1" else _ED25519
        return hashlib.sha256(header + self.point).hexdigest()


def root_key(spki: bytes) -> RootKey | None:
    """Reads a SubjectPublicKeyInfo in DER; None if it is no point of one of the two curves."""
    headers: tuple[tuple[bytes, Algorithm], ...] = (
        (_SECP256K1, "SECP256K1"),
        (_SECP256K1_COMPRESSED, "SECP256K1"),
        (_ED25519, "ED25519"),
    )
    for header, algorithm in headers:
        if spki.startswith(header):
            return root_point(algorithm, spki[len(header) :])
    return None


def root_point(algorithm: Algorithm, encoded: bytes) -> RootKey | None:
    """Reads a bare point of the algorithm's curve; None if it is none. Ed25519 points are judged by size alone."""
    if algorithm == "ED25519":
        return RootKey(algorithm, encoded) if len(encoded) == 32 else None
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), encoded)
    except ValueError:
        return None
    return RootKey(algorithm, point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
