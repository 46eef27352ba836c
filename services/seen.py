"""What stands at a path, as far as it can be seen. `pathlib` raises for a name that is too long or a folder that is closed.

Nothing is decided by an answer of no alone: whoever then opens the path is told why it cannot be had.
"""

from __future__ import annotations

import os
from pathlib import Path


def file(path: Path) -> bool:
    """Whether a regular file can be seen there, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113  # its twin in pathlib raises


def folder(path: Path) -> bool:
    """Whether a folder can be seen there, or a link to one."""
    return os.path.isdir(path)  # noqa: PTH112  # its twin in pathlib raises


def anything(path: Path) -> bool:
    """Whether anything can be seen there; a link that leads nowhere is nothing."""
    return os.path.exists(path)  # noqa: PTH110  # its twin in pathlib raises


def nothing(path: Path) -> bool:
    """Whether the system said that nothing is there, not even a link; a refusal to look is no such word."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def gone(path: Path) -> bool:
    """Whether the system said that a path leads to nothing; a refusal to look is no such word."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def real(path: Path) -> Path:
    """Where a path leads, links followed as far as they lead anywhere."""
    return Path(os.path.realpath(path))  # its twin in pathlib raises for links in a circle


def among(path: Path, ending: str) -> tuple[Path, ...]:
    """The entries of a folder whose names end so; none of a folder that cannot be looked into."""
    try:
        return tuple(path / name for name in sorted(os.listdir(path)) if name.endswith(ending))  # noqa: PTH208
    except (OSError, ValueError):
        return ()
