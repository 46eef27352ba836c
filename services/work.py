"""The work that both faces do: connect, plan, apply, values, verify. Wizard and command line only show it.

A `Desk` is one setup, signed in: what is planned, applied and verified all comes from it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services import kit, setup_file
from services.answers import complete
from services.aws.guards import ReadOnly
from services.blueprint import blueprint
from services.clock import Clock
from services.engine import consent, lock
from services.engine.apply import apply
from services.engine.journal import Journal, written_ahead
from services.engine.observe import Ownership, observe
from services.engine.plan import Plan, plan, step_json
from services.engine.world import Present, World
from services.events import Event
from services.identity import Identity, identity
from services.model.calls import Aws
from services.model.resource import Blueprint
from services.model.values import Ref
from services.problems import ProblemError, refuse
from services.setup_file import SetupFile
from services.setups import State, kept_apart
from services.verify.backups import Wanted, backups
from services.verify.checks import Check, Report
from services.verify.configuration import configuration
from services.verify.trail import trail


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

    @property
    def setup_id(self) -> str:
        return self.setup.answers.text("setup.id")

    @property
    def journal(self) -> Journal:
        return self.state.journal(self.setup_id, self.clock)

    @property
    def ownership(self) -> Ownership:
        return Ownership(self.setup_id, self.journal.begun())


@dataclass(frozen=True)
class Planned:
    """A plan and the world that it was made from."""

    plan: Plan
    world: World


def open_desk(setup: SetupFile, aws: Aws, state: State, clock: Clock, endpoint: str = "") -> Desk:
    """Signs in, and checks that the answers are complete, the account is the recorded one, and nothing is shared.

    The setup gets its id here if it has none.
    """
    complete(setup.answers)
    who = identity(aws)
    parts = blueprint(setup.answers, who.account)
    kept_apart(setup, state.found())
    if not setup.answers.get("setup.id"):
        setup = setup_file.identified(setup)
        parts = blueprint(setup.answers, who.account)
    state.remember(setup)
    return Desk(setup, aws, who, parts, state, clock, endpoint)


def make_plan(desk: Desk) -> Planned:
    """Looks at AWS, without a way to write, and says what differs."""
    world = observe(desk.blueprint, ReadOnly(desk.aws), desk.ownership)
    return Planned(plan(desk.blueprint, world), world)


def check_blocked(planned: Planned) -> None:
    """Raises the first blocked step's problem: nothing is written while one is there; denied ones come last."""
    problems = [step.problem for step in planned.plan.blocked if step.problem is not None]
    for problem in sorted(problems, key=lambda p: -p.exit_code):
        raise ProblemError(problem)


def plan_json(desk: Desk, planned: Planned) -> dict[str, object]:
    """The contract's JSON shape of a plan; also what `plan --out` saves."""
    return {
        "setup": desk.setup_id,
        "account": desk.identity.account,
        "region": desk.setup.answers.text("aws.region"),
        "endpoint": desk.endpoint,
        "fingerprint": fingerprint(desk, planned),
        "steps": [step_json(step) for step in planned.plan.steps],
        "notes": [{"address": note.address, "says": note.says} for note in planned.plan.notes],
    }


def fingerprint(desk: Desk, planned: Planned) -> str:
    """Equal exactly for equal plans of the same setup in the same account and region."""
    place = [desk.setup_id, desk.identity.account, desk.setup.answers.text("aws.region")]
    return hashlib.sha256(json.dumps([*place, planned.plan.fingerprint]).encode()).hexdigest()


