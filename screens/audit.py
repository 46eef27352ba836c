"""The audit of a set-up: everything that could weaken the backups, each with its weight and what to do about it.

From here all wallets can be looked at as well: whether each has its backup, as plots and lines over the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens import check_words
from screens.dialogs import TextView
from screens.frame import Page
from screens.wallets import Wallets
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.words import Words
from screens.work import Job
from services.answers import complete
from services.audit.answer import Audited
from services.audit.running import LOOK, run, seed
from services.doctor.audit import audit, of_setup
from services.own_command import on_setup
from services.verify.checks import Report
from services.work import open_desk

WHY = "This looks at everything around the backups that could weaken them. It only reads; nothing is changed."


class Audit(Page):
    """Visited from the verification page; Enter on a line shows evidence, remedy and who else asks for it."""

    name_ = "audit"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(WHY)
        yield Words(id="verdict")
        yield Lines(id="findings")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Look again", id="look-again")
            yield Action("Look at all wallets", id="all-wallets")
        yield Words(id="command", classes="apart")

    def ready(self) -> None:
        self._look()

    def can_next(self) -> bool:
        return False

    def _look(self) -> None:
        session = self.session
        setup = session.setup
        if setup is None or self.wizard.runner.running("audit"):
            return

        def look(_job: Job, _tell: object) -> Report:
            complete(setup.answers)
            signed_in = session.sign_in()
            subject = of_setup(setup, signed_in.identity, session.host.state.found())
            return audit(signed_in.aws, subject, session.host.clock.wall())

        self.watch_job(self.wizard.runner.start("audit", "Looking", look))

    def _look_at_all(self) -> None:
        """Lists the whole bucket, reads some wallets, and shows what it found."""
        session = self.session
        setup = session.setup
        if setup is None or self.wizard.runner.running("wallets"):
            return

        def look(job: Job, tell: Callable[[object], None]) -> Audited:
            signed_in = session.sign_in()
            desk = open_desk(
                setup, signed_in.aws, session.host.state, session.host.clock, signed_in.connection.endpoint
            )
            return run(desk, replace(LOOK, seed=seed()), tell, job.stop.is_set)

        self.watch_job(self.wizard.runner.start("wallets", "Looking at all wallets", look))

    def job_told(self, job: Job, what: Any) -> None:
        if job.name == "wallets":
            self.say(str(what), "now")

    async def job_ended(self, job: Job) -> None:
        if job.name == "wallets":
            self._show_all(job)
        if job.name != "audit":
            return
        if job.problem is not None:
            self.session.signed_in = None
            self.show_problem(job.problem, ("again", "Try again", self._look))
        else:
            self._show(job.result)

    def _show(self, report: Report) -> None:
        self.query_one("#findings", Lines).show(check_words.findings(report))
        setup = self.session.setup
        self.query_one("#command", Words).say(
            f"The same without the wizard: {on_setup('doctor', setup.path if setup else None)}"
        )
        failed = len(report.having("fail"))
        if failed:
            all_ = len(report.checks)
            self._judge(f"{failed} of {all_} checks fail: Enter on a line with ✗ says what to do.", "bad")
        elif report.having("unknown", "waiting"):
            self._judge(
                "Not everything could be seen: Enter on a line with ? names the missing right.", "warn"
            )
        elif report.having("warn"):
            self._judge("Nothing fails. Look at the lines with !: they may be meant so.", "warn")
        else:
            self._judge("Nothing to find fault with.", "ok")

    def _show_all(self, job: Job) -> None:
        self.say("")
        if job.problem is not None:
            self.show_problem(job.problem, ("again", "Try again", self._look_at_all))
            return
        setup = self.session.setup
        command = on_setup("audit", setup.path if setup else None, "--out", "DIR")
        self.app.push_screen(Wallets(job.result, command, self.named))

    def _judge(self, says: str, kind: str) -> None:
        self.query_one("#verdict", Words).say(says, kind)

    @on(Lines.Opened)
    def _open(self, event: Lines.Opened) -> None:
        self.app.push_screen(TextView("Evidence, and what to do", self.named(event.behind)))

    @on(Button.Pressed, "#look-again")
    def _again(self) -> None:
        self.hide_problem()
        self._look()

    @on(Button.Pressed, "#all-wallets")
    def _all(self) -> None:
        self.hide_problem()
        self._look_at_all()
