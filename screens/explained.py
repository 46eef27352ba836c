"""Two pages that explain a set-up before it is made: who can do what, and a picture of what gets created.

Both come from the plan that was looked at last, or from the answers alone where AWS was not asked yet; neither asks it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from screens import flow
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.words import Words
from services.answers import complete
from services.blueprint import blueprint
from services.overview import drawing, told
from services.overview.matrix import matrix
from services.overview.picture import picture
from services.overview.scene import Scene
from services.problems import Problem, ProblemError, refuse

if TYPE_CHECKING:
    from screens.session import Session

WIDE, NARROW = 78, 57
"""Columns of the two forms; the stylesheet shows the one that the terminal has room for."""
BETWEEN = "   "


@dataclass(frozen=True)
class Explanation:
    """Lines for a wide terminal and for a narrow one, the sentences below them, and which lines are heads."""

    wide: Sequence[str]
    narrow: Sequence[str]
    sentences: Sequence[str]
    heads: Collection[str] = ()

    @property
    def text(self) -> str:
        """All of it, for a screen of 80 columns."""
        sentences = (line for said in self.sentences for line in textwrap.wrap(said, WIDE))
        return "\n".join([*self.wide, "", *sentences])


def scene_of(session: Session) -> Scene:
    """The set-up as the last plan will leave it; without one, as its answers want it. Errors: what the answers lack."""
    desk, planned = session.desk, session.planned
    if desk is not None and planned is not None:
        return Scene(desk.setup.answers, desk.identity.account, desk.blueprint, planned.world)
    answers = complete(session.answers)
    account = answers.text("aws.account")
    if not account:
        raise refuse(
            "invalid-answer",
            "This set-up does not know its AWS account yet, and its policies name the account.",
            "Go to the page AWS account, or to the review: signing in tells which one it is.",
            where="aws.account",
        )
    return Scene(answers, account, blueprint(answers, account))


class Explained(Page):
    """One explanation."""

    next_only_when_possible: ClassVar[bool] = True
    why: ClassVar[str] = ""
    _made: Explanation | None = None
    _problem: Problem | None = None

    def make(self, scene: Scene) -> Explanation:
        """What the page shows. Errors: a policy that AWS gave and nobody can read."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield Words(self.why)
        try:
            self._made = self.make(scene_of(self.session))
        except ProblemError as error:
            self._problem = error.problem
            return
        # A line each, so that none is cut when the page is scrolled.
        for kind, lines in (("wide-form", self._made.wide), ("narrow-form", self._made.narrow)):
            drawn = (Static(self._line(line), markup=False) for line in lines)
            yield Vertical(*drawn, classes=f"drawn {kind}")
        for sentence in self._made.sentences:
            yield Words(sentence, classes="apart")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Plain screen", id="plain")

    def _line(self, line: str) -> Content:
        head = self._made is not None and line in self._made.heads
        return Content(line).stylize("bold") if head else Content(line)

    def ready(self) -> None:
        if self._problem is not None:
            self.show_problem(self._problem)

    def can_next(self) -> bool:
        return False

    def action_back(self) -> None:
        """Back to the page of the way that was shown before; the palette leads here from each of them."""
        came_from = self.session.drafts.get(flow.AT, "")
        self.wizard.go(came_from if came_from in flow.ORDER else flow.before(self.name_))

    @on(Button.Pressed, "#plain")
    def _plain(self) -> None:
        if self._made is not None:
            self.wizard.show_plainly(self._made.text, self.why)


class WhoCan(Explained):
    """The matrix of who can do what."""

    name_ = "who-can"
    why = "Who can do what, computed from the policies of this set-up."

    def make(self, scene: Scene) -> Explanation:
        found = matrix(scene)
        below = (BETWEEN.join(told.legend(found)), *told.numbered(found), *told.about(scene))
        heads = [title for title, _ in found.parts]
        return Explanation(told.lines(found, WIDE), told.lines(found, NARROW), below, heads)


class Picture(Explained):
    """The picture of what gets created."""

    name_ = "picture"
    why = "What this set-up consists of: where it is, what leads to what, and what stays with you."

    def make(self, scene: Scene) -> Explanation:
        frames = picture(scene)
        signs = drawing.BOXES if self.session.host.draws_boxes else drawing.ASCII
        wide, narrow = (drawing.drawn(frames, width, signs) for width in (WIDE, NARROW))
        return Explanation(wide, narrow, (BETWEEN.join(drawing.legend(frames)),), [f.title for f in frames])
