"""What an audit found as plots of plain signs: to be looked at, not read. Pure: from the document's numbers to lines.

A plot needs no colour, and its signs have plain ones that stand for them where a terminal has no others. Every number stands
beside its bar, so nothing is told by length alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.audit.kinds import KINDS

FULL, EMPTY = "▇", "·"
"""A piece of a bar, and a piece of what is missing from a whole."""

NARROWEST = 4
"""Pieces that a bar has at least; where there is no room for that, there are numbers alone."""

ENOUGH = 2 * NARROWEST
"""Pieces below which numbers are said briefly, to make room for the bars."""

MOST_ROWS = 14
"""Bars of the plot over time."""


@dataclass(frozen=True)
class Bar:
    """A row: how many, of how many if it is a part of a whole (else the longest row is the measure)."""

    label: str
    number: int
    whole: int | None = None

    def says(self, *, brief: bool) -> str:
        """The number; `brief` where there is little room. A hundred per cent is everything, never nearly everything."""
        if self.whole is None:
            return f"{self.number:,}"
        if brief:
            return f"{self.number * 10_000 // self.whole / 100:.2f} %" if self.whole else "-"
        return f"{self.number:,} of {self.whole:,}"


@dataclass(frozen=True)
class Plot:
    """A title, the rows, and what is said where there are none."""

    title: str
    bars: tuple[Bar, ...]
    nothing: str = ""


def lines(plot: Plot, width: int) -> list[str]:
    """A plot in lines of at most `width` signs, the title first. Words that do not fit are cut, a number never."""
    title = _cut(plot.title, width)
    if not plot.bars:
        return [title, _cut(f"  {plot.nothing}", width)]
    for brief in (False, True):
        numbers = [bar.says(brief=brief) for bar in plot.bars]
        longest = max(map(len, numbers))
        labels = min(max(len(bar.label) for bar in plot.bars), max(width - longest - 4, 1))
        room = width - labels - longest - 6
        if room >= ENOUGH:
            break
    most = max(bar.number for bar in plot.bars)
    rows = zip(plot.bars, numbers, strict=True)
    begins = (f"  {_cut(bar.label, labels):<{labels}}  " for bar in plot.bars)
    bars = (f"{_bar(bar, most, room)}{number:>{longest}}" for bar, number in rows)
    return [title, *map("".join, zip(begins, bars, strict=True))]


def _bar(bar: Bar, most: int, room: int) -> str:
    """The bar of a row and the room behind it; nothing where there is no room for one."""
    if room < NARROWEST:
        return ""
    filled = pieces(bar.number, most if bar.whole is None else bar.whole, room)
    rest = EMPTY if bar.whole else " "
    return f"{FULL * filled}{rest * (room - filled)}  "


def _cut(words: str, width: int) -> str:
    return words if len(words) <= width else f"{words[: width - 1]}…"


def pieces(number: int, whole: int, room: int) -> int:
    """How many pieces of a bar stand for a number: none for nothing alone, all of them for everything alone."""
    if number <= 0 or whole <= 0:
        return 0
    if number >= whole:
        return room
    return min(max(number * room // whole, 1), room - 1) if room > 1 else 1


def plots(document: Mapping[str, Any]) -> tuple[Plot, ...]:
    """The plots of an audit's document."""
    return (
        Plot("How much is known", tuple(_known(document))),
        Plot("Findings", tuple(_findings(document)), "None."),
        _over_time(document["by_day"]),
        Plot(
            "Retention that is left of the wallets' files",
            tuple(Bar(str(row["left"]), int(row["wallets"])) for row in document["retention_left"]),
            "This set-up asks for none.",
        ),
    )


def text(document: Mapping[str, Any], width: int) -> str:
    """All plots below each other."""
    return "\n\n".join("\n".join(lines(plot, width)) for plot in plots(document))


def _known(document: Mapping[str, Any]) -> Iterator[Bar]:
    totals = document["totals"]
    files = int(totals["files"])
    if totals["expected"]:
        yield Bar("expected and there", int(totals["expected_and_there"]), int(totals["expected"]))
    yield Bar("wallets read", int(document["wallets_read"]), int(totals["wallets"]))
    yield Bar("encryption known", files - int(totals["encryption_unknown"]), files)
    unknown = int(totals["encryption_unknown"]) + int(totals["key_unknown"])
    yield Bar("KMS key known", files - unknown, files)
    if document["retention_left"]:
        yield Bar("retention known", files - int(totals["lock_unknown"]), files)


def _findings(document: Mapping[str, Any]) -> Iterator[Bar]:
    counts: Mapping[str, int] = document["kinds"]
    for kind in KINDS:
        if counts.get(kind.name):
            yield Bar(kind.name.replace("-", " "), counts[kind.name])


def _over_time(days: Sequence[Mapping[str, Any]]) -> Plot:
    """The wallets by when their newest backup was written: days, weeks, months or years, whichever are few enough."""
    counted = [(date.fromisoformat(str(row["day"])), int(row["wallets"])) for row in days]
    what = "Wallets by the {} of their newest backup"
    if not counted:
        return Plot(what.format("day"), (), "No wallet has one.")
    first, last = counted[0][0], counted[-1][0]
    for step in _STEPS:
        begins = _begins(first, last, step)
        if len(begins) <= MOST_ROWS:
            break
    sums = dict.fromkeys(begins, 0)
    for day, wallets in counted:
        sums[_begin(day, step)] += wallets
    bars = tuple(Bar(_label(begin, step), wallets) for begin, wallets in sums.items())
    # Many years are more than anybody looks at: the latest are shown, and that others are left out is said.
    left = len(bars) - MOST_ROWS
    if left > 0:
        bars = (Bar("before", sum(bar.number for bar in bars[:left])), *bars[left:])
    return Plot(what.format(step), bars)


_STEPS = ("day", "week", "month", "year")


def _begin(day: date, step: str) -> date:
    """The first day of the day's period; a week begins on Monday."""
    match step:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _begins(first: date, last: date, step: str) -> list[date]:
    """The first day of every period from the first to the last day: those without a wallet as well."""
    found = [_begin(first, step)]
    while found[-1] < _begin(last, step):
        ahead = {"day": 1, "week": 7, "month": 31, "year": 366}[step]
        found.append(_begin(found[-1] + timedelta(days=ahead), step))
    return found


def _label(begin: date, step: str) -> str:
    match step:
        case "month":
            return f"{begin:%Y-%m}"
        case "year":
            return f"{begin:%Y}"
        case "week":
            return f"from {begin.isoformat()}"
        case _:
            return begin.isoformat()
