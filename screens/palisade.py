"""The values for Palisade's Create kit form, to be carried over without a slip: a kit can never be edited."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Checkbox, Static

from screens import flow
from screens.dialogs import AskPath
from screens.form import FormPage
from screens.paths import here, typed
from screens.widgets.action import Action
from screens.widgets.choice import Check
from screens.widgets.words import Words
from screens.work import Job
from services import files, kit, work
from services.kit import Kit
from services.own_command import on_setup
from services.printable import one_line

SENT = "Sent to your terminal's clipboard. Not there? Use the plain screen or write a file."


class Palisade(FormPage):
    """Each value on its own, with three ways out: the terminal's clipboard, a plain screen, a file."""

    name_ = "palisade"
    asks = ("palisade.kit_name",)

    def body(self) -> ComposeResult:
        yield Words(id="where")
        yield Words(
            'Choose "Use own AWS configuration": "Palisade AWS configuration" is preselected. A kit can never be edited: '
            "compare every value before you press Create.",
            kind="warn",
        )
        yield Vertical(id="values")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Show all on a plain screen", id="plain")
            yield Action("Write a file", id="write-file")
        done = self.session.drafts.get(flow.KIT) == flow.kit_digest(self.session)
        yield Check("I created the kit with exactly these values", done, id="kit-created", compact=True)
        yield self.field("palisade.kit_name", hint="The name it has in Palisade.")
        yield Words(id="command")

    def ready(self) -> None:
        super().ready()
        self.query_one("#where", Words).say("Reading the values from AWS…")
        self._read()

    def _read(self) -> None:
        session = self.session
        setup = session.setup
        if setup is None:
            return

        def read(_job: Job, _tell: Any) -> tuple[Kit, object]:
            signed_in = session.sign_in()
            desk = work.open_desk(
                setup, signed_in.aws, session.host.state, session.host.clock, signed_in.connection.endpoint
            )
            return work.kit_values(desk), signed_in

        def finish(found: Any) -> None:
            session.kit, session.signed_in = found

        self.watch_job(self.wizard.runner.start("kit", "Reading the values from AWS", read, finish))

    async def job_ended(self, job: Job) -> None:
        if job.name != "kit":
            return
        if job.problem is not None:
            self.query_one("#where", Words).say("The values are not there yet.", "bad")
            self.session.signed_in = None
            self.show_problem(
                job.problem,
                ("again", "Try again", self._read),
                ("to-review", "Go to the review", lambda: self.wizard.go("review")),
            )
        else:
            await self._show()
        self.refresh_frame()

    async def _show(self) -> None:
        values, setup = self.session.kit, self.session.setup
        if values is None or setup is None:
            return
        self.query_one("#where", Words).say(
            f"Sign in to {values.console} as an Owner and open {kit.CONSOLE_PATH}. Carry these values over:"
        )
        box = self.query_one("#values", Vertical)
        await box.remove_children()
        self._rows = kit.rows(values)
        for number, (label, value) in enumerate(self._rows):
            await box.mount(
                Horizontal(
                    Static(label, classes="field-label", markup=False),
                    Static(one_line(value), id=f"value-{number}", classes="value", markup=False),
                    Action("Copy", id=f"copy-{number}"),
                    classes="value-line",
                )
            )
        await box.mount(
            *(
                Words(f"SHA-256 of {key.name}: {key.sha256}", classes="field-hint")
                for key in values.public_keys
            )
        )
        self.query_one("#command", Words).say(
            f"The same without the wizard: {on_setup('values', setup.path)}"
        )
        self.query_one("#copy-0", Action).focus()

    @on(Button.Pressed, "#values Action")
    def _copy(self, event: Button.Pressed) -> None:
        label, value = self._rows[int(str(event.button.id).removeprefix("copy-"))]
        self.app.copy_to_clipboard(value)
        self.say(f"{label}: {SENT}", "ok")

    @on(Button.Pressed, "#plain")
    def _plain(self) -> None:
        if self.session.kit is not None:
            self.wizard.show_plainly(kit.as_text(self.session.kit))

    @on(Button.Pressed, "#write-file")
    def _ask_file(self) -> None:
        if self.session.kit is not None:
            proposed = here() / f"{self.session.answers.text('setup.name')}-kit.txt"
            hint = "A name that ends with .json or .md gives that form. "
            self.app.push_screen(AskPath(str(proposed), "Write the values to a new file", hint), self._write)

    def _write(self, text: str | None) -> None:
        if text and self.session.kit is not None:
            path = typed(text)
            content = kit.as_file(self.session.kit, path)
            if self.attempt(lambda: files.publish(path, content, mode=0o600)):
                self.say(f"Written to {path}. It holds the external ID, which is confidential.", "ok")

    @on(Checkbox.Changed, "#kit-created")
    def _created(self, event: Checkbox.Changed) -> None:
        flow.mark(self.session, flow.KIT, flow.kit_digest(self.session) if event.value else "")
        self.refresh_frame()

    def settled(self, key: str) -> None:
        ticked = self.query_one("#kit-created", Check).value
        if key == "palisade.kit_name" and ticked:
            flow.mark(self.session, flow.KIT, flow.kit_digest(self.session))
