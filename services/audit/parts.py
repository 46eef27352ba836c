"""The bucket's names in parts that are listed side by side, so that every name belongs to exactly one part.

Key IDs are UUIDs: sixteen parts are the names that begin with one hex digit, listed by their prefix. One more part is
everything else. It is listed from the beginning without a prefix and jumps over the names of the sixteen. A part keeps
only the names that are its own, whatever AWS answers, so nothing is counted twice.
"""

from __future__ import annotations

from string import ascii_letters, digits

DIGITS = "0123456789abcdef"
OTHERS = "others"
PARTS = (*DIGITS, OTHERS)

_LAST = "\U0010ffff"
_RUNS = {"0": "9", "a": "f"}
"""The digits stand in two runs in the order of names, and nothing but names of digits stands between their ends."""


def part_of(key: str) -> str:
    """The part that a name belongs to."""
    return key[0] if key and key[0] in DIGITS else OTHERS


def prefix_of(part: str) -> str:
    """What all names of a part begin with; empty for the part of the others."""
    return "" if part == OTHERS else part


def jump(part: str, key: str) -> str:
    """The name after which the part goes on, given the last name that was listed."""
    if part != OTHERS or part_of(key) == OTHERS:
        return key
    begin = max(digit for digit in _RUNS if digit <= key[0])
    return _RUNS[begin] + _LAST


def share(part: str, key: str) -> float:
    """How far a part is (0 to 1) when this name was its last; key IDs are spread evenly. The others count as nothing."""
    if part == OTHERS:
        return 0.0
    digits = key[1:5]
    if len(digits) < 4 or any(digit not in DIGITS for digit in digits):
        return 0.0
    return int(digits, 16) / 16**4


def beginnings(part: str) -> tuple[str, ...]:
    """What the key IDs of a part begin with."""
    return tuple(letter for letter in ascii_letters + digits if part_of(letter) == part)
