"""The PIN of the token, and the storing: what was stored is read back before anybody relies on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from screens import flow, key_place
from screens.frame import Page
from screens.password import logged
from screens.token import keeps
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.secret import SecretInput
from screens.widgets.words import Words
from screens.work import Job
from services import files, papers, setup_file
from services.papers import Paper
from services.problems import refuse
from services.recovery import check, token
from services.recovery.passwords import wipe
from services.recovery.stages import Stage
from services.recovery.token import Stored


@dataclass(frozen=True)
class Kept:
    """What a token keeps now, and the sheet that names it."""

    stored: Stored
    sheet: Paper


class Pin(Page):
    """A page of secrets alone: the PIN and, where the token is to keep it, the password of the sealed file."""

    name_ = "pin"
    next_label: ClassVar[str] = "Store it in the token"
    next_only_when_possible = True
    done = False

    def body(self) -> ComposeResult:
        with Vertical(id="ask-pin"):
            yield Words(id="pin-why", classes="lead")
            yield from _line("PIN", "pin")
            yield from _line("Password of the file", "file-password")
            yield Words("Several wrong PINs lock the token.", kind="todo")
            yield Words(id="pin-error")
        yield Listing(id="stages", markup=False)
        yield Words(id="kept")
        yield Listing(id="kept-rows", markup=False)

    def ready(self) -> None:
        chosen = self.session.token
        self.query_one("#line-file-password").display = keeps(self) == "password"
        if chosen is None:
            self.query_one("#ask-pin").display = False
            self.say("No token is chosen. Esc goes back to the list.", "todo")
            return
        thing = "the password of" if keeps(self) == "password" else ""
        self.query_one("#pin-why", Words).say(
            f"The token {chosen[1].label} (serial {chosen[1].serial}) gets {thing} {self._private().name}, under the "
            f"label {self._label()}, readable with its PIN alone.".replace("  ", " ")
        )
        if self.session.host.key_log:
            self.say(logged(self.session.host.key_log), "bad")

    def _private(self) -> Path:
        return Path(key_place.private_text(self.session))

    def _label(self) -> str:
        return self._private().name.removesuffix(".pke1")

    def can_next(self) -> bool:
        ready = self.session.token is not None and not self.session.host.key_log
        return self.done or (ready and not self.wizard.runner.running("token"))

    async def forward(self) -> None:
        if self.done:
            self.wizard.go(flow.after(self.name_))
        elif self.can_next():
            self._begin()

    def _begin(self) -> None:
        pin = self.query_one("#pin", SecretInput).take()
        password = self.query_one("#file-password", SecretInput).take()
        self.query_one("#pin-error", Words).say("")
        if not pin:
            wipe(password)
            self._blame("Type the PIN of the token.")
            return
        self.query_one("#ask-pin").display = False
        self.hide_problem()
        self.watch_job(self._start(pin, password))
        self.refresh_frame()

    def _start(self, pin: bytearray, password: bytearray) -> Job:
        """Starts the storing; it wipes both secrets however it ends."""
        session, setup = self.session, self.session.setup
        private, label, what, chosen = self._private(), self._label(), keeps(self), session.token
        purpose = key_place.purpose(session)
        moment, iterations = session.host.clock.wall(), session.host.iterations

        def work(_job: Job, tell: Callable[[object], None]) -> Kept:
            try:
                if chosen is None:
                    raise refuse("unreadable-file", "No token is chosen.", "Choose one from the list.")
                sealed = files.read_small(private)
                if what == "password":
                    check.checking(sealed, password=bytearray(password), iterations=iterations).run()
                content = bytearray(sealed) if what == "sealed-file" else bytearray(password)
                stored = token.storing(*chosen, label, what, content=content, pin=pin).run(tell)
            finally:
                wipe(pin, password)
            return Kept(stored, papers.write_token_sheet(private, purpose, moment, stored.token))

        def finish(_kept: Kept) -> None:
            if setup is not None and (session.setup is None or session.setup.path != setup.path):
                setup_file.record(setup, {"recovery_key.custody": "hsm"})
            else:
                session.record({"recovery_key.custody": "hsm"})

        return self.wizard.runner.start("token", "Working with the token", work, finish)

    def job_told(self, job: Job, what: Any) -> None:  # noqa: ARG002
        if job.name != "token":
            return
        ended = {stage.name for stage in job.told if isinstance(stage, Stage) and stage.done}
        begun = {stage.name: stage.says for stage in job.told if isinstance(stage, Stage)}
        rows = [("✓" if name in ended else "▸", says) for name, says in begun.items()]
        self.query_one("#stages", Listing).show(rows)

    async def job_ended(self, job: Job) -> None:
        if job.name != "token":
            return
        self.query_one("#stages", Listing).show([])
        if job.problem is not None:
            self._failed(job)
        else:
            self._show_kept(job.result)
        self.refresh_frame()

    def _failed(self, job: Job) -> None:
        if job.problem is None:
            return
        self.query_one("#ask-pin").display = True
        if job.problem.code == "wrong-password":
            self._blame(key_place.sentence(job.problem))
        else:
            self.show_problem(job.problem, ("to-tokens", "Choose again", lambda: self.wizard.go("token")))

    def _show_kept(self, kept: Kept) -> None:
        self.done = True
        thing = "the sealed file" if kept.stored.what == "sealed-file" else "the password of the sealed file"
        self.query_one("#kept", Words).say(
            f"The token {kept.stored.token} keeps {thing}, gave it back bit by bit, and hides it without its PIN.",
            "ok",
        )
        rows = [("Label", kept.stored.label)]
        rows += [("Print", f"{kept.sheet.path}: the sheet that names the token")] if kept.sheet.path else []
        rows += [("Mind", kept.sheet.says)] if kept.sheet.says else []
        rows += [("Now", "Keep another copy of the sealed file and its password: an HSM can break, too.")]
        self.query_one("#kept-rows", Listing).show(rows)
        self.query_one("#next", Action).rename("Next")
        self.query_one("#next", Action).focus()

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == "pin" and keeps(self) == "password":
            self.query_one("#file-password", SecretInput).focus()
        else:
            await self.forward()

    def _blame(self, words: str) -> None:
        self.query_one("#pin-error", Words).say(words, "bad")
        self.query_one("#pin", SecretInput).focus()


def _line(label: str, identifier: str) -> ComposeResult:
    with Horizontal(classes="field-line", id=f"line-{identifier}"):
        yield Static(label, classes="field-label", markup=False)
        yield SecretInput(id=identifier)
