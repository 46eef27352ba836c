"""Which token guards the sealed file, and whether it keeps the file itself or its password."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, OptionList, RadioSet, Static
from textual.widgets.option_list import Option

from screens import key_place
from screens.frame import Page
from screens.key_place import DRIVER, WHAT
from screens.key_words import NO_TOKENS
from screens.paths import typed
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.options import Options
from screens.widgets.words import Words
from screens.work import Job
from services import seen
from services.printable import one_line
from services.recovery import hsm, token
from services.recovery.token import Driver, Token, What

KEEPS: dict[What, str] = {
    "sealed-file": "The sealed file, of about 5 KB",
    "password": "Its password, where the file is too large",
}


class Tokens(Page):
    """Lists what is plugged in; Next asks for the PIN of the chosen one."""

    name_ = "token"
    next_label: ClassVar[str] = "Enter its PIN"
    next_only_when_possible = True
    found: tuple[Token, ...] = ()

    def body(self) -> ComposeResult:
        yield Words(" ".join((hsm.EXPLAINED[0], hsm.EXPLAINED[2])), classes="lead")
        with Horizontal(classes="field-line"):
            yield Static("PKCS#11 module", classes="field-label", markup=False)
            yield Input(self._driver_text(), id="driver", compact=True)
        yield Words("The driver of your HSM, a file such as libsofthsm2.so.", classes="field-hint")
        yield Action("List the tokens", id="list-tokens")
        yield Options(id="tokens", markup=False, compact=True)
        yield Words("What the token keeps", classes="heading")
        chosen = self.session.shown_draft(WHAT) or "sealed-file"
        with RadioSet(id="keeps", compact=True):
            for what, label in KEEPS.items():
                yield Radio(label, what == chosen, id=what)
        yield Words(hsm.EXPLAINED[4], kind="todo")

    def ready(self) -> None:
        possible, private = self.session.host.tokens_possible(), self._private()
        if not possible:
            self.say(NO_TOKENS, "bad")
        elif private is None:
            self.say("There is no sealed file here to store. Make a key first, or put the file back.", "bad")
        for identifier in ("#driver", "#list-tokens", "#keeps"):
            self.query_one(identifier).disabled = not possible or private is None
        if possible and private is not None and self._driver_text():
            self._list()

    def _private(self) -> Path | None:
        """The sealed file of this set-up, if it is here."""
        path = key_place.private_text(self.session)
        return Path(path) if path.endswith(".pke1") and seen.file(Path(path)) else None

    def _driver_text(self) -> str:
        installed = self.session.host.token_drivers()
        return self.session.drafts.get(DRIVER, str(installed[0]) if installed else "")

    def _driver(self) -> Driver:
        return Driver(typed(self.query_one("#driver", Input).value), self.session.host.driver_environment())

    @on(Button.Pressed, "#list-tokens")
    @on(Input.Submitted, "#driver")
    def _list(self) -> None:
        driver = self._driver()
        work = token.listing(driver)
        self.watch_job(
            self.wizard.runner.start(
                "tokens", "Looking for tokens", lambda _job, _tell: work.run(), cancel=work.cancel
            )
        )

    @on(Input.Changed, "#driver")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._driver_text():
            self.session.keep(DRIVER, event.value)
            self.set_timer(0.4, self.session.flush)

    @on(RadioSet.Changed, "#keeps")
    def _keeps(self, event: RadioSet.Changed) -> None:
        self.session.keep(WHAT, str(event.pressed.id))
        self.session.flush()

    async def job_ended(self, job: Job) -> None:
        if job.name != "tokens":
            return
        self.found = ()
        choices = self.query_one("#tokens", OptionList)
        choices.clear_options()
        if job.problem is not None:
            self.show_problem(job.problem)
        else:
            self._show(job.result, choices)
        self.refresh_frame()

    def _show(self, found: tuple[Token, ...], choices: OptionList) -> None:
        self.found = found
        for number, one in enumerate(found):
            words = f"{one.label}  {one.manufacturer} {one.model}  serial {one.serial}  {one.note}"
            choices.add_option(
                Option(Content(one_line(words.rstrip())), id=f"token-{number}", disabled=not one.ready)
            )
        ready = [number for number, one in enumerate(found) if one.ready]
        if ready:
            choices.highlighted = ready[0]
            choices.focus()
            self.say("Choose the token with the arrow keys.", "todo")
        else:
            self.say(
                "No token is ready behind this module. Plug one in that has a PIN, then list again.", "warn"
            )

    def can_next(self) -> bool:
        return any(one.ready for one in self.found) and self._private() is not None

    @on(OptionList.OptionSelected, "#tokens")
    async def _selected(self) -> None:
        await self.forward()

    async def forward(self) -> None:
        number = self.query_one("#tokens", OptionList).highlighted
        if self.can_next() and number is not None and self.found[number].ready:
            self.session.token = (self._driver(), self.found[number])
            self.wizard.go("pin")


def keeps(page: Page) -> What:
    """What was chosen for the token to keep."""
    return "password" if page.session.shown_draft(key_place.WHAT) == "password" else "sealed-file"
