"""Ways to write a key down, for tests that feed the product with all of them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests import planted

ROUNDS = 1000
PASSWORD = planted.PASSWORD.encode()


def private(
    key: PrivateKeyTypes,
    encoding: Encoding = Encoding.DER,
    structure: PrivateFormat = PrivateFormat.PKCS8,
    password: bytes | None = None,
) -> bytes:
    closing: KeySerializationEncryption = NoEncryption()
    if password is not None:
        closing = BestAvailableEncryption(password)
    return key.private_bytes(encoding, structure, closing)


def public(
    key: PublicKeyTypes,
    encoding: Encoding = Encoding.DER,
    structure: PublicFormat = PublicFormat.SubjectPublicKeyInfo,
) -> bytes:
    return key.public_bytes(encoding, structure)


def hexed(der: bytes) -> bytes:
    return der.hex().encode("ascii")
