"""What stands between fences in the documentation: blocks, commands, and what a command is said to print and to end with.

The convention, which CONTRIBUTING.md tells: in the guides a block marked `sh` is run by a test as it stands, from top to
bottom of the page; a command that does not end with 0 says so behind it (`# exit code 7`); a block marked `text` right
after it is what it prints, where a line `…` stands for lines that are left out. All other blocks are only read.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]))
PROGRAM = "palisade-wizard"

_FENCE = re.compile(r"^( *)```(\S*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"# exit code (\d+)$")
_CUT = frozenset({";", "|", "||", "&&", "&", ">", ">>", "<", "(", ")"})


@dataclass(frozen=True)
class Block:
    """One fenced block; `language` is empty where none is named, `line` is its first, counted from one."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """What a reader types at once, and what it ends with."""

    text: str
    status: int
    line: int


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for found in _FENCE.finditer(text):
        yield Block(found[2], found[3], text.count("\n", 0, found.start(3)) + 1)


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block: each is the fewest lines that a shell takes for a whole."""
    held: list[str] = []
    for number, line in enumerate(block.text.splitlines(), block.line):
        held.append(line)
        text = "\n".join(held)
        if line.endswith("\\") or not _whole(text):
            continue
        if text.strip() and not text.lstrip().startswith("#"):
            said = _STATUS.search(text)
            yield Command(text, int(said[1]) if said else 0, number - len(held) + 1)
        held.clear()
    assert not held, f"line {block.line}: the block ends within a command"


def _whole(text: str) -> bool:
    # A shell that is asked to read alone runs nothing.
    return subprocess.run(["sh", "-n", "-c", text], capture_output=True, check=False).returncode == 0


def calls(text: str) -> Iterator[list[str]]:
    """The words of each call of the program within the lines of a shell, without what is sent where."""
    for line in text.replace("\\\n", " ").splitlines():
        before, _, rest = line.partition(PROGRAM)
        if (rest and not rest[:1].isspace()) or not _begins(before) or f"{PROGRAM}{rest}" not in line:
            continue
        lexer = shlex.shlex(rest.split(')"')[0], posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        lexer.commenters = "#"
        words: list[str] = []
        for word in lexer:
            if word in _CUT:
                break
            words.append(word)
        yield words


def _begins(before: str) -> bool:
    """Whether a command begins here: at the beginning of a line or within `$(…)`, and not in the middle of a sentence."""
    return not before.strip() or before.rstrip().endswith(("$", "$(", ";", "do", "&&", "|", "!"))
