"""From one set-up to another without the first page: a dialog over whatever page is shown.

Nothing that was typed is lost by it, because answers and drafts belong to their set-up. It is refused while work runs
that must not be left alone, and asked about where something would be forgotten: secrets are never written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from screens import flow, setup_lines
from screens.dialogs import Ask
from screens.frame import Page
from screens.modal import Modal
from screens.session import Session
from screens.widgets.action import Action
from screens.widgets.keys import Keys
from screens.widgets.options import Options
from screens.widgets.secret import SecretInput
from screens.widgets.words import Words
from services import setup_file
from services.printable import one_line
from services.problems import ProblemError
from services.setup_file import SetupFile

if TYPE_CHECKING:
    from screens.app import PalisadeWizard

KEEPS = "What you typed stays with the set-up that you leave. These were used on this computer, the last one first:"
FIRST_PAGE = "The first page: a new set-up, or a comparison of two"
MUST_END = {
    "apply": "AWS is being changed",
    "key": "the recovery key is being worked on",
    "token": "the token is being written or read",
    "keyring": "the keyring is being asked",
    "extra": "a stand-in for Palisade is writing backups",
    "teardown": "AWS is being changed",
}
"""Work that belongs to the open set-up and must not be left alone, by the name of its job."""


Chosen: TypeAlias = "SetupFile | Literal['welcome'] | None"


class Switch(Modal[Chosen]):
    """Lists the set-ups; gives the one that was chosen, or the first page. `busy` says what forbids it now."""

    AUTO_FOCUS = "Options, Action"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "shut", "Close", key_display="Esc"),
        Binding("ctrl+o", "shut", show=False),
    ]

    def __init__(self, session: Session, busy: str) -> None:
        super().__init__()
        self._session, self._busy = session, busy
        self._found = session.host.state.found()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Words("Switch to another set-up", classes="heading")
            if self._busy:
                yield Words(
                    f"Not now: {self._busy}. Wait until that has ended, or stop it, then switch.", kind="bad"
                )
            else:
                yield Words(KEEPS, classes="lead")
                yield Options(*self._options(), id="set-ups", markup=False, compact=True)
            yield Words(id="switch-problem")
            with Horizontal(classes="row-of-buttons"):
                yield Action("Close", id="close")
        yield Keys()

    def on_mount(self) -> None:
        for setups in self.query(OptionList):
            other = (
                n
                for n, found in enumerate(self._found)
                if isinstance(found, SetupFile) and not self._open(found)
            )
            setups.highlighted = next(other, 0)

    def _options(self) -> list[Option]:
        lines = [
            f"{'▸' if self._open(found) else ' '} {setup_lines.line(self._session, found)}"
            for found in self._found
        ]
        return [Option(Content(one_line(line))) for line in (*lines, f"  {FIRST_PAGE}")]

    def _open(self, found: SetupFile | ProblemError) -> bool:
        """Whether this is the set-up that is open now."""
        mine = self._session.setup
        return mine is not None and isinstance(found, SetupFile) and found.path == mine.path

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_index == len(self._found):
            self.dismiss("welcome")
            return
        found = self._found[event.option_index]
        if isinstance(found, SetupFile):
            self.dismiss(None if self._open(found) else found)
        else:
            problem = found.problem
            self.query_one("#switch-problem", Words).say(" ".join((problem.summary, *problem.remedy)), "bad")

    @on(Button.Pressed)
    def action_shut(self) -> None:
        self.dismiss(None)


def offer(app: PalisadeWizard) -> None:
    """Opens the dialog over the page that is shown."""
    page = app.screen
    if not isinstance(page, Page):
        return
    busy = next((says for name, says in MUST_END.items() if app.runner.running(name)), "")

    def chosen(found: Chosen) -> None:
        if found is None:
            return
        lost = _forgotten(app.session, page)
        if not lost:
            switch(app, page, found)
            return
        ask = Ask("Switch all the same?", f"{lost} Everything else is kept.", "Switch", "Stay")
        app.push_screen(ask, lambda yes: switch(app, page, found) if yes else None)

    app.push_screen(Switch(app.session, busy), chosen)


def _forgotten(session: Session, page: Page) -> str:
    """What is never written down, and so would be gone."""
    if session.hand_out is not None:
        return "The hand-out of shares is not complete: their secret is forgotten, and the shares written so far are void."
    if session.gathering is not None:
        return "The shares that were brought together are forgotten, and must be given again."
    if session.held is not None or any(box.value for box in page.query(SecretInput)):
        return "The password that was typed is forgotten, because it is never written down."
    return ""


def switch(app: PalisadeWizard, page: Page, found: SetupFile | Literal["welcome"]) -> None:
    """Puts the open set-up away and opens another one, where it was left; or goes to the first page."""
    session = app.session
    page.leaving()
    session.flush()
    app.runner.forget("warm")
    if not isinstance(found, SetupFile):
        app.go(found)
        return
    try:
        session.open(setup_file.read(found.path))
    except ProblemError as error:
        app.opening_problem = error.problem
        app.go("welcome")
    else:
        app.go(flow.open_at(session))
