"""The plots of an audit, drawn anew for whatever width there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import events
from textual.content import Content
from textual.widgets import Static

from services.audit.plots import text


class Plots(Static):
    """All plots of a document, below each other."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(markup=False, classes="plots apart")
        self.document = document

    def on_resize(self, event: events.Resize) -> None:
        self.update(Content(text(self.document, event.size.width - 1)))
