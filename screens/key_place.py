"""Where the recovery key of the open set-up goes, and how it is to be kept: what the pages of its step share.

All of it is typed on the first of these pages and kept as drafts; none of it is secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screens import suggest
from screens.paths import typed
from services import papers
from services.problems import Problem, ProblemError
from services.questions import refuse_unrecordable
from services.recovery import custodians, keyfiles, keypair
from services.separation.apart import warnings
from services.separation.things import footprint, footprints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.session import Session
    from services.recovery.custodians import Custody
    from services.recovery.gathering import Taken
    from services.recovery.keyfiles import KeyFiles
    from services.setup_file import SetupFile
    from services.setups import State

FOLDER, NAME, KIND = "recovery_key.folder", "recovery_key.name", "recovery_key.kind"
FILE, IN_HSM = "recovery_key.file", "recovery_key.in_hsm"
NAMES, THRESHOLD = "recovery_key.custodians", "recovery_key.threshold"
PROVED = "recovery_key.prove_file"
"""The private file that was named last to be proven."""
DRIVER, WHAT = "recovery_key.driver", "recovery_key.token_keeps"
PROVEN_AT = ".key-proven-at"
"""The mark for the day on which the private key was last opened."""


def folder_text(session: Session) -> str:
    """The folder as it was typed, or a proposal."""
    usual = session.host.key_folder or Path.home() / "palisade-recovery-key"
    return session.shown_draft(FOLDER) or str(usual)


def folder(session: Session) -> Path:
    """The folder for the key's files; it need not exist yet."""
    return typed(folder_text(session))


def name(session: Session) -> str:
    """How the key's files are called."""
    return session.shown_draft(NAME) or suggest.key_name(session.answers)


def request(session: Session) -> keypair.Request:
    """Which key pair to make."""
    return keypair.Request(folder(session), name(session), iterations=session.host.iterations)


def paths(session: Session) -> keyfiles.Paths:
    """The files of that key pair. Errors: `invalid-answer` for a name, or a folder, that cannot be used."""
    check_folder(session)
    return keyfiles.paths(folder(session), name(session))


def check_folder(session: Session) -> None:
    """Refuses a folder that the setup file could not name. Names need no such look: they break a rule before."""
    any_file = folder(session) / keyfiles.NAME
    refuse_unrecordable(places(any_file, any_file))


def folder_refused(session: Session) -> bool:
    """Whether it is the folder that cannot be used, and not the name."""
    try:
        check_folder(session)
    except ProblemError:
        return True
    return False


def places(public: Path, private: Path) -> dict[str, str | list[str]]:
    """The answers that say where a key pair is."""
    return {"recovery_key.public_files": [str(public)], "recovery_key.private_file": str(private)}


def leftover(session: Session) -> keyfiles.Leftover | None:
    """The private file that an interrupted run left there. Errors: `invalid-answer` for the name."""
    return keyfiles.leftover(folder(session), name(session))


def unrecorded(session: Session) -> KeyFiles | None:
    """A whole key pair that lies there and that the set-up does not have; most often a run was cut off in between.

    Errors: `invalid-answer` for the name.
    """
    pair = papers.whole_pair(folder(session), name(session))
    known = session.answers.text("recovery_key.fingerprint")
    return None if pair is None or pair.sha256 == known else pair


def sheet(session: Session) -> Path:
    """Where the sheet to print goes."""
    return papers.sheet_path(folder(session), name(session))


def purpose(session: Session) -> papers.Purpose:
    """What the key is for."""
    production = session.answers.text("setup.environment") == "production"
    return papers.Purpose(
        "production" if production else "sandbox", session.answers.text("palisade.kit_name")
    )


def private_text(session: Session) -> str:
    """Where the private key of the set-up was written, whole; empty if nobody recorded it."""
    path = session.setup.private_file() if session.setup is not None else None
    return "" if path is None else str(path)


def names(session: Session) -> tuple[str, ...]:
    """The custodians as they were typed, a line each."""
    lines = session.shown_draft(NAMES).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def custody(session: Session, taken: Sequence[Taken]) -> Custody | None:
    """Who holds the shares of a set, some of which are here: the names that were typed, if they can be of this set."""
    named = names(session)
    if not taken or session.drafts.get(THRESHOLD, "2").strip() != str(taken[0].threshold):
        return None
    try:
        found = custodians.custody(taken[0].identifier, taken[0].threshold, named)
    except ProblemError:
        return None
    return found if max(one.index for one in taken) <= len(named) else None


def refuse_taken(session: Session) -> None:
    """Refuses names of which a file exists. Errors: `exists`, `invalid-answer`."""
    keyfiles.refuse_existing(paths(session))
    split = session.shown_draft(KIND) == "split"
    papers.refuse_taken(folder(session), name(session), sheet=True, custodians=split)


def sentence(problem: Problem) -> str:
    """A problem as one paragraph, to show beside a field."""
    return " ".join((problem.summary, *problem.remedy))


def shared(setup: SetupFile, state: State) -> str:
    """That a set-up of the other environment has the same recovery key; empty if none has."""
    found = warnings(footprint(setup, state), footprints(state, but=setup))
    return next((f"{one.says} {one.remedy}" for one in found if one.topic == "recovery_key"), "")
