"""The hand-out: one share at a time, first covered, then shown to its custodian alone, then asked about.

Nothing of another share is on the screen, in a draft or in this process meanwhile. The key is made only when every
custodian has shown that the words were written down.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from screens import key_work
from screens.dialogs import Ask
from screens.frame import Page
from screens.hand_out import HandOut
from screens.key_words import STOPPED
from screens.widgets.action import Action
from screens.widgets.secret import Secret, SecretInput
from screens.widgets.words import Words
from screens.work import Job
from services.problems import ProblemError
from services.recovery.dealing import Deal
from services.recovery.wordcheck import ASKED, ShownShare, positions

COLUMNS = 3


class Shares(Page):
    """One screen with three faces; `share` is the only share that this process knows, and only for as long as needed."""

    name_ = "shares"
    next_label: ClassVar[str] = "Show the words"
    next_only_when_possible = True
    face: Literal["", "cover", "words", "check"] = ""
    share: ShownShare | None = None
    asked: tuple[int, ...] = ()

    def body(self) -> ComposeResult:
        yield Words(id="share-heading", classes="lead")
        yield Words(id="share-who")
        yield Secret(id="share-words")
        with Vertical(id="questions"):
            for number in range(ASKED):
                with Horizontal(classes="field-line"):
                    yield Static("", classes="field-label", id=f"ask-{number}", markup=False)
                    yield SecretInput(id=f"word-{number}", hidden=False)
        yield Words(id="share-advice", classes="apart")
        yield Words(id="share-error")

    def ready(self) -> None:
        self._face("")
        hand_out = self.session.hand_out
        if hand_out is None or hand_out.complete or self.session.host.key_log:
            self.say("No share is to be handed out now. Esc goes back.", "todo")
        elif self.wizard.runner.running("deal"):
            self.watch_job(self.wizard.runner.jobs["deal"])
        elif hand_out.deal is None:
            self._begin(hand_out)
        else:
            self._face("cover")

    def _begin(self, hand_out: HandOut) -> None:
        def finish(deal: Deal) -> None:
            hand_out.deal = deal

        self.watch_job(
            self.wizard.runner.start(
                "deal",
                "Making the secret, splitting it, and recombining every group of shares",
                lambda _job, tell: hand_out.dealing.begin(tell),
                finish,
                hand_out.dealing.cancel,
            )
        )

    async def job_ended(self, job: Job) -> None:
        if job.name != "deal":
            return
        if job.problem is not None:
            self._lost(job.problem)
        elif self.session.hand_out is not None:
            self._face("cover")
            deal = self.session.hand_out.deal
            if deal is not None:
                self.say(f"Recombined, and it gives the secret: {_every(deal)}.", "ok")

    def _lost(self, problem: Any) -> None:
        self._forget()
        self.session.stop_handing_out()
        self.show_problem(problem, ("again", "Begin again", lambda: self.wizard.go("split")))

    # The faces ----------------------------------------------------------------------------------------------------

    def _face(self, face: Literal["", "cover", "words", "check"]) -> None:
        self.face = face
        secret = self.query_one("#share-words", Secret)
        secret.hide()
        self.query_one("#questions").display = face == "check"
        self.query_one("#share-error", Words).say("")
        for box in self.query(SecretInput):
            box.clear()
        self.say("")
        self.refresh_frame()
        hand_out = self.session.hand_out
        if face and hand_out is not None and hand_out.deal is not None:
            {"cover": self._show_cover, "words": self._show_words, "check": self._show_check}[face](
                hand_out, hand_out.deal
            )

    def _tell(self, heading: str, who: str, advice: str, next_label: str) -> None:
        self.query_one("#share-heading", Words).say(heading)
        self.query_one("#share-who", Words).say(who)
        self.query_one("#share-advice", Words).say(advice, "todo")
        self.query_one("#next", Action).rename(next_label)

    def _show_cover(self, hand_out: HandOut, deal: Deal) -> None:
        self._forget()
        self._tell(
            f"Share {hand_out.at} of {deal.count} is for {hand_out.custodian}.",
            f"Let {hand_out.custodian} sit here alone, with paper. Everybody else looks away, cameras too: the next page "
            "shows the words.",
            f"Set {deal.identifier}: write this number above the words. Any {deal.threshold} of the {deal.count} shares "
            "open the key.",
            "Show the words",
        )
        self.query_one("#next", Action).focus()

    def _show_words(self, hand_out: HandOut, deal: Deal) -> None:
        try:
            share = self.share = self.share or hand_out.dealing.share(hand_out.at)
        except ProblemError as error:
            self._lost(error.problem)
            return
        self._tell(
            f"Share {hand_out.at} of {deal.count}, set {deal.identifier}, for {hand_out.custodian} alone. Write the "
            f"{len(share.words)} words down, in order:",
            "",
            "On the next page some of the words are asked. Tell them to nobody else.",
            "I have written them down",
        )
        self.query_one("#share-words", Secret).reveal(_grid(share.words))
        self.query_one("#next", Action).focus()

    def _show_check(self, hand_out: HandOut, deal: Deal) -> None:
        if self.share is None:
            return
        self.asked = positions(len(self.share.words))
        self._tell(
            f"Share {hand_out.at} of {deal.count}: {hand_out.custodian}, look at what you wrote.",
            "",
            "Esc shows the words again.",
            "Check",
        )
        for number, position in enumerate(self.asked):
            self.query_one(f"#ask-{number}", Static).update(f"Word {position}")
        self.query_one("#word-0", SecretInput).focus()

    def can_next(self) -> bool:
        return bool(self.face)

    async def forward(self) -> None:
        match self.face:
            case "cover":
                self._face("words")
            case "words" if self.share is not None:
                self._face("check")
            case "check":
                self._answer()
            case _:
                pass

    def _answer(self) -> None:
        hand_out, share = self.session.hand_out, self.share
        if hand_out is None or share is None:
            return
        boxes = [self.query_one(f"#word-{number}", SecretInput) for number in range(ASKED)]
        typed = {position: box.value for position, box in zip(self.asked, boxes, strict=True)}
        mistaken = hand_out.dealing.confirm(share, typed)
        if mistaken:
            for position, box in zip(self.asked, boxes, strict=True):
                if position in mistaken:
                    box.clear()
            boxes[self.asked.index(mistaken[0])].focus()
            self.query_one("#share-error", Words).say(_wrong(mistaken), "bad")
            return
        self._forget()
        if hand_out.complete:
            self._face("")
            key_work.start_for_shares(self.wizard, hand_out)
            self.wizard.go("making")
        else:
            hand_out.at = hand_out.dealing.missing[0]
            self._face("cover")

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == f"word-{ASKED - 1}":
            await self.forward()
        else:
            self.focus_next()

    # Leaving ------------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        match self.face:
            case "check":
                self._face("words")
            case "words":
                self._face("cover")
            case _ if self.session.hand_out is None:
                super().action_back()
            case _:
                self.app.push_screen(Ask("Stop the hand-out?", STOPPED, "Stop it", "Go on"), self._stopped)

    def _stopped(self, really: bool | None) -> None:
        if really:
            self._forget()
            job = self.wizard.runner.jobs.get("deal")
            if job is not None and job.running:
                job.ask_to_stop()
            else:
                self.session.stop_handing_out()
            self.wizard.go("split")

    def _forget(self) -> None:
        if self.share is not None:
            self.share.wipe()
            self.share = None

    def on_unmount(self) -> None:
        self._forget()


def _every(deal: Deal) -> str:
    """Which groups of shares were tried."""
    if deal.groups == 1:
        return "all shares together"
    return f"every group of {deal.threshold} shares, {deal.groups} in all"


def _grid(words: tuple[str, ...]) -> str:
    """The words with their numbers, downwards in columns."""
    rows = -(-len(words) // COLUMNS)
    cells = [f"{number:>2} {word:<9}" for number, word in enumerate(words, 1)]
    return "\n".join("  ".join(cells[row::rows]).rstrip() for row in range(rows))


def _wrong(mistaken: tuple[int, ...]) -> str:
    *others, last = map(str, mistaken)
    named = f"Words {', '.join(others)} and {last} are" if others else f"Word {last} is"
    return f"{named} not what the share says. Look at what you wrote; Esc shows the words again."
