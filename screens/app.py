"""The application: the session, the jobs, which page is shown, and an end that is clean however it comes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App, ScreenStackError, SuspendNotSupported, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import MountError

from screens import flow, pages, themes
from screens.driver import TerminalDriver
from screens.endings import Endings
from screens.frame import Page
from screens.host import Host
from screens.layers import Layers, is_open
from screens.printing import Printable
from screens.session import Session
from screens.sizes import Ground
from screens.work import Ended, Job, Runner, Told, fault
from services.printable import lines
from services.problems import Problem, ProblemError

GRACE = 10.0
"""Seconds in which the call under way may still end; a later run goes on from wherever it stopped."""

WAITING = "What is under way may still end: this takes a few seconds at most. Everything is saved."

STYLES = Path(__file__).resolve().parent.parent / "assets" / "wizard.tcss"


class PalisadeWizard(Layers, App[None]):
    """The wizard over a host. `return_code` is the status to end the process with."""

    CSS_PATH = STYLES
    TITLE = "palisade-wizard"
    ESCAPE_TO_MINIMIZE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Leave", key_display="Ctrl+Q", priority=True, show=True),
        Binding("ctrl+c", "quit", show=False, system=True),
        Binding("ctrl+o", "switch", show=False),
    ]

    def __init__(self, host: Host) -> None:
        plain = host.no_colour or "NO_COLOR" in os.environ
        super().__init__(driver_class=TerminalDriver, ansi_color=True if plain else None)
        if plain:
            self.theme = "ansi-dark"
        self._printable = Printable()
        self.host = host
        self.session = Session(host)
        self.runner = Runner(self, host.clock.now)
        self.endings = Endings()
        self.opening_problem: Problem | None = None

    # Pages ------------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        if not self.is_headless:
            self._end_cleanly()
        # Later: Textual draws nothing while it mounts the app, and a page put up here would be drawn twice.
        self.call_later(self._open_first)

    async def _open_first(self) -> None:
        await self.push_screen(pages.page(self._first_page()))
        self.call_after_refresh(self._warm)

    def go(self, name: str) -> None:
        """Shows a fresh page, made from the saved answers."""
        self.session.flush()
        if name != "making":
            self.session.let_go()
        while not isinstance(self.screen, Page) and len(self.screen_stack) > 1:
            self.pop_screen()  # a dialog that was opened meanwhile
        self.switch_screen(pages.page(name))

    def _first_page(self) -> str:
        self.session.close()
        if self.host.open_first is None:
            return "welcome"
        from services import setup_file

        try:
            self.session.open(setup_file.read(self.host.open_first))
        except ProblemError as error:
            self.opening_problem = error.problem
            return "welcome"
        return flow.open_at(self.session)

    def _warm(self) -> None:
        self.runner.start("warm", "Getting ready", lambda _job, _tell: self.host.warm())

    def look_for_endpoint(self) -> None:
        """Finds out where calls would go, so that a page names it before anybody signs in. Makes no call."""
        session = self.session
        profile, region = session.answers.text("aws.profile"), session.answers.text("aws.region")
        if session.seen_endpoint is None and not self.runner.running("endpoint"):

            def seen(endpoint: str) -> None:
                session.seen_endpoint = endpoint

            def look(_job: Job, _tell: object) -> str:
                return session.host.connect(profile, region).endpoint

            self.runner.start("endpoint", "Looking where AWS is", look, seen)

    async def on_event(self, event: events.Event) -> None:
        """A key that is pressed while the last page is put away is meant for nobody."""
        try:
            await super().on_event(event)
        except ScreenStackError:
            if self.screen_stack:
                raise

    # Jobs -------------------------------------------------------------------------------------------------------

    @on(Told)
    def _told(self, message: Told) -> None:
        if self.runner.current(message.job):
            message.job.told.append(message.what)
            for page in self._pages():
                page.job_told(message.job, message.what)

    @on(Ended)
    async def _ended(self, message: Ended) -> None:
        job = message.job
        if not self.runner.current(job):
            return
        job.result, job.problem, job.done = message.result, message.problem, True
        if job.problem is None:
            try:
                job.finish(job.result)
            except ProblemError as error:
                job.problem = error.problem
        if job.problem is not None:
            self.session.note(f"{job.name}: {job.problem.code}: {job.problem.summary} {job.problem.where}")
            from services import last_errors

            last_errors.keep(self.host.state, job.problem, "wizard", self.host.clock.wall())
        for page in self._pages():
            await page.job_over(job)

    def _pages(self) -> Iterable[Page]:
        return [screen for screen in self.screen_stack if isinstance(screen, Page) and screen.composed]

    # Keys that work everywhere -------------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        from screens.dialogs import Leave
        from screens.modal import Palette

        if is_open(self, Leave) and isinstance(self.screen, Palette):
            self.screen.dismiss()  # the question is below it
        else:
            self.push_screen(Leave(self.runner.any_running()), self._leave)

    def _leave(self, really: bool | None) -> None:
        if really:
            self.end(0)

    def end(self, status: int) -> None:
        """Ends the program: what was typed is kept, and work stops after its current call, or after a while in it."""
        if not self.is_headless:
            last = threading.Timer(GRACE, os._exit, (status,))
            last.daemon = True
            last.start()
        for page in self._pages():
            page.leaving()
        self.session.flush()
        waits = WAITING if status == 0 and self.runner.any_running() else None
        self.runner.stop_all()
        self.session.let_go()
        self.exit(return_code=status, message=waits)

    def action_switch(self) -> None:
        from screens.switching import offer

        offer(self)

    def action_explain(self) -> None:
        from screens.dialogs import Help

        if isinstance(self.screen, Page):
            self.push_screen(Help(self.screen.name_))

    def action_log(self) -> None:
        from screens.dialogs import LogView

        if isinstance(self.screen, Page):
            setup = self.session.setup
            self.push_screen(LogView(tuple(self.session.log), setup.path if setup is not None else None))

    @contextlib.contextmanager
    def ordinary_screen(self) -> Iterator[None]:
        """The terminal's ordinary screen, given away for a while; Ctrl-C does not end this program meanwhile.

        Errors: `SuspendNotSupported` where there is no terminal.
        """
        # A handler, because a program that is started meanwhile inherits what is ignored, and must hear Ctrl-C.
        interrupting = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            with self.suspend(), self.endings.stopping():
                yield
        finally:
            signal.signal(signal.SIGINT, interrupting)

    def show_plainly(self, text: str, heading: str = "Values for Palisade") -> None:
        """Shows a text on the terminal's ordinary screen, where the mouse selects and copies as everywhere."""
        try:
            with self.ordinary_screen():
                # Where the pages are drawn is a terminal; the standard output may lead elsewhere.
                shown = f"\n{lines(text)}\nPress Enter to go back to the wizard. "
                print(shown, end="", file=sys.__stderr__, flush=True)
                sys.stdin.buffer.readline()  # bytes: whatever is typed, it need be no text
        except SuspendNotSupported:
            from screens.dialogs import TextView

            self.push_screen(TextView(heading, text))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._printable]

    def action_command_palette(self) -> None:
        from screens.modal import Palette

        self.push_screen(Palette())  # without an id: one may still be on its way out

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), **themes.changed(self.theme)}

    def get_default_screen(self) -> Ground:
        return Ground()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        from screens.commands import commands

        return commands(self, screen)

    # The end ------------------------------------------------------------------------------------------------------

    def _end_cleanly(self) -> None:
        """On a signal, and when the terminal is gone."""
        self.endings.heard_by(self.end, self._hold_no_more)
        self.set_interval(1.0, self._look_for_terminal)

    def _look_for_terminal(self) -> None:
        if isinstance(self._driver, TerminalDriver) and self._driver.gone:
            self._hold_no_more()
            self.end(128 + signal.SIGHUP)

    def _hold_no_more(self) -> None:
        """From now on nothing waits for the terminal for long."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.leaving.set()

    def _handle_exception(self, error: Exception) -> None:
        """A page that was still being put up when the program was told to end misses its parts, or its place: that is no fault."""
        if not (self._exit and isinstance(error, NoMatches | MountError)):
            super()._handle_exception(error)

    def panic(self, *_shown: object) -> None:
        """The same for an error that knows how to show itself: nobody knows what that shows."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Ends after a fault of ours. Textual's own way prints every local variable, and so passwords."""
        problem = fault(self._exception) if self._exception else None
        where = problem.where if problem else "an unknown place"
        words = (
            "The program met a fault of its own and had to end; everything that was accepted is saved.\n"
            f"Start it again to go on. If it happens again, report this place: {where}."
        )
        self._exit_renderables.append(Text(words))
        self._return_code = 70
        self._close_messages_no_wait()


def run(host: Host) -> int:
    """Opens the wizard and gives the status to end the process with."""
    if host.no_colour:
        os.environ["NO_COLOR"] = "1"
    app = PalisadeWizard(host)
    with app.endings.caught():
        app.run(mouse=host.mouse)
    return app.return_code or app.endings.status
