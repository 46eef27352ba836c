"""Taking a sandbox set-up down: what both faces do. Wizard and command line only show it.

Production is refused before anything is asked of AWS. The set-up is looked at twice: for the plan that a person sees,
and again under the lock, right before the first change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from services.answers import Answers
from services.aws.guards import ReadOnly
from services.blueprint import made_before
from services.clock import stamp
from services.desk import Desk, may_still_show
from services.engine import consent, lock, teardown
from services.engine.destroy import destroy
from services.engine.journal import written_ahead
from services.engine.patience import PATIENCE
from services.engine.plan import Note, Plan
from services.engine.teardown import BACKUPS, Seen
from services.events import Event, Finished
from services.problems import ProblemError, refuse
from services.progress import DEEDS

__all__ = ["BACKUPS", "Teardown", "check_blocked", "make_teardown", "refuse_production", "tear_down"]


@dataclass(frozen=True)
class Teardown:
    """What would be deleted, in order, with notes about what stays; and what was seen for it."""

    plan: Plan
    seen: Seen


def refuse_production(answers: Answers) -> None:
    """Raises for every set-up that is no sandbox: there is no way to lose production's backups by this program."""
    environment = answers.text("setup.environment")
    if environment != "sandbox":
        raise refuse(
            "unfit",
            f"The set-up {answers.text('setup.name')} is for {environment or 'no sandbox'}, and only a sandbox is ever taken "
            "down: its bucket holds what may be the last way to real wallets. Nothing was changed.",
            "If it has really served its time, its owner deletes each part by hand; 'palisade-wizard plan' names them.",
            where="setup.environment",
        )


def make_teardown(desk: Desk) -> Teardown:
    """Looks at AWS, without a way to write, and says what goes, what stays, and what forbids it."""
    refuse_production(desk.setup.answers)
    begun = desk.journal.begun()
    wider = made_before(desk.setup.answers, desk.identity.account)
    parts = (*desk.blueprint, *(part for part in wider if part.title in begun))
    desk = replace(desk, blueprint=parts)
    seen = _look(desk)
    end = desk.clock.now() + PATIENCE
    while may_still_show(desk, seen.world) and desk.clock.now() < end:
        desk.clock.sleep(3)
        seen = _look(desk)
    found = teardown.plan(seen)
    titles = {part.title for part in parts}
    forgotten = tuple(Note("", _forgotten(title)) for title in begun if title not in titles)
    return Teardown(replace(found, notes=found.notes + forgotten), seen)


def _look(desk: Desk) -> Seen:
    return teardown.look(desk.blueprint, ReadOnly(desk.aws), desk.ownership, desk.clock.wall())


def _forgotten(title: str) -> str:
    return (
        f"The journal says that this set-up once made the {title}, which its answers do not name any more: if it is still "
        "there, it stays. Set the answers back and run the command again, or delete it by hand."
    )


def check_blocked(found: Teardown) -> None:
    """Raises the first blocked step's problem: nothing is deleted while one is there; denied ones come last."""
    problems = [step.problem for step in found.plan.blocked if step.problem is not None]
    for problem in sorted(problems, key=lambda each: -each.exit_code):
        raise ProblemError(problem)


def tear_down(
    desk: Desk, found: Teardown, accepted: tuple[str, ...] = (), stop: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Deletes what the plan says, under the lock, each event written down first; then the set-up's marks are reset."""
    refuse_production(desk.setup.answers)
    check_blocked(found)
    for step in consent.lacking(found.plan, accepted):
        raise refuse(
            "consent",
            f"The {step.resource.title} holds backups that Palisade wrote, and they would be lost for good: that needs your "
            "consent, and nothing was changed.",
            f"If they may go, add --accept {BACKUPS}.",
            where=step.address,
        )
    where = (desk.identity.account, desk.setup.answers.text("aws.region"), desk.setup_id)
    with lock.held(desk.state.setups, *where, doing="destroy", since=stamp(desk.clock.wall())):
        if make_teardown(desk).plan.fingerprint != found.plan.fingerprint:
            raise refuse(
                "stale",
                "AWS has changed since this was looked at; nothing was deleted.",
                "Look again at what would be deleted, then agree to that.",
            )
        journal, run = desk.journal, str(uuid.uuid4())
        events = destroy(found.plan, found.seen, desk.aws, desk.clock, stop)
        for event in written_ahead(events, journal, run):
            if isinstance(event, Finished) and event.ok:
                titles = [part.title for part in found.seen.blueprint]
                journal.append({"run": run, "event": "destroyed", "titles": titles})
                desk.state.forget(desk.setup_id, DEEDS)
            yield event
