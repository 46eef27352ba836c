"""One answer on a page: its label, where it is typed or chosen, what it means, and what is wrong with it.

Label, explanation, rule and choices all come from the question's row of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Select, Static

from screens.widgets.dropdown import Dropdown
from screens.widgets.words import Words
from services.problems import ProblemError
from services.questions import Question, Value, accept


def widget_id(key: str) -> str:
    """The id of an answer's widget: `storage.kms_key` is `storage-kms-key`."""
    return key.replace(".", "-").replace("_", "-")


def _choices(question: Question) -> tuple[tuple[str, str], ...]:
    if question.kind == "flag":
        return ("on", "true"), ("off", "false")
    return tuple((choice, choice) for choice in question.choices)


class Field(Vertical):
    """Holds the text of one answer. `accepted()` gives its value, or None, or raises the rule's problem."""

    class Edited(Message):
        """The text changed; `settled` when the person left the field, pressed Enter or chose."""

        def __init__(self, field: Field, settled: bool) -> None:
            super().__init__()
            self.field, self.settled = field, settled

    def __init__(
        self,
        question: Question,
        text: str,
        *,
        hint: str | None = None,
        choices: Sequence[tuple[str, str]] = (),
        suggestions: Sequence[str] = (),
        placeholder: str = "",
    ) -> None:
        super().__init__(classes="field", id=f"field-{widget_id(question.key)}")
        self.question = question
        self.text = text
        self.hint = question.help if hint is None else hint
        self._choices = tuple(choices) or _choices(question)
        self._suggestions = suggestions
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        identifier = widget_id(self.question.key)
        with Horizontal(classes="field-line"):
            yield Static(self.question.label, classes="field-label", markup=False)
            if self._choices:
                yield Dropdown(self._choices, value=self.text, allow_blank=False, compact=True, id=identifier)
            else:
                yield Input(
                    self.text,
                    id=identifier,
                    compact=True,
                    placeholder=self._placeholder,
                    suggester=SuggestFromList(self._suggestions, case_sensitive=False)
                    if self._suggestions
                    else None,
                )
        yield Words(classes="field-echo")
        hint = Words(self.hint, classes="field-hint")
        hint.display = bool(self.hint)
        yield hint

    def on_mount(self) -> None:
        self._echo()

    def accepted(self) -> Value | None:
        """The value as it is stored; None when the field is empty."""
        text = self.text.strip()
        if not text and self.question.kind != "list":
            return None
        return accept(self.question, text)

    def judge(self) -> bool:
        """Shows the rule's sentence if the text breaks it; whether it is acceptable."""
        try:
            self.accepted()
        except ProblemError as error:
            self.blame(" ".join((error.problem.summary, *error.problem.remedy)))
            return False
        self.blame("")
        return True

    def blame(self, sentence: str) -> None:
        """Shows what is wrong in place of the explanation; empty when nothing is.

        A field that is being put on the page, or taken off it, has no line for that: a key may come that early or late.
        """
        for hint in self.query(".field-hint").results(Words):
            if sentence:
                hint.say(sentence, "bad")
            else:
                hint.say(self.hint)
            hint.display = bool(hint.text)

    def fill(self, text: str) -> None:
        """Puts a text into the field, as if it had been typed."""
        if self._choices:
            self.query_one(Select).value = text
        else:
            self.query_one(Input).value = text

    def offer(self, choices: Mapping[str, str]) -> None:
        """Other choices (value to words), keeping the one that is chosen."""
        chosen = self.text
        self._choices = tuple((words, value) for value, words in choices.items())
        select: Select[str] = self.query_one(Select)
        with self.prevent(Select.Changed):
            select.set_options(self._choices)
            select.value = chosen
        self.text = chosen

    def focus_input(self) -> None:
        self.query_one(Select if self._choices else Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.text:
            self.text = event.value
            self._echo()
            self.post_message(self.Edited(self, settled=False))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Edited(self, settled=True))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Edited(self, settled=True))
        self.screen.focus_next()

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        value = str(event.value)
        if value != self.text:
            self.text = value
            self.post_message(self.Edited(self, settled=True))

    def on_resize(self) -> None:
        self._echo()

    def _echo(self) -> None:
        """A text longer than its line is shown whole below it."""
        echo = self.query_one(".field-echo", Words)
        if self._choices:
            echo.display = False
            return
        room = self.query_one(Input).content_size.width
        echo.display = bool(room) and len(self.text) >= room
        if echo.display:
            echo.say(self.text, "same")
