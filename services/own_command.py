"""A command of this program as one line that a shell takes, whatever blanks and quotes a path in it has.

The usual folder of the set-ups has a blank on macOS: a command that is printed with its path is copied, and must run.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from pathlib import Path

PROGRAM = "palisade-wizard"

_COMMAND = rf"{PROGRAM} (?:[a-z]+ )+--config "
_HELD = re.compile(rf"'({_COMMAND})S((?: [^']*)?)'|“({_COMMAND})S((?: [^”]*)?)”")
"""A command in a sentence, with a place held for the set-up: who made the sentence did not know of any."""


def own_command(command: str, *words: str | Path) -> str:
    """The line; `command` is the name of a command, such as `record add`, and every word behind it is quoted."""
    return " ".join((PROGRAM, command, *(shlex.quote(str(word)) for word in words)))


def on_setup(command: str, setup: Path | None, *words: str | Path) -> str:
    """The same with the setup file that the command works on; the placeholder `S` where there is none."""
    return own_command(command, "--config", "S" if setup is None else setup, *words)


def all_parts() -> str:
    """The line that adds every optional part to the program where it runs, in “ ”; for its folder.

    `uv tool install` leaves no pip in the environment that it makes; what it made, it makes anew.
    """
    if importlib.util.find_spec("pip") is None:
        return "“uv tool install --force '.[demo,audit,hsm]'”"
    return f"“{shlex.quote(sys.executable)} -m pip install --require-hashes -r requirements/all.txt”"


def with_setup(text: str, setup: Path | None) -> str:
    """The text with the set-up's path wherever a command in it holds the place; as it is without one."""
    if setup is None or "--config S" not in text:
        return text
    path = shlex.quote(str(setup))

    def named(found: re.Match[str]) -> str:
        before, more = found[1] or found[3], found[2] or found[4] or ""
        begins, ends = "“”" if found[3] or "'" in path else "''"
        return f"{begins}{before}{path}{more}{ends}"

    return _HELD.sub(named, text)
