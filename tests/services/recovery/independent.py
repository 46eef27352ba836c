"""A reader of recovery key files that was written from the description of the format and shares no code with the product.

It uses `hashlib` for the derivation, an own walk through the DER, and plain numbers for the key.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ROUNDS = 3_000_000
RSA = bytes.fromhex("06092a864886f70d010101") + b"\x05\x00"
LOWER_HEX = set(b"0123456789abcdef")


@dataclass(frozen=True)
class Numbers:
    n: int
    e: int
    d: int


def read_private(content: bytes, password: bytes | None, rounds: int = ROUNDS) -> Numbers:
    """The key in a private file, sealed or plain; fails an assertion at any departure from the format."""
    if password is not None:
        assert content[:4] == b"PKE1"
        salt, nonce, ciphertext = content[4:20], content[20:32], content[32:]
        key = hashlib.pbkdf2_hmac("sha512", password, salt, rounds, 32)
        content = AESGCM(key).decrypt(nonce, ciphertext, None)
    assert set(content) <= LOWER_HEX
    integers = _pkcs8(bytes.fromhex(content.decode("ascii")))
    version, n, e, d, p, q = integers[:6]
    assert len(integers) == 9
    assert version == 0
    assert p * q == n
    assert _opens_what_it_closes(n, e, d)
    return Numbers(n, e, d)


@functools.cache
def _opens_what_it_closes(n: int, e: int, d: int) -> bool:
    """Kept for the tests that read one key again and again: plain numbers are slow."""
    return pow(pow(7, e, n), d, n) == 7


def read_public(der: bytes) -> Numbers:
    """The key in a public file."""
    tag, body, rest = _element(der)
    assert (tag, rest) == (0x30, b"")
    _, algorithm, bits = _element(body)
    assert algorithm == RSA
    tag, content, rest = _element(bits)
    assert (tag, content[:1], rest) == (0x03, b"\x00", b"")
    n, e = _integers(content[1:])
    return Numbers(n, e, 0)


def check_pair(private: Path, der: Path, hex_: Path, password: bytes | None, rounds: int = ROUNDS) -> None:
    """Every rule for the files of one key pair."""
    secret = read_private(private.read_bytes(), password, rounds)
    public = read_public(der.read_bytes())
    assert (secret.n, secret.e) == (public.n, public.e)
    assert public.n.bit_length() == 4096
    assert public.e == 65537
    assert len(der.read_bytes()) == 550
    assert hex_.read_bytes() == der.read_bytes().hex().encode("ascii")
    assert private.stat().st_mode & 0o777 == 0o400
    assert der.stat().st_mode & 0o222 == 0


def _pkcs8(der: bytes) -> list[int]:
    tag, body, rest = _element(der)
    assert (tag, rest) == (0x30, b"")
    tag, version, body = _element(body)
    assert (tag, version) == (0x02, b"\x00")
    _, algorithm, body = _element(body)
    assert algorithm == RSA
    tag, inner, rest = _element(body)
    assert (tag, rest) == (0x04, b"")
    return _integers(inner)


def _integers(der: bytes) -> list[int]:
    tag, body, rest = _element(der)
    assert (tag, rest) == (0x30, b"")
    found = []
    while body:
        tag, value, body = _element(body)
        assert tag == 0x02
        found.append(int.from_bytes(value, "big"))
    return found


def _element(der: bytes) -> tuple[int, bytes, bytes]:
    size, start = der[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(der[2:start], "big")
    assert len(der) >= start + size
    return der[0], der[start : start + size], der[start + size :]
