"""The convenience copy of a sandbox key's password in the keyring of this computer; never a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.problems import ProblemError, refuse

if TYPE_CHECKING:
    from services.papers import Purpose
    from wizard.root import Program


def refuse_unfit(program: Program, of: Purpose) -> None:
    """Refuse the copy before any work: in production, for an unknown purpose, and on a computer without a keyring."""
    from services.recovery.keyring_copy import usable

    if of.production:
        raise refuse(
            "refused",
            "The password of a production key is never kept in a computer's keyring.",
            "Leave --keyring out, and keep the password offline, apart from the sealed file.",
            where="--keyring",
        )
    if of.environment != "sandbox":
        raise refuse(
            "usage",
            "--keyring is for sandbox keys alone, and nothing says that this is one.",
            "Add --environment sandbox, or the --config of a sandbox.",
            where="--keyring",
        )
    usable(program.around.keyring())


def kept(program: Program, fingerprint: str, password: bytearray) -> bool:
    """Store the copy and wipe the password; False, with a sentence why, where it failed: the key is finished anyway."""
    from services.recovery import keyring_copy
    from services.recovery.passwords import wipe

    try:
        keyring_copy.store(program.around.keyring(), fingerprint, password, production=False)
    except ProblemError as error:
        program.voice.tell(f"! The keyring has no copy of the password. {error.problem.summary}")
        return False
    finally:
        wipe(password)
    program.voice.tell(
        f"· The keyring of this computer has a copy of the password (service {keyring_copy.SERVICE}). "
        "It is no backup: it is gone with this computer."
    )
    return True


def fetched(program: Program, fingerprint: str) -> bytearray:
    """The copy of the password of this key. Errors: `unreadable-file` if there is none, `unfit`, `busy`."""
    from services.recovery import keyring_copy

    found = keyring_copy.fetch(program.around.keyring(), fingerprint)
    if found is None:
        raise refuse(
            "unreadable-file",
            "The keyring of this computer has no password for this key.",
            "Leave --keyring out and give the password.",
            where="--keyring",
        )
    return found
