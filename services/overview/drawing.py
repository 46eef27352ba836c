"""The picture as lines of text: with the signs that draw boxes, or with those that every terminal and printer has."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.overview.picture import WORDS, Box, Frame, Mark, marks
from services.printable import one_line

WIDEST, NARROWEST = 78, 40

_SIGNS: dict[Mark, str] = {"new": "+ ", "there": "= ", "used": "= ", "foreign": "! ", "unknown": "? ", "": ""}


@dataclass(frozen=True)
class Signs:
    """What lines, corners and arrows are drawn with."""

    across: str
    down: str
    corners: tuple[str, str, str, str]
    leaving: str
    branch: str
    last: str
    right: str
    below: str


BOXES = Signs("─", "│", ("┌", "┐", "└", "┘"), "┬", "├─", "└─", "─▶", "▼")
ASCII = Signs("-", "|", ("+", "+", "+", "+"), "+", "|-", "`-", "->", "v")


def drawn(frames: Sequence[Frame], width: int, signs: Signs = BOXES) -> tuple[str, ...]:
    """The picture, no line wider than `width` (at most 78 columns), and no word of it cut."""
    width = max(min(width, WIDEST), NARROWEST)
    return tuple(line.rstrip() for frame in frames for line in _frame(frame, width, signs))


def legend(frames: Sequence[Frame]) -> tuple[str, ...]:
    """What each sign in front of a box means, as far as there are any."""
    there = marks(frames)
    said = ["+ is created"] if "new" in there else []
    said += ["= is there already"] if there & {"there", "used"} else []
    said += ["? is not known"] if "unknown" in there else []
    said += ["! is another set-up's"] if "foreign" in there else []
    return tuple(said)


def _frame(frame: Frame, width: int, signs: Signs) -> Iterator[str]:
    top_left, top_right, low_left, low_right = signs.corners
    room = width - 4
    yield from _wrapped(frame.title, width, "", "  ")
    yield top_left + signs.across * (width - 2) + top_right
    for box in frame.boxes:
        for line in _box(box, room, signs):
            yield f"{signs.down} {line:<{room}} {signs.down}"
    leaving = signs.leaving if frame.onward else signs.across
    yield low_left + signs.across + leaving + signs.across * (width - 4) + low_right
    if frame.onward:
        yield from _wrapped(frame.onward, width, f"  {signs.down} ", f"  {signs.down} ")
        yield f"  {signs.below}"


@dataclass(frozen=True)
class _Stem:
    """What stands left of a box: in its first line, in the lines below, and the words of the arrow that leads to it."""

    head: str = ""
    beside: str = ""
    words: str = ""


def _box(box: Box, room: int, signs: Signs, stem: _Stem = _Stem()) -> Iterator[str]:
    said = f"{stem.words}{_SIGNS[box.mark]}{box.says}{WORDS.get(box.mark, '')}"
    hangs = f"{signs.down}   " if box.arrows else "    "
    yield from _wrapped(said, room, stem.head, stem.beside + hangs)
    for number, (leads, other) in enumerate(box.arrows, 1):
        last = number == len(box.arrows)
        branch, under = (signs.last, "   ") if last else (signs.branch, f"{signs.down}  ")
        below = _Stem(f"{stem.beside}{branch} ", stem.beside + under, f"{leads} {signs.right} ")
        yield from _box(other, room, signs, below)


def _wrapped(text: str, room: int, first: str, rest: str) -> list[str]:
    """Words on lines of this room; only one that is longer than a line is carried on in the next."""
    said = one_line(text)
    longest = max(map(len, said.split()), default=0)
    return textwrap.wrap(
        said,
        room,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=longest > room - len(rest),
        break_on_hyphens=False,
    )
