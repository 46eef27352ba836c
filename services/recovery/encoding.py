"""How a key file is written down - PEM, hex text, binary DER or the sealed container - before any key is parsed.

The vendor's recovery tool is particular about this outer form, so everything that it would stumble over is noted.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Literal

from services.problems import ProblemError, refuse

Coding = Literal["pem", "hex", "der", "pke1"]
Oddity = Literal["utf-16", "byte-order-mark", "0x", "whitespace", "upper-case", "surrounding-text"]

MAGIC = b"PKE1"
LARGEST = 1 << 16
"""Bytes of the largest file that is looked into; a key has a few thousand."""

_BLANKS = b" \t\r\n"
_TEXT = bytes(range(0x20, 0x7F)) + _BLANKS
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_OLD_CIPHER = re.compile(rb"^DEK-Info: *([A-Z0-9]+)[A-Z0-9-]*,([0-9A-Fa-f]*)\s*$", re.MULTILINE)
_IV_DIGITS = {b"AES": 32, b"DES": 16}
"""Hex digits of the initialisation vector, by the family of the cipher; on fewer, the library that opens the file dies."""
_NO_KEYS = frozenset({"EC PARAMETERS", "DH PARAMETERS", "DSA PARAMETERS"})
_KEYS = frozenset(
    {
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "PUBLIC KEY",
        "RSA PUBLIC KEY",
    }
)
_OTHER = {
    "CERTIFICATE": "openssl x509 -pubkey -noout -in FILE",
    "OPENSSH PRIVATE KEY": "ssh-keygen -p -m PKCS8 -f COPY-OF-FILE",
}


@dataclass(frozen=True)
class Encoded:
    """The outer form of a key file and what it wraps.

    `body` is DER, or the container itself (`pke1`), or the whole block of a PEM that OpenSSL encrypted in its old way
    (`old_encryption`). It may be secret and is in no repr.
    """

    coding: Coding
    body: bytes = field(repr=False)
    old_encryption: bool = False
    oddities: frozenset[Oddity] = frozenset()


def decode(data: bytes) -> Encoded:
    """Find the outer form. Errors: `unreadable-file` for what has none."""
    if data.startswith(MAGIC):
        return Encoded("pke1", data)
    if len(data) > LARGEST:
        raise _no_key()
    if data.startswith(b"\x30") and data.translate(None, _TEXT):  # hex text, too, starts with this byte: “0”
        return Encoded("der", data)
    text, oddities = _plain_text(data)
    if b"-----BEGIN " in text:
        return _from_pem(text, oddities)
    return _from_hex(text, oddities)


def _plain_text(data: bytes) -> tuple[bytes, set[Oddity]]:
    """Text without the marks that editors and shells put in front of it."""
    oddities: set[Oddity] = set()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            data = data.decode("utf-16").encode("ascii")
        except UnicodeError:
            raise _no_key() from None
        oddities.add("utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        oddities.add("byte-order-mark")
    return data, oddities


def _from_hex(text: bytes, oddities: set[Oddity]) -> Encoded:
    digits = text.translate(None, _BLANKS)
    if digits != text:
        oddities.add("whitespace")
    if digits[:2].lower() == b"0x":
        digits = digits[2:]
        oddities.add("0x")
    if not _HEX.fullmatch(digits):
        raise _no_key()
    if len(digits) % 2:
        raise refuse(
            "unreadable-file",
            "This is hex text with an odd number of digits: at least one is missing.",
            "Take another copy of the file.",
        )
    if digits != digits.lower():
        oddities.add("upper-case")
    return Encoded("hex", bytes.fromhex(digits.decode("ascii")), oddities=frozenset(oddities))


def _from_pem(text: bytes, oddities: set[Oddity]) -> Encoded:
    blocks = [match for match in _PEM.finditer(text) if _label(match) not in _NO_KEYS]
    if not blocks:
        raise refuse(
            "unreadable-file",
            "This PEM file has no complete block: its beginning or its end is missing.",
            "Take another copy of the file.",
        )
    if len(blocks) > 1:
        raise refuse(
            "unreadable-file",
            f"This PEM file holds {len(blocks)} blocks, and it is not clear which one is meant.",
            "Put the key alone into a file of its own.",
        )
    block = blocks[0]
    if _label(block) not in _KEYS:
        raise _other_block(_label(block))
    if block.group(0) != text.strip(_BLANKS):
        oddities.add("surrounding-text")
    if b"ENCRYPTED" in block.group(2):
        cipher = _OLD_CIPHER.search(block.group(2))
        if cipher is None or len(cipher.group(2)) < _IV_DIGITS.get(cipher.group(1), 0):
            raise _damaged()
        return Encoded("pem", block.group(0) + b"\n", old_encryption=True, oddities=frozenset(oddities))
    try:
        body = base64.b64decode(block.group(2).translate(None, _BLANKS), validate=True)
    except binascii.Error:
        raise _damaged() from None
    return Encoded("pem", body, oddities=frozenset(oddities))


def _damaged() -> ProblemError:
    return refuse(
        "unreadable-file", "The text of this PEM file is damaged.", "Take another copy of the file."
    )


def _label(match: re.Match[bytes]) -> str:
    return match.group(1).decode("ascii")


def _other_block(label: str) -> ProblemError:
    remedy = "Give the file with the key."
    if label in _OTHER:
        remedy = f"“{_OTHER[label]}” takes the key out of it; then give that file."
    return refuse(
        "unreadable-file", f"This PEM file holds “{label}”, not a key in a form that is usable here.", remedy
    )


def _no_key() -> ProblemError:
    return refuse(
        "unreadable-file",
        "This is no key file: neither PEM nor hex text nor DER nor a sealed key, or it is damaged.",
        "Check that this is the right file, or take another copy of it.",
    )
