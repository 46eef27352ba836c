"""The rules for a new password of the sealed file, and the handling of passwords in memory.

The vendor's recovery tool reads the password from a terminal: control characters, letters beyond ASCII (which have
more than one spelling) and very long lines do not arrive there as they were typed here.
"""

from __future__ import annotations

from services.problems import refuse

SHORTEST = 8
LONGEST = 128
ITERATIONS = 3_000_000
"""Rounds of PBKDF2-HMAC-SHA512 that the vendor's recovery tool uses; anything else it cannot open."""


def check_password(password: bytes | bytearray) -> None:
    """Refuse a new password that the recovery tool could not take: `bad-password`."""
    if any(not 0x20 <= byte <= 0x7E for byte in password):
        raise refuse(
            "bad-password",
            "The password has a character that the recovery tool cannot take.",
            "Use only unaccented letters, digits, blanks and the signs of an English keyboard.",
        )
    if len(password) < SHORTEST:
        raise refuse(
            "bad-password",
            f"The password has fewer than {SHORTEST} characters.",
            "Choose a longer one; several random words are good.",
        )
    if len(password) > LONGEST:
        raise refuse(
            "bad-password",
            f"The password has more than {LONGEST} characters, and the recovery tool would cut it.",
            "Choose a shorter one.",
        )


def from_file(content: bytearray) -> bytearray:
    """The password in the content of a password file: all of it but one trailing newline. Clears `content`."""
    end = len(content)
    if content.endswith(b"\r\n"):
        end -= 2
    elif content.endswith(b"\n"):
        end -= 1
    password = content[:end]
    wipe(content)
    return password


def wipe(*secrets: bytearray | None) -> None:
    """Overwrite buffers that are no longer needed with zeros."""
    for secret in secrets:
        if secret is not None:
            secret[:] = bytes(len(secret))
