"""Whether an address is that of a wallet's root key, for the one kind of wallet whose address is the key itself.

An ED25519 wallet's address on Solana is its public key in base58. A SECP256K1 address is a hash of a key that is
derived from the root key with a secret, so without the private key nothing is compared.
"""

from __future__ import annotations

import re

from services.backups.curves import RootKey

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_KEY = 32  # bytes of an ED25519 public key
_BASE58 = re.compile(f"[{_ALPHABET}]{{32,44}}")
_HEX = re.compile(r"(?:0x)?([0-9A-Fa-f]{64})")


def key_of(address: str) -> RootKey | None:
    """The ED25519 key that an address in base58 or hex is; None for every other address."""
    hexed = _HEX.fullmatch(address)
    if hexed:
        return RootKey("ED25519", bytes.fromhex(hexed[1]))
    point = _base58(address) if _BASE58.fullmatch(address) else None
    return RootKey("ED25519", point) if point is not None else None


def _base58(text: str) -> bytes | None:
    number = 0
    for char in text:
        number = number * len(_ALPHABET) + _ALPHABET.index(char)
    zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    length = zeros + (number.bit_length() + 7) // 8
    return number.to_bytes(_KEY, "big") if length == _KEY else None
