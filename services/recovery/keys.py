"""The key inside a decoded file: loading it without ever failing in a way that shows it, and naming its parts."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)

from services.problems import ProblemError, refuse
from services.recovery.encoding import Encoded

_PSS = bytes.fromhex("06092a864886f70d01010a")  # the object identifier id-RSASSA-PSS
_SEQUENCE, _OCTETS = b"\x30", b"\x04"
_UNKNOWN_CIPHER = ("Key encrypted with unknown cipher", "Unknown key encryption algorithm")
"""How cryptography begins its refusal of a cipher. A wrong password that happens to leave valid padding makes noise of
the block, and what cryptography says of noise speaks of unsupported algorithms too: only the beginning tells them apart."""
_SOUND: set[bytes] = set()
"""SHA-256 of the bytes whose key was checked here: whether its factors are prime takes a third of a second to try, and is
as true of the same bytes the next time."""


def load_public(encoded: Encoded) -> PublicKeyTypes | None:
    """The public key, or None if this is none."""
    if encoded.old_encryption:
        return None
    try:
        return load_der_public_key(encoded.body)
    except (ValueError, UnsupportedAlgorithm):
        return None


def load_private(encoded: Encoded, password: bytes | bytearray | None) -> tuple[PrivateKeyTypes | None, bool]:
    """The private key (None while it is closed and no password was given) and whether a password closes it.

    Errors: `unreadable-file`, `wrong-password`.
    """
    try:
        return _checked(encoded, None), False
    except TypeError:
        pass  # it is closed
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key() from None
    if password is None:
        return None, True
    if not password:
        raise _wrong_password()
    try:
        return _checked(encoded, bytes(password)), True
    except UnsupportedAlgorithm:
        raise _foreign_cipher() from None
    except ValueError as error:
        if str(error).startswith(_UNKNOWN_CIPHER):
            raise _foreign_cipher() from None
        raise _wrong_password() from None


def _checked(encoded: Encoded, password: bytes | None) -> PrivateKeyTypes:
    load = load_pem_private_key if encoded.old_encryption else load_der_private_key
    digest = hashlib.sha256(encoded.body).digest()
    key = load(encoded.body, password, unsafe_skip_rsa_key_validation=digest in _SOUND)
    _SOUND.add(digest)
    return key


def algorithm(key: PublicKeyTypes, body: bytes) -> str:
    """The name of the kind of key; RSA bound to PSS signatures is a kind of its own."""
    match key:
        case rsa.RSAPublicKey():
            return "rsa-pss" if _PSS in body[:64] else "rsa"
        case ec.EllipticCurvePublicKey():
            return "ec"
        case dsa.DSAPublicKey():
            return "dsa"
        case ed25519.Ed25519PublicKey():
            return "ed25519"
        case ed448.Ed448PublicKey():
            return "ed448"
        case _:
            return "other"


def bits(key: PublicKeyTypes) -> int | None:
    """The size that people know a key by, if its kind has sizes."""
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey):
        return key.key_size
    return None


def public_structure(der: bytes) -> str:
    """`spki` or `pkcs1`."""
    return "spki" if _content(der)[:1] == _SEQUENCE else "pkcs1"


def private_structure(encoded: Encoded) -> str:
    """`pkcs8`, `pkcs1`, `sec1`, `encrypted-pkcs8` or `encrypted-traditional`, from the first bytes alone."""
    if encoded.old_encryption:
        return "encrypted-traditional"
    content = _content(encoded.body)
    if content[:1] == _SEQUENCE:
        return "encrypted-pkcs8"
    after_version = content[3:4]
    if after_version == _SEQUENCE:
        return "pkcs8"
    return "sec1" if after_version == _OCTETS else "pkcs1"


def spki(key: PublicKeyTypes) -> bytes:
    """SubjectPublicKeyInfo as DER: what Palisade takes, and what fingerprints are made of."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_hex(key: PrivateKeyTypes) -> bytes:
    """The private key as the recovery tool wants it: lower-case hex text of PKCS#8, no newline. Secret."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()).hex().encode("ascii")


def fingerprint(der: bytes) -> str:
    """SHA-256 of SPKI DER in lower-case hex."""
    return hashlib.sha256(der).hexdigest()


def _content(der: bytes) -> bytes:
    """What stands behind the outermost tag and length."""
    long_form = der[1] & 0x80
    return der[2 + (der[1] & 0x7F if long_form else 0) :]


def _no_key() -> ProblemError:
    return refuse(
        "unreadable-file",
        "This is no key that the program can read, or the file is damaged.",
        "Check that this is the right file, or take another copy of it.",
    )


def _wrong_password() -> ProblemError:
    return refuse(
        "wrong-password",
        "The private key does not open: the password is wrong or the file is damaged.",
        "Type the password again; then try another copy of the file.",
    )


def _foreign_cipher() -> ProblemError:
    return refuse(
        "unreadable-file",
        "The private key is encrypted with a cipher that the program does not know.",
        "“openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW-FILE” writes it again with one that it knows.",
    )
