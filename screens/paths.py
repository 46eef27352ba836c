"""Paths as people type them: `~` is their home, and what begins with a tilde and is nobody's home is a name like any other."""

from __future__ import annotations

import os
from pathlib import Path


def typed(text: str) -> Path:
    """The absolute path that is meant. It is asked for while somebody types, so it never raises."""
    return Path(os.path.expanduser(text.strip())).absolute()  # noqa: PTH111 - Path.expanduser raises for ~nobody
