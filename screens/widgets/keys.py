"""The line of keys at the foot of a page."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

KEY = "bold $footer-key-foreground on $footer-key-background"
MEANS = "$footer-description-foreground on $footer-description-background"
OFF = "dim"

Shown = tuple[str, str, str, bool]
"""A key, how it is written, what it does, and whether it does so now."""


class Keys(Widget):
    """The keys that the page names, as one line of text; a click on one of them presses it.

    Textual's own footer is a widget for each key, mounted anew whenever the focus moves: that was a quarter of the work
    of showing a page.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self.set_reactive(Widget.auto_links, False)
        self._shown: tuple[Shown, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self.bindings_changed)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Says what the keys of this page do now."""
        if not (screen.app.app_focus and self.is_attached and screen is self.screen):
            return
        shown = tuple(self._keys())
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def render(self) -> Content:
        """All keys, those that do nothing now dimmed."""
        parts: list[Content | tuple[str, str | Style]] = []
        for key, written, means, enabled in self._shown:
            pressed = Style.from_meta({"@click": f"app.simulate_key({key!r})"} if enabled else {})
            words = Content.assemble((f" {written} ", KEY), (f"{means} ", MEANS))
            parts.append((words if enabled else words.stylize(OFF)).stylize(pressed))
        return Content.assemble(*parts)

    def _keys(self) -> Iterator[Shown]:
        seen: set[str] = set()
        for _node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                yield binding.key, self.app.get_key_display(binding), binding.description, enabled
