"""What every step of the line-by-line wizard has at hand, and the way from question to question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from screens import flow
from services import progress
from services.problems import Problem, ProblemError
from wizard.plain.person import Back

if TYPE_CHECKING:
    from screens.host import Host
    from screens.session import Session
    from services.answers import Answers
    from wizard.plain.person import Person
    from wizard.root import Program

Result = TypeVar("Result")


class Go(Exception):  # noqa: N818 - a way to go, no error
    """On to the first question of another page."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.page = page


@dataclass(frozen=True)
class Guide:
    """One sitting: the program, whose voice wraps lines, the set-up that is open, and the person.

    `pages` says on which page each answer is asked.
    """

    program: Program
    session: Session
    person: Person
    pages: Mapping[str, str]

    @property
    def answers(self) -> Answers:
        return self.session.answers

    @property
    def host(self) -> Host:
        return self.session.host


@dataclass(frozen=True)
class Stop:
    """One question of the way, or something that is said or done between two.

    `asks` is false for the latter: nobody goes back to them. Questions that do not apply are passed over. `key` is the
    answer that is asked, if it is one of the set-up's.
    """

    page: str
    run: Callable[[Guide], None]
    applies: Callable[[Guide], bool] = lambda _guide: True
    asks: bool = True
    key: str = ""


def walk(guide: Guide, stops: Sequence[Stop], at: int = 0) -> None:
    """Through the stops, there and back, until the last one is passed. Raises `Back` before the first one."""
    page, forward = "", True
    while at < len(stops):
        stop = stops[at]
        if stop.applies(guide) and (forward or stop.asks):
            if stop.page and stop.page != page:
                _enter(guide, stop.page, page)
                page = stop.page
            try:
                stop.run(guide)
            except Back:
                forward = False
            except Go as go:
                if all(other.page != go.page for other in stops):
                    raise  # it is for the way around this one
                at, forward = first(stops, go.page), True
                continue
            else:
                forward = True
        at += 1 if forward else -1
        if at < 0:
            raise Back


def first(stops: Sequence[Stop], page: str) -> int:
    """The first stop of a page."""
    return next(number for number, stop in enumerate(stops) if stop.page == page)


def _enter(guide: Guide, page: str, left: str) -> None:
    """Notes where one is, so that the set-up goes on from here; says so where another step begins."""
    session, person = guide.session, guide.person
    person.page, number = page, flow.step_of(page)
    if session.setup is not None and page in flow.ORDER:
        progress.mark(session, progress.AT, page)
    if left and flow.step_of(left) == number:
        return
    _look_for_endpoint(guide)
    person.say()
    person.say(f"Step {number + 1} of {len(flow.STEPS)}: {flow.STEPS[number].title}.", _name(guide))
    if session.endpoint:
        person.say(f"! This is not AWS itself: every call goes to {session.endpoint}")


def _name(guide: Guide) -> str:
    name = guide.answers.text("setup.name")
    return f"Set-up {name}, {guide.answers.text('setup.environment').upper()}." if name else ""


def _look_for_endpoint(guide: Guide) -> None:
    """Finds out where calls would go, so that it is named before anybody signs in. Makes no call."""
    session = guide.session
    profile, region = guide.answers.text("aws.profile"), guide.answers.text("aws.region")
    if session.seen_endpoint is None and region:
        try:
            session.seen_endpoint = guide.host.connect(profile, region).endpoint
        except ProblemError:
            return  # the sign-in says why


def tried(guide: Guide, work: Callable[[], Result]) -> Result:
    """The outcome of work that may be refused: then the person tries again, changes what is wrong, or goes back."""
    while True:
        try:
            return work()
        except ProblemError as refusal:
            guide.session.signed_in = None
            choose_after(guide, refusal.problem)


def choose_after(guide: Guide, problem: Problem) -> None:
    """Tells a problem and asks what to do; returns to try again. Raises `Go` to the answer that is wrong, if one is."""
    person, page = guide.person, guide.pages.get(problem.where, "")
    person.problem(problem)
    options = [("again", "Try again.")]
    options += [("change", "Change the answer that is named.")] if page else []
    options += [("back", "Go to the question before.")]
    match person.choose("What now", options, "change" if page else "again"):
        case "change":
            raise Go(page)
        case "again":
            return
        case _:
            raise Back
