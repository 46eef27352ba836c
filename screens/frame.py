"""The frame that every page has: who and where on top, the way on and back below, and room between them.

One page has one purpose and one next action. What the frame promises: Back always works and loses nothing, a problem
is a sentence with choices, and an endpoint that is not AWS's own is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Static

from screens import flow
from screens.sizes import Sized
from screens.widgets.action import Action
from screens.widgets.keys import Keys
from screens.widgets.listing import Lines
from screens.widgets.problem_box import Choice, ProblemBox
from screens.widgets.words import Words, elapsed
from screens.work import Job
from services.own_command import with_setup
from services.printable import one_line
from services.problems import Problem, ProblemError

if TYPE_CHECKING:
    from screens.app import PalisadeWizard
    from screens.session import Session


_PARTS = "#title-left, #title-right, #steps, #endpoint, #body, #message, #next"


class Body(VerticalScroll, can_focus=False):
    """The scrolling middle of a page; the page's own keys scroll it."""


class Page(Sized, Screen[None]):
    """A page of the wizard. Subclasses say what is in `body`, and what Next does in `forward`."""

    name_: ClassVar[str] = ""
    next_label: ClassVar[str] = "Next"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("ctrl+n", "next", "Next", key_display="Ctrl+N"),
        Binding("f1", "app.explain", "Help", key_display="F1"),
        Binding("ctrl+l", "app.log", "Log", key_display="Ctrl+L"),
        Binding("pagedown", "page_down", show=False),
        Binding("pageup", "page_up", show=False),
    ]

    busy: Job | None = None
    composed = False
    _named = ""
    """The endpoint that the page tells."""
    next_only_when_possible: ClassVar[bool] = False

    # What pages say ---------------------------------------------------------------------------------------------

    def body(self) -> ComposeResult:
        """The middle of the page."""
        raise NotImplementedError

    def ready(self) -> None:
        """The page is there: start what it needs."""

    async def forward(self) -> None:
        """Next was asked for; by default the next page of the way."""
        self.wizard.go(flow.after(self.name_))

    def can_next(self) -> bool:
        """Whether Next makes sense now."""
        return True

    def leaving(self) -> None:
        """The page is about to go: keep what was typed."""

    def job_told(self, job: Job, what: Any) -> None:
        """A job said something."""

    async def job_ended(self, job: Job) -> None:
        """A job is over."""

    # What they can use ------------------------------------------------------------------------------------------

    @property
    def wizard(self) -> PalisadeWizard:
        return cast("PalisadeWizard", self.app)

    @property
    def session(self) -> Session:
        return self.wizard.session

    def named(self, text: str) -> str:
        """The text with the open set-up's path in its commands."""
        setup = self.session.setup
        return with_setup(text, setup.path if setup else None)

    def say(self, text: str, kind: str = "info") -> None:
        """The line above the buttons."""
        self.query_one("#message", Words).say(text, kind)

    def show_problem(self, problem: Problem, *choices: Choice, so_far: str = "") -> None:
        """Shows what went wrong; the first choice gets the focus."""
        self.busy = None
        self.say("")
        box = self.query_one(ProblemBox)
        problem = replace(problem, remedy=tuple(map(self.named, problem.remedy)))
        self.call_later(box.show, problem, choices, so_far)

    def hide_problem(self) -> None:
        self.query_one(ProblemBox).hide()

    def attempt(self, action: Callable[[], object]) -> bool:
        """Does something that may be refused; a refusal is shown and gives False."""
        try:
            action()
        except ProblemError as error:
            self.show_problem(error.problem)
            return False
        self.hide_problem()
        return True

    def watch_job(self, job: Job) -> None:
        """Shows a job's words and its time until it is over."""
        self.busy = job
        self.hide_problem()
        self._tick()

    async def job_over(self, job: Job) -> None:
        """Tells the page that a job is over, and ends its line."""
        self._tick()
        await self.job_ended(job)

    # The frame itself -------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        # Textual would tell the width after everything was styled, and have it styled once more.
        widths = [each for each in self.wizard.HORIZONTAL_BREAKPOINTS if each[0] <= self.app.size.width]
        self.add_class(max(widths)[1], update=False)
        with Horizontal(id="title"):
            yield Static(id="title-left", markup=False)
            yield Static(id="title-right", markup=False)
        yield Words(id="endpoint")
        with Horizontal(id="middle"):
            yield Static(id="steps", markup=False)
            with Body(id="body"):
                yield from self.body()
        yield ProblemBox()
        yield Words(id="message")
        with Horizontal(id="buttons"):
            yield Action("Back", id="back")
            yield Static("", id="more", markup=False)
            yield Action(self.next_label, id="next", strong=True)
        yield Keys()

    def on_mount(self) -> None:
        if not self.query("#title-left"):
            return  # the program ends before the page was ever drawn
        self.composed = True
        self.query_one(ProblemBox).hide()
        self.refresh_frame()
        for part in (self.query_one(Body), *self.query(Lines)):
            for what in ("scroll_y", "virtual_size", "size"):
                self.watch(part, what, self._more, init=False)
        self.set_interval(0.5, self._tick)
        if self.name_ in flow.ORDER and self.session.setup is not None:
            flow.mark(self.session, flow.AT, self.name_)
        self.ready()
        self.refresh_frame()
        self.call_after_refresh(self._from_the_top)

    def _from_the_top(self) -> None:
        """Puts the focus on something harmless: a field or a list, never a button outside the page's middle."""
        if not self._stands():
            return  # another page came at once
        self.wizard.look_for_endpoint()
        body = self.query_one(Body)
        if self.focused is None:
            inside = [widget for widget in self.focus_chain if body in widget.ancestors]
            quiet = [widget for widget in inside if not isinstance(widget, Button)]
            self.set_focus(next(iter(quiet or inside), None), scroll_visible=False)
        body.scroll_home(animate=False, immediate=True)
        self._more()

    def refresh_frame(self) -> None:
        """Writes title, steps, endpoint and the buttons' state anew."""
        session, at = self.session, flow.step_of(self.name_)
        name = session.answers.text("setup.name") or "Palisade backup set-up"
        left = Content.assemble((name, "bold"))
        if session.setup is not None:
            environment = session.answers.text("setup.environment").upper()
            left = Content.assemble(
                left, " · ", (environment, "bold reverse" if session.production else "bold")
            )
        self.query_one("#title-left", Static).update(left)
        place = f"Step {at + 1} of {len(flow.STEPS)} · {flow.STEPS[at].title} {flow.signs(session, at)}"
        self.query_one("#title-right", Static).update(Content(one_line(place)))
        lines = [f"{flow.sign(session, n, at)} {n + 1} {step.title}" for n, step in enumerate(flow.STEPS)]
        lines += ["", "Ctrl+O Switch set-up"]
        self.query_one("#steps", Static).update(Content("\n".join(lines)))
        banner = self.query_one("#endpoint", Words)
        self._named = session.endpoint
        banner.display = bool(self._named)
        if self._named:
            banner.say(f"This is not AWS itself: every call goes to {self._named}", "warn")
        following = self.query_one("#next", Action)
        following.display = self.can_next() or not self.next_only_when_possible
        following.disabled = not self.can_next()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "next" and self.composed:
            return self.query_one("#next", Action).display and self.can_next()
        return True

    def action_back(self) -> None:
        self.leaving()
        self.wizard.go(flow.before(self.name_))

    async def action_next(self) -> None:
        await self.forward()

    def action_page_down(self) -> None:
        self.query_one(Body).scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.query_one(Body).scroll_page_up(animate=False)

    @on(Button.Pressed, "#back")
    def _pressed_back(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#next")
    async def _pressed_next(self) -> None:
        await self.forward()

    def _stands(self) -> bool:
        """Whether the whole frame is there: while a page is put away, its parts go one after the other."""
        return self.is_attached and len(self.query(_PARTS)) == len(_PARTS.split(","))

    def _tick(self) -> None:
        if not self._stands():
            return
        if self.session.endpoint != self._named:
            self.refresh_frame()  # a job that signed in has learnt where the calls go
        job = self.busy
        if job is None:
            return
        if job.done:
            self.busy = None
            self.say("")
        else:
            stopping = " Stopping after the current call…" if job.stop.is_set() else ""
            self.say(f"{job.says}  {elapsed(self.session.host.clock.now() - job.began)}{stopping}", "now")

    def _more(self) -> None:
        scrolling = [*self.query(Body), *self.query(Lines)]
        below = any(part.max_scroll_y > part.scroll_y for part in scrolling)
        above = any(part.scroll_y > 0 for part in scrolling)
        words = {(True, True): "▲▼ more: PgUp PgDn", (True, False): "▼ more below: PgDn"}
        text = words.get((below, above), "▲ more above: PgUp" if above else "")
        for line in self.query("#more").results(Static):  # none while the page is put away
            line.update(text)
