"""Temporary names of files that are being written, and what runs that were killed left under them."""

from __future__ import annotations

import re
import secrets
import stat
from pathlib import Path

from services import file_trust


def fresh(name: str) -> str:
    """A name for a copy of the file of this name, while it is written; nothing has it yet."""
    return f".{name}.{secrets.token_hex(8)}.tmp"


def of(path: Path) -> tuple[Path, ...]:
    """What killed runs left of `path`: unfinished or already published copies under their temporary names.

    Only ordinary files are that no other user owns, under a name as the program makes them: whatever else is there is a
    person's.
    """
    named = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}\.tmp")
    try:
        found = (entry for entry in path.parent.iterdir() if named.fullmatch(entry.name))
        return tuple(sorted(entry for entry in found if _may_be_ours(entry)))
    except OSError:
        return ()


def _may_be_ours(entry: Path) -> bool:
    status = entry.lstat()
    return stat.S_ISREG(status.st_mode) and file_trust.trusted(status)
