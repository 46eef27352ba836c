"""The password that seals the recovery key: typed, or generated and shown once, and then typed back.

A page with nothing but password inputs: what is typed ahead of Tab cannot land in the open. The passwords are never a
draft, never an argument, never shown unless the program made them; closing the page means typing them again.
"""

from __future__ import annotations

import hmac
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from screens import key_place, key_work
from screens.frame import Page
from screens.host import KeyLog
from screens.key_words import HINT
from screens.widgets.action import Action
from screens.widgets.secret import Secret, SecretInput
from screens.widgets.words import Words
from services.problems import ProblemError
from services.recovery import keypair
from services.recovery.passwords import wipe
from services.recovery.strength import generated, strength

DIFFERENT = "The two passwords are not the same. Type both again."
NOT_SHOWN = "This is not the password that was shown. Type it again, or go back with Esc to see it."
KINDS = {"weak": "bad", "fair": "warn", "strong": "ok"}


class Password(Page):
    """Asks for the password; the page “making” shows what it is used for."""

    name_ = "password"
    next_label: ClassVar[str] = "Make the key"
    phase: Literal["typed", "shown", "again"] = "typed"
    made: bytearray | None = None
    """The generated password, until it was typed back or the page is left."""

    def body(self) -> ComposeResult:
        with Vertical(id="ask-password"):
            yield Words(id="why-password", classes="lead")
            yield from _line("Its password now", "old-password")
            yield from _line("Password", "password")
            yield from _line("Again", "password-again")
            yield Words(id="strength", classes="field-hint-under")
            yield Words(HINT, classes="field-hint")
            yield Words(
                "Keep the password apart from the file, where somebody finds it when it is needed.",
                kind="todo",
            )
            yield Action("Generate one for me", id="generate")
        with Vertical(id="show-password"):
            yield Words("This password was made for you. It is shown this once: write it down.")
            yield Secret(id="generated")
            yield Words(
                "It has 138 bits: nobody can guess it. There is no l, i, o, 0 or 1 in it. Keep it apart from the file.",
                kind="ok",
            )
            yield Words("Next, type it from what you wrote: a mistake would lose the key.", kind="todo")
        with Vertical(id="type-back"):
            yield Words("Type the generated password from what you wrote down.", classes="lead")
            yield from _line("Password", "typed-back")
        yield Words(id="password-error")

    def ready(self) -> None:
        self._why()
        self._turn("typed")
        if self.session.host.key_log:
            self.query_one("#ask-password").display = False
            self.say(logged(self.session.host.key_log), "bad")
        if self.wizard.runner.running("key"):
            self.wizard.go("making")

    def _why(self) -> None:
        words = self.query_one("#why-password", Words)
        source = self.session.source
        self.query_one("#line-old-password").display = source is not None and source.sealed
        of, left = key_place.request(self.session), key_place.leftover(self.session)
        if left is not None:
            words.say(
                f"This password was chosen when {left.private_file} was made. It completes the key pair."
            )
            for identifier in ("#line-password-again", "#strength", "#generate", "#line-old-password"):
                self.query_one(identifier).display = False
        elif source is not None:
            words.say(
                f"The key in {source.path} is sealed anew in {of.folder / of.name}.pke1, with this password. The recovery "
                "tool asks for it."
            )
        else:
            words.say(
                f"This password seals the private key in {of.folder / of.name}.pke1. The recovery tool asks for it."
            )

    def can_next(self) -> bool:
        return not self.session.host.key_log

    # The three faces of the page ----------------------------------------------------------------------------------

    def _turn(self, phase: Literal["typed", "shown", "again"]) -> None:
        self.phase = phase
        self.query_one("#password-error", Words).say("")
        for name, identifier in (
            ("typed", "#ask-password"),
            ("shown", "#show-password"),
            ("again", "#type-back"),
        ):
            self.query_one(identifier).display = name == phase
        secret = self.query_one("#generated", Secret)
        if phase == "shown" and self.made is not None:
            secret.reveal(self.made.decode("ascii"))
        else:
            secret.hide()
        completing = key_place.leftover(self.session) is not None
        label = "Complete the key" if completing else self.next_label
        following = self.query_one("#next", Action)
        following.rename("I have written it down" if phase == "shown" else label)
        if phase == "shown":
            following.focus()
        elif phase == "again":
            self.query_one("#typed-back", SecretInput).focus()

    @on(Button.Pressed, "#generate")
    def _generate(self) -> None:
        self._forget()
        for box in self.query("#password, #password-again").results(SecretInput):
            box.clear()
        self.made = generated()
        self._turn("shown")

    def action_back(self) -> None:
        match self.phase:
            case "again":
                self.query_one("#typed-back", SecretInput).clear()
                self._turn("shown")
            case "shown":
                self._forget()
                self._turn("typed")
                self.query_one("#password", SecretInput).focus()
            case "typed":
                super().action_back()

    def _forget(self) -> None:
        wipe(self.made)
        self.made = None

    def on_unmount(self) -> None:
        self._forget()

    # What is typed ------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#password")
    def _typing(self, event: Input.Changed) -> None:
        words = self.query_one("#strength", Words)
        if not event.value:
            words.say("")
            return
        typed = bytearray(event.value.encode())
        found = strength(typed)
        wipe(typed)
        more = " Let the program generate one." if self.session.production and found.level == "weak" else ""
        words.say(found.says + more, KINDS[found.level])

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        last = {"password-again", "typed-back"}
        last |= {"password"} if key_place.leftover(self.session) is not None else set()
        if event.input.id not in last:
            self.focus_next()
        elif event.input.id == "password-again":
            self.query_one("#next", Action).focus()
        else:
            await self.forward()

    async def forward(self) -> None:
        if not self.can_next():
            return
        match self.phase:
            case "typed":
                self._take_typed()
            case "shown":
                self._turn("again")
            case "again":
                self._take_back()

    def _take_typed(self) -> None:
        first, again = (self.query_one(f"#{name}", SecretInput) for name in ("password", "password-again"))
        completing = key_place.leftover(self.session) is not None
        same = completing or first.value == again.value
        password = first.take()
        again.clear()
        if same:
            self._begin(password, completing)
        else:
            wipe(password)
            self._blame(DIFFERENT)

    def _take_back(self) -> None:
        typed = self.query_one("#typed-back", SecretInput).take()
        if self.made is None or not hmac.compare_digest(typed, self.made):
            wipe(typed)
            self.query_one("#password-error", Words).say(NOT_SHOWN, "bad")
            return
        self._forget()
        self._begin(typed, False)

    def _blame(self, sentence: str) -> None:
        self._turn("typed")
        self.query_one("#password-error", Words).say(sentence, "bad")
        self.query_one("#password", SecretInput).focus()

    def _begin(self, password: bytearray, completing: bool) -> None:
        """Starts the making; the work wipes the password."""
        session = self.session
        request, source = key_place.request(session), session.source
        work: key_work.Making
        old = self.query_one("#old-password", SecretInput).take()
        held = bytearray(password) if self._offered_later() else None
        try:
            if completing:
                work = keypair.completing(request, password)
            elif source is not None:
                work = key_work.Conversion(source, request, old if source.sealed else None, password)
            else:
                work = keypair.generating(request, password)
        except ProblemError as refusal:
            wipe(password, held, old)
            self._blame(key_place.sentence(refusal.problem))
            return
        session.let_go()
        session.held = held
        key_work.start(self.wizard, work.run, work.cancel)
        self.wizard.go("making")

    def _offered_later(self) -> bool:
        """Whether a copy in the keyring is offered once the key is there."""
        return self.session.host.keyring is not None and not self.session.production


def _line(label: str, identifier: str) -> ComposeResult:
    with Horizontal(classes="field-line", id=f"line-{identifier}"):
        yield Static(label, classes="field-label", markup=False)
        yield SecretInput(id=identifier)


def logged(to: KeyLog) -> str:
    """Why nothing secret is typed or shown while key presses are written down."""
    return (
        f"What you type or see here would be written to {to.place} ({to.variable}), so nothing secret is asked or shown. "
        f"Leave, unset {to.variable}, and start again."
    )
