"""Files and folders that only the program itself writes: what another user put there is refused, never used.

The state directory proves what a set-up has made (its journal) and how far it has come; nobody else may say so.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from services import file_trust, files
from services.file_problems import unread, unwritten


def private_folder(path: Path) -> Path:
    """Make a folder of the program's own; one that exists loses what others may do there, and must be no other user's."""
    files.folder(path)
    try:
        with files.opened(path) as handle:
            status = os.fstat(handle)
            file_trust.judge_folder(status)
            file_trust.narrow(handle, status)
    except OSError as error:
        raise unwritten(error, path) from None
    return path


def read_own(path: Path, limit: int = files.LIMIT) -> bytes:
    """Like `read_small`, for a file that only the program itself writes: another user's is refused."""
    try:
        handle = file_trust.open_own(path, os.O_RDONLY)
        try:
            content = files.drain(handle, limit)
        finally:
            os.close(handle)
    except OSError as error:
        raise unread(error, path) from None
    if len(content) > limit:
        raise unread(OSError(errno.EFBIG, os.strerror(errno.EFBIG)), path)
    return bytes(content)


def led_to(path: Path) -> Path:
    """Where a path leads, links followed, to write there. Errors: `folder` for a link that another user made."""
    try:
        if os.path.lexists(path):
            file_trust.judge_way(path.absolute())
        return path.resolve()
    except (OSError, RuntimeError) as error:  # before Python 3.13, links in a circle are a RuntimeError
        found = error if isinstance(error, OSError) else OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        raise unwritten(found, path) from None
