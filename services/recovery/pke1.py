"""The sealed container of the vendor's recovery tool: a private key as hex text under a password.

`PKE1`, 16 bytes of salt, 12 bytes of nonce, then AES-256-GCM ciphertext and tag; the key comes from the password by
PBKDF2-HMAC-SHA512. There is no header to authenticate: a wrong password and a damaged file look the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from services.problems import ProblemError, refuse
from services.recovery.encoding import MAGIC
from services.recovery.passwords import ITERATIONS, check_password

SALT = 16
NONCE = 12
TAG = 16
START = len(MAGIC) + SALT + NONCE
"""Where the ciphertext begins; a container of `START + TAG` bytes would hold nothing."""


def seal(
    content: bytes,
    password: bytes | bytearray,
    *,
    iterations: int = ITERATIONS,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> bytes:
    """Close `content` under a new password. Errors: `bad-password`."""
    check_password(password)
    salt = random(SALT)
    nonce = random(NONCE)
    return MAGIC + salt + nonce + _cipher(password, salt, iterations).encrypt(nonce, content, None)


def unseal(container: bytes, password: bytes | bytearray, *, iterations: int = ITERATIONS) -> bytes:
    """What `seal` closed. Errors: `wrong-password`; `unreadable-file` for what cannot be a whole container."""
    if not container.startswith(MAGIC) or len(container) <= START + TAG:
        raise too_short()
    salt = container[len(MAGIC) : len(MAGIC) + SALT]
    nonce = container[len(MAGIC) + SALT : START]
    try:
        return _cipher(password, salt, iterations).decrypt(nonce, container[START:], None)
    except InvalidTag:
        raise refuse(
            "wrong-password",
            "The sealed key does not open: the password is wrong or the file is damaged, "
            "and nothing can tell which of the two.",
            "Type the password again; then try another copy of the file.",
        ) from None


def too_short() -> ProblemError:
    """The refusal of a container that cannot be whole, whatever the password is."""
    return refuse(
        "unreadable-file",
        "This is not a whole sealed key: the file is too short.",
        "Take another copy of the file.",
    )


def _cipher(password: bytes | bytearray, salt: bytes, iterations: int) -> AESGCM:
    return AESGCM(PBKDF2HMAC(SHA512(), 32, salt, iterations).derive(password))
