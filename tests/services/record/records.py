"""Wallets and places for the tests of the record."""

from __future__ import annotations

from pathlib import Path

from services import setup_file
from services.ledger import Ledger
from services.record import book
from services.record.wallet import Proof, Wallet
from services.setup_file import SetupFile
from services.setups import State
from tests.world import sample

QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
OTHER_KEY_ID = "d7a1f2c3-0000-4000-8000-00000000000c"
FINGERPRINT = "51" * 32
SOLANA = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi"  # base58 of 32 bytes 0x3b
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
VERIFIED = Proof("verify", "2026-11-22", "2 files passed.")
REHEARSED = Proof("rehearsal", "2026-11-23", "by Ada")
PLAIN = Wallet(QUORUM, KEY_ID, "SECP256K1")
FULL = Wallet(
    QUORUM, KEY_ID, "SECP256K1", ETHEREUM, "acme kit", (FINGERPRINT,), "recovery_shard-0.txt", "2026-11-20",
    (VERIFIED, REHEARSED),
)  # fmt: skip
OTHER = Wallet(QUORUM, OTHER_KEY_ID, "ED25519", SOLANA)


def setup(folder: Path, **values: object) -> SetupFile:
    """A set-up's file in a folder."""
    return setup_file.create(folder / "acme.toml", sample(**values))


def place(folder: Path, of: SetupFile | None = None) -> Ledger:
    """The place of its record."""
    return book.place(of or setup(folder), State(folder / "state"))
