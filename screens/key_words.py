"""What is said of the recovery key, whichever face says it: why it matters, what was proven, what comes next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.own_command import all_parts
from services.recovery.passwords import LONGEST, SHORTEST

if TYPE_CHECKING:
    from screens.key_work import Finished
    from services.recovery.check import CheckResult

WHY = "Only this key opens the backups. Lose it, and no one can: not Palisade, not AWS, not this program."
NO_TOKENS = (
    "To speak to an HSM, this program needs one more part. Leave, run this in the program's folder, and start again: "
    f"{all_parts()}\nUntil then, make the key with a password; it can be stored in the HSM later."
)
ADVICE = "Take the private file offline, with a second copy elsewhere, and its password kept apart from it."
HINT = (
    f"{SHORTEST} to {LONGEST} characters of an English keyboard; several random words are good. Nobody can reset it: "
    "without the password, the key and every backup are lost."
)
TAKING = (
    "A public key is taken as it is. A private key is sealed anew in the form that the recovery tool reads: the PEM file "
    "that openssl writes is refused there."
)
PROVING = (
    "A key that nobody has opened for years may be gone. Plug its medium in, on a computer that may see it, and open it: "
    "once a year, and after every change of the people who hold it."
)
TRUST = (
    "Use a computer that you trust, offline if you can: the reference program that splits (SLIP-39, by Trezor) says of "
    "itself that it is not hardened."
)
STOPPED = "The shares that were written down so far open nothing: no key is sealed with them. Destroy them."
PROVEN = (
    "The key is made, sealed, read back from the medium, and proven: it opens what its public half closes."
)
RECORDED = (
    "This set-up has the key now. It was proven when it was made, and not again: 'Prove that it still opens', on the "
    "key's page, does that."
)
OPENS = (
    "Proven: this file opens with this password, and with it opens what the public key of this set-up closes. Put the "
    "medium back where it belongs."
)


def done(found: Finished) -> str:
    """What was done, for the first line."""
    return PROVEN if found.proven else RECORDED


def next_thing(found: Finished) -> str:
    """What a person does first with a key that was just made."""
    if found.split:
        return f"Give every custodian a copy of {found.files.private_file.name}: without it the shares open nothing."
    return "Take the private file offline, with a second copy elsewhere."


def arithmetic(count: int, threshold: int) -> str:
    """What the numbers of a split mean."""
    spare = count - threshold
    lost = f"{spare} may be lost" if spare else "none may be lost"
    return (
        f"{count} shares; any {threshold} together open the key; {lost}, and {threshold - 1} alone "
        f"{'opens' if threshold == 2 else 'open'} nothing."
    )


def looked_rows(found: CheckResult) -> list[tuple[str, str]]:
    """What a key file is, as label and text."""
    half = "private key" if found.is_private else "public key"
    closed = ", closed with a password" if found.acceptable is None else ", RSA-4096 with exponent 65537"
    takes = "takes this file as it is" if found.recovery_tool_accepts else "refuses this file as it is"
    rows = [("This is", f"a {half}{closed} ({found.kind})")]
    rows += [("SHA-256", found.sha256)] if found.sha256 else []
    rows += [("The tool", takes)] if found.is_private else []
    return rows + [("Note", note) for note in found.notes]
