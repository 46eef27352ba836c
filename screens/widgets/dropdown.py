"""A choice that drops down, and whose list can be paged at any moment."""

from __future__ import annotations

from typing import TypeVar

from textual._widget_navigation import Direction
from textual.app import ComposeResult
from textual.widgets import Select
from textual.widgets._select import SelectCurrent, SelectOverlay

from screens.widgets.options import laid_out

Chosen = TypeVar("Chosen")


class _List(SelectOverlay):
    """Textual's list, whose Page Up and Page Down fail where there is no room to lay it out."""

    def _move_page(self, direction: Direction) -> None:
        if laid_out(self):
            super()._move_page(direction)


class Dropdown(Select[Chosen]):
    """Textual's choice with that list."""

    def compose(self) -> ComposeResult:
        yield SelectCurrent(self.prompt)
        yield _List(type_to_search=self._type_to_search).data_bind(compact=Select.compact)
