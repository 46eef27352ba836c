"""What an HSM can and cannot do for a recovery key, said before anybody relies on it.

The recovery tool needs the private key itself in its memory. A key that cannot leave its HSM can therefore never
recover a wallet, whatever its public half encrypts.
"""

from __future__ import annotations

from services.problems import refuse

EXPLAINED = (
    "The recovery tool reads the private key from a file. It cannot ask an HSM or a cloud KMS to decrypt for it.",
    "So a key that was made inside an HSM and cannot leave it can never recover a wallet with this tool.",
    "What an HSM can do is guard: the sealed file itself, or where that is too large, the password of the sealed file.",
    "Whoever has the HSM and its PIN can then take it out again and recover.",
    "Keep another copy of the sealed file: an HSM can break, too.",
)
"""Whole sentences, in order."""

_PHRASE = "cannot recover"


def phrase(fingerprint: str) -> str:
    """What must be typed to use the public half of a key that cannot leave its HSM: it names the key."""
    return f"{_PHRASE} {fingerprint[:8]}"


def check_phrase(fingerprint: str, typed: str) -> None:
    """Refuse a non-extractable key unless its phrase was typed, letter by letter. Errors: `consent`."""
    if " ".join(typed.split()) != phrase(fingerprint):
        raise refuse(
            "consent",
            "The private key cannot leave its HSM, so the recovery tool can never use it: backups for this key open nothing.",
            "Let the program make a key pair and store the sealed file in the HSM instead.",
            f"If you have a recovery tool of your own that works with the HSM, type “{phrase(fingerprint)}”.",
            where="recovery_key",
        )