def check_saved(desk: Desk, planned: Planned, saved: bytes) -> None:
    """Refuses if the saved plan is not what would be done now, or what remains of it after an interrupted run."""
    stale = refuse(
        "stale",
        "The saved plan does not fit any more: the answers or AWS have changed since it was made.",
        "Make a new plan, look at it, and apply that one.",
    )
    try:
        content = json.loads(saved)
        steps = {(step["address"], step["verb"]) for step in content["steps"]}
        wanted, setup = content["fingerprint"], content["setup"]
    except (ValueError, KeyError, TypeError):
        raise refuse(
            "unreadable-file", "The plan file is no plan.", "Make one with 'palisade-wizard plan --out F'."
        ) from None
    if wanted == fingerprint(desk, planned):
        return
    begun = any(e.get("event") == "plan" and e.get("fingerprint") == wanted for e in desk.journal.entries())
    now = {(step.address, "set" if step.verb == "change" else step.verb) for step in planned.plan.steps}
    before = {(address, "set" if verb == "change" else verb) for address, verb in steps}
    if setup != desk.setup_id or not begun or not now <= before:
        raise stale


def carry_out(
    desk: Desk,
    planned: Planned,
    accepted: tuple[str, ...] = (),
    stop: Callable[[], bool] = lambda: False,
    approved: str = "",
) -> Iterator[Event]:
    """Applies a plan under the lock, each event written down first; records the account in the setup file.

    `approved` is the fingerprint of the plan that the person saw, if it is not this one.
    """
    check_blocked(planned)
    lacking = consent.lacking(planned.plan, accepted)
    if lacking:
        raise ProblemError(consent.problem(lacking))
    where = (desk.identity.account, desk.setup.answers.text("aws.region"), desk.setup_id)
    with lock.held(desk.state.setups, *where):
        if not desk.setup.answers.text("aws.account"):
            setup_file.record(desk.setup, {"aws.account": desk.identity.account})
        _still_so(desk, planned)
        if not planned.plan.steps:
            yield from apply(planned.plan, planned.world, desk.aws, desk.clock, stop)
            return
        journal, run = desk.journal, str(uuid.uuid4())
        for mark in {fingerprint(desk, planned), approved} - {""}:
            journal.append({"run": run, "event": "plan", "fingerprint": mark})
        events = apply(planned.plan, planned.world, desk.aws, desk.clock, stop)
        yield from written_ahead(events, journal, run)


def _still_so(desk: Desk, planned: Planned) -> None:
    """Looks again under the lock: what another run did meanwhile would otherwise be made twice."""
    if make_plan(desk).plan.fingerprint != planned.plan.fingerprint:
        raise refuse(
            "stale",
            "AWS has changed since this plan was made; nothing was written.",
            "Look at a new plan, then apply it.",
        )


def kit_values(desk: Desk) -> kit.Kit:
    """The values for Palisade's form, read from AWS now."""
    return kit.kit(desk.setup, make_plan(desk).world)


def verify(
    desk: Desk, key_ids: tuple[str, ...] = (), since: datetime | None = None, planned: Planned | None = None
) -> Report:
    """One pass over the checklist; reads only."""
    keys = kit.recovery_keys(desk.setup)
    seen = planned or make_plan(desk)
    checks: tuple[Check, ...] = configuration(desk.blueprint, seen.world)
    key_arn = seen.world.output(Ref("key"))
    if key_arn is not None and isinstance(seen.world.resources.get("bucket"), Present):
        wanted = Wanted(
            bucket=desk.setup.answers.text("storage.bucket"),
            account=desk.identity.account,
            key_arn=key_arn,
            recovery_keys=tuple(key.der for key in keys),
            reader=desk.identity.short,
            key_ids=key_ids,
            since=since,
        )
        checks += backups(ReadOnly(desk.aws), wanted)
    return Report((*checks, *trail()))


def watch(
    desk: Desk,
    deadline: float,
    every: float,
    key_ids: tuple[str, ...] = (),
    since: datetime | None = None,
) -> Iterator[Report]:
    """Passes over the checklist until nothing is waiting or the clock reaches `deadline` (on `clock.now`)."""
    while True:
        report = verify(desk, key_ids, since)
        yield report
        left = deadline - desk.clock.now()
        if not report.having("waiting") or left <= 0:
            return
        desk.clock.sleep(min(every, left))
