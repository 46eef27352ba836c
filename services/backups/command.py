"""The vendor tool's recovery command, ready to copy, so that nobody has to find its options in an emergency."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from services.backups.curves import Algorithm

ANY_FILE = "recovery_shard-N.txt"
"""The file of a wallet that is not known yet: how many there are, and from which number on, is Palisade's matter."""


def recovery_command(
    key_id: str,
    algorithm: Algorithm | Literal["ALGORITHM"],
    file: str,
    private_file: str,
    quorum_id: str,
    *,
    output_file: str = "",
) -> str:
    """One line for a POSIX shell. `file` and `private_file` are paths; an empty `quorum_id` leaves words to replace.

    On a paper for any wallet of the key, `ALGORITHM` and `ANY_FILE` hold the places of what differs between wallets.

    The key type is always named, because the tool wants it for ED25519 even when the file has it; the output file too,
    because without it the tool prints the wallet's private key on the terminal.
    """
    options = {
        "recovery-kit-file": file,
        "private-key-file": private_file,
        "quorum-id": quorum_id or "QUORUM ID OF THE WALLET",
        "key-id": key_id,
        "key-type": algorithm,
        "output-file": output_file or f"recovered-{key_id}.txt",
    }
    words = (f"--{name}={shlex.quote(value)}" for name, value in options.items())
    return " ".join(("wallet-recovery-cli", "recover", *words))
