"""Dialogs over a page: each is put away once, however fast a key is pressed again.

Textual's `dismiss` takes away whatever screen is on top: a second Escape would take the page away as well, and a key that was meant
for a dialog would take away what has come to lie over it, and leave the dialog there for good.
"""

from __future__ import annotations

import contextlib
from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.css.query import NoMatches
from textual.screen import ModalScreen
from textual.worker import Worker

from screens.sizes import Sized
from screens.widgets.options import laid_out

T = TypeVar("T")


class Modal(Sized, ModalScreen[T]):
    """A dialog that gives a `T`, or None where it is only looked at."""

    put_away = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Puts the dialog away; nothing if that was done already, or something lies over it."""
        if self.put_away or not self.is_active:
            return AwaitComplete()
        self.put_away = True
        return super().dismiss(result)


class Palette(Sized, CommandPalette):
    """Textual's command palette with the same care, and none for a list that is not laid out yet."""

    put_away = False

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Puts the palette away; nothing if that was done already, or something lies over it."""
        if self.put_away or not self.is_active:
            return AwaitComplete()
        self.put_away = True
        return super().dismiss(result)

    def run_worker(self, work: Any, *options: Any, **more: Any) -> Worker[Any]:
        """Gathers commands; for a palette that is already put away, or whose program is ending, for nobody."""

        async def gather() -> None:
            with contextlib.suppress(NoMatches):
                await work()

        return super().run_worker(gather, *options, **more)

    def _action_command_list(self, action: str) -> None:
        shown = self.query(CommandList).first(CommandList) if self.query(CommandList) else None
        if shown is not None and (laid_out(shown) or not action.startswith("page_")):
            super()._action_command_list(action)
