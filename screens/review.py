"""Everything that will be done in AWS, before anything is done: nothing here happens by Enter or Next."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input

from screens import flow, plan_words
from screens.dialogs import Commands, TextView
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.words import Words
from screens.work import Job
from services import work
from services.export.steps import listing
from services.model.place import parse_arn
from services.model.resource import Risk
from services.own_command import on_setup
from services.problems import Problem, ProblemError
from services.work import Desk, Planned

NOTHING_YET = "Nothing has been created in AWS by this page. This is everything that will be."
COMMANDS = (
    "This is the same plan as commands of the aws program. The external ID is not shown here: a variable stands for it. A "
    "script with all of it that can be run again at any time, and that tells denied from absent, is written by: {}"
)
SENT = "Sent to your terminal's clipboard. Not there? Use the plain screen."
ALL_THERE = "AWS has everything as this set-up wants it: there is nothing to do."


class Review(Page):
    """Plans in a thread; the button with the number of things is the only way to start."""

    name_ = "review"
    next_label: ClassVar[str] = "Next"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(id="plan-heading")
        yield Words(id="plan-summary")
        yield Lines(id="plan")
        yield Words(id="who-can")
        yield Vertical(id="consents")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Look at AWS again", id="look-again")
            yield Action("Create", id="create", strong=True)
        with Horizontal(classes="row-of-buttons close", id="explained"):
            yield Action("Who can do what", id="who-can-what")
            yield Action("A picture of it", id="picture")
        with Horizontal(classes="row-of-buttons close", id="other-ways"):
            yield Action("Show as AWS CLI commands", id="as-commands")
            yield Action("I run every command", id="by-hand")
        yield Action("Delete this sandbox", id="take-down")

    def ready(self) -> None:
        self._show(False)
        if self.wizard.runner.running("apply"):
            self.wizard.go("applying")
        elif self.wizard.runner.running("teardown"):
            self.wizard.go("teardown")
        else:
            self._plan()

    def _show(self, there: bool) -> None:
        for identifier in (
            *("#create", "#look-again", "#plan", "#who-can", "#plan-summary", "#explained", "#other-ways"),
            "#take-down",
        ):
            self.query_one(identifier).display = there

    def can_next(self) -> bool:
        planned, step = self.session.planned, flow.step_of(self.name_)
        return planned is not None and not planned.plan.steps and flow.sign(self.session, step, -1) == "✓"

    def _plan(self) -> None:
        """Looks at AWS for the answers that the file has now, which another program may have written."""
        session = self.session
        try:
            session.reload()
        except ProblemError as error:
            self._not_planned(error.problem)
            return
        setup, before = session.setup, flow.digest(session)
        if setup is None:
            return

        def look(_job: Job, _tell: Any) -> tuple[Desk, Planned, object]:
            signed_in = session.sign_in()
            desk = work.open_desk(
                setup, signed_in.aws, session.host.state, session.host.clock, signed_in.connection.endpoint
            )
            return desk, work.make_plan(desk), signed_in

        def finish(found: Any) -> None:
            session.still(before)
            session.desk, session.planned, session.signed_in = found

        session.planned = None
        self.query_one("#plan-heading", Words).say("Looking at what AWS has now. Nothing is changed by that.")
        self.watch_job(self.wizard.runner.start("plan", "Comparing with AWS", look, finish))

    async def job_ended(self, job: Job) -> None:
        if job.name != "plan":
            return
        if job.problem is not None:
            self._not_planned(job.problem)
        else:
            await self._show_plan()
        self.refresh_frame()

    def _not_planned(self, problem: Problem) -> None:
        self.query_one("#plan-heading", Words).say("The plan could not be made.", "bad")
        self.session.planned = self.session.signed_in = None
        self.show_problem(problem, ("again", "Try again", self._plan), so_far="Nothing was changed.")

    async def _show_plan(self) -> None:
        desk, planned = self.session.desk, self.session.planned
        if desk is None or planned is None:
            return
        found = plan_words.counts(planned)
        heading = self.query_one("#plan-heading", Words)
        if planned.plan.steps:
            heading.say(NOTHING_YET)
        else:
            heading.say(ALL_THERE, "ok")
            flow.applied(self.session, desk.answers)
        tree = self.query_one("#plan", Lines)
        told = plan_words.lines(desk, planned)
        apart = [(("!", one.says, 0), one.remedy) for one in desk.warnings]
        notes = [(("·", note.says, 0), "") for note in planned.plan.notes]
        costs = [(("$", sentence, 0), "") for sentence in planned.costs]
        tree.show(
            [((line.sign, line.text, line.depth), line.document) for line in told] + apart + notes + costs
        )
        self._say_who(desk)
        await self._ask_consents(planned)
        self._show(True)
        button = self.query_one("#create", Action)
        button.display = self.query_one("#other-ways").display = found.any and not found.blocked
        button.rename(plan_words.button(found))
        there = plan_words.exists_already(planned)
        self.query_one("#take-down").display = there and not self.session.production
        self.query_one("#plan-summary", Words).say(self._summary(planned))
        self._allow()
        tree.focus()

    def _summary(self, planned: Planned) -> str:
        found = plan_words.counts(planned)
        if found.blocked:
            return (
                plan_words.summary(found)
                + " Nothing is done while something is blocked: go back and change what it names."
            )
        if not planned.plan.steps:
            return ""
        asked = plan_words.asked(plan_words.risks(planned))
        return " ".join(part for part in (plan_words.summary(found), *planned.costs[:1], asked) if part)

    def _say_who(self, desk: Desk) -> None:
        arn = parse_arn(desk.setup.answers.text("palisade.principal_arn"))
        account = arn.account if arn else "?"
        self.query_one("#who-can", Words).say(
            f"Account {account} will be able to write backups, and only with your external ID. It can never "
            "read or delete a backup; writing one again keeps the old version. No other account gets access.",
            "ok",
        )

    async def _ask_consents(self, planned: Planned) -> None:
        box = self.query_one("#consents", Vertical)
        await box.remove_children()
        for risk in plan_words.risks(planned):
            steps = plan_words.at_risk(planned, risk)
            said = "; ".join(f"{step.resource.title}: {step.says}" for step in steps)
            await box.mount(
                Words(f"{plan_words.CONSENT[risk]}: {said}.", kind="warn"),
                Words(f"If you agree, type the word {risk} here:"),
                Input(id=f"consent-{risk}", compact=True),
            )

    def _agreed(self, risk: Risk) -> bool:
        return self.query_one(f"#consent-{risk}", Input).value.strip().lower() == risk

    def _allow(self) -> None:
        planned = self.session.planned
        if planned is not None:
            risks = plan_words.risks(planned)
            self.query_one("#create", Action).disabled = not all(self._agreed(risk) for risk in risks)

    @on(Input.Changed)
    def _consent_typed(self) -> None:
        self._allow()

    @on(Lines.Opened)
    def _read(self, event: Lines.Opened) -> None:
        self.app.push_screen(TextView(event.text.split("\n", maxsplit=1)[0], self.named(event.behind)))

    @on(Button.Pressed, "#look-again")
    def _again(self) -> None:
        self.session.signed_in = None
        self._plan()

    @on(Button.Pressed, "#as-commands")
    def _as_commands(self) -> None:
        planned = self.session.planned
        if planned is None:
            return
        answers = self.session.answers
        region, external_id = answers.text("aws.region"), answers.text("palisade.external_id")
        text = listing(planned.plan, planned.world, region, external_id)

        def do(what: str | None) -> None:
            if what == "plain":
                self.wizard.show_plainly(text, "The commands of this plan")
            elif what == "copy":
                self.app.copy_to_clipboard(text)
                self.say(SENT, "ok")

        setup = self.session.setup
        command = on_setup("export", setup.path if setup else None, "--format", "aws-cli", "--out", "FILE")
        self.app.push_screen(Commands(COMMANDS.format(command), text), do)

    @on(Button.Pressed, "#by-hand")
    def _by_hand(self) -> None:
        self.wizard.go("by-hand")

    @on(Button.Pressed, "#who-can-what")
    def _who_can(self) -> None:
        self.wizard.go("who-can")

    @on(Button.Pressed, "#picture")
    def _picture(self) -> None:
        self.wizard.go("picture")

    @on(Button.Pressed, "#take-down")
    def _take_down(self) -> None:
        self.wizard.go("teardown")

    @on(Button.Pressed, "#create")
    def _create(self) -> None:
        planned = self.session.planned
        if planned is None or not all(self._agreed(risk) for risk in plan_words.risks(planned)):
            return
        self.session.accepted = tuple(
            f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk is not None
        )
        self.wizard.go("applying")

    async def forward(self) -> None:
        if self.can_next():
            self.wizard.go(flow.after(self.name_))
