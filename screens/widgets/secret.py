"""Where a password is typed: it is never shown, copied, cut or kept."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.widgets import Input


class SecretInput(Input):
    """An input whose content leaves it by `take` alone."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(password=True, compact=True, id=id)

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
