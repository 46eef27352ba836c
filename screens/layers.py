"""Dialogs lie over a page one of each kind, however many keys wait for the page when one opens.

Keys may be pressed faster than a busy program draws, and each of the presses would open the same once more.
Every layer is drawn by the one above it, so enough of them end the program.
"""

from __future__ import annotations

from typing import Any, cast

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen


def is_open(app: App[Any], kind: type[ModalScreen[Any]]) -> bool:
    """Whether a dialog of this kind is open, under others too, and was not put away."""
    return any(isinstance(each, kind) and not getattr(each, "put_away", False) for each in app.screen_stack)


class Layers:
    """Comes before `App` among the bases of a class."""

    def push_screen(
        self, screen: Any, callback: Any = None, wait_for_dismiss: Any = False, **more: Any
    ) -> Any:
        """Opens a screen as Textual does; nothing for a dialog of which one is open, unless somebody waits for its answer."""
        app = cast("App[Any]", self)
        if isinstance(screen, ModalScreen) and not wait_for_dismiss and is_open(app, type(screen)):
            return AwaitComplete()
        return App.push_screen(app, screen, callback, wait_for_dismiss, **more)
