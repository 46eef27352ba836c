"""A command of this program as one line that a shell takes, whatever blanks and quotes a path in it has.

The usual folder of the set-ups has a blank on macOS: a command that is printed with its path is copied, and must run.
"""

from __future__ import annotations

import shlex
from pathlib import Path

PROGRAM = "palisade-wizard"


def own_command(command: str, *words: str | Path) -> str:
    """The line; `command` is the name of a command, such as `record add`, and every word behind it is quoted."""
    return " ".join((PROGRAM, command, *(shlex.quote(str(word)) for word in words)))


def on_setup(command: str, setup: Path | None, *words: str | Path) -> str:
    """The same with the setup file that the command works on; the placeholder `S` where there is none."""
    return own_command(command, "--config", "S" if setup is None else setup, *words)
