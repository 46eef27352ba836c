"""Opening the private key with its password, and using it once: the proof that it can still recover."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from screens import flow, key_place
from screens.frame import Page
from screens.key_words import OPENS
from screens.password import logged
from screens.paths import typed
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.secret import SecretInput
from screens.widgets.words import Words
from screens.work import Job
from services import files, kit
from services.recovery import check
from services.recovery.check import CheckResult
from services.recovery.passwords import wipe


class Opening(Page):
    """A password and nothing else; afterwards the outcome."""

    name_ = "opening"
    next_label: ClassVar[str] = "Open it"
    next_only_when_possible = True
    done = False

    def body(self) -> ComposeResult:
        with Vertical(id="ask-password"):
            yield Words(id="opening-why", classes="lead")
            with Horizontal(classes="field-line"):
                yield Static("Password", classes="field-label", markup=False)
                yield SecretInput(id="password")
            yield Words(id="password-error")
        yield Words(id="outcome")
        yield Listing(id="outcome-rows", markup=False)

    def ready(self) -> None:
        self.query_one("#opening-why", Words).say(
            f"The password of {self._file()} opens it in the memory of a process of its own, which writes nothing and is "
            "gone afterwards."
        )
        if self.session.host.key_log:
            self.query_one("#ask-password").display = False
            self.say(logged(self.session.host.key_log), "bad")

    def _file(self) -> Path:
        text = self.session.drafts.get(key_place.PROVED, key_place.private_text(self.session))
        return typed(text)

    def can_next(self) -> bool:
        return not self.session.host.key_log and not self.wizard.runner.running("open-key")

    async def forward(self) -> None:
        if self.done:
            self.wizard.go("recovery-key")
        elif self.can_next():
            self._begin()

    @on(Input.Submitted)
    async def _entered(self) -> None:
        await self.forward()

    def _begin(self) -> None:
        password = self.query_one("#password", SecretInput).take()
        self.query_one("#password-error", Words).say("")
        setup, file, iterations = self.session.setup, self._file(), self.session.host.iterations

        def look(_job: Job, _tell: Any) -> CheckResult:
            try:
                public = kit.recovery_keys(setup)[0].der if setup is not None else None
                data = files.read_small(file, kit.LARGEST_KEY_FILE)
                work = check.checking(data, public, password, prove=True, iterations=iterations)
                return work.run()
            finally:
                wipe(password)

        self.watch_job(self.wizard.runner.start("open-key", "Opening the private key", look))
        self.refresh_frame()

    async def job_ended(self, job: Job) -> None:
        if job.name != "open-key":
            return
        if job.problem is not None and job.problem.code == "wrong-password":
            self._blame(key_place.sentence(job.problem))
        elif job.problem is not None:
            self.show_problem(job.problem, ("to-prove", "Another file", lambda: self.wizard.go("prove")))
        else:
            self._show(job.result)
        self.refresh_frame()

    def _blame(self, words: str) -> None:
        self.query_one("#password-error", Words).say(words, "bad")
        self.query_one("#password", SecretInput).focus()

    def _show(self, found: CheckResult) -> None:
        problem = check.verdict(found)
        if problem is None and not (found.is_private and found.matches_public and found.proven):
            self._blame(
                "This proves nothing: the file is no private key that could be opened. Choose another file."
            )
            return
        if problem is not None:
            self.show_problem(problem, ("to-prove", "Another file", lambda: self.wizard.go("prove")))
            return
        self.done = True
        flow.mark(self.session, key_place.PROVEN_AT, flow.today(self.session))
        self.query_one("#ask-password").display = False
        self.query_one("#outcome", Words).say(OPENS, "ok")
        rows = [("File", str(self._file())), ("SHA-256", found.sha256 or "")]
        self.query_one("#outcome-rows", Listing).show([*rows, *(("Note", note) for note in found.notes)])
        following = self.query_one("#next", Action)
        following.rename("Back to the key")
        following.focus()
