"""What the terminal gets: nothing of a text is ever taken by it for a command, wherever on a page the text stands."""

from __future__ import annotations

import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class Printable(LineFilter):
    """The last look at every line of every widget, whichever way its text came there.

    Characters that take no room and are no marks of a letter are left out, so that no column moves; half a character is
    shown as what it is. Texts that come from elsewhere are spelled out before (`services.printable`).
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        return [
            segment
            if segment.text.isprintable()
            else Segment(_shown(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else _instead(c) for c in text)


def _instead(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cf" | "Zl" | "Zp":
            return ""
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case _:  # blanks of other widths, and what Unicode does not know yet
            return character
