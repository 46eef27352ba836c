"""A button of one line whose words say what it does; its focus shows without colour."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Button


class Action(Button, inherit_css=False):
    """`[ label ]`; the label is foreign text and never markup.

    It is styled by the stylesheet alone: reading Textual's own styles of buttons takes as long as half of the stylesheet.
    """

    def __init__(self, label: str, *, id: str, strong: bool = False, disabled: bool = False) -> None:  # noqa: A002
        classes = "strong" if strong else ""
        super().__init__(Content(f"[ {label} ]"), id=id, compact=True, classes=classes, disabled=disabled)

    def rename(self, label: str) -> None:
        """Other words for the same button."""
        self.label = Content(f"[ {label} ]")
        self.refresh(layout=True)  # the other words need another width
