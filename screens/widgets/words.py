"""Text on a page: never markup, always wrapped, so that no name or ARN is cut or misread."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

from services.printable import lines

SIGNS = {"ok": "✓", "warn": "!", "bad": "✗", "now": "▸", "todo": "·", "same": "=", "info": ""}
INDENT = 2
"""Cells that a sign and the blank after it take."""


class Hanging(Visual):
    """A paragraph that hangs from its sign; `str` gives the paragraph alone."""

    def __init__(self, sign: str, text: Content) -> None:
        self._sign, self._text = sign, text

    def __str__(self) -> str:
        return str(self._text)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return INDENT + self._text.get_optimal_width(rules, max(container_width - INDENT, 0))

    def get_minimal_width(self, rules: RulesMap) -> int:
        return INDENT + self._text.get_minimal_width(rules)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._text.get_height(rules, max(width - INDENT, 1))

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        strips = self._text.render_strips(max(width - INDENT, 1), height, style, options)
        first = Content(f"{self._sign:<{INDENT}}").render_strips(INDENT, 1, style, options)[0]
        blank = Strip.blank(INDENT, style.rich_style)
        return [Strip.join([blank if n else first, strip]) for n, strip in enumerate(strips)]


class Words(Static):
    """A paragraph; no line of the page while it has no words.

    `kind` gives it a sign in front, which it hangs from, and a colour that repeats the sign.
    """

    def __init__(
        self,
        text: str = "",
        *,
        kind: str = "info",
        id: str | None = None,  # noqa: A002
        classes: str = "",
    ) -> None:
        super().__init__(_drawn(text, kind), id=id, classes=f"words {kind} {classes}", markup=False)
        self.set_class(not text, "silent")
        self.text, self.kind = text, kind

    def say(self, text: str, kind: str = "info") -> None:
        """Other words."""
        if (text, kind) == (self.text, self.kind):
            return
        self.set_classes(" ".join([*(self.classes - set(SIGNS)), kind]))
        self.set_class(not text, "silent")
        self.text, self.kind = text, kind
        self.update(_drawn(text, kind))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse selected of the paragraph: the sign is no part of it."""
        return selection.extract(lines(self.text)), "\n"


def _drawn(text: str, kind: str) -> Visual:
    words = Content(lines(text))
    return Hanging(SIGNS[kind], words) if SIGNS[kind] and text else words


def elapsed(seconds: float) -> str:
    """A duration as `0:07`."""
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02d}"
