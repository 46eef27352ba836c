"""The plan being carried out: each step with its time, what AWS is waited for and why, stop and try again."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Button

from screens import flow, plan_words
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.listing import Line, Lines
from screens.widgets.problem_box import Choice
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services import work
from services.engine.plan import Step
from services.events import Failed, Finished, Skipped, Started, Succeeded, Waiting
from services.own_command import on_setup
from services.problems import Problem, refuse
from services.work import Desk, Planned

WORKING = "Making it so. You can stop after any call; what is done stays done and complete."
DONE = "Everything is there and was read back from AWS."
STOPPED = "Stopped. What is done is complete and kept; go on whenever you like."


class Applying(Page):
    """Starts at once: the button on the review page was the decision."""

    name_ = "applying"
    next_label: ClassVar[str] = "Next"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(WORKING, id="apply-heading")
        yield Lines(id="apply-steps")
        yield Action("Stop", id="stop")
        yield Words(id="apply-command")

    def ready(self) -> None:
        self.began: dict[str, float] = {}
        self.steps: tuple[Step, ...] = ()
        self.state: list[tuple[str, str]] = []
        session = self.session
        job = self.wizard.runner.jobs.get("apply")
        if job is not None and job.running:
            self._list(session.planned)
            for event in job.told:
                self.job_told(job, event)
            self.watch_job(job)
        elif session.desk is not None and session.planned is not None:
            self._list(session.planned)
            self._apply(session.desk, session.planned)
        else:
            self.call_later(self.wizard.go, "review")

    def _list(self, planned: Planned | None) -> None:
        self.steps = planned.plan.steps if planned else ()
        self.state = [("·", "") for _ in self.steps]
        self._draw(0)

    def _draw(self, at: int) -> None:
        lines = self.query_one("#apply-steps", Lines)
        before = ""
        rows: list[tuple[Line, str]] = []
        for step, (sign, more) in zip(self.steps, self.state, strict=True):
            inner = step.facet is not None and step.resource.name == before
            words = step.says if inner else _title(step)
            rows.append(((sign, words + (f"  ({more})" if more else ""), int(inner)), ""))
            before = step.resource.name
        lines.show(rows)
        lines.highlighted = at

    def _apply(self, desk: Desk, planned: Planned) -> None:
        session = self.session
        accepted = session.accepted

        def carry_out(job: Job, tell: Any) -> Problem | None:
            failed = None
            for event in work.carry_out(desk, planned, accepted, job.stop.is_set):
                tell(event)
                if isinstance(event, Failed):
                    failed = event.problem
            return failed

        self.query_one("#apply-heading", Words).say(WORKING)
        self.query_one("#stop").display = True
        job = self.wizard.runner.start("apply", "Working", carry_out, lambda _failed: session.reload())
        self.watch_job(job)
        self.refresh_frame()

    def can_next(self) -> bool:
        job = self.wizard.runner.jobs.get("apply")
        ended = job is not None and job.done and job.problem is None and job.result is None
        return ended and flow.sign(self.session, flow.step_of(self.name_), -1) == "✓"

    def action_back(self) -> None:
        if self.wizard.runner.running("apply"):
            self.say("Things are being created. Stop first, or wait until it is done.", "warn")
        else:
            super().action_back()

    # Events -----------------------------------------------------------------------------------------------------

    def job_told(self, job: Job, what: Any) -> None:
        if job.name != "apply" or not self.steps:
            return
        now = self.session.host.clock.now()
        match what:
            case Started(address):
                self.began[address] = now
                self._line(address, "▸", "")
            case Waiting(address, _, reason):
                self.began.setdefault(address, now)
                self._line(address, "▸", f"waiting for AWS: {reason}")
            case Succeeded(address):
                took = now - self.began.get(address, now)
                self._line(address, "✓", f"{took:.1f} s" if took >= 0.1 else "")
            case Skipped(address):
                self._line(address, "=", "was there already")
            case Failed(address):
                self._line(address, "✗", "")
            case Finished(done, _, _):
                self.query_one("#apply-heading", Words).say(f"{done} of {len(self.steps)} done.")
            case _:
                pass

    def _line(self, address: str, sign: str, more: str) -> None:
        for number, step in enumerate(self.steps):
            if step.address == address:
                self.state[number] = (sign, more)
                self._draw(number)

    async def job_ended(self, job: Job) -> None:
        if job.name == "plan" and job.problem is not None:
            self._failed(job.problem)
        if job.name != "apply":
            return
        self.query_one("#stop").display = False
        problem = job.problem or job.result
        if problem is None:
            self._done(job)
        else:
            self._failed(problem)
        self.refresh_frame()

    def _done(self, job: Job) -> None:
        session = self.session
        session.kit = session.report = None
        heading = self.query_one("#apply-heading", Words)
        if session.desk is None or not flow.applied(session, session.desk.answers):
            heading.say(plan_words.CHANGED_DONE, "warn")
            self.show_problem(
                plan_words.changed(),
                ("to-review", "Look at the plan", lambda: self.wizard.go("review")),
            )
            return
        took = elapsed(session.host.clock.now() - job.began)
        heading.say(f"{DONE} It took {took}.", "ok")
        self.query_one("#apply-command", Words).say(
            f"The same without the wizard: {on_setup('apply', session.setup.path if session.setup else None)}"
        )
        self.query_one("#next", Action).focus()

    def _failed(self, problem: Problem) -> None:
        done = sum(1 for sign, _ in self.state if sign in "✓=")
        heading = self.query_one("#apply-heading", Words)
        so_far = f"{done} of {len(self.steps)} steps are done and complete. Nothing is lost."
        look: Choice = ("to-review", "Look at the plan", lambda: self.wizard.go("review"))
        match problem.code:
            case "stale":  # the same plan would be refused again
                heading.say("Nothing more was done: the plan has to be looked at once more.", "warn")
                self.show_problem(problem, look, so_far=so_far)
            case "interrupted":
                heading.say(STOPPED, "warn")
                self.show_problem(problem, ("retry", "Go on", self._retry), look, so_far=so_far)
            case _:
                heading.say("One step could not be done; nothing after it was tried.", "bad")
                self.show_problem(problem, ("retry", "Try again", self._retry), look, so_far=so_far)

    @on(Button.Pressed, "#stop")
    def _stop(self) -> None:
        job = self.wizard.runner.jobs.get("apply")
        if job is not None and job.running:
            job.ask_to_stop()
            self.say("Stopping after the current call…", "now")

    # Trying again -----------------------------------------------------------------------------------------------

    def _retry(self) -> None:
        """Looks and plans again, never replays; goes on by itself only with what is left of the plan that was agreed to."""
        session = self.session
        setup, desk, planned = session.setup, session.desk, session.planned
        if setup is None or desk is None or planned is None:
            self.wizard.go("review")
            return

        def look(_job: Job, _tell: Any) -> tuple[Desk, Planned, object]:
            signed_in = session.connect(setup.answers.text("aws.profile"), setup.answers.text("aws.region"))
            now = session.desk_of(setup, signed_in)
            left = work.make_plan(now)
            work.check_blocked(left)
            if not work.is_rest(now, left, work.saved_json(desk, planned)):
                raise refuse(
                    "stale",
                    "AWS or the answers have changed since you looked at the plan.",
                    "Look at the plan, then go on.",
                )
            return now, left, signed_in

        def finish(found: Any) -> None:
            if self not in self.wizard.screen_stack:
                return  # the person went on to something else: nothing is carried out behind their back
            if session.setup is not setup:  # other answers than those that were planned now
                self.wizard.go("review")
                return
            session.desk, session.planned, session.signed_in = found
            left = session.planned is not None and session.planned.plan.steps
            self.wizard.go("applying" if left else "review")

        self.watch_job(self.wizard.runner.start("plan", "Looking at AWS again", look, finish))

    async def forward(self) -> None:
        if self.can_next():
            self.wizard.go(flow.after(self.name_))


def _title(step: Step) -> str:
    title = step.resource.title
    return f"{title}: {step.says}" if step.facet is not None else title
