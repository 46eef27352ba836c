"""A list of options that can be paged at any moment, and in which paging leaves no line out."""

from __future__ import annotations

from textual._widget_navigation import Direction, find_next_enabled_no_wrap
from textual.widgets import OptionList


def laid_out(options: OptionList) -> bool:
    """Whether there is a line to page from."""
    return bool(options.option_count and options.scrollable_content_region)


class Options(OptionList):
    """Textual's list, whose Page Up and Page Down fail before it is laid out, and pass over lines of options of several."""

    def _move_page(self, direction: Direction) -> None:
        if not laid_out(self):
            return
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        index = self._first_below(top + height) if direction > 0 else self._first_whole(max(top - height, 0))
        if direction > 0 and self._index_to_line[index] <= top:  # it alone is longer than the page
            self.scroll_to(y=top + height, animate=False)
            return
        self.highlighted = find_next_enabled_no_wrap(self._options, index, direction, with_anchor=True)
        self.scroll_to_highlight(top=True)

    def action_cursor_down(self) -> None:
        if not self._scrolled(1):
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        if not self._scrolled(-1):
            super().action_cursor_up()

    def _scrolled(self, direction: Direction) -> bool:
        """Scrolls by a line while the option under the cursor goes on beyond the page; whether it did."""
        if self.highlighted is None or not laid_out(self):
            return False
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        first = self._index_to_line[self.highlighted]
        last = first + self._heights[self.highlighted]
        beyond = top < last - height and first <= top if direction > 0 else first < top < last
        if beyond:
            self.scroll_to(y=top + direction, animate=False)
        return beyond

    def _first_below(self, line: int) -> int:
        """The first option that does not wholly stand above a line: what comes on the next page."""
        return self._lines[min(line, len(self._lines) - 1)][0]

    def _first_whole(self, line: int) -> int:
        """The first option that begins at a line or below it."""
        index = self._lines[line][0]
        return index if self._index_to_line[index] >= line else min(index + 1, self.option_count - 1)
