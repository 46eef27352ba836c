"""The key that alone opens the backups: make one here, or bring the public half of one that exists.

This step writes local files at once and is no part of plan and apply. It is done when the public file is there and is
the recorded one; an absent private file is expected, because it went offline.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Input, RadioSet, Static

from screens import flow, suggest
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from screens.work import Job
from services import files, kit
from services.problems import ProblemError
from services.recovery import keyfiles

FOLDER, NAME, FILE, KIND = (
    "recovery_key.folder",
    "recovery_key.name",
    "recovery_key.file",
    "recovery_key.kind",
)
WHY = "Only this key opens the backups. Lose it, and no one can: not Palisade, not AWS, not this program."
LATER = (
    "A key that is split among custodians, or whose file an HSM guards, is not available in this version. "
    "A key that can never leave an HSM cannot be used: the recovery tool must read it."
)


class RecoveryKey(Page):
    """Shows the recorded key, or the choice between making one and taking one."""

    name_ = "recovery-key"
    next_label: ClassVar[str] = "Next"
    choosing = False

    def body(self) -> ComposeResult:
        self.choosing = not self.session.answers.texts("recovery_key.public_files")
        yield Words(WHY, classes="lead")
        with Vertical(id="have-key") as have:
            have.display = not self.choosing
            yield Words("This set-up has its recovery key.", kind="ok", id="key-state")
            yield Listing(id="key-files", markup=False)
            yield Words(id="key-advice")
            yield Action("Use another key", id="another")
        with Vertical(id="choose-key"):
            with RadioSet(id="key-kind", compact=True):
                taking = self.session.shown_draft(KIND) == "take"
                yield Radio("Make one, sealed with a password", not taking, id="make")
                yield Radio("I have a key already: take its public half", taking, id="take")
            with Vertical(id="make-fields"):
                yield from _line("Folder", FOLDER, self._folder())
                yield Words(
                    "Best a medium that you can take away, such as a USB stick.", classes="field-hint"
                )
                yield from _line("Name", NAME, self._key_name())
                yield Words(id="what-you-get", classes="field-hint")
                yield Words(id="leftover")
            with Vertical(id="take-fields"):
                yield from _line("Public key file", FILE, self.session.shown_draft(FILE))
                yield Words(
                    "DER, hex or PEM; RSA with 4096 bits and exponent 65537. Never give the private key here.",
                    classes="field-hint",
                )
            yield Words(id="key-error")
            yield Words(LATER, kind="todo", classes="apart")

    def ready(self) -> None:
        self._arrange()
        if self.wizard.runner.running("key"):
            self.wizard.go("password")

    def _folder(self) -> str:
        usual = self.session.host.key_folder or Path.home() / "palisade-recovery-key"
        return self.session.shown_draft(FOLDER) or str(usual)

    def _key_name(self) -> str:
        return self.session.shown_draft(NAME) or suggest.key_name(self.session.answers)

    @property
    def making(self) -> bool:
        return self.query_one("#make", Radio).value

    def _arrange(self) -> None:
        """Shows the part of the page that fits what is known."""
        self.query_one("#have-key").display = not self.choosing
        self.query_one("#choose-key").display = self.choosing
        self.query_one("#make-fields").display = self.making
        self.query_one("#take-fields").display = not self.making
        label = "Next"
        if self.choosing:
            label = self._making_label() if self.making else "Take this key"
        else:
            self._show_key()
        self.query_one("#next", Action).rename(label)

    def _making_label(self) -> str:
        of = self.paths()
        words = self.query_one("#leftover", Words)
        words.say("")
        if of is None:
            return "Choose a password"
        names = f"{of.public_der.name} goes to Palisade; {of.sealed.name} stays with you, sealed with the password."
        self.query_one("#what-you-get", Words).say(f"You get: {names}")
        left = keyfiles.leftover(of.sealed.parent, self._key_name())
        if left is None:
            return "Choose a password"
        words.say(
            f"An earlier run was interrupted and left {left.private_file}. Its password completes it; or choose another "
            "name.",
            "warn",
        )
        return "Complete it with its password"

    def paths(self) -> keyfiles.Paths | None:
        """The files that would be made; None while the name breaks the rule, which is then shown."""
        error = self.query_one("#key-error", Words)
        try:
            found = keyfiles.paths(Path(self._folder()).expanduser(), self._key_name())
        except ProblemError as refusal:
            error.say(" ".join((refusal.problem.summary, *refusal.problem.remedy)), "bad")
            return None
        error.say("")
        return found

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
        private = self.session.answers.text("recovery_key.private_file")
        rows = [("Public key", str(key.file)), ("SHA-256", key.sha256)]
        rows += [("Private key", private)] if private else []
        self.query_one("#key-files", Listing).show(rows)
        there = bool(private) and Path(private).exists()
        advice = "Take the private file offline, with a second copy elsewhere, and its password kept apart from it."
        self.query_one("#key-advice", Words).say(advice if there else "", "todo")

    def _look_again(self) -> None:
        self.hide_problem()
        self._arrange()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        key = {"key-folder": FOLDER, "key-name": NAME, "key-file": FILE}.get(str(event.input.id))
        if key is not None and event.value != self._initial(key):
            self.session.keep(key, event.value)
            self.set_timer(0.4, self.session.flush)
        if self.choosing:
            self._arrange()

    def _initial(self, key: str) -> str:
        match key:
            case "recovery_key.folder":
                return self._folder()
            case "recovery_key.name":
                return self._key_name()
            case _:
                return self.session.shown_draft(key)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.focus_next()

    @on(RadioSet.Changed)
    def _kind(self, event: RadioSet.Changed) -> None:
        self.session.keep(KIND, str(event.pressed.id))
        self.query_one("#key-error", Words).say("")
        self._arrange()

    @on(Button.Pressed, "#another")
    def _another(self) -> None:
        self.choosing = True
        self._arrange()
        self.say("A kit keeps its key: another key needs a new kit and a new quorum.", "warn")

    async def job_ended(self, job: Job) -> None:
        if (
            job.name == "key"
            and job.problem is None
            and self.session.answers.texts("recovery_key.public_files")
        ):
            self.choosing = False
            self._arrange()
            self.refresh_frame()

    async def forward(self) -> None:
        if not self.choosing:
            self.wizard.go(flow.after(self.name_))
        elif not self.making:
            self._take()
        else:
            of = self.paths()
            if of is None:
                self.query_one("#key-name", Input).focus()
            elif keyfiles.leftover(of.sealed.parent, self._key_name()) or self.attempt(
                lambda: keyfiles.refuse_existing(of)
            ):
                self.wizard.go("password")

    def _take(self) -> None:
        from services.recovery.formats import public_key

        text = self.query_one("#key-file", Input).value.strip()
        error = self.query_one("#key-error", Words)
        if not text:
            error.say("Give the path of the public key file.", "bad")
            self.query_one("#key-file", Input).focus()
            return
        path = Path(text).expanduser().absolute()
        try:
            key = public_key(files.read_small(path, kit.LARGEST_KEY_FILE))
            self.session.record(
                {
                    "recovery_key.public_files": [str(path)],
                    "recovery_key.fingerprint": key.sha256,
                    "recovery_key.private_file": None,
                    "recovery_key.custody": "file",
                }
            )
        except ProblemError as refusal:
            error.say(" ".join((refusal.problem.summary, *refusal.problem.remedy)), "bad")
            self.query_one("#key-file", Input).focus()
            return
        self.choosing = False
        error.say("")
        self._arrange()
        self.refresh_frame()
        self.say("Taken: compare the fingerprint with the one you know.", "ok")


def _line(label: str, key: str, text: str) -> ComposeResult:
    from textual.containers import Horizontal

    identifier = {FOLDER: "key-folder", NAME: "key-name", FILE: "key-file"}[key]
    with Horizontal(classes="field-line"):
        yield Static(label, classes="field-label", markup=False)
        yield Input(text, id=identifier, compact=True)
