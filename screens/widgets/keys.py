"""The line of keys at the foot of a page."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

Shown = tuple[str, str, str, bool]


class Keys(Footer):
    """Textual's footer, made anew only when it would say something else.

    Textual makes it anew whenever the focus moves, and styles each key three times in doing so: that was a quarter of
    the work of showing a page. Groups of keys and the palette's own place are not used here.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._shown: tuple[Shown, ...] | None = None

    def compose(self) -> ComposeResult:
        for key, display, description, enabled in self._shown or ():
            made = FooterKey(key, display, description, "", disabled=not enabled)
            made.set_reactive(FooterKey.compact, False)
            yield made

    def bindings_changed(self, screen: Screen[object]) -> None:
        if not (screen.app.app_focus and self.is_attached and screen is self.screen):
            return
        shown = tuple(self._keys())
        if shown != self._shown:
            self._shown = shown
            self.call_after_refresh(self.recompose)

    def _keys(self) -> Iterator[Shown]:
        seen: set[str] = set()
        for _node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                yield binding.key, self.app.get_key_display(binding), binding.description, enabled
