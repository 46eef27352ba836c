"""Reading and writing a file as one piece, so that two runs that change it at once lose nothing of each other."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from services import file_trust, seen
from services.clock import SystemClock
from services.file_problems import unwritten
from services.problems import ProblemError, refuse

PATIENCE = 5.0
"""Seconds to wait for another run that writes the same file: it needs some milliseconds."""

_LOOK = 0.02
_CLOCK = SystemClock()


@contextlib.contextmanager
def alone(
    path: Path, patience: float = PATIENCE, sleep: Callable[[float], None] = _CLOCK.sleep
) -> Iterator[None]:
    """Reads and writes a file as one piece: whoever else asks for the same waits, up to `patience` seconds.

    What is locked is a file beside it that nobody else may open, `.NAME.lock`: who may only read the folder holds up
    nobody. It is there only while it is held, and the system lets go of it when the process ends. Where the medium
    knows no locks, as some network shares, nothing is promised. Errors: `folder`, `locked`.
    """
    lock = path.with_name(f".{path.name}.lock")
    handle = _held(path, lock, patience, sleep)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()  # before the lock is let go: afterwards it may be another run's
        os.close(handle)


def _held(path: Path, lock: Path, patience: float, sleep: Callable[[float], None]) -> int:
    """A descriptor of the lock file that stands at its name and is locked."""
    for _ in range(round(patience / _LOOK) + 1):
        try:
            handle = _opened(lock)
        except OSError as error:
            raise _unlocked(error, path, lock) from None
        if handle is None:  # taken away just now
            continue
        if _locks(handle) and _stands(handle, lock):
            return handle
        os.close(handle)
        sleep(_LOOK)
    raise refuse(
        "locked",
        f"Another run of this program is writing {path}, and does not come to an end.",
        "Wait until it has ended, or end it if it hangs; then try again.",
        where=str(lock),
    )


def _opened(lock: Path) -> int | None:
    """The lock file, made if it is not there: what was made here is ours, whoever the medium says owns it."""
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | file_trust.OWN, 0o600)
    except FileExistsError:
        pass
    try:
        return file_trust.open_own(lock, os.O_RDWR)
    except FileNotFoundError:
        return None


def _locks(handle: int) -> bool:
    """Whether nobody else holds it, as far as the medium can tell."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a medium without locks
        return True
    return True


def _stands(handle: int, lock: Path) -> bool:
    """Whether what was locked is still at its name: the run that held it takes it away at its end."""
    try:
        return os.path.samestat(os.fstat(handle), lock.lstat())
    except OSError:
        return False


def _unlocked(error: OSError, path: Path, lock: Path) -> ProblemError:
    if seen.nothing(lock):
        return unwritten(error, path)
    try:
        theirs = lock.lstat().st_uid != os.geteuid()
    except OSError:
        theirs = False
    if not theirs:
        return unwritten(error, lock)
    return refuse(
        "locked",
        f"A run of another user is writing {path}, or was ended in the middle of it: {lock} is not yours.",
        "Try again in a moment. If no other run is at work, remove that file.",
        where=str(lock),
    )
