"""Text on a page: never markup, always wrapped, so that no name or ARN is cut or misread."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from services.printable import lines

SIGNS = {"ok": "✓", "warn": "!", "bad": "✗", "now": "▸", "todo": "·", "same": "=", "info": ""}


class Words(Horizontal):
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
        super().__init__(id=id, classes=f"words {kind} {classes}")
        self.set_class(not text, "silent")
        self.text, self.kind = text, kind
        self._sign = Static(SIGNS[kind], classes="words-sign", markup=False)
        self._words = Static(Content(lines(text)), classes="words-text", markup=False)
        self._sign.display = bool(SIGNS[kind] and text)

    def compose(self) -> ComposeResult:
        yield self._sign
        yield self._words

    def say(self, text: str, kind: str = "info") -> None:
        """Other words."""
        if (text, kind) == (self.text, self.kind):
            return
        self.set_classes(" ".join([*(self.classes - set(SIGNS)), kind]))
        self.set_class(not text, "silent")
        self.text, self.kind = text, kind
        self._sign.display = bool(SIGNS[kind] and text)
        self._sign.update(SIGNS[kind])
        self._words.update(Content(lines(text)))


def elapsed(seconds: float) -> str:
    """A duration as `0:07`."""
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02d}"
