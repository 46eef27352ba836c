"""The first page: which set-up to work on, and what to know before any work."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from screens import flow, setup_lines
from screens.frame import Page
from screens.setup_words import ALTERNATIVE, BEFORE_YOU_START, WHY
from screens.widgets.action import Action
from screens.widgets.options import Options
from screens.widgets.words import Words
from services.printable import one_line
from services.problems import ProblemError
from services.setup_file import SetupFile


class Welcome(Page):
    """Lists the set-ups of this computer; unreadable ones too, with the reason."""

    name_ = "welcome"
    next_label: ClassVar[str] = "Open"

    def body(self) -> ComposeResult:
        yield Words(WHY)
        yield Words("Set-ups on this computer", classes="heading")
        yield Options(id="setups", markup=False, compact=True)
        yield Action("Prove that its recovery key still opens", id="prove")
        yield Action("Compare two set-ups", id="compare")
        yield Words("Before you start", classes="heading")
        for sentence in BEFORE_YOU_START:
            yield Words(sentence, kind="todo", classes="item")
        yield Words(ALTERNATIVE, classes="apart")

    def ready(self) -> None:
        self.session.close()
        self.wizard.runner.forget("key", "apply", "warm")
        self._found = self.session.host.state.found()
        setups = self.query_one("#setups", OptionList)
        for number, found in enumerate(self._found):
            setups.add_option(
                Option(Content(one_line(setup_lines.line(self.session, found))), id=f"setup-{number}")
            )
        setups.add_option(Option(Content("New set-up…"), id="new"))
        setups.highlighted = 0
        readable = [found for found in self._found if isinstance(found, SetupFile)]
        self.query_one("#compare").display = len(readable) > 1
        self._offer_proof()
        problem = self.wizard.opening_problem
        if problem is not None:
            self.wizard.opening_problem = None
            self.show_problem(problem)

    def action_back(self) -> None:
        self.call_later(self.wizard.action_quit)

    async def forward(self) -> None:
        setups = self.query_one("#setups", OptionList)
        if setups.highlighted is not None:
            self._open(str(setups.get_option_at_index(setups.highlighted).id))

    def _chosen(self) -> SetupFile | None:
        """The set-up under the cursor, if it can be read."""
        at = self.query_one("#setups", OptionList).highlighted
        found = self._found[at] if at is not None and at < len(self._found) else None
        return found if isinstance(found, SetupFile) else None

    @on(OptionList.OptionHighlighted)
    def _offer_proof(self) -> None:
        chosen = self._chosen()
        keyed = chosen is not None and bool(chosen.answers.texts("recovery_key.public_files"))
        self.query_one("#prove").display = keyed

    @on(Button.Pressed, "#prove")
    def _prove(self) -> None:
        chosen = self._chosen()
        if chosen is not None and self.attempt(lambda: self.session.open(chosen)):
            self.wizard.go("prove")

    @on(Button.Pressed, "#compare")
    def _compare(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.session.keep(flow.COMPARED[0], str(chosen.path))
        self.wizard.go("compare")

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._open(str(event.option.id))

    def _open(self, chosen: str) -> None:
        if chosen == "new":
            self.wizard.go("new")
            return
        found = self._found[int(chosen.removeprefix("setup-"))]
        if isinstance(found, ProblemError):
            self.show_problem(found.problem)
        elif self.attempt(lambda: self.session.open(found)):
            self.wizard.go(flow.open_at(self.session))
