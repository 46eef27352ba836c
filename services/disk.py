"""What a medium does when a file is written: the calls whose outcome depends on it, and how content comes to stay on it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass

_WHOLE: int | None = getattr(fcntl, "F_FULLFSYNC", None)
"""macOS's request to empty the drive's own cache as well, which `fsync` leaves out there."""


def flush(
    descriptor: int, whole: int | None = _WHOLE, control: Callable[[int, int], object] = fcntl.fcntl
) -> None:
    """Puts a file or folder on the medium, so that it outlives a power cut; on macOS past the drive's cache.

    A medium that does not know that request, as a network share, is asked as everywhere else. Raises `OSError`.
    """
    if whole is not None:
        try:
            control(descriptor, whole)
        except OSError:
            pass
        else:
            return
    os.fsync(descriptor)


def _link(folder: int, temporary: str, final: str) -> None:
    os.link(temporary, final, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)


@dataclass(frozen=True)
class Disk:
    """How it fills up, what a FAT stick lacks, what only root may.

    `link(folder descriptor, temporary name, final name)`; the others as in `os`.
    """

    write: Callable[[int, memoryview], int] = os.write
    chmod: Callable[[int, int], None] = os.fchmod
    chown: Callable[[int, int, int], None] = os.fchown
    sync: Callable[[int], None] = flush
    link: Callable[[int, str, str], None] = _link


DISK = Disk()
