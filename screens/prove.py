"""Proving that the private key still opens: for the annual review, and for everybody who doubts.

Which file is asked here, its password on the next page. The vendor's own tool can be run on it, too; then the person
types the password into that tool, and this program never sees it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from screens import flow, key_place
from screens.dialogs import Ask
from screens.frame import Page
from screens.key_place import PROVED
from screens.key_words import PROVING
from screens.paths import typed
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from screens.work import Job
from services import seen
from services.printable import one_line
from services.problems import Problem, ProblemError
from services.recovery import vendor_tool
from services.recovery.vendor_tool import Tool


class Prove(Page):
    """Asks for the private file; Next asks for its password."""

    name_ = "prove"
    next_label: ClassVar[str] = "Enter its password"
    tool: Tool | None = None

    def body(self) -> ComposeResult:
        yield Words(PROVING, classes="lead")
        with Horizontal(classes="field-line"):
            yield Static("Private key file", classes="field-label", markup=False)
            yield Input(self._file_text(), id="private-file", compact=True)
        yield Words(id="prove-error")
        yield Words(id="prove-shares", classes="apart")
        yield Words("With the vendor's own tool", classes="heading")
        yield Words(id="tool-says")
        yield Listing(id="tool", markup=False)
        yield Action("Run it on this file", id="run-tool")

    def ready(self) -> None:
        self.query_one("#run-tool").display = False
        if self.session.answers.text("recovery_key.custody") == "split":
            self.query_one("#prove-shares", Words).say(
                "This key is split among custodians. “palisade-wizard shares combine SHARE… --sealed FILE” proves shares "
                "without showing anything; with --reveal it prints the password that is asked for on the next page.",
                "todo",
            )
        path = self.session.host.search_path
        self.wizard.runner.start(
            "find-tool", "Looking for the recovery tool", lambda _job, _tell: vendor_tool.find(path)
        )
        self._show_tool()

    def _file_text(self) -> str:
        return self.session.drafts.get(PROVED, key_place.private_text(self.session))

    def _file(self) -> Path | None:
        """The file that is named, if it is there."""
        text = self.query_one("#private-file", Input).value.strip()
        path = typed(text)
        found = bool(text) and seen.file(path)
        error = self.query_one("#prove-error", Words)
        if found:
            error.say("")
        else:
            error.say("There is no such file. Plug its medium in, and give the file's path.", "bad")
            self.query_one("#private-file", Input).focus()
        return path if found else None

    @on(Input.Changed, "#private-file")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._file_text():
            self.session.keep(PROVED, event.value)
            self.set_timer(0.4, self.session.flush)
        self._show_tool()

    @on(Input.Submitted)
    async def _entered(self) -> None:
        await self.forward()

    async def forward(self) -> None:
        if self._file() is not None:
            self.wizard.go("opening")

    # The vendor's tool --------------------------------------------------------------------------------------------

    async def job_ended(self, job: Job) -> None:
        if job.name == "find-tool":
            self.tool = job.result if job.problem is None else None
            self._show_tool()

    def _show_tool(self) -> None:
        tool = self.tool
        self.query_one("#run-tool").display = tool is not None
        if tool is None:
            file = Path(self.query_one("#private-file", Input).value.strip() or "PRIVATE-FILE")
            self.query_one("#tool-says", Words).say(
                "It is not on the search path of this computer. Where it is installed, this command proves the file: "
                f"{vendor_tool.validate_command(file)}"
            )
            self.query_one("#tool", Listing).show([])
            return
        self.query_one("#tool-says", Words).say(
            "It is on this computer. Compare the checksum with the vendor's before you run it."
        )
        rows = [("Program", str(tool.path)), ("Owner", tool.owner), ("SHA-256", tool.sha256)]
        self.query_one("#tool", Listing).show([*rows, *(("Mind", note) for note in tool.notes)])

    @on(Button.Pressed, "#run-tool")
    def _ask(self) -> None:
        tool, file = self.tool, self._file()
        if tool is None or file is None:
            return
        text = (
            f"{tool.path}\nof {tool.owner}, SHA-256\n{tool.sha256}\n\nIt asks for the password itself. This program passes "
            "on what you type and keeps nothing of it."
        )
        ask = Ask("Run this program on the private key?", text, "Run it", "Leave it")
        self.app.push_screen(ask, lambda really: self._run(tool, file) if really else None)

    def _run(self, tool: Tool, file: Path) -> None:
        status = -1  # unless it ends by itself
        try:
            with self.wizard.ordinary_screen():
                status = _in_terminal(tool, file, dict(self.session.host.tool_environment))
        except SuspendNotSupported:
            self.show_problem(
                Problem(
                    "no-terminal",
                    "The tool cannot be run from here, because there is no terminal to give to it.",
                    (f"Run this command instead: {vendor_tool.validate_command(file)}",),
                )
            )
            return
        except ProblemError as error:
            self.show_problem(error.problem)
            return
        self.told(status)

    def told(self, status: int) -> None:
        """Says how the tool ended."""
        if status == 0:
            self.say("The recovery tool ended well: it takes this file with its password.", "ok")
            flow.mark(self.session, key_place.PROVEN_AT, flow.today(self.session))
        elif status < 0:
            self.say(
                "The recovery tool was stopped, so it proved nothing. Run it again when you are ready.",
                "warn",
            )
        else:
            self.say(
                f"The recovery tool ended with status {status}: read what it said, and try again.", "bad"
            )


def _in_terminal(tool: Tool, file: Path, environment: dict[str, str]) -> int:
    """Runs the tool on the ordinary screen. Where the pages are drawn is a terminal; the standard output may lead away."""
    screen: Any = sys.__stderr__
    argv = vendor_tool.validate_argv(tool, file)
    print(f"\n{one_line(vendor_tool.validate_command(file))}\n", file=screen, flush=True)
    status = vendor_tool.run(
        tool, argv, keyboard=sys.stdin.fileno(), screen=screen.fileno(), environment=environment
    )
    print("\nPress Enter to go back to the wizard. ", end="", file=screen, flush=True)
    sys.stdin.buffer.readline()  # bytes: whatever is typed, it need be no text
    return status
