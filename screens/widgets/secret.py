"""Where a secret is typed or shown: it cannot be copied, cut, selected or kept."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.content import Content
from textual.widgets import Input, Static


class SecretInput(Input):
    """An input whose content leaves it by `take` alone. `hidden` shows dots in place of what is typed."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str, hidden: bool = True) -> None:  # noqa: A002
        super().__init__(password=hidden, compact=True, id=id)

    def action_copy(self) -> None:
        """Ctrl+C means leaving here, also when something is selected."""
        raise SkipAction

    def action_cut(self) -> None:
        """Nothing is cut: cutting copies."""

    def take(self) -> bytearray:
        """The content; the field is empty afterwards."""
        content = bytearray(self.value.encode())
        self.clear()
        return content

    def __repr__(self) -> str:
        return f"SecretInput({self.id})"


class Secret(Static):
    """A secret to write down from the screen; empty again as soon as it is hidden."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.display = False

    def reveal(self, text: str) -> None:
        """Shows it. What the screen makes of the text cannot be wiped."""
        self.update(Content(text))
        self.display = True

    def hide(self) -> None:
        """Takes it off the screen."""
        self.update("")
        self.display = False

    def on_unmount(self) -> None:
        self.hide()

    def __repr__(self) -> str:
        return f"Secret({self.id})"
