"""Bringing the custodians' shares together, to complete a split key that an interruption left half-made.

Which share comes next is asked here; the words of one that is on paper are typed on a page of their own. The shares
themselves are in the child process of the `Gathering`, never here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from screens import key_place, key_work
from screens.frame import Page
from screens.password import logged
from screens.paths import typed
from screens.widgets.action import Action
from screens.widgets.listing import Listing
from screens.widgets.words import Words
from screens.work import Job
from services import files
from services.problems import Problem, ProblemError
from services.recovery import share_files
from services.recovery.gathering import Gathering, Taken
from services.recovery.passwords import wipe

if TYPE_CHECKING:
    from screens.app import PalisadeWizard

SHARE = "recovery_key.share_file"
READ = "read-share"


class Gather(Page):
    """Says which shares are here; Next reads the file of another one, and the last one completes the key."""

    name_ = "gather"
    next_label: ClassVar[str] = "Read this share"

    def body(self) -> ComposeResult:
        yield Words(id="gather-why", classes="lead")
        yield Listing(id="taken", markup=False)
        with Horizontal(classes="field-line", id="share-line"):
            yield Static("Share file", classes="field-label", markup=False)
            yield Input(self.session.shown_draft(SHARE), id="share-file", compact=True)
        yield Words("The file on one custodian's medium.", classes="field-hint", id="share-hint")
        yield Words(id="gather-error")
        yield Action("It is on paper: type its words", id="type-words")
        yield Words(id="gather-names", classes="apart")

    def ready(self) -> None:
        self._show()
        if self.session.host.key_log:
            self.say(logged(self.session.host.key_log), "bad")
        elif self.session.gathering is None and self._left():
            self._begin()

    def _left(self) -> bool:
        """Whether there is something that shares can complete."""
        try:
            left = key_place.leftover(self.session)
        except ProblemError:
            return False
        return left is not None and left.format == "pke1"

    def _begin(self) -> None:
        gathering = Gathering(self.session.host.iterations)

        def finish(_nothing: Any) -> None:
            self.session.gathering = gathering

        self.watch_job(
            self.wizard.runner.start(
                "gather",
                "Starting the process that keeps the shares",
                lambda _job, _tell: gathering.begin(),
                finish,
                gathering.cancel,
            )
        )

    async def job_ended(self, job: Job) -> None:
        if job.name == "gather" and job.problem is not None:
            self.show_problem(job.problem, ("again", "Try again", self._begin))
        elif job.name == READ and job.problem is not None:
            self._refused(job.problem)
            return
        self._show()
        self.refresh_frame()

    def _show(self) -> None:
        gathering = self.session.gathering
        taken = gathering.taken if gathering is not None else ()
        ready = gathering is not None and self._left()
        complete = gathering is not None and gathering.missing == 0
        self.query_one("#gather-why", Words).say(self._why(taken))
        self.query_one("#taken", Listing).show([("✓", _called(one)) for one in taken])
        for identifier in ("#share-line", "#share-hint", "#type-words"):
            self.query_one(identifier).display = ready and not complete
        custody = key_place.custody(self.session, taken)
        said = ", ".join(one.name for one in custody.custodians) if custody is not None else ""
        self.query_one("#gather-names", Words).say(
            f"The sheet will name the custodians as they were typed for the split: {said}." if said else ""
        )
        self.query_one("#next", Action).rename("Complete the key" if complete else self.next_label)

    def _why(self, taken: tuple[Taken, ...]) -> str:
        if not self._left():
            return "There is no half-made key that shares could complete. Esc goes back."
        file = (key_place.folder(self.session) / key_place.name(self.session)).name + ".pke1"
        if not taken:
            return (
                f"{file} is sealed, and only its public half is missing. Its custodians' shares complete it, one after "
                "the other. The first one tells how many are needed."
            )
        first, missing = taken[0], taken[0].threshold - len(taken)
        if not missing:
            return f"All {first.threshold} shares of set {first.identifier} that are needed are here."
        here = "1 is here" if len(taken) == 1 else f"{len(taken)} are here"
        more = "1 is still needed" if missing == 1 else f"{missing} are still needed"
        return f"Any {first.threshold} shares of set {first.identifier} complete {file}: {here}, {more}."

    def can_next(self) -> bool:
        free = not self.session.host.key_log and not self.wizard.runner.running(READ)
        return free and self.session.gathering is not None and self._left()

    @on(Input.Changed, "#share-file")
    def _typed(self, event: Input.Changed) -> None:
        self.session.keep(SHARE, event.value)
        self.set_timer(0.4, self.session.flush)

    @on(Input.Submitted)
    async def _entered(self) -> None:
        await self.forward()

    @on(Button.Pressed, "#type-words")
    def _type_words(self) -> None:
        if self.can_next():
            self.wizard.go("type-share")

    async def forward(self) -> None:
        gathering = self.session.gathering
        if gathering is None or not self.can_next():
            return
        if gathering.missing == 0:
            go_on(self.wizard, gathering)
            return
        text = self.query_one("#share-file", Input).value.strip()
        if not text:
            self._blame("Give the path of the share's file, or type its words from paper.")
            return
        self._read(gathering, typed(text))

    def _read(self, gathering: Gathering, path: Path) -> None:
        """Reads a share in a thread, because a medium can take its time or hang, and then gives it to the child."""

        def take(content: bytearray) -> None:
            if self.session.gathering is not gathering or not self.is_attached:
                wipe(content)  # the person went elsewhere meanwhile
                return
            try:
                gathering.take(str(path), content)
            except ProblemError as refusal:
                self._refused(refusal.problem)
                return
            self.session.forget(SHARE)
            go_on(self.wizard, gathering)

        def read(_job: Job, _tell: Any) -> bytearray:
            return files.read_secret(path, share_files.LIMIT)

        self.watch_job(self.wizard.runner.start(READ, "Reading the share", read, take))
        self.refresh_frame()

    def _refused(self, problem: Problem) -> None:
        if not lost(self, problem):
            self._blame(key_place.sentence(problem))

    def _blame(self, words: str) -> None:
        self.query_one("#gather-error", Words).say(words, "bad")
        self.query_one("#share-file", Input).focus()


def go_on(wizard: PalisadeWizard, gathering: Gathering) -> None:
    """To the next share, or, when enough of them are here, to the key."""
    if gathering.missing == 0:
        key_work.start_for_gathered(wizard, gathering)
        wizard.go("making")
    else:
        wizard.go("gather")


def lost(page: Page, problem: Problem) -> bool:
    """Whether the process that kept the shares is gone; then that is shown, with the way to begin again."""
    if problem.code not in key_work.GONE:
        return False
    page.session.stop_gathering()
    page.show_problem(problem, ("again", "Begin again", lambda: page.wizard.go("gather")))
    return True


def _called(share: Taken) -> str:
    read = share.name.startswith("/")
    return f"Share {share.index}, " + (f"read from {share.name}" if read else "typed from paper")
