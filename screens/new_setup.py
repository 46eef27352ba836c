"""A new set-up: its name and its environment, the two answers that cannot be changed later."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import RadioSet

from screens import flow
from screens.form import FormPage
from screens.widgets.choice import Radio
from screens.widgets.field import Field
from screens.widgets.words import Words
from services.problems import ProblemError
from services.questions import find
from services.rules import setup_name


class NewSetup(FormPage):
    """Creates the set-up's file on Next; until then both answers are drafts."""

    name_ = "new"
    next_label: ClassVar[str] = "Create the set-up"
    asks = ("setup.name",)

    def body(self) -> ComposeResult:
        yield Words(
            "One set-up is one Palisade environment of your organisation. Sandbox and production share nothing: "
            "each has its own bucket, KMS key, role and recovery key. Begin with sandbox.",
            classes="lead",
        )
        yield self.field("setup.name", placeholder="for example acme-sandbox")
        yield Words("Environment", classes="heading")
        environment = self.session.shown("setup.environment") or "sandbox"
        with RadioSet(id="environment", compact=True):
            yield Radio("Sandbox: for trying everything out", environment == "sandbox", id="sandbox")
            yield Radio("Production: for real funds", environment == "production", id="production")
        yield Words(find("setup.environment").help, classes="field-hint-wide")
        yield Words(
            "The set-up's answers are kept in a file on this computer. It never holds a password or a private key.",
            classes="apart",
        )

    @on(RadioSet.Changed)
    def _environment(self, event: RadioSet.Changed) -> None:
        self.session.keep("setup.environment", str(event.pressed.id))
        self.session.flush()

    def take(self, field: Field) -> bool:
        """Nothing has a file yet: all is a draft."""
        self.session.keep(field.question.key, field.text)
        self.session.flush()
        field.judge()
        return False

    def missing(self) -> tuple[str, ...]:
        return ()

    async def forward(self) -> None:
        self.leaving()
        field = self.field_of("setup.name")
        pressed = self.query_one("#environment", RadioSet).pressed_button
        environment = str(pressed.id) if pressed is not None else "sandbox"
        try:
            name = setup_name(field.text.strip())
        except ProblemError as error:
            field.blame(" ".join((error.problem.summary, *error.problem.remedy)))
            field.focus_input()
            return
        if self.attempt(lambda: self.session.create(name, environment)):
            self.wizard.go(flow.after(self.name_))
