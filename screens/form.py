"""Pages that ask: every acceptable answer is saved at once, everything else stays as a draft, and Back loses neither."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.timer import Timer

from screens import flow
from screens.frame import Page
from screens.widgets.field import Field
from services import answers as rules_between
from services.problems import Problem, ProblemError
from services.questions import find


class FormPage(Page):
    """A page of fields. `asks` are the keys of its answers, in order."""

    asks: ClassVar[tuple[str, ...]] = ()
    _flush: Timer | None = None
    _unsaved = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._last: dict[str, str] = {}
        """What stood in each field when the person last left it to the page: what is still the same was not touched."""

    def field(self, key: str, **more: object) -> Field:
        """The field of an answer, as it was left."""
        return Field(find(key), self.session.shown(key), **more)  # type: ignore[arg-type]

    def field_of(self, key: str) -> Field:
        return next(field for field in self.query(Field) if field.question.key == key)

    def ready(self) -> None:
        for field in self.query(Field):
            self._last[field.question.key] = field.text
            if field.question.key in self.session.drafts and field.text:
                field.judge()

    def settled(self, key: str) -> None:
        """An answer was given and saved."""

    def missing(self) -> tuple[str, ...]:
        """The keys of this page that must be answered before Next."""
        return tuple(key for key in self.asks if find(key).required)

    @on(Field.Edited)
    def _edited(self, event: Field.Edited) -> None:
        field = event.field
        if not event.settled:
            self.session.keep(field.question.key, field.text)
            if self._flush is not None:
                self._flush.stop()
            self._flush = self.set_timer(0.4, self.session.flush)
        elif self.take(field):
            self.settled(field.question.key)

    def take(self, field: Field) -> bool:
        """Saves a field's answer, or keeps it as a draft and shows why it cannot be saved."""
        key = field.question.key
        if not field.judge():
            self.session.keep(key, field.text)
            self.session.flush()
            self.refresh_frame()
            return False
        value = field.accepted()
        if value == self.session.answers.given.get(key):
            self.session.forget(key)
            self.session.flush()
            return False
        if key in self.session.answers.given and field.text == self._last.get(key):
            self._show_theirs(field)
            return False
        try:
            self.session.record({key: value})
        except ProblemError as error:
            self._unsaved = True
            self.session.keep(key, field.text)
            self.session.flush()
            self.show_problem(error.problem)
            return False
        self._last[key] = field.text
        self.session.flush()
        self.refresh_frame()
        return True

    def _show_theirs(self, field: Field) -> None:
        """Shows an answer that another run gave meanwhile, where the person has not touched the field."""
        self._last[field.question.key] = text = self.session.shown(field.question.key)
        field.fill(text)
        self.say(f"{field.question.label} was changed by another run, and is shown as it is now.", "warn")

    def leaving(self) -> None:
        self._unsaved = False
        for field in self.query(Field):
            self.take(field)

    def all_good(self) -> bool:
        """Saves everything; shows the first thing that is missing or wrong, and puts the cursor there."""
        self.hide_problem()
        self.say("")
        self.leaving()
        wrong = next((field for field in self.query(Field) if not field.judge()), None)
        if wrong is None:
            wrong = self._blamed_missing() or self._blamed_between()
        if wrong is not None:
            wrong.focus_input()
            self.say("This page is not complete yet: see the line with ✗.", "bad")
            return False
        return not self._unsaved

    async def forward(self) -> None:
        if self.all_good():
            self.wizard.go(flow.after(self.name_))

    def _blamed_missing(self) -> Field | None:
        for key in self.missing():
            if self.session.answers.get(key) is None:
                field = self.field_of(key)
                field.blame(f"{find(key).label} is not answered. {field.hint}")
                return field
        return None

    def _blamed_between(self) -> Field | None:
        for problem in rules_between.problems(self.session.answers):
            if problem.where in self.asks and problem.code != "missing-answer":
                field = self.field_of(problem.where)
                field.blame(_sentence(problem))
                return field
        return None


def _sentence(problem: Problem) -> str:
    return " ".join((problem.summary, *problem.remedy))
