"""The two themes: Textual's own, with other colours where theirs are hard to read on what lies behind them.

Text has a contrast of at least 4.5 to 1, as WCAG 2.2 asks for (1.4.3), but for what cannot be used at the moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DARK, LIGHT = "textual-dark", "textual-light"

_CHANGED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        DARK: {
            "block-cursor-background": "#005a9e",
            **dict.fromkeys(("markdown-h1-color", "markdown-h2-color", "markdown-h3-color"), "#57a5e2"),
        },
        LIGHT: {
            "text-primary": "#004a80",
            "text-success": "#17542c",
            "text-warning": "#6b4100",
            "text-accent": "#6b4100",
            "text-error": "#8a1530",
            "footer-key-foreground": "#004a80",
            "block-cursor-background": "#005a9e",
            **dict.fromkeys(("markdown-h1-color", "markdown-h2-color", "markdown-h3-color"), "#004a80"),
        },
    }
)


def changed(theme: str) -> Mapping[str, str]:
    """The colours of a theme that are others than Textual's, by their names in the stylesheet."""
    return _CHANGED.get(theme, {})


def other(theme: str) -> str:
    """The light theme in place of the dark one, and the other way round."""
    return DARK if theme == LIGHT else LIGHT
