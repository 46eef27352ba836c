"""Screens that draw themselves only at the size that the terminal has.

A screen that takes on a size tells itself so in a message. Where two sizes wait for it at once, as when a window is
dragged while the program is busy, each of the two brings the other one back, and the screen draws itself for ever.
"""

from __future__ import annotations

from typing import cast

from textual import events
from textual.screen import Screen


class Sized:
    """Comes before a `Screen` among the bases of a class."""

    def on_resize(self, event: events.Resize) -> None:
        """Passes over a size that the terminal does not have any more; the one that it has comes too."""
        if event.size != cast("Screen[object]", self).app.size:
            event.prevent_default()


class Ground(Sized, Screen[None]):
    """What lies below all pages."""
