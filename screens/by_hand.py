"""For whoever runs every command with their own hands: one step at a time, and a look at AWS after each.

Nothing here can write: everything is asked through a port that refuses to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from screens import flow, plan_words
from screens.dialogs import AskPath
from screens.frame import Page
from screens.paths import here, typed
from screens.widgets.action import Action
from screens.widgets.words import Words
from screens.work import Job
from services import files, work
from services.aws.guards import ReadOnly
from services.export.steps import ByHand, by_hand
from services.printable import one_line
from services.problems import Problem, ProblemError

if TYPE_CHECKING:
    from screens.session import SignedIn
    from services.work import Planned

WHY = (
    "You run each command yourself, in another terminal. This page looks at AWS and says what is true now; nothing on it "
    "can write."
)
HIDDEN = "The external ID is not shown: a variable stands for it. The copy, the plain screen and the file have it whole."
SENT = "Sent to your terminal's clipboard. Not there? Use the plain screen or write a file."
CONFIDENTIAL = " It holds the external ID, which is confidential."
DONE = "Everything is as this set-up wants it, read back from AWS."


class ByHandPage(Page):
    """Visited from the review; Next appears when AWS has everything."""

    name_ = "by-hand"
    next_only_when_possible = True
    _left: tuple[ByHand, ...] | None = None

    def body(self) -> ComposeResult:
        yield Words(WHY)
        yield Words(id="verdict")
        yield Words(id="step", classes="heading")
        yield Words(id="risk")
        with Horizontal(classes="row-of-buttons", id="ways"):
            yield Action("I ran it", id="check", strong=True)
            yield Action("Copy", id="copy")
            yield Action("Plain screen", id="plain")
            yield Action("Write a file", id="write-file")
        yield Vertical(id="command", classes="apart")
        yield Words(id="hidden", classes="apart")
        yield Words(id="expect", classes="apart")

    def ready(self) -> None:
        self._show(False)
        self._look()

    def can_next(self) -> bool:
        return self._left == () and flow.sign(self.session, flow.step_of("review"), -1) == "✓"

    @property
    def _now(self) -> ByHand | None:
        return self._left[0] if self._left else None

    def _look(self) -> None:
        """Looks at AWS for the answers that the file has now, which another program may have written."""
        session = self.session
        if self.wizard.runner.running("by-hand"):
            return
        try:
            session.reload()
        except ProblemError as error:
            self._not_looked(error.problem)
            return
        setup, before = session.setup, flow.digest(session)
        if setup is None:
            return

        def look(_job: Job, _tell: Any) -> tuple[Planned, SignedIn]:
            signed_in = session.sign_in()
            desk = session.desk_of(setup, replace(signed_in, aws=ReadOnly(signed_in.aws)))
            return work.make_plan(desk), signed_in

        def finish(found: tuple[Planned, SignedIn]) -> None:
            session.still(before)
            session.planned, session.signed_in = found

        self.watch_job(self.wizard.runner.start("by-hand", "Looking at what AWS has now", look, finish))

    async def job_ended(self, job: Job) -> None:
        if job.name != "by-hand":
            return
        if job.problem is not None:
            self._not_looked(job.problem)
        else:
            await self._take(self.session.planned)
        self.refresh_frame()

    def _not_looked(self, problem: Problem) -> None:
        self.session.signed_in = None
        self.show_problem(
            problem, ("again", "Try again", self._look), so_far="Nothing was changed by this page."
        )

    async def _take(self, planned: Planned | None) -> None:
        """The plan as it is now: what was done, and what is to be done next."""
        if planned is None:
            return
        blocked = next((step.problem for step in planned.plan.blocked if step.problem is not None), None)
        if blocked is not None:
            self._left = None
            self._show(False)
            self.show_problem(
                blocked, ("again", "Look again", self._look), so_far="No command is shown while this is so."
            )
            return
        before, answers = self._now, self.session.answers
        region, external_id = answers.text("aws.region"), answers.text("palisade.external_id")
        self._left = by_hand(planned.plan, planned.world, region, external_id)
        self._judge(before)
        await self._show_step()
        if not self._left:
            flow.mark(self.session, flow.APPLIED, flow.digest(self.session))

    def _judge(self, before: ByHand | None) -> None:
        verdict = self.query_one("#verdict", Words)
        if not self._left:
            verdict.say(DONE, "ok")
        elif before is None:
            verdict.say("")
        elif any(each.step.address == before.step.address for each in self._left):
            now = next(e.step for e in self._left if e.step.address == before.step.address).before
            verdict.say(
                f"Not so yet in AWS{f' (now: {now})' if now else ''}. Run the command, then check again.",
                "warn",
            )
        else:
            verdict.say(f"AWS has it: {before.step.resource.title}: {before.step.says}.", "ok")

    def _show(self, there: bool) -> None:
        for identifier in ("#step", "#command", "#ways"):
            self.query_one(identifier).display = there
        if not there:
            for identifier in ("#risk", "#expect", "#hidden"):
                self.query_one(identifier, Words).say("")

    async def _show_step(self) -> None:
        now = self._now
        self._show(now is not None)
        if now is None or self._left is None:
            return
        many = len(self._left)
        left = "The last step" if many == 1 else f"The next of {many} steps"
        self.query_one("#step", Words).say(f"{left}: {now.step.resource.title}: {now.step.says}.")
        self.query_one("#risk", Words).say(
            f"{plan_words.CONSENT[now.risk]}." if now.risk is not None else "", "warn"
        )
        box = self.query_one("#command", Vertical)
        await box.remove_children()
        # A line each, so that none is cut when the page is scrolled.
        await box.mount(*(Static(Content(one_line(line)), markup=False) for line in now.shown.split("\n")))
        self.query_one("#expect", Words).say(now.expect)
        self.query_one("#hidden", Words).say(HIDDEN if now.hides else "", "warn")
        self.query_one("#check", Action).focus(scroll_visible=False)

    @on(Button.Pressed, "#check")
    def _check(self) -> None:
        self.hide_problem()
        self._look()

    @on(Button.Pressed, "#copy")
    def _copy(self) -> None:
        if self._now is not None:
            self.app.copy_to_clipboard(self._now.whole)
            self.say(SENT + (CONFIDENTIAL if self._now.hides else ""), "ok")

    @on(Button.Pressed, "#plain")
    def _plain(self) -> None:
        if self._now is not None:
            self.wizard.show_plainly(self._now.whole, "The command")

    @on(Button.Pressed, "#write-file")
    def _ask_file(self) -> None:
        if self._now is not None:
            name = f"{self.session.answers.text('setup.name')}-{self._now.step.address}.sh"
            self.app.push_screen(AskPath(str(here() / name), "Write the command to a new file"), self._write)

    def _write(self, text: str | None) -> None:
        now = self._now
        if not text or now is None:
            return
        path = typed(text)
        if self.attempt(lambda: files.publish(path, f"{now.whole}\n".encode(), mode=0o600)):
            self.say(f"Written to {path}.{CONFIDENTIAL if now.hides else ''}", "ok")
