"""Text as troff's man macros take it: no word of ours is ever taken for a request, and the result is plain ASCII."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

_NAMED = {
    "\\": r"\(rs",
    "-": r"\-",
    "'": r"\(aq",
    '"': r"\(dq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
}
_LINE = 400
"""Characters of a source line, beyond which it is broken between words; troff joins lines again."""


def escaped(text: str) -> str:
    """One line of text that troff sets as it is."""
    out = "".join(
        _NAMED.get(
            c, c if c.isascii() and c.isprintable() else f"\\[u{ord(c):04X}]" if c.isprintable() else " "
        )
        for c in text
    )
    return f"\\&{out}" if out.startswith(".") else out


def bold(text: str) -> str:
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    return rf"\fI{escaped(text)}\fR"


def title(name: str, section: int, version: str) -> list[str]:
    """The first lines of a page: its name, and that no word is parted, because names and options are copied."""
    head = f'.TH {escaped(name.upper())} {section} "" "{escaped(f"{name} {version}")}" "User Commands"'
    return [head, ".nh", ".ad l"]


def heading(text: str) -> list[str]:
    return [f".SH {escaped(text)}"]


def subheading(text: str) -> list[str]:
    return [f".SS {escaped(text)}"]


def paragraph(text: str) -> list[str]:
    return [".PP", *prose(text)]


def prose(text: str) -> list[str]:
    """A text as source lines; none of them begins with a sign that troff heeds."""
    words = " ".join(text.split())
    return [
        escaped(line) for line in textwrap.wrap(words, _LINE, break_long_words=False, break_on_hyphens=False)
    ]


def tagged(tag: str, text: str) -> list[str]:
    """A term, already marked up, with its explanation hanging below it."""
    return [".TP", tag, *(prose(text) or [r"\&"])]


def example(lines: Iterable[str]) -> list[str]:
    """Lines that are kept as they are."""
    return [".PP", ".in +4n", ".nf", *(escaped(line) for line in lines), ".fi", ".in"]
