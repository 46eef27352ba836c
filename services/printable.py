"""Text from elsewhere as characters that do nothing but be seen: what would act on a terminal is spelled out.

Names, tags and messages of AWS, files of others and file names can hold escape sequences, line breaks that fake a line,
signs that turn the direction of writing or cannot be seen, and halves of characters that no file can take.
"""

from __future__ import annotations

import unicodedata

STACKED = 4
"""Marks over or under one letter that are shown as such; more would reach into the lines above and below."""


def one_line(text: str) -> str:
    """The text on one line: every character that cannot be printed as its escape, as Python writes it."""
    if text.isascii() and text.isprintable():
        return text
    found, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        shown = character.isprintable() and marks <= STACKED
        found.append(character if shown else _spelt(character))
    return "".join(found)


def lines(text: str) -> str:
    """The same where line breaks are meant: they stay."""
    return "\n".join(map(one_line, text.split("\n")))


def draws_boxes(encoding: str | None) -> bool:
    """Whether an encoding has the signs of lines, corners and arrows."""
    try:
        "─│┌┐└┘┬├▶▼".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _spelt(character: str) -> str:
    code = ord(character)
    if not character.isprintable():
        return ascii(character)[1:-1]
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
