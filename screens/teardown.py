"""Taking a sandbox down: what goes, what stays and why, the typed words, and then each deletion with its time."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input

from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.listing import Line, Lines
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services import teardown
from services.engine.plan import Step
from services.events import Failed, Finished, Progressed, Skipped, Started, Succeeded, Waiting
from services.own_command import on_setup
from services.problems import Problem, ProblemError
from services.progress import DEEDS
from services.teardown import BACKUPS, Teardown
from services.work import Desk

LOOKING = "Looking at every file version of this set-up's buckets. Nothing is changed by that."
GOES = "This deletes what this set-up made in AWS, in this order, and nothing else. It cannot be taken back."
NOTHING = "Nothing that this set-up made is in AWS: there is nothing to delete."
BLOCKED = "Nothing can be deleted now. The lines with ✗ say why, and what to do."
WORKING = "Deleting. You can stop after any call; what is gone is gone, and the rest can go later."
GONE = "Everything that this set-up made is gone; its KMS keys follow in 7 days."
STOPPED = "Stopped. What is gone is gone; look again to go on."


class TakeDown(Page):
    """Looks in a thread; the button works only after the words are typed."""

    name_ = "teardown"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(id="teardown-heading")
        yield Lines(id="teardown-list")
        yield Vertical(id="teardown-words")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Look again", id="look-again")
            yield Action("Delete all of this", id="delete", strong=True, disabled=True)
            yield Action("Stop", id="stop")
        yield Words(id="teardown-command")

    def can_next(self) -> bool:
        return False

    def ready(self) -> None:
        self.found: Teardown | None = None
        self.rows: list[tuple[str, Line]] = []
        self.began: dict[str, float] = {}
        self._show()
        job = self.wizard.runner.jobs.get("teardown")
        if job is not None and job.running:
            self._list(self.session.teardown)
            self._show("stop")
            self._say(WORKING)
            for event in job.told:
                self.job_told(job, event)
            self.watch_job(job)
        elif not self._refused():
            self._look()

    def _refused(self) -> bool:
        """Whether this is no sandbox; then that is all the page says."""
        try:
            teardown.refuse_production(self.session.answers)
        except ProblemError as error:
            self._say(" ".join((error.problem.summary, *error.problem.remedy)), "bad")
            return True
        return False

    def _say(self, words: str, kind: str = "info") -> None:
        self.query_one("#teardown-heading", Words).say(words, kind)

    def _show(self, *names: str) -> None:
        """Which of the buttons are there; the list is there as soon as it has lines."""
        for name in ("look-again", "delete", "stop"):
            self.query_one(f"#{name}").display = name in names
        self.query_one("#teardown-list").display = bool(self.rows)

    # Looking ----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        session, setup = self.session, self.session.setup
        if setup is None:
            return

        def look(_job: Job, _tell: Any) -> tuple[Desk, Teardown, object]:
            signed_in = session.sign_in()
            desk = session.desk_of(setup, signed_in)
            return desk, teardown.make_teardown(desk), signed_in

        def finish(found: Any) -> None:
            session.desk, session.teardown, session.signed_in = found

        session.teardown = None
        self._show()
        self._say(LOOKING)
        self.watch_job(self.wizard.runner.start("teardown-look", "Looking", look, finish))

    async def job_ended(self, job: Job) -> None:
        if job.name == "teardown-look":
            if job.problem is None:
                await self._ask(self.session.teardown)
            else:
                self._say("It could not be seen what there is to delete.", "bad")
                self.session.signed_in = None
                self.show_problem(
                    job.problem, ("again", "Try again", self._look), so_far="Nothing was deleted."
                )
        if job.name == "teardown":
            self._ended(job)
        self.refresh_frame()

    async def _ask(self, found: Teardown | None) -> None:
        if found is None:
            return
        self._list(found)
        steps, blocked = found.plan.steps, found.plan.blocked
        box = self.query_one("#teardown-words", Vertical)
        await box.remove_children()
        if blocked or not steps:
            self._say(BLOCKED if blocked else NOTHING, "bad" if blocked else "ok")
            self._show("look-again")
            return
        self._say(GOES, "warn")
        for word, why in self._asked(steps):
            await box.mount(Words(why, kind="warn"), Input(id=f"word-{word_id(word)}", compact=True))
        self._show("look-again", "delete")
        self.query_one("#teardown-list", Lines).focus()

    def _asked(self, steps: tuple[Step, ...]) -> list[tuple[str, str]]:
        """The words to type, each with what it agrees to."""
        name = self.session.answers.text("setup.name")
        asked = [(name, f"To agree to all of it, type the name of the set-up, {name}, here:")]
        if any(step.risk == BACKUPS for step in steps):
            asked.insert(
                0,
                (
                    BACKUPS,
                    f"Backups that Palisade wrote are lost for good. If you agree, type {BACKUPS} here:",
                ),
            )
        return asked

    def _list(self, found: Teardown | None) -> None:
        self.found = found
        if found is None:
            return
        self.rows = [(step.address, _line(step)) for step in found.plan.steps]
        self.rows += [("", ("=", note.says, 0)) for note in found.plan.notes]
        self._draw(next((at for at, (_, line) in enumerate(self.rows) if line[0] == "✗"), 0))

    def _draw(self, at: int = 0) -> None:
        lines = self.query_one("#teardown-list", Lines)
        lines.show([(line, "") for _, line in self.rows])
        lines.highlighted = at if self.rows else None

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#delete", Action).disabled = not self._agreed()

    def _agreed(self) -> bool:
        if self.found is None or self.found.plan.blocked or not self.found.plan.steps:
            return False
        words = [word for word, _ in self._asked(self.found.plan.steps)]
        return all(self.query_one(f"#word-{word_id(word)}", Input).value.strip() == word for word in words)

    @on(Button.Pressed, "#look-again")
    def _again(self) -> None:
        self.session.signed_in = None
        self._look()

    # Deleting ---------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#delete")
    async def _delete(self) -> None:
        session, found, desk = self.session, self.found, self.session.desk
        if found is None or desk is None or not self._agreed():
            return
        accepted = (BACKUPS,)

        def delete(job: Job, tell: Any) -> Problem | None:
            failed = None
            for event in teardown.tear_down(desk, found, accepted, job.stop.is_set):
                tell(event)
                if isinstance(event, Failed):
                    failed = event.problem
            return failed

        def finish(failed: Problem | None) -> None:
            if failed is None:
                for mark in DEEDS:
                    session.forget(mark)
                session.flush()
            session.forget_world()

        await self.query_one("#teardown-words", Vertical).remove_children()
        self._say(WORKING)
        self._show("stop")
        self.watch_job(self.wizard.runner.start("teardown", "Deleting", delete, finish))

    def action_back(self) -> None:
        if self.wizard.runner.running("teardown"):
            self.say("Things are being deleted. Stop first, or wait until it is done.", "warn")
        else:
            super().action_back()

    @on(Button.Pressed, "#stop")
    def _stop(self) -> None:
        job = self.wizard.runner.jobs.get("teardown")
        if job is not None and job.running:
            job.ask_to_stop()
            self.say("Stopping after the current call…", "now")

    def job_told(self, job: Job, what: Any) -> None:
        if job.name != "teardown":
            return
        now = self.session.host.clock.now()
        match what:
            case Started(address):
                self.began[address] = now
                self._mark(address, "▸", "")
            case Waiting(address, _, reason):
                self._mark(address, "▸", f"waiting for AWS: {reason}")
            case Progressed(address, says):
                self._mark(address, "▸", says)
            case Succeeded(address):
                took = now - self.began.get(address, now)
                self._mark(address, "✓", f"{took:.1f} s" if took >= 0.1 else "")
            case Skipped(address):
                self._mark(address, "✓", "is gone already")
            case Failed(address):
                self._mark(address, "✗", "")
            case Finished(done, _, _):
                self._say(f"{done} of {sum(bool(address) for address, _ in self.rows)} done.")
            case _:
                pass

    def _mark(self, address: str, sign: str, more: str) -> None:
        for number, step in enumerate(self.found.plan.steps if self.found else ()):
            if step.address == address:
                text = _line(step)[1] + (f"  ({more})" if more else "")
                self.rows[number] = (address, (sign, text, 0))
                self._draw(number)

    def _ended(self, job: Job) -> None:
        self._show("look-again")
        problem = job.problem or job.result
        setup = self.session.setup
        if problem is None:
            took = elapsed(self.session.host.clock.now() - job.began)
            self._say(f"{GONE} It took {took}.", "ok")
            said = f"The same without the wizard: {on_setup('destroy', setup.path if setup else None)}"
            self.query_one("#teardown-command", Words).say(said)
            return
        stopped = problem.code == "interrupted"
        self._say(STOPPED if stopped else "One step could not be done; nothing after it was tried.", "warn")
        self.show_problem(problem, ("again", "Go on" if stopped else "Look again", self._look))


def _line(step: Step) -> Line:
    if step.problem is not None:
        reason = " ".join((step.problem.summary, *step.problem.remedy))
        return "✗", f"{step.resource.title}: {reason}", 0
    return "-" if step.facet is None else "~", f"{step.resource.title}: {step.says}", 0


def word_id(word: str) -> str:
    """The id of the field in which a word is typed."""
    return BACKUPS if word == BACKUPS else "name"
