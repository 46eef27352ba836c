"""The key that alone opens the backups: which of the guide's ways of keeping it, and where its files go.

This step writes local files at once and is no part of plan and apply. It is done when the public file is there and is
the recorded one; an absent private file is expected, because it went offline.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, RadioSet, Static

from screens import custody_words, flow, key_place, key_work
from screens.custody_words import Way
from screens.frame import Page
from screens.key_place import FOLDER, KIND, NAME, sentence
from screens.key_words import ADVICE, NO_TOKENS, WHY
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from screens.work import Job
from services import kit, seen
from services.problems import ProblemError
from services.recovery import keyfiles
from services.recovery.medium import Finding


class RecoveryKey(Page):
    """Shows the recorded key, or the choice between the ways of making and keeping one."""

    name_ = "recovery-key"
    next_label: ClassVar[str] = "Next"
    choosing = False
    looked: Path | None = None

    def body(self) -> ComposeResult:
        self.choosing = not self.session.answers.texts("recovery_key.public_files")
        yield Words(WHY, classes="lead")
        with Vertical(id="have-key") as have:
            have.display = not self.choosing
            yield Words("This set-up has its recovery key.", kind="ok", id="key-state")
            yield Listing(id="key-files", markup=False)
            yield Words(id="shared-key")
            yield Words(id="key-advice")
            with Horizontal(classes="row-of-buttons"):
                yield Action("Prove that it still opens", id="prove")
                yield Action("Store it in an HSM", id="to-token")
                yield Action("Use another key", id="another")
        with Vertical(id="choose-key"):
            chosen = custody_words.way(self.session.shown_draft(KIND))
            with RadioSet(id="key-kind", compact=True):
                for way in custody_words.WAYS:
                    label = custody_words.label(way, self.session.production)
                    yield Radio(label, way is chosen, id=way.kind)
            yield Words(id="leftover", classes="apart")
            yield Words(id="speaks-for")
            yield Words(id="speaks-against")
            with Vertical(id="make-fields", classes="apart"):
                yield from _line("Folder", "key-folder", key_place.folder_text(self.session))
                yield Vertical(id="findings")
                yield from _line("Name", "key-name", key_place.name(self.session))
                yield Words(id="what-you-get", classes="field-hint")
            yield Words(id="key-error")

    def ready(self) -> None:
        self._arrange()
        if self.wizard.runner.running("key"):
            self.wizard.go("making")

    @property
    def way(self) -> Way:
        pressed = self.query_one("#key-kind", RadioSet).pressed_button
        return custody_words.way(str(pressed.id) if pressed else "")

    # What it shows ------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Shows the part of the page that fits what is known."""
        self.query_one("#have-key").display = not self.choosing
        self.query_one("#choose-key").display = self.choosing
        label = "Next"
        if self.choosing:
            label = self._choice()
        else:
            self._show_key()
        self.query_one("#next", Action).rename(label)

    def _choice(self) -> str:
        """Shows what the chosen way means; gives the words of the button that goes on."""
        way, production = self.way, self.session.production
        for identifier, (text, kind) in (
            ("#speaks-for", (way.good, "ok")),
            ("#speaks-against", custody_words.against(way, production)),
        ):
            words = self.query_one(identifier, Words)
            words.display = True
            words.say(text, kind)
        self.query_one("#make-fields").display = way.kind != "take"
        if way.kind == "take":
            for silent in ("#key-error", "#leftover"):
                self.query_one(silent, Words).say("")
            return way.next
        label = self._making_label(way)
        if way.kind == "hsm" and not self.session.host.tokens_possible():
            self.query_one("#key-error", Words).say(NO_TOKENS, "bad")
        self._look_at_medium()
        return label

    def _making_label(self, way: Way) -> str:
        of = self.paths()
        words, gets = self.query_one("#leftover", Words), self.query_one("#what-you-get", Words)
        words.say("")
        gets.say("")
        if of is None:
            return way.next
        left, pair = key_place.leftover(self.session), key_place.unrecorded(self.session)
        for speaking in ("#speaks-for", "#speaks-against"):
            self.query_one(speaking, Words).display = left is None and pair is None
        if pair is not None:
            words.say(*custody_words.whole(pair))
            return "Record this key"
        if left is None:
            gets.say(
                f"You get {of.public_der.name} for Palisade, {of.sealed.name}, which stays with you, sealed, and a sheet "
                f"to print, {key_place.sheet(self.session).name}."
            )
            hand_out = self.session.hand_out
            ready = way.kind == "split" and hand_out is not None and hand_out.complete
            return "Make the key for these shares" if ready else way.next
        words.say(*custody_words.unfinished(left, split=self._split_left(left)))
        return "Bring the shares together" if self._split_left(left) else "Complete it with its password"

    def _split_left(self, left: keyfiles.Leftover) -> bool:
        """Whether shares are to complete what is there."""
        return self.way.kind == "split" and left.format == "pke1"

    def paths(self) -> keyfiles.Paths | None:
        """The files that would be made; None while name or folder break a rule, which is then shown."""
        error = self.query_one("#key-error", Words)
        try:
            found = key_place.paths(self.session)
        except ProblemError as refusal:
            error.say(sentence(refusal.problem), "bad")
            return None
        error.say("")
        return found

    def _look_at_medium(self) -> None:
        folder, findings = key_place.folder(self.session), self.session.host.findings
        if folder != self.looked:
            self.looked = folder
            self.wizard.runner.start("medium", "Looking at the medium", lambda _job, _tell: findings(folder))

    def _show_medium(self, found: tuple[Finding, ...]) -> None:
        box = self.query_one("#findings", Vertical)
        kinds = {"warn": "warn", "note": "ok"}
        words = [
            Words(one.says, kind=kinds[one.level], classes="field-hint-under")
            for one in sorted(found, key=lambda one: one.level, reverse=True)
        ]

        async def change() -> None:
            await box.remove_children()
            await box.mount(*words)

        self.call_later(change)

    def _show_key(self) -> None:
        setup = self.session.setup
        if setup is None:
            return
        try:
            key = kit.recovery_keys(setup)[0]
        except ProblemError as error:
            self.query_one("#key-state", Words).say("The recorded public key cannot be used as it is.", "bad")
            self.query_one("#key-files", Listing).show([])
            self.show_problem(error.problem, ("again", "Try again", self._look_again))
            return
        self.query_one("#shared-key", Words).say(key_place.shared(setup, self.session.host.state), "warn")
        private = key_place.private_text(self.session)
        rows = [("Public key", str(key.file)), ("SHA-256", key.sha256)]
        rows += [("Private key", private)] if private else []
        day = self.session.drafts.get(key_place.PROVEN_AT)
        rows += [("Last opened", day)] if day else []
        self.query_one("#key-files", Listing).show(rows)
        there = bool(private) and seen.anything(Path(private))
        self.query_one("#key-advice", Words).say(ADVICE if there else "", "todo")
        self.query_one("#to-token").display = there and self.session.host.tokens_possible()

    def _look_again(self) -> None:
        self.hide_problem()
        self._arrange()

    # What is typed and chosen -------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        key, shown = {
            "key-folder": (FOLDER, key_place.folder_text),
            "key-name": (NAME, key_place.name),
        }[str(event.input.id)]
        if event.value != shown(self.session):
            self.session.keep(key, event.value)
            self.set_timer(0.4, self.session.flush)
        if self.choosing:
            self._arrange()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.focus_next()

    @on(RadioSet.Changed)
    def _kind(self, event: RadioSet.Changed) -> None:
        self.session.keep(KIND, str(event.pressed.id))
        self.hide_problem()
        self._arrange()

    @on(Button.Pressed, "#another")
    def _another(self) -> None:
        self.choosing = True
        self._arrange()
        self.say("A kit keeps its key: another key needs a new kit and a new quorum.", "warn")

    @on(Button.Pressed, "#prove")
    def _prove(self) -> None:
        self.wizard.go("prove")

    @on(Button.Pressed, "#to-token")
    def _to_token(self) -> None:
        self.wizard.go("token")

    async def job_ended(self, job: Job) -> None:
        result: Any = job.result
        if job.name == "medium" and job.problem is None:
            self._show_medium(result)
        if job.name == "key" and job.problem is None and result is not None:
            self.choosing = not self.session.answers.texts("recovery_key.public_files")
            self._arrange()
            self.refresh_frame()

    # Going on -----------------------------------------------------------------------------------------------------

    async def forward(self) -> None:
        if not self.choosing:
            self.wizard.go(flow.after(self.name_))
            return
        self.session.source = None
        kind = self.way.kind
        if kind == "take":
            self.wizard.go("own-key")
        elif self.paths() is None:
            self.query_one(
                "#key-folder" if key_place.folder_refused(self.session) else "#key-name", Input
            ).focus()
        elif (left := key_place.leftover(self.session)) is not None:
            self.wizard.go("gather" if self._split_left(left) else "password")
        elif (pair := key_place.unrecorded(self.session)) is not None:
            key_work.start_for_found(self.wizard, pair)
            self.wizard.go("making")
        elif kind == "hsm" and not self.session.host.tokens_possible():
            self._arrange()
        elif self.attempt(lambda: key_place.refuse_taken(self.session)):
            self.wizard.go(self._split() if kind == "split" else "password")

    def _split(self) -> str:
        """The page on which the split goes on, where it was left."""
        hand_out = self.session.hand_out
        if hand_out is None or hand_out.deal is None:
            return "split"
        if not hand_out.complete:
            return "shares"
        key_work.start_for_shares(self.wizard, hand_out)
        return "making"


def _line(label: str, identifier: str, text: str) -> ComposeResult:
    with Horizontal(classes="field-line"):
        yield Static(label, classes="field-label", markup=False)
        yield Input(text, id=identifier, compact=True)
