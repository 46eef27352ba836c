"""What comes after the set-up: which duties there are, which are due, what to do, and reminders for a calendar."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens import record_words
from screens.dialogs import AskLine, AskPath, TextView
from screens.frame import Page
from screens.paths import here, typed
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.words import Words
from services import files
from services.lifecycle import office, reminders
from services.lifecycle.standing import Life, Standing
from services.problems import ProblemError

WHY = "A backup is not made once for ever: reshares make it invalid, people leave, media decay. This is what to do, and when."


class Duties(Page):
    """Visited from the verification page. Enter on a line tells what to do; nothing here asks AWS."""

    name_ = "duties"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(WHY)
        yield Words(id="standing")
        yield Lines(id="duties")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Mark as done", id="mark")
            yield Action("Write reminders", id="remind")
        yield Words(id="command", classes="apart")

    def ready(self) -> None:
        self.life: Life | None = None
        self._look()

    def can_next(self) -> bool:
        return False

    def _look(self) -> None:
        session = self.session
        if session.setup is None:
            return
        try:
            life = office.look(session.setup, session.host.state, session.host.clock.wall())
        except ProblemError as error:
            for name in ("#mark", "#remind"):
                self.query_one(name, Action).disabled = True
            self.show_problem(error.problem, ("again", "Try again", self._again))
            return
        self._show(life)

    def _again(self) -> None:
        self.hide_problem()
        for name in ("#mark", "#remind"):
            self.query_one(name, Action).disabled = False
        self._look()

    def _show(self, life: Life) -> None:
        self.life = life
        self.query_one("#duties", Lines).show([record_words.duty_row(one) for one in life.standings])
        self.query_one("#standing", Words).say(*record_words.verdict(life))
        self.query_one("#command", Words).say(f"The same without the wizard: {life.of.program('lifecycle')}")

    @on(Lines.Opened)
    def _open(self, event: Lines.Opened) -> None:
        self.app.push_screen(TextView(event.text.partition("\n")[0], self.named(event.behind)))

    @on(Button.Pressed, "#mark")
    def _ask(self) -> None:
        if self.life is None:
            return
        chosen = self.life.standings[self.query_one("#duties", Lines).highlighted or 0]

        def take(note: str | None) -> None:
            self._mark(chosen, note)

        more = f" The wallet {self._rehearsed(chosen)} gets the proof on its record." * bool(
            self._rehearsed(chosen)
        )
        asks = (
            f"This writes down that it was done today.{more} A note may go with it, such as who did it; no secrets. For "
            f"another day: {self.life.of.program('lifecycle', '--done', chosen.duty.id, '--on', 'DATE')}"
        )
        self.app.push_screen(AskLine(f"Done: {chosen.duty.title}?", asks, "Mark as done"), take)

    def _rehearsed(self, chosen: Standing) -> str:
        """The key ID of the wallet that a rehearsal was for; empty for other duties."""
        return self.life.of.example.key_id if self.life is not None and chosen.duty.id == "rehearsal" else ""

    def _mark(self, chosen: Standing, note: str | None) -> None:
        setup, host = self.session.setup, self.session.host
        if note is None or setup is None:
            return
        key_id, today = self._rehearsed(chosen), host.clock.wall().date()
        if self.attempt(
            lambda: self._show(
                office.done(setup, host.state, host.clock, chosen.duty.id, on=today, note=note, key_id=key_id)
            )
        ):
            self.say(f"Written down: {chosen.duty.title}.", "ok")

    @on(Button.Pressed, "#remind")
    def _ask_file(self) -> None:
        proposed = here() / f"{self.session.answers.text('setup.name')}-reminders.ics"
        hint = "A calendar file. Imported again later, its reminders replace those of last time. "
        self.app.push_screen(AskPath(str(proposed), "Write reminders to a new file", hint), self._write)

    def _write(self, text: str | None) -> None:
        life = self.life
        if not text or life is None:
            return
        path = typed(text)

        def write() -> None:
            files.publish(path, reminders.calendar(life, self.session.host.clock.wall()), mode=0o600)

        if self.attempt(write):
            self.say(f"Written to {path}. Import it into a calendar that several people read.", "ok")
