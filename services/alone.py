"""Reading and writing a file as one piece, so that two runs that change it at once lose nothing of each other."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from services.clock import SystemClock
from services.file_problems import unwritten
from services.problems import refuse

PATIENCE = 5.0
"""Seconds to wait for another run that writes the same files: it needs some milliseconds."""

_LOOK = 0.02
_CLOCK = SystemClock()


@contextlib.contextmanager
def alone(
    folder: Path, patience: float = PATIENCE, sleep: Callable[[float], None] = _CLOCK.sleep
) -> Iterator[None]:
    """Reads and writes below a folder as one piece: whoever else asks for the same waits, up to `patience` seconds.

    The system lets go when the process ends. Where the medium knows no locks, as some network shares, nothing is
    promised. Errors: `folder`, `locked`.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise unwritten(error, folder) from None
    try:
        _wait_for(descriptor, folder, patience, sleep)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, folder: Path, patience: float, sleep: Callable[[float], None]) -> None:
    for _ in range(round(patience / _LOOK) + 1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_LOOK)
        except OSError:  # a medium without locks
            return
        else:
            return
    raise refuse(
        "locked",
        f"Another run of this program is writing in {folder}, and does not come to an end.",
        "End it if it hangs, then try again.",
        where=str(folder),
    )
