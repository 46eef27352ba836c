"""What a program switched on at a terminal and did not switch off again, read from the bytes that it wrote."""

from __future__ import annotations

import re

_PRIVATE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])(\d*)(?:;\d+)?u")
_STYLE = re.compile(rb"\x1b\[([\d;:]*)m")
_WAS_ON = frozenset({25, 7})
"""Modes that a terminal has on before any program: the cursor is shown, long lines go on in the next one."""

NAMES = {
    7: "long lines are cut",
    25: "the cursor is hidden",
    1000: "the mouse is taken",
    1002: "the mouse is taken",
    1003: "the mouse is taken",
    1004: "focus is reported",
    1006: "the mouse is taken",
    1015: "the mouse is taken",
    1016: "the mouse is taken in pixels",
    1047: "the alternate screen is shown",
    1049: "the alternate screen is shown",
    2004: "pastes are put in brackets",
    2026: "drawing is held back",
    2031: "themes are reported",
    2048: "sizes are reported",
}


def left_behind(written: bytes) -> set[str]:
    """What is not as it was; modes without a name here by their number. Empty where all is in order."""
    modes: dict[int, bool] = {}
    for found in _PRIVATE.finditer(written):
        for number in found[1].split(b";"):
            modes[int(number)] = found[2] == b"h"
    left = {NAMES.get(n, f"mode {n}") for n, on in modes.items() if on is not (n in _WAS_ON)}
    depth = sum(1 if found[1] == b">" else -int(found[2] or 1) for found in _KEYBOARD.finditer(written))
    if depth > 0:
        left.add("the keyboard speaks another protocol")
    styles = _STYLE.findall(written)
    if styles and styles[-1] not in {b"", b"0"}:
        left.add("a colour goes on")
    return left
