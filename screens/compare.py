"""Two set-ups side by side: what sandbox and production must not share is named, and so is everything that differs."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Select, Static

from screens import flow, setup_lines
from screens.frame import Page
from screens.widgets.dropdown import Dropdown
from screens.widgets.words import Words
from screens.work import Job
from services.printable import one_line
from services.problems import Problem
from services.separation.compare import Comparison, Row, compare
from services.separation.things import footprint
from services.setup_file import SetupFile

WHY = "Sandbox and production share nothing. Here two set-ups stand side by side, from their files; AWS is not asked."
APART = "They share nothing that each must have for itself."


class Compare(Page):
    """Two set-ups to choose, and below them the comparison."""

    name_ = "compare"

    def body(self) -> ComposeResult:
        found = self.session.host.state.found()
        self._setups = [one for one in found if isinstance(one, SetupFile)]
        yield Words(WHY)
        if len(self._setups) < 2:  # the file of one is gone since the first page was shown
            yield Words("There are no two set-ups on this computer that can be read.", kind="warn")
            return
        first, second = self._chosen()
        for label, identifier, chosen in (("First", "first", first), ("Second", "second", second)):
            options = [(Content(one_line(setup_lines.named(one))), n) for n, one in enumerate(self._setups)]
            with Horizontal(classes="field-line"):
                yield Static(label, classes="field-label", markup=False)
                yield Dropdown(options, value=chosen, allow_blank=False, compact=True, id=identifier)
        yield Vertical(id="comparison")

    def can_next(self) -> bool:
        return False

    next_only_when_possible: ClassVar[bool] = True

    def ready(self) -> None:
        if len(self._setups) >= 2:
            self._compare()

    def _chosen(self) -> tuple[int, int]:
        """The two that were chosen last; else the first one, and the first of the other environment."""
        paths = [str(one.path) for one in self._setups]
        first, second = (self.session.shown_draft(key) for key in flow.COMPARED)
        one = paths.index(first) if first in paths else 0
        if second in paths and second != paths[one]:
            return one, paths.index(second)
        environment = self._setups[one].answers.text("setup.environment")
        others = [n for n in range(len(paths)) if n != one]
        apart = [n for n in others if self._setups[n].answers.text("setup.environment") != environment]
        return one, next(iter(apart or others))

    def _pair(self) -> tuple[SetupFile, SetupFile]:
        first, second = (self.query_one(f"#{name}", Select).value for name in ("first", "second"))
        return self._setups[int(str(first))], self._setups[int(str(second))]

    @on(Select.Changed)
    def _changed(self) -> None:
        self._compare()

    def _compare(self) -> None:
        first, second = self._pair()
        for key, chosen in zip(flow.COMPARED, (first, second), strict=True):
            self.session.keep(key, str(chosen.path))
        state = self.session.host.state
        self.hide_problem()
        if first.path == second.path:
            self.call_later(
                self._fill,
                [Words("Both are the same set-up: choose another one for one of them.", kind="warn")],
            )
            return

        def look(_job: Job, _tell: object) -> Comparison:
            return compare(footprint(first, state), footprint(second, state))

        self.watch_job(self.wizard.runner.start("compare", "Comparing", look))

    async def job_ended(self, job: Job) -> None:
        if job.name != "compare":
            return
        if isinstance(job.problem, Problem):
            self.show_problem(job.problem, ("again", "Try again", self._compare))
        else:
            await self._fill(_parts(job.result))

    async def _fill(self, parts: list[Widget]) -> None:
        box = self.query_one("#comparison", Vertical)
        await box.remove_children()
        await box.mount(*parts)


def _parts(found: Comparison) -> list[Widget]:
    parts: list[Widget] = [_verdict(found)]
    for one in found.shared:
        kind = "bad" if one.weight == "refused" else "warn"
        parts.append(Words(f"{one.says} {one.remedy}", kind=kind))
    if found.differs:
        parts.append(Words("What differs", classes="heading"))
        parts.append(
            _pair("", (setup_lines.named(found.first.setup), setup_lines.named(found.second.setup)), "heads")
        )
        parts += [_pair(row.label, (row.first, row.second)) for row in found.differs]
    if found.same:
        parts.append(Words("The same in both", classes="heading"))
        parts += [_same(row) for row in found.same]
    return parts


def _verdict(found: Comparison) -> Words:
    if found.refused:
        count = len(found.refused)
        told = (
            "One thing is shared that each must"
            if count == 1
            else f"{count} things are shared that each must"
        )
        return Words(f"{told} have for itself.", kind="bad", id="verdict")
    return Words(APART, kind="ok", id="verdict")


def _pair(label: str, values: tuple[str, str], more: str = "") -> Horizontal:
    """One answer of both; a long value is wrapped in its column."""
    return Horizontal(
        Static(label, classes="pair-label", markup=False),
        *(Static(Content(one_line(value)), classes="pair-value", markup=False) for value in values),
        classes=f"pair {more}",
    )


def _same(row: Row) -> Horizontal:
    return Horizontal(
        Static(row.label, classes="pair-label", markup=False),
        Static(Content(one_line(row.first)), classes="pair-value", markup=False),
        classes="pair",
    )
