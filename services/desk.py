"""One setup, signed in: what is planned, applied and verified all comes from a `Desk`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta

from services import costs, setup_file
from services.answers import Answers, complete
from services.aws.guards import ReadOnly
from services.blueprint import blueprint
from services.clock import Clock
from services.engine.journal import Journal
from services.engine.observe import Ownership, observe
from services.engine.patience import PATIENCE
from services.engine.plan import Plan, plan
from services.engine.world import Absent, World
from services.hardening import answered
from services.identity import Identity, identity
from services.model.calls import Aws
from services.model.resource import Blueprint
from services.separation.apart import Warned, kept_apart, untold, warnings
from services.separation.things import Footprint, around, footprint
from services.setup_file import SetupFile
from services.setups import State


@dataclass(frozen=True)
class Desk:
    """One setup with its connection. `endpoint` is empty unless it is not AWS's own (then it is shown everywhere)."""

    setup: SetupFile
    aws: Aws
    identity: Identity
    blueprint: Blueprint
    state: State
    clock: Clock
    endpoint: str = ""
    others: tuple[Footprint, ...] = ()
    """The set-ups of the other environment on this computer, as they were when this one was opened."""
    untold: tuple[Warned, ...] = ()
    """Which set-ups of this computer could not be compared with this one."""

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What this set-up has in common with one of the other environment, and should not, or may have."""
        return (*warnings(Footprint(self.setup), self.others), *self.untold)

    @property
    def answers(self) -> Answers:
        """The answers that are planned and applied here, with the account that they lead to."""
        return self.setup.answers.updated({"aws.account": self.identity.account})

    @property
    def setup_id(self) -> str:
        return self.setup.answers.text("setup.id")

    @property
    def journal(self) -> Journal:
        return self.state.journal(self.setup_id, self.clock)

    @property
    def ownership(self) -> Ownership:
        return Ownership(self.setup_id, self.journal.begun(), self.journal.ended())


@dataclass(frozen=True)
class Planned:
    """A plan, the world that it was made from, and sentences about what it will cost; none if that is next to nothing.

    `id` is new for each plan that is made: two of the same content are two that somebody may approve.
    """

    plan: Plan
    world: World
    costs: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex, compare=False)


def look_in(setup: SetupFile, aws: Aws, state: State, clock: Clock, endpoint: str = "") -> Desk:
    """Signs in, and checks that the answers are complete, the account is the recorded one, and nothing is shared.

    Nothing is written down: neither an id nor where the file is.
    """
    complete(setup.answers)
    who = identity(aws)
    parts = blueprint(setup.answers, who.account)
    known, unread = around(state, setup)
    others = tuple(other for other in known if other.environment != setup.answers.text("setup.environment"))
    signed_in = replace(setup, answers=setup.answers.updated({"aws.account": who.account}))
    kept_apart(footprint(signed_in, state), others)
    return Desk(
        setup, aws, who, parts, state, clock, endpoint, others, untold(Footprint(setup), others, unread)
    )


def open_desk(setup: SetupFile, aws: Aws, state: State, clock: Clock, endpoint: str = "") -> Desk:
    """The same for work: the setup gets its id here if it has none, and is found again on this computer."""
    desk = look_in(setup, aws, state, clock, endpoint)
    if not setup.answers.get("setup.id"):
        setup = setup_file.identified(setup)
        desk = replace(desk, setup=setup, blueprint=blueprint(setup.answers, desk.identity.account))
    state.remember(desk.setup)
    return desk


def make_plan(desk: Desk) -> Planned:
    """Looks at AWS, without a way to write, and says what differs.

    A creation that was begun a moment ago and never answered may not show yet: it is looked for again for a while.
    """
    world = observe(desk.blueprint, ReadOnly(desk.aws), desk.ownership)
    end = desk.clock.now() + PATIENCE
    while may_still_show(desk, world) and desk.clock.now() < end:
        desk.clock.sleep(3)
        world = observe(desk.blueprint, ReadOnly(desk.aws), desk.ownership)
    found = plan(desk.blueprint, world)
    return Planned(found, world, _costs(desk, found, world))


def _costs(desk: Desk, found: Plan, world: World) -> tuple[str, ...]:
    """What the set-up will cost, where it makes more than the backups' own key, bucket and role."""
    if not found.steps or not answered(desk.setup.answers):
        return ()
    copies = costs.other_trails(desk.blueprint, world, ReadOnly(desk.aws))
    return costs.sentences(costs.parts(desk.blueprint, desk.setup.answers, copies))


def may_still_show(desk: Desk, world: World) -> bool:
    """Whether something without a name of its own was begun in the last minutes, and is not seen."""
    unanswered = desk.journal.unanswered()
    return any(
        resource.search is not None
        and isinstance(world.resources.get(resource.name), Absent)
        and desk.clock.wall() - unanswered[resource.title] < _SHOWS_WITHIN
        for resource in desk.blueprint
        if resource.title in unanswered
    )


_SHOWS_WITHIN = timedelta(minutes=5)
"""After this time a key that AWS made is seen by everybody."""
