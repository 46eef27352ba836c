"""The password that seals the recovery key, and the making of the key.

A page with nothing but password inputs: what is typed ahead of Tab cannot land in the open. The passwords are never a
draft, never an argument, never shown; closing the page means typing them again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from screens import flow, suggest
from screens.frame import Page
from screens.recovery_key import FOLDER, NAME
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.secret import SecretInput
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services import setup_file
from services.problems import ProblemError
from services.recovery import keyfiles, keypair
from services.recovery.keyfiles import KeyFiles
from services.recovery.passwords import LONGEST, SHORTEST, wipe
from services.recovery.process import Work
from services.recovery.stages import Stage

PROVEN = (
    "The key is made, sealed, read back from the medium, and proven: it opens what its public half closes."
)
DIFFERENT = "The two passwords are not the same. Type both again."


class Password(Page):
    """Makes the key, or completes one whose making was interrupted; then shows what there is now."""

    name_ = "password"
    next_label: ClassVar[str] = "Make the key"
    next_only_when_possible = True
    made: KeyFiles | None = None

    def body(self) -> ComposeResult:
        with Vertical(id="ask-password"):
            yield Words(id="why-password", classes="lead")
            for identifier, label in (("password", "Password"), ("password-again", "Again")):
                with Horizontal(classes="field-line", id=f"line-{identifier}"):
                    yield Static(label, classes="field-label", markup=False)
                    yield SecretInput(id=identifier)
            yield Words(
                f"{SHORTEST} to {LONGEST} characters of an English keyboard; several random words are good. Nobody can "
                "reset it: without the password, the key and every backup are lost.",
                classes="field-hint",
            )
            yield Words(id="password-error")
            yield Words(
                "Keep the password apart from the file, where somebody finds it when it is needed.",
                kind="todo",
            )
        yield Listing(id="stages", markup=False)
        yield Words(id="made")
        yield Listing(id="made-files", markup=False)
        yield Action("Stop", id="stop-key")

    def ready(self) -> None:
        self.query_one("#stop-key").display = False
        of = self._request()
        left = keyfiles.leftover(of.folder, of.name)
        words = self.query_one("#why-password", Words)
        if left is not None:
            words.say(
                f"This password was chosen when {left.private_file} was made. It completes the key pair."
            )
            self.query_one("#line-password-again").display = False
            self.query_one("#next", Action).rename("Complete the key")
        else:
            words.say(
                f"This password seals the private key in {of.folder / of.name}.pke1. The recovery tool asks for it."
            )
        if self.session.host.key_log:
            self.query_one("#ask-password").display = False
            self.say(
                f"Every key you press is written to {self.session.host.key_log} (TEXTUAL_LOG), so no password is taken. "
                "Leave, unset TEXTUAL_LOG, and start again.",
                "bad",
            )
        job = self.wizard.runner.jobs.get("key")
        if job is not None and job.running:
            self._working(job)

    def _request(self) -> keypair.Request:
        session = self.session
        folder = session.drafts.get(FOLDER) or str(
            session.host.key_folder or Path.home() / "palisade-recovery-key"
        )
        name = session.drafts.get(NAME) or suggest.key_name(session.answers)
        return keypair.Request(Path(folder).expanduser(), name, iterations=session.host.iterations)

    def can_next(self) -> bool:
        return not self.session.host.key_log and not self.wizard.runner.running("key")

    @on(Input.Submitted, "#password")
    async def _first(self) -> None:
        if self.query_one("#line-password-again").display:
            self.query_one("#password-again", SecretInput).focus()
        else:
            await self.forward()

    @on(Input.Submitted, "#password-again")
    async def _second(self) -> None:
        self.query_one("#next", Action).focus()

    async def forward(self) -> None:
        if self.made is not None:
            self.wizard.go(flow.after(self.name_))
        elif self.can_next():
            self._begin()

    def _begin(self) -> None:
        first, again = (
            self.query_one("#password", SecretInput),
            self.query_one("#password-again", SecretInput),
        )
        request = self._request()
        completing = keyfiles.leftover(request.folder, request.name) is not None
        same = completing or first.value == again.value
        password = first.take()
        again.clear()
        error = self.query_one("#password-error", Words)
        error.say("")
        if not same:
            wipe(password)
            error.say(DIFFERENT, "bad")
            first.focus()
            return
        try:
            work = (keypair.completing if completing else keypair.generating)(request, password)
        except ProblemError as refusal:
            wipe(password)
            error.say(" ".join((refusal.problem.summary, *refusal.problem.remedy)), "bad")
            first.focus()
            return
        self._working(self._start(work))

    def _start(self, work: Work[KeyFiles]) -> Job:
        session, setup = self.session, self.session.setup

        def finish(made: KeyFiles) -> None:
            """The key is recorded in the set-up that it was made for, whichever is open by now."""
            values: dict[str, object] = {
                "recovery_key.public_files": [str(made.public_der)],
                "recovery_key.fingerprint": made.sha256,
                "recovery_key.private_file": str(made.private_file),
                "recovery_key.custody": "file",
            }
            if setup is not None and (session.setup is None or session.setup.path != setup.path):
                setup_file.record(setup, values)
            else:
                session.record(values)

        return self.wizard.runner.start(
            "key", "Working on the key", lambda _job, tell: work.run(tell), finish, work.cancel
        )

    def _working(self, job: Job) -> None:
        self.query_one("#ask-password").display = False
        stop = self.query_one("#stop-key")
        stop.display = True
        self.watch_job(job)
        self._show_stages(job)
        self.refresh_frame()

    def job_told(self, job: Job, what: Any) -> None:  # noqa: ARG002
        if job.name == "key":
            self._show_stages(job)

    def _show_stages(self, job: Job) -> None:
        stages = [what for what in job.told if isinstance(what, Stage)]
        done = {stage.name: stage for stage in stages if stage.done}
        rows = []
        for stage in (s for s in stages if not s.done):
            ended = done.get(stage.name)
            rows.append(("✓", f"{stage.says}  {ended.seconds:.1f} s") if ended else ("▸", stage.says))
        self.query_one("#stages", Listing).show(rows)

    @on(Button.Pressed, "#stop-key")
    def _stop(self) -> None:
        job = self.wizard.runner.jobs.get("key")
        if job is not None and job.running:
            job.ask_to_stop()
            self.say("Stopping…", "now")

    async def job_ended(self, job: Job) -> None:
        if job.name != "key":
            return
        self.query_one("#stop-key").display = False
        if job.problem is not None:
            self.show_problem(job.problem, ("again", "Try again", self._again))
        else:
            self.made = job.result
            self._show_made(job)
        self.refresh_frame()

    def _again(self) -> None:
        self.wizard.go("password")

    def _show_made(self, job: Job) -> None:
        made: KeyFiles = job.result
        rows = [
            ("Palisade gets", str(made.public_der)),
            ("You keep", str(made.private_file)),
            ("SHA-256", made.sha256),
        ]
        rows += [("Mind", note) for note in made.notes]
        rows += [("Now", "Take the private file offline, with a second copy elsewhere.")]
        self.query_one("#stages", Listing).show([])
        self.query_one("#made", Words).say(PROVEN, "ok")
        self.query_one("#made-files", Listing).show(rows)
        self.query_one("#next", Action).rename("Next")
        self.query_one("#next", Action).focus()
        self.say(f"Done in {elapsed(self.session.host.clock.now() - job.began)}.", "ok")
