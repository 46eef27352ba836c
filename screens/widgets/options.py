"""A list of options that can be paged at any moment: Textual's own fails where no line of it has been laid out yet."""

from __future__ import annotations

from textual._widget_navigation import Direction
from textual.widgets import OptionList


def laid_out(options: OptionList) -> bool:
    """Whether there is a line to page from."""
    return bool(options.option_count and options.scrollable_content_region)


class Options(OptionList):
    """Textual's list, whose Page Up and Page Down do nothing before it is laid out."""

    def _move_page(self, direction: Direction) -> None:
        if laid_out(self):
            super()._move_page(direction)
