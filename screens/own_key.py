"""A key that exists already: what its file is, and what must happen to it before anybody relies on it.

The public half is taken as it is. A private key is brought into the form that the recovery tool reads, because the
files of the usual commands are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, Input, Static

from screens import key_place
from screens.frame import Page
from screens.key_place import FILE, FOLDER, IN_HSM, NAME, sentence
from screens.key_words import TAKING, looked_rows
from screens.key_work import Source
from screens.paths import typed
from screens.widgets.action import Action
from screens.widgets.choice import Check
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from screens.work import Job
from services import files, kit
from services.problems import ProblemError
from services.recovery import check, hsm
from services.recovery.check import CheckResult


@dataclass(frozen=True)
class Looked:
    """A file that was looked at."""

    path: Path
    data: bytes
    found: CheckResult

    def __repr__(self) -> str:
        return f"Looked({self.path})"


class OwnKey(Page):
    """Next looks at the file first, and takes or converts it then."""

    name_ = "own-key"
    next_label: ClassVar[str] = "Look at it"
    looked: Looked | None = None

    def body(self) -> ComposeResult:
        session = self.session
        yield Words(TAKING, classes="lead")
        yield from _line("Key file", "key-file", session.shown_draft(FILE))
        yield Check(
            "Its private half cannot leave its HSM or KMS",
            session.shown_draft(IN_HSM) == "yes",
            id="in-hsm",
            compact=True,
        )
        yield Listing(id="looked", markup=False)
        with Vertical(id="convert-fields", classes="apart"):
            yield from _line("Folder", "key-folder", key_place.folder_text(session))
            yield from _line("Name", "key-name", key_place.name(session))
        with Vertical(id="phrase-fields", classes="apart"):
            yield Words(id="phrase-why")
            yield from _line("Type it here", "phrase", "")
        yield Words(id="key-error")

    def ready(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Shows what fits the file that was looked at."""
        looked = self.looked
        private = looked is not None and looked.found.is_private
        phrase = looked is not None and not private and self._in_hsm()
        self.query_one("#convert-fields").display = private
        self.query_one("#phrase-fields").display = phrase
        rows = looked_rows(looked.found) if looked else []
        self.query_one("#looked", Listing).show(rows)
        if phrase and looked is not None:
            self.query_one("#phrase-why", Words).say(
                f"{hsm.EXPLAINED[0]} {hsm.EXPLAINED[1]} To use it all the same, with a recovery tool of your own, type: "
                f"{hsm.phrase(looked.found.sha256 or '')}",
                "warn",
            )
        label = self.next_label
        if private:
            label = "Choose its new password"
        elif looked is not None:
            label = "Take this key"
        self.query_one("#next", Action).rename(label)

    def _in_hsm(self) -> bool:
        return self.query_one("#in-hsm", Checkbox).value

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        key = {"key-file": FILE, "key-folder": FOLDER, "key-name": NAME}.get(str(event.input.id))
        if key is None:
            return
        shown = {
            FILE: self.session.shown_draft(FILE),
            FOLDER: key_place.folder_text(self.session),
            NAME: key_place.name(self.session),
        }
        if event.value != shown[key]:
            self.session.keep(key, event.value)
            self.set_timer(0.4, self.session.flush)
        if key == FILE and self.looked is not None:
            self.looked = None
            self._arrange()

    @on(Checkbox.Changed, "#in-hsm")
    def _ticked(self, event: Checkbox.Changed) -> None:
        self.session.keep(IN_HSM, "yes" if event.value else "")
        self.session.flush()
        self._arrange()

    @on(Input.Submitted)
    async def _entered(self) -> None:
        await self.forward()

    async def forward(self) -> None:
        self.query_one("#key-error", Words).say("")
        looked = self.looked
        if looked is None:
            self._look()
        elif looked.found.is_private:
            self._convert(looked)
        else:
            self._take(looked)

    def _look(self) -> None:
        text = self.query_one("#key-file", Input).value.strip()
        if not text:
            self._blame("Give the path of the key file.")
            return
        if self.wizard.runner.running("look"):
            return
        path = typed(text)

        def look(_job: Job, _tell: Any) -> Looked:
            data = files.read_small(path, kit.LARGEST_KEY_FILE)
            return Looked(path, data, check.checking(data).run())

        self.watch_job(self.wizard.runner.start("look", "Looking at the file", look))

    async def job_ended(self, job: Job) -> None:
        if job.name != "look":
            return
        if job.problem is not None:
            self._blame(sentence(job.problem))
            return
        looked: Looked = job.result
        problem = check.verdict(looked.found) if looked.found.acceptable is False else None
        if problem is not None:
            self._blame(sentence(problem))
            return
        self.looked = looked
        self._arrange()
        if not looked.found.is_private and not self._in_hsm():
            self._take(looked)

    def _take(self, looked: Looked) -> None:
        """Takes a public key; one whose private half is locked in needs its phrase."""
        fingerprint = looked.found.sha256 or ""
        try:
            if self._in_hsm():
                hsm.check_phrase(fingerprint, self.query_one("#phrase", Input).value)
            self.session.record(
                {
                    "recovery_key.public_files": [str(looked.path)],
                    "recovery_key.fingerprint": fingerprint,
                    "recovery_key.private_file": None,
                    "recovery_key.custody": "hsm" if self._in_hsm() else "file",
                }
            )
        except ProblemError as refusal:
            self._blame(sentence(refusal.problem), "#phrase" if self._in_hsm() else "#key-file")
            return
        self.wizard.go("recovery-key")

    def _convert(self, looked: Looked) -> None:
        found = looked.found
        try:
            key_place.refuse_taken(self.session)
        except ProblemError as refusal:
            self._blame(sentence(refusal.problem), "#key-name")
            return
        self.session.source = Source(looked.path, looked.data, found.acceptable is None, found.sha256 or "")
        self.wizard.go("password")

    def _blame(self, words: str, focus: str = "#key-file") -> None:
        self.query_one("#key-error", Words).say(words, "bad")
        self.query_one(focus, Input).focus()


def _line(label: str, identifier: str, text: str) -> ComposeResult:
    with Horizontal(classes="field-line"):
        yield Static(label, classes="field-label", markup=False)
        yield Input(text, id=identifier, compact=True)
