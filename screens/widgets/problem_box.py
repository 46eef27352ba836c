"""What went wrong, on the page where it went wrong: the sentence, what to do next, and the choices."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from services.problems import Problem

Choice = tuple[str, str, Callable[[], None]]
"""A button's id and label, and what it does."""


class ProblemBox(VerticalScroll, can_focus=False):
    """Hidden and empty until `show`; `where` and the code appear when details are asked for."""

    def __init__(self) -> None:
        super().__init__(id="problem")
        self._choices: dict[str, Callable[[], None]] = {}
        self.problem: Problem | None = None

    def _parts(self) -> ComposeResult:
        yield Words(id="problem-summary")
        yield Listing(id="problem-text", markup=False)
        yield Words(id="problem-details")
        yield Horizontal(id="problem-choices")

    async def show(self, problem: Problem, choices: tuple[Choice, ...], so_far: str = "") -> None:
        """Shows a problem with its choices; `Details` is always one of them."""
        self.problem = problem
        if not self.children:
            await self.mount(*self._parts())
        rows = [("What to do" if n == 0 else "", remedy) for n, remedy in enumerate(problem.remedy)]
        rows += [("So far", so_far)] if so_far else []
        self.query_one("#problem-summary", Words).say(problem.summary, "bad")
        self.query_one("#problem-text", Listing).show(rows)
        self.query_one("#problem-details", Words).display = False
        self._choices = {identifier: act for identifier, _, act in choices}
        row = self.query_one("#problem-choices", Horizontal)
        await row.remove_children()
        await row.mount(
            *(Action(label, id=identifier) for identifier, label, _ in choices),
            Action("Details", id="problem-show-details"),
        )
        self.display = True
        self.scroll_home(animate=False)

    def hide(self) -> None:
        """The problem is dealt with."""
        self.problem = None
        self.display = False

    def on_button_pressed(self, event: Action.Pressed) -> None:
        event.stop()
        if event.button.id == "problem-show-details":
            self._details()
        elif event.button.id in self._choices:
            self._choices[event.button.id]()

    def _details(self) -> None:
        if self.problem is None:
            return
        details = self.query_one("#problem-details", Words)
        where = f" Where: {self.problem.where}." if self.problem.where else ""
        details.say(
            f"Code: {self.problem.code}.{where} Ctrl+L shows every call that was made, and the command that writes a bundle for support."
        )
        details.display = not details.display
