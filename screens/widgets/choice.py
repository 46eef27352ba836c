"""Choices whose state is told by a sign, not by a colour: `(•)` and `[x]`."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox, RadioButton


class Radio(RadioButton):
    """One of several."""

    def render(self) -> Content:
        return Content(f"({'•' if self.value else ' '}) {self.label}")


class Check(Checkbox):
    """Yes or no."""

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}] {self.label}")
