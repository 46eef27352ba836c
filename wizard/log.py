"""The log file: when which AWS call was made and how it ended. Never parameters, replies or other content."""

from __future__ import annotations

import os
from pathlib import Path

from services.clock import Clock, stamp
from services.problems import refuse

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def append(path: Path, clock: Clock, line: str) -> None:
    """One line at the end of the file, in one write, so that threads do not mix theirs."""
    whole = f"{stamp(clock.wall())} {' '.join(line.split())}\n"
    try:
        handle = os.open(path, _FLAGS, 0o600)
        try:
            os.write(handle, whole.encode("utf-8", "backslashreplace"))
        finally:
            os.close(handle)
    except OSError as error:
        raise refuse(
            "folder",
            f"The log file {path} cannot be written ({os.strerror(error.errno or 0)}).",
            "Give another file with --log-file, or leave it out.",
            where=str(path),
        ) from None
