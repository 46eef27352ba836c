"""Everything that will be done in AWS, before anything is done; what costs and what stays is agreed to by a typed word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import plan_words
from services import progress, work
from services.events import Failed
from services.problems import ProblemError
from wizard import PROGRAM, signals
from wizard.plain.guide import Stop, choose_after, tried
from wizard.plain.person import Back
from wizard.render.plain import event_text, plan_text

if TYPE_CHECKING:
    from services.problems import Problem
    from services.work import Desk, Planned
    from wizard.plain.guide import Guide

PAGE = "review"
NOTHING_DONE = "Nothing was changed. "
EXPLAINED = ("who", "picture")
"""The words that a person types to have something explained before agreeing."""


def opened(guide: Guide) -> Desk:
    """The open set-up, signed in. Errors: whatever keeps it from that."""
    session = guide.session
    assert session.setup is not None  # noqa: S101 - for the type checker: every stop but the first has a set-up
    found = session.sign_in()
    session.signed_in = found
    return work.open_desk(
        session.setup, found.aws, guide.host.state, guide.host.clock, found.connection.endpoint
    )


def review(guide: Guide) -> None:
    """Plans and applies until AWS is as the set-up wants it."""
    while not _once(guide):
        pass


def _once(guide: Guide) -> bool:
    """One look, and what follows from it; whether nothing is left to do."""
    person = guide.person

    def look() -> tuple[Desk, Planned]:
        person.say("Comparing with what AWS has now. Nothing is changed by that.")
        guide.session.reload()  # another program may have written other answers
        before = progress.digest(guide.session)
        desk = opened(guide)
        planned = work.make_plan(desk)
        guide.session.still(before)
        return desk, planned

    desk, planned = tried(guide, look)
    person.say()
    person.say(plan_text(desk, planned.plan, planned.costs, flags=False))
    if not planned.plan.steps:
        return _finished(guide, desk)
    person.say()
    try:
        work.check_blocked(planned)
    except ProblemError as refusal:
        choose_after(guide, refusal.problem)
        return False
    accepted = _agreed(guide, desk, planned)
    if accepted is None:
        return False
    problem = _applied(guide, desk, planned, accepted)
    if problem is not None:
        choose_after(guide, problem)
        return False
    return _finished(guide, desk)


def _finished(guide: Guide, desk: Desk) -> bool:
    """Keeps that AWS is as the answers want it that were applied; whether these are still the set-up's."""
    session = guide.session
    session.reload()
    session.kit = session.report = None
    if progress.applied(session, desk.answers):
        return True
    guide.person.say(f"{plan_words.CHANGED_DONE} {plan_words.CHANGED} {plan_words.CHANGED_REMEDY}")
    return False


def _agreed(guide: Guide, desk: Desk, planned: Planned) -> tuple[str, ...] | None:
    """The risks that were agreed to, word by word, and then the whole; None where one was not."""
    person = guide.person
    person.say("Nothing has been changed yet. The list above is everything that will be done.")
    person.say(
        "Before you agree you can type who, to read who can do what then, or picture, to see it drawn."
    )
    for risk in plan_words.risks(planned):
        steps = plan_words.at_risk(planned, risk)
        titles = "; ".join(f"{step.resource.title}: {step.says}" for step in steps)
        person.say()
        person.say(f"! {plan_words.CONSENT[risk]}: {titles}.")
        if not _typed(guide, desk, planned, risk):
            return None
    person.say()
    if not _typed(guide, desk, planned, "yes"):
        return None
    return tuple(f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk is not None)


def _explained(guide: Guide, desk: Desk, planned: Planned, word: str) -> None:
    from services.overview.scene import Scene
    from wizard.plain.explained import explain

    explain(
        guide.person, Scene(desk.setup.answers, desk.identity.account, desk.blueprint, planned.world), word
    )


def _typed(guide: Guide, desk: Desk, planned: Planned, word: str) -> bool:
    question = "Carry all of this out" if word == "yes" else "Do you agree"
    while (
        typed := guide.person.ask(
            f"{question}? Only the word {word} is taken as consent",
            explain=f"Type the word {word} to agree, who to read who can do what, or picture to see it drawn. Anything else "
            "changes nothing, and you are asked again.",
        )
    ) in EXPLAINED:
        _explained(guide, desk, planned, typed)
    if typed == word:
        return True
    guide.person.say(
        f"{NOTHING_DONE}Type back to change answers, or quit to leave; the plan follows once more."
    )
    if not guide.person.confirm("Look at the plan again?", default=True):
        raise Back
    return False


def _applied(guide: Guide, desk: Desk, planned: Planned, accepted: tuple[str, ...]) -> Problem | None:
    """Carries the plan out, each event told as it happens; the problem that ended it, if one did.

    Ctrl-C stops after the current call and leaves: a plan that was begun goes on whenever the wizard is opened again.
    """
    person, problem = guide.person, None
    person.say("Making it so. Ctrl-C stops after the current call; what is done stays done and complete.")
    try:
        with signals.stopping(guide.program.around.stderr) as stop:
            for event in work.carry_out(desk, planned, accepted, stop):
                if isinstance(event, Failed):
                    problem = event.problem
                if text := event_text(event):
                    person.say(text)
    except ProblemError as refusal:
        problem = refusal.problem
    if problem is not None and problem.code == "interrupted":
        raise ProblemError(problem)
    if problem is None:
        person.say("Everything is there and was read back from AWS.")
        person.say("The same without the wizard:")
        person.command(PROGRAM, "apply", "--config", str(desk.setup.path))
    return problem


STOPS = (Stop(PAGE, review),)
