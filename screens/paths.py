"""Paths as people type them: `~` is their home, and what begins with a tilde and is nobody's home is a name like any other."""

from __future__ import annotations

import os
from pathlib import Path


def typed(text: str) -> Path:
    """The absolute path that is meant. It is asked for while somebody types, so it never raises."""
    text = text.strip().replace(
        "\0", "\N{SYMBOL FOR NULL}"
    )  # no path can have a zero byte, and to ask for it raises
    return here() / os.path.expanduser(text)  # noqa: PTH111 - Path.expanduser raises for ~nobody


def here() -> Path:
    """The working directory; the home where that was deleted, so that a path is always a whole one."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/", os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none
