"""The smallest Textual program that shows a frame: what start-up is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Label


class Bare(App[None]):
    """One line and a footer."""

    def compose(self) -> ComposeResult:
        yield Label("BARE-FRAME")
        yield Footer()


if __name__ == "__main__":
    Bare().run()
