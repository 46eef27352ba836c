"""The create-wallet checklist, live: it looks again and again until the backup is there, whole and readable."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens import check_words
from screens.check_words import VERIFIED
from screens.dialogs import TextView
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services import progress, work
from services.backups import rehearsal
from services.backups.findings import UNPROVEN
from services.own_command import on_setup
from services.problems import ProblemError
from services.record import book
from services.record.book import Record
from services.record.rehearsing import example
from services.verify.checks import Report

WHY = "Create a wallet on the new quorum now. This page watches until its backup is here, whole, and readable by you."
NEEDED = "Something needs you: Enter on a line with ✗ or ? says what to do."


class Verify(Page):
    """The configuration is one line and so is each file; Enter shows what is behind a line."""

    name_ = "verify"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(WHY, id="verify-heading")
        yield Lines(id="checks")
        yield Words(id="write-down")
        yield Words(f"What this does not prove: {UNPROVEN}", kind="warn", classes="apart")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Look now", id="look-now")
            yield Action("How to rehearse", id="rehearse")
            yield Action("Audit the set-up", id="audit")
        with Horizontal(classes="row-of-buttons close"):
            yield Action("Save the record", id="record")
            yield Action("What comes after", id="duties")
        if self.session.host.extra_action is not None:
            yield Action(self.session.host.extra_action.label, id="extra-action")
        yield Words(id="command")
        yield Words(id="extra-said")

    def ready(self) -> None:
        self.next_look: float | None = None
        self.watched = work.Watched()
        self.set_interval(0.5, self.count_down)
        extra = self.session.host.extra_action
        if extra is not None:
            self.query_one("#extra-said", Words).say(extra.says, "todo")
        if self.session.report is not None:
            self.call_later(self._show, self.session.report)
        self._look()

    def can_next(self) -> bool:
        return False

    def _look(self) -> None:
        session, watched = self.session, self.watched
        setup = session.setup
        if setup is None or self.wizard.runner.running("verify"):
            return

        def look(_job: Job, _tell: Any) -> tuple[Report, object]:
            signed_in = session.sign_in()
            desk = session.desk_of(setup, signed_in)
            return work.verify(desk, watched=watched), signed_in

        def finish(found: Any) -> None:
            session.report, session.signed_in = found

        self.next_look = None
        self.watch_job(self.wizard.runner.start("verify", "Looking", look, finish))

    async def job_ended(self, job: Job) -> None:
        match job.name:
            case "verify" if job.problem is not None:
                self.session.signed_in = None
                self.show_problem(
                    job.problem,
                    ("again", "Try again", self._look),
                    ("to-review", "Go to the review", lambda: self.wizard.go("review")),
                )
            case "verify" if self.session.report is not None:
                progress.judged(self.session, self.session.report, self.session.host.clock.wall())
                self._show(self.session.report)
            case "extra" if job.problem is not None:
                self.show_problem(job.problem)
            case "extra":
                self._look()
            case _:
                pass

    def _show(self, report: Report) -> None:
        self.query_one("#checks", Lines).show(check_words.rows(report))
        waiting = report.having("waiting")
        self.next_look = self.session.host.clock.now() + work.pace(work.Question()) if waiting else None
        self._mark(report)
        self.refresh_frame()

    def _mark(self, report: Report) -> None:
        """All is well when nothing fails, waits or is unknown."""
        session = self.session
        self._write_down(check_words.wallets(report))
        if report.exit_code == 0:
            self.query_one("#verify-heading", Words).say(VERIFIED, "ok")
            self.say(VERIFIED, "ok")
            command = on_setup("verify", session.setup.path if session.setup else None, "--wait", "15m")
            self.query_one("#command", Words).say(f"The same without the wizard: {command}")
            return
        # What an earlier look found is not so for ever.
        self.query_one("#verify-heading", Words).say(WHY)
        self.query_one("#command", Words).say("")
        if report.having("fail", "unknown"):
            self.say(NEEDED, "bad")

    def _write_down(self, wallets: tuple[str, ...]) -> None:
        """Says what must be written down; nothing more once it is on record."""
        setup = self.session.setup
        if not wallets or setup is None:
            return
        try:
            record = book.read(book.place(setup, self.session.host.state))
        except ProblemError:  # the page of the record says what is wrong with it
            record = Record()
        said = self.query_one("#write-down", Words)
        if all(record.find(key_id) for key_id in wallets):
            said.say("Every wallet that was seen is on record. Print it, and keep it outside Palisade.", "ok")
            return
        quorum = self.session.answers.text("palisade.quorum_id") or "(not given yet)"
        said.say(
            f"Write down, outside Palisade: quorum ID {quorum}, key ID {', '.join(wallets)}. Without them there is no "
            "recovery.",
            "todo",
        )

    def count_down(self) -> None:
        """Says when the next look is, and looks when it is due."""
        if self.next_look is None or self.query_one("#problem").display:
            return
        left = self.next_look - self.session.host.clock.now()
        if left <= 0:
            self._look()
        elif self.busy is None:
            report, when = self.session.report or Report(()), elapsed(left + 0.99)
            if report.having("fail", "unknown"):
                self.say(f"{NEEDED} The next look is in {when}.", "bad")
            else:
                self.say(f"Still awaited: {check_words.awaited(report)}. The next look is in {when}.", "now")

    @on(Lines.Opened)
    def _open(self, event: Lines.Opened) -> None:
        self.app.push_screen(TextView("Evidence, and what to do", self.named(event.behind)))

    @on(Button.Pressed, "#look-now")
    def _now(self) -> None:
        self.hide_problem()
        self._look()

    @on(Button.Pressed, "#audit")
    def _audit(self) -> None:
        self.wizard.go("audit")

    @on(Button.Pressed, "#rehearse")
    def _rehearse(self) -> None:
        session = self.session
        setup, report = session.setup, session.report or Report(())
        if setup is None:
            return
        try:
            record = book.read(book.place(setup, session.host.state))
        except ProblemError as error:
            self.show_problem(error.problem)
            return
        text = rehearsal.as_text(rehearsal.steps(example(setup, record, report.seen)))
        self.app.push_screen(TextView("How to rehearse a recovery with an empty wallet", text))

    @on(Button.Pressed, "#record")
    def _record(self) -> None:
        self.wizard.go("record")

    @on(Button.Pressed, "#duties")
    def _duties(self) -> None:
        self.wizard.go("duties")

    @on(Button.Pressed, "#extra-action")
    def _extra(self) -> None:
        extra, setup = self.session.host.extra_action, self.session.setup
        if extra is None or setup is None or self.wizard.runner.running("extra"):
            return

        def act(_job: Job, tell: Any) -> None:
            for sentence in extra.run(setup):
                tell(sentence)

        self.watch_job(self.wizard.runner.start("extra", extra.label, act))

    def job_told(self, job: Job, what: Any) -> None:  # noqa: ARG002
        if job.name == "extra":
            self.query_one("#extra-said", Words).say("\n".join(str(said) for said in job.told))
