"""The key as it is made: each proof as a line of its own, and at the end what there is now and where it belongs."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens import flow, key_place, key_work
from screens.frame import Page
from screens.key_words import done, next_thing
from screens.key_work import Finished
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services.recovery.stages import Stage


class Making(Page):
    """Shows the job “key”, whichever page began it."""

    name_ = "making"
    next_label: ClassVar[str] = "Next"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Listing(id="stages", markup=False)
        yield Words(id="made")
        yield Listing(id="made-files", markup=False)
        with Horizontal(classes="row-of-buttons", id="making-buttons"):
            yield Action("Stop", id="stop-key")
            yield Action("Keep a copy of the password in this computer's keyring", id="keyring")
        yield Words(id="keyring-said")

    def ready(self) -> None:
        self.query_one("#keyring").display = False
        job = self._job()
        if job is None:
            self.query_one("#stop-key").display = False
            self.say("No key is being made. Esc goes back.", "todo")
        else:
            self._show_stages(job)
            if job.running:
                self.watch_job(job)
            else:
                self.call_later(self.job_ended, job)

    def _job(self) -> Job | None:
        return self.wizard.runner.jobs.get("key")

    def can_next(self) -> bool:
        job = self._job()
        return job is not None and job.done and job.problem is None

    async def forward(self) -> None:
        if self.can_next():
            self.wizard.go("token" if self._for_hsm() else flow.after(self.name_))

    def _for_hsm(self) -> bool:
        chosen = self.session.shown_draft(key_place.KIND) == "hsm"
        return chosen and self.session.host.tokens_possible()

    def action_back(self) -> None:
        if self.wizard.runner.running("key"):
            self.say("The key is being made. Stop first, or wait until it is done.", "warn")
        else:
            super().action_back()

    @on(Button.Pressed, "#stop-key")
    def _stop(self) -> None:
        job = self._job()
        if job is not None and job.running:
            job.ask_to_stop()
            self.say("Stopping…", "now")

    # What the job says ------------------------------------------------------------------------------------------

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

    async def job_ended(self, job: Job) -> None:
        if job.name == "keyring":
            self._show_keyring(job)
        if job.name != "key":
            return
        self.query_one("#stop-key").display = False
        if job.problem is not None:
            self.session.let_go()
            self._failed(job)
        else:
            self._show_made(job)
        self.refresh_frame()

    def _failed(self, job: Job) -> None:
        problem, session = job.problem, self.session
        if problem is None:
            return
        if problem.code in key_work.GONE:
            session.stop_handing_out()
            session.stop_gathering()
        choices = [
            ("again", "Try again", self._again),
            ("elsewhere", "Another folder", lambda: self.wizard.go("recovery-key")),
        ]
        so_far = ""
        if session.gathering is not None:
            so_far = "The shares that were brought together are still here; nothing needs to be typed again."
            choices.append(("other-shares", "Other shares", self._other_shares))
        elif session.hand_out is not None:
            so_far = "The shares that were handed out are good: the key is made for them."
        self.show_problem(problem, *choices, so_far=so_far)

    def _again(self) -> None:
        session = self.session
        if session.gathering is not None:
            key_work.start_for_gathered(self.wizard, session.gathering)
        elif session.hand_out is not None:
            key_work.start_for_shares(self.wizard, session.hand_out)
        self.wizard.go(self._began_at())

    def _began_at(self) -> str:
        """The page on which the work goes on."""
        session = self.session
        if session.gathering is not None or session.hand_out is not None:
            return "making"
        if session.shown_draft(key_place.KIND) == "split":
            return "recovery-key"
        return "password"

    def _other_shares(self) -> None:
        self.session.stop_gathering()
        self.wizard.go("gather")

    def _show_made(self, job: Job) -> None:
        found: Finished = job.result
        made, session = found.files, self.session
        session.stop_handing_out()
        session.stop_gathering()
        rows = [("Palisade gets", str(made.public_der)), ("You keep", str(made.private_file))]
        rows += (
            [("Print", f"{found.sheet}: fingerprint, files, how to recover; no secret")]
            if found.sheet
            else []
        )
        rows += [("SHA-256", made.sha256)]
        rows += [("Mind", note) for note in found.mind]
        rows += [("Now", next_thing(found))]
        self.query_one("#stages", Listing).show([])
        self.query_one("#made", Words).say(done(found), "ok")
        self.query_one("#made-files", Listing).show(rows)
        self.query_one("#keyring").display = session.held is not None and not session.production
        following = self.query_one("#next", Action)
        following.rename("Store it in the HSM" if self._for_hsm() else "Next")
        following.focus()
        self.say(f"Done in {elapsed(session.host.clock.now() - job.began)}.", "ok")

    # The copy in the keyring ------------------------------------------------------------------------------------

    @on(Button.Pressed, "#keyring")
    def _keep(self) -> None:
        session, job = self.session, self._job()
        open_keyring, password = session.host.keyring, session.held
        if open_keyring is None or password is None or job is None or session.production:
            return
        session.held = None
        fingerprint = job.result.files.sha256

        def keep(_job: Job, _tell: object) -> None:
            from services.recovery import keyring_copy
            from services.recovery.passwords import wipe

            try:
                keyring_copy.store(open_keyring(), fingerprint, password, production=False)
            finally:
                wipe(password)

        self.query_one("#keyring").display = False
        self.watch_job(self.wizard.runner.start("keyring", "Asking the keyring", keep))

    def _show_keyring(self, job: Job) -> None:
        said = self.query_one("#keyring-said", Words)
        if job.problem is not None:
            said.say(key_place.sentence(job.problem), "bad")
        else:
            said.say(
                "This computer's keyring keeps a copy of the password. It is a convenience and no backup: keep the "
                "password elsewhere, too.",
                "ok",
            )
        self.query_one("#next", Action).focus()
