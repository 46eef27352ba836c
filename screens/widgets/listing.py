"""Several lines that hang from their sign or label, so that a wrapped value still reads as one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.widgets.options import Options
from services.printable import lines, one_line

Line = tuple[str, str, int]
"""Sign, text and depth."""


def hanging(label: str, text: str, depth: int = 0) -> Table:
    """A text that hangs from its label, its line breaks kept; words too long for the line are folded, never cut.

    A line of it always hangs: what comes from elsewhere cannot stand under a sign of its own.
    """
    grid = Table.grid(expand=True)
    if depth:
        grid.add_column(width=depth * 2)
    grid.add_column(no_wrap=True, width=len(label) + 1)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*([""] if depth else []), Text(label), Text(lines(text)))
    return grid


class Listing(Static):
    """Labels and texts, to look at."""

    rows: Sequence[tuple[str, str]] = ()

    def show(self, rows: Sequence[tuple[str, str]]) -> None:
        """Shows the rows; nothing when there are none."""
        self.rows = rows
        self.display = bool(rows)
        if not rows:
            return
        grid = Table.grid(expand=True)
        grid.add_column(no_wrap=True, width=max(len(label) for label, _ in rows) + 1)
        grid.add_column(ratio=1, overflow="fold")
        for label, text in rows:
            grid.add_row(Text(label), Text(one_line(text)))
        self.update(grid)


class Lines(Options):
    """Lines to walk with the arrow keys; Enter opens what is behind one, and does nothing else."""

    class Opened(Message):
        """Enter was pressed on a line that has something behind it."""

        def __init__(self, text: str, behind: str) -> None:
            super().__init__()
            self.text, self.behind = text, behind

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False, compact=True, classes="lines")
        self.lines: list[tuple[Line, str]] = []

    def show(self, found: Sequence[tuple[Line, str]]) -> None:
        """Shows these lines, each with what is behind it; keeps the place."""
        if list(found) == self.lines:
            return
        if len(found) == len(self.lines):
            for index, (line, behind) in enumerate(found):
                if self.lines[index] != (line, behind):
                    self.replace_option_prompt_at_index(index, hanging(*line))
            self.lines = list(found)
            return
        at = self.highlighted or 0
        self.lines = list(found)
        self.clear_options()
        self.add_options([Option(hanging(*line)) for line, _ in self.lines])
        if self.lines:
            self.highlighted = min(at, len(self.lines) - 1)

    @property
    def words(self) -> str:
        """All lines as one text."""
        return "\n".join(f"{'  ' * depth}{sign} {text}" for (sign, text, depth), _ in self.lines)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        (_, text, _), behind = self.lines[event.option_index]
        if behind:
            self.post_message(self.Opened(text, behind))
