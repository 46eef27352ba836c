"""Text in lines that fit the terminal: sentences are wrapped, what a person copies stays whole.

A command that is broken over two lines is two other commands when it is pasted. So it is one word, however long.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from wizard import PROGRAM
from wizard.render.voice import Voice, fit, silence

USUAL, NARROWEST = 80, 40

_BEGINS = re.compile(r"\s*(?:[+~=✗✓!?…·$→*-]\s+|\d+\.\s+)?")
"""The indentation of a line and the sign or number in front of its words: the lines that follow stand below the words."""

_QUOTED = r"""“(?:'[^']*'|"[^"]*"|[^”'"])*”|“[^”]*”|(?<![^\s(])'[^']+'(?!\w)"""
"""What stands in quotes, as every command in a sentence does; one quoted for a shell may have a ” of its own within."""

_PART = re.compile(rf"( *)((?:{_QUOTED}|[^ ])+)")

_BARE = re.compile(rf"(?:aws|{PROGRAM}) \S.*?(?=  \(|$)")
"""A command that a line begins with goes to the end of it, or to a remark in brackets that stands apart."""


@dataclass(frozen=True)
class Lines(Voice):
    """All words go to the standard error, as the pages do, in the order in which they are said."""

    width: int = USUAL

    def tell(self, text: str = "") -> None:
        super().tell(wrapped(self.named(text), self.width))

    def data(self, text: str) -> None:
        """What a person copies: its lines stay as they are."""
        super().tell(text)

    def prompt(self, text: str) -> None:
        """The beginning of a line that the person goes on with."""
        try:
            self.err.write(fit(text, self.err.encoding))
            self.err.flush()
        except OSError:
            silence(self.err)


def width_of(stream: TextIO) -> int:
    """The columns of a terminal, or the usual ones where it does not say."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return USUAL
    return max(columns, NARROWEST) if columns else USUAL


def wrapped(text: str, width: int) -> str:
    """The text with no line longer than `width`, but for words and commands that are longer than that themselves."""
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    line = line.expandtabs().rstrip()
    begins = _BEGINS.match(line)
    hang = " " * len(begins[0] if begins else "")
    bare = _BARE.match(line, len(hang))
    at = bare.end() if bare else len(hang)
    made = [line[:at]]
    for blank, part in _PART.findall(line[at:]):
        if len(made[-1]) > len(hang) and len(made[-1]) + len(blank) + len(part) > width:
            made.append(hang + part)
        else:
            made[-1] += blank + part
    return "\n".join(made)


def command(words: Sequence[str], width: int) -> str:
    """A command for a shell, over several lines where it is long: copied, they are one command."""
    lines: list[str] = []
    for word in map(shlex.quote, words):
        if lines and len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{'    ' if lines else '  '}{word}")
    return " \\\n".join(lines)
