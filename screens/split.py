"""Who holds a share, and how many of them it takes: asked before any secret exists."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static, TextArea

from screens import key_place
from screens.frame import Page
from screens.hand_out import HandOut
from screens.key_words import TRUST, arithmetic
from screens.password import logged
from screens.widgets.words import Words
from services.problems import ProblemError
from services.recovery import custodians
from services.recovery.dealing import Dealing

WHY = (
    "The program makes a secret, seals the key with it, and splits it into shares of 33 words, one for each custodian. "
    "Each writes theirs down from this screen; nobody sees another's."
)


class Split(Page):
    """Both answers are drafts; Next begins the hand-out."""

    name_ = "split"
    next_label: ClassVar[str] = "Begin the hand-out"

    def body(self) -> ComposeResult:
        yield Words(WHY, classes="lead")
        with Horizontal(classes="field-line"):
            yield Static("Custodians", classes="field-label", markup=False)
            yield TextArea(
                self.session.shown_draft(key_place.NAMES),
                id="custodians",
                compact=True,
                soft_wrap=True,
                highlight_cursor_line=False,
            )
        yield Words("One name or office a line, 2 to 16 in all.", classes="field-hint")
        with Horizontal(classes="field-line"):
            yield Static("Needed to open it", classes="field-label", markup=False)
            yield Input(self._threshold_text(), id="threshold", compact=True)
        yield Words(id="arithmetic", classes="field-hint-under")
        yield Words(id="split-error")
        yield Words(
            TRUST,
            kind="todo",
        )

    def ready(self) -> None:
        self._count()
        if self.session.host.key_log:
            self.say(logged(self.session.host.key_log), "bad")

    def can_next(self) -> bool:
        return not self.session.host.key_log

    def _threshold_text(self) -> str:
        return self.session.drafts.get(key_place.THRESHOLD, "2")

    def _names(self) -> tuple[str, ...]:
        lines = self.query_one("#custodians", TextArea).text.splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    def _threshold(self) -> int:
        text = self.query_one("#threshold", Input).value.strip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0

    def _count(self) -> None:
        """Says what the numbers mean."""
        count, threshold = len(self._names()), self._threshold()
        words = self.query_one("#arithmetic", Words)
        if not 2 <= threshold <= count <= 16:
            words.say("")
            return
        words.say(arithmetic(count, threshold), "ok" if count > threshold else "warn")

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _typed(self) -> None:
        self.session.keep(key_place.NAMES, self.query_one("#custodians", TextArea).text)
        self.session.keep(key_place.THRESHOLD, self.query_one("#threshold", Input).value)
        self.set_timer(0.4, self.session.flush)
        self._count()

    @on(Input.Submitted)
    async def _entered(self) -> None:
        await self.forward()

    async def forward(self) -> None:
        if not self.can_next():
            return
        names, threshold = self._names(), self._threshold()
        try:
            custodians.custody(0, threshold, names)
            dealing = Dealing(threshold, len(names), self.session.host.iterations)
        except ProblemError as refusal:
            self.query_one("#split-error", Words).say(key_place.sentence(refusal.problem), "bad")
            return
        self.session.stop_handing_out()
        self.session.hand_out = HandOut(names, threshold, dealing)
        self.wizard.go("shares")
