"""Where the recovery key of the open set-up goes, and how it is to be kept: what the pages of its step share.

All of it is typed on the first of these pages and kept as drafts; none of it is secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screens import suggest
from services.problems import Problem
from services.recovery import keyfiles, keypair

if TYPE_CHECKING:
    from screens.session import Session

FOLDER, NAME, KIND = "recovery_key.folder", "recovery_key.name", "recovery_key.kind"
FILE, IN_HSM = "recovery_key.file", "recovery_key.in_hsm"
NAMES, THRESHOLD = "recovery_key.custodians", "recovery_key.threshold"
DRIVER, WHAT = "recovery_key.driver", "recovery_key.token_keeps"
PROVEN_AT = ".key-proven-at"
"""The mark for the day on which the private key was last opened."""


def folder_text(session: Session) -> str:
    """The folder as it was typed, or a proposal."""
    usual = session.host.key_folder or Path.home() / "palisade-recovery-key"
    return session.shown_draft(FOLDER) or str(usual)


def folder(session: Session) -> Path:
    """The folder for the key's files; it need not exist yet."""
    return Path(folder_text(session)).expanduser().absolute()


def name(session: Session) -> str:
    """How the key's files are called."""
    return session.shown_draft(NAME) or suggest.key_name(session.answers)


def request(session: Session) -> keypair.Request:
    """Which key pair to make."""
    return keypair.Request(folder(session), name(session), iterations=session.host.iterations)


def leftover(session: Session) -> keyfiles.Leftover | None:
    """The private file that an interrupted run left there. Errors: `invalid-answer` for the name."""
    return keyfiles.leftover(folder(session), name(session))


def sheet(session: Session) -> Path:
    """Where the sheet to print goes."""
    return folder(session) / f"{name(session)}.txt"


def record(session: Session) -> Path:
    """Where the names of the custodians go."""
    return folder(session) / f"{name(session)}.custody.json"


def refuse_taken(session: Session) -> None:
    """Refuses names of which a file exists. Errors: `exists`, `invalid-answer`."""
    keyfiles.refuse_existing(keyfiles.paths(folder(session), name(session)))
    for path in (sheet(session), record(session)):
        keyfiles.refuse_taken(path)


def sentence(problem: Problem) -> str:
    """A problem as one paragraph, to show beside a field."""
    return " ".join((problem.summary, *problem.remedy))
