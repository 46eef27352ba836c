"""The log file: when which AWS call was made and how it ended. Never parameters, replies or other content."""

from __future__ import annotations

import os
from pathlib import Path

from services.clock import Clock, stamp
from services.file_trust import open_own
from services.problems import refuse
from wizard.render.voice import fit

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT


def append(path: Path, clock: Clock, line: str) -> None:
    """One line at the end of the file, in one write, so that threads do not mix theirs."""
    whole = f"{stamp(clock.wall())} {fit(' '.join(line.split()), 'utf-8')}\n"
    try:
        handle = open_own(path, _FLAGS, device=True)  # /dev/null and a terminal are places for a log, too
        try:
            os.write(handle, whole.encode("utf-8", "backslashreplace"))
        finally:
            os.close(handle)
    except OSError as error:
        raise refuse(
            "folder",
            f"The log file {path} cannot be written ({error.strerror}).",
            "Give another file with --log-file, or leave it out.",
            where=path,
        ) from None
