"""Text in lines that fit the terminal: sentences are wrapped, what a person copies stays whole."""

from __future__ import annotations

import os
import re
import shlex
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from wizard.render.voice import Voice, fit, silence

USUAL, NARROWEST = 80, 40

_BEGINS = re.compile(r"\s*(?:[+~=✗✓!?…·$→*-]\s+|\d+\.\s+)?")
"""The indentation of a line and the sign or number in front of its words: the lines that follow stand below the words."""

_COPIED = re.compile(r": (aws \S.*?) \.(?: |$)")
"""A command in the middle of a sentence, between a colon and a full stop that stands apart so that nobody copies it."""


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
    """The text with no line longer than `width`, but for words that are longer than that themselves."""
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    begins = _BEGINS.match(line)
    hang = " " * len(begins[0] if begins else "")
    copied = _COPIED.search(line)
    if copied is not None:
        before, after = line[: copied.start()] + ":", hang + line[copied.end() :]
        rest = [_wrapped(after, width)] if after.strip() else []
        return "\n".join((_wrapped(before, width), f"{hang}  {copied[1]}", *rest))
    parts = textwrap.wrap(line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
    return "\n".join(parts)


def command(words: Sequence[str], width: int) -> str:
    """A command for a shell, over several lines where it is long: copied, they are one command."""
    lines: list[str] = []
    for word in map(shlex.quote, words):
        if lines and len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{'    ' if lines else '  '}{word}")
    return " \\\n".join(lines)
