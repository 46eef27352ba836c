"""The words of one share, typed from paper by its custodian: a page of secrets alone, empty again when it is left.

They stand as they stood when the share was written down, so that paper and screen can be compared. No other share is on
the screen, in a draft or in this process.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from screens import gather, key_place
from screens.dialogs import Ask
from screens.frame import Page
from screens.password import logged
from screens.widgets.secret import SecretInput
from screens.widgets.words import Words
from services.problems import ProblemError
from services.recovery.share_files import WORDS

COLUMNS = 3
WHY = (
    "Let the custodian of one share type its words here alone; everybody else looks away. Enter, or a space, goes to the "
    "next word."
)
LEAVE = "The words of this share that were typed are forgotten. The shares that are here already stay."


class TypeShare(Page):
    """Next gives the share to the process that keeps them."""

    name_ = "type-share"
    next_label: ClassVar[str] = "Take this share"
    next_only_when_possible = True
    # Before the boxes see them, so that what is typed ahead lands in the next one.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "next_word", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def body(self) -> ComposeResult:
        yield Words(WHY, classes="lead", id="type-why")
        with Horizontal(id="word-boxes"):
            rows = -(-WORDS // COLUMNS)
            for column in range(COLUMNS):
                with Vertical(classes="word-column"):
                    for number in range(column * rows + 1, min((column + 1) * rows, WORDS) + 1):
                        with Horizontal(classes="word-line"):
                            yield Static(f"{number:>2}", classes="word-number", markup=False)
                            yield SecretInput(id=f"word-{number}", hidden=False)
        yield Words(id="type-error")

    def ready(self) -> None:
        possible = self.can_next()
        self.query_one("#word-boxes").display = possible
        self.query_one("#type-why").display = possible
        if self.session.host.key_log:
            self.say(logged(self.session.host.key_log), "bad")
        elif not possible:
            self.say("No share is asked for now. Esc goes back.", "todo")

    def can_next(self) -> bool:
        gathering = self.session.gathering
        return not self.session.host.key_log and gathering is not None and gathering.missing != 0

    def _box(self, number: int) -> SecretInput:
        return self.query_one(f"#word-{number}", SecretInput)

    def _words(self) -> list[str]:
        return [self._box(number).value.strip() for number in range(1, WORDS + 1)]

    async def action_next_word(self) -> None:
        """On from the word that was typed, after the last one to the next share."""
        box = self.focused
        if not isinstance(box, SecretInput):
            raise SkipAction
        if box is self._box(WORDS) and box.value:
            await self.forward()
        elif box.value and box is not self._box(WORDS):
            self.focus_next()

    @on(Input.Changed)
    def _pasted(self, event: Input.Changed) -> None:
        """Several words at once fill the boxes that follow."""
        words = event.value.split()
        if event.value == event.value.strip() and len(words) < 2:
            return
        at = int(str(event.input.id).removeprefix("word-"))
        for number, word in enumerate(words or [""], at):
            if number <= WORDS:
                self._box(number).value = word
        self._box(min(at + len(words), WORDS)).focus()

    async def forward(self) -> None:
        gathering, words = self.session.gathering, self._words()
        if gathering is None or not self.can_next():
            return
        if "" in words:
            number = words.index("") + 1
            self._blame(f"Word {number} is missing: a share has {WORDS} words.")
            self._box(number).focus()
            return
        name = f"typed share {len(gathering.taken) + 1}"
        try:
            gathering.take(name, bytearray(" ".join(words).lower().encode()))
        except ProblemError as refusal:
            if not gather.lost(self, refusal.problem):
                self._blame(key_place.sentence(refusal.problem))
            return
        self._clear()
        gather.go_on(self.wizard, gathering)

    def _blame(self, words: str) -> None:
        self.query_one("#type-error", Words).say(words, "bad")

    def action_back(self) -> None:
        if any(self._words()):
            self.app.push_screen(Ask("Leave this share?", LEAVE, "Leave it", "Go on"), self._left)
        else:
            super().action_back()

    def _left(self, really: bool | None) -> None:
        if really:
            self._clear()
            super().action_back()

    def _clear(self) -> None:
        for box in self.query(SecretInput):
            box.clear()

    def on_unmount(self) -> None:
        self._clear()
