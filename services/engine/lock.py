"""One run at a time works on a setup in an account and region, and whoever comes second is told who is first.

The system lets go of the lock when its holder ends, however that ends. Who holds it stands in a note beside it: a note
alone, of a run that was killed, holds nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from services import files, own_files
from services.problems import ProblemError, refuse

_LONGEST = 4096


@dataclass(frozen=True)
class Holder:
    """A run that works on a setup: what it does, as a person calls it, and since when (ISO 8601)."""

    doing: str
    since: str
    process: int
    computer: str

    @property
    def says(self) -> str:
        """Who that is, as a part of a sentence."""
        where = "of this computer" if self.computer == socket.gethostname() else f"on {self.computer}"
        return f"'{self.doing}', process {self.process} {where}, since {self.since}"


@contextmanager
def held(
    folder: Path,
    account: str,
    region: str,
    setup: str,
    *,
    doing: str = "",
    since: str = "",
    what: str = "this set-up",
) -> Iterator[None]:
    """Holds the lock, or refuses at once if another run has it: `doing` is told then, `since` when (ISO 8601), and on `what`.

    Errors: `locked`, `folder`.
    """
    import filelock

    path = folder / f"{setup}.{account}.{region}.lock"
    note = path.with_name(f"{path.name}.by")
    lock = filelock.FileLock(path, timeout=0, mode=0o600)
    try:
        own_files.private_folder(folder)
        lock.acquire()
    except filelock.Timeout:
        raise _locked(path, what, _holder(note)) from None
    except (OSError, ProblemError) as error:
        why = error.strerror if isinstance(error, OSError) else error.problem.summary.rstrip(".")
        raise refuse(
            "folder",
            f"The lock file cannot be written ({why}).",
            "Choose a writable folder with --state-dir.",
            where=str(path),
        ) from None
    try:
        with contextlib.suppress(ProblemError):  # it only helps whoever comes second
            files.replace(note, json.dumps(asdict(_myself(doing, since))).encode())
        yield
    finally:
        with contextlib.suppress(OSError):  # before the lock: afterwards it may be another run's
            note.unlink(missing_ok=True)
        lock.release()


def _locked(path: Path, what: str, holder: Holder | None) -> ProblemError:
    who = f": {holder.says}" if holder is not None else ""
    return refuse(
        "locked",
        f"Another run of this program is working on {what}{who}.",
        "Wait until it has ended, then try again; or end it if it hangs: what it has done is kept, and the next run goes on.",
        where=str(path),
    )


def _myself(doing: str, since: str) -> Holder:
    return Holder(doing, since, os.getpid(), socket.gethostname())


def _holder(note: Path) -> Holder | None:
    """Who the note says it is; None where it says nothing, or names a run of this computer that is gone."""
    try:
        told = json.loads(own_files.read_own(note, _LONGEST))
        found = Holder(str(told["doing"]), str(told["since"]), int(told["process"]), str(told["computer"]))
    except (ProblemError, ValueError, LookupError, TypeError, RecursionError):
        return None
    if not found.doing or (found.computer == socket.gethostname() and not _runs(found.process)):
        return None
    return found


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another person's, or no number of a process
        return True
    return True
