"""What the first page says: what this is for, what to know before, and what else there would be. Pure."""

from __future__ import annotations

WHY = (
    "This gives your organisation its own way back to its wallets: Palisade writes an encrypted copy of every "
    "wallet key to a bucket that only you control."
)
BEFORE_YOU_START = (
    "You need the Owner role in Palisade: only owners can create a backup kit.",
    "Quorums that exist already cannot be protected afterwards, and another kit means another quorum: plan a new one.",
    "You need AWS rights to create a key, a bucket and a role (the account step checks them).",
    "Have a place that is not this computer for the recovery key.",
    "It takes about 15 minutes. You can leave at any time; nothing is lost.",
)
ALTERNATIVE = (
    'Palisade can also keep the backups in a bucket of its own ("Palisade AWS configuration"). That is less work, but '
    "then you depend on Palisade to hand them back. This set-up makes you independent of that."
)
