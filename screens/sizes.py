"""Screens that draw themselves only at the size that the terminal has, and leave nothing undrawn.

A screen that takes on a size tells itself so in a message. Where two sizes wait for it at once, as when a window is
dragged while the program is busy, each of the two brings the other one back, and the screen draws itself for ever.

A screen that lays itself out anew draws what has moved since it last worked out where everything is. Where something asks
for a place between a scroll and that, the places are worked out with it, and what was scrolled would stay undrawn.
"""

from __future__ import annotations

from typing import cast

from textual import events
from textual.geometry import Size
from textual.screen import Screen


class Sized:
    """Comes before a `Screen` among the bases of a class."""

    _drawn: object = None
    """Where everything was when it was last drawn."""

    def on_resize(self, event: events.Resize) -> None:
        """Passes over a size that the terminal does not have any more; the one that it has comes too."""
        if event.size != cast("Screen[object]", self).app.size:
            event.prevent_default()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Draws everything where Textual would compare with other places than those that were drawn."""
        screen = cast("Screen[object]", self)
        places = screen._compositor
        only_scrolled = scroll and not screen._layout_widgets
        if not only_scrolled and places._full_map is not self._drawn:
            places._dirty_regions.add((size or screen.outer_size).region)
        Screen._refresh_layout(screen, size, scroll)
        self._drawn = places._full_map if places._visible_map is None else places._visible_map


class Ground(Sized, Screen[None]):
    """What lies below all pages."""
