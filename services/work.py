"""The work that both faces do: plan, apply, values, verify. Wizard and command line only show it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace

from services import kit, setup_file
from services.backups.shards import parse_key
from services.clock import stamp
from services.desk import Desk, Planned, make_plan, open_desk
from services.engine import consent, lock
from services.engine.apply import apply, shared
from services.engine.journal import is_key, keys_made, written_ahead
from services.engine.world import Present
from services.events import Event
from services.problems import ProblemError, refuse
from services.saved_plan import Approved, check_saved, fingerprint, is_rest, plan_json, saved_json
from services.verify import proving
from services.verify.backups import Watched
from services.verify.checklist import EVERYTHING, Question, checklist
from services.verify.checks import Check, Report

__all__ = [
    "Desk",
    "Planned",
    "Question",
    "Watched",
    "carry_out",
    "check_blocked",
    "check_saved",
    "fingerprint",
    "is_rest",
    "kit_values",
    "make_plan",
    "open_desk",
    "pace",
    "plan_json",
    "probe",
    "probe_words",
    "saved_json",
    "verify",
    "watch",
    "with_probes",
]

TRY_AGAIN = 7
"""The exit code of problems that pass by themselves."""


def check_blocked(planned: Planned) -> None:
    """Raises the first blocked step's problem: nothing is written while one is there; denied ones come last."""
    problems = [step.problem for step in planned.plan.blocked if step.problem is not None]
    for problem in sorted(problems, key=lambda p: -p.exit_code):
        raise ProblemError(problem)


def carry_out(
    desk: Desk,
    planned: Planned,
    accepted: tuple[str, ...] = (),
    stop: Callable[[], bool] = lambda: False,
    approved: Approved | None = None,
) -> Iterator[Event]:
    """Applies a plan under the lock, each event written down first; records the account in the setup file.

    `approved` is the plan that the person saw, if it is not this one.
    """
    check_blocked(planned)
    lacking = consent.lacking(planned.plan, accepted)
    if lacking:
        raise ProblemError(consent.problem(lacking))
    with _alone(desk, planned):
        if not desk.setup.answers.text("aws.account"):
            setup_file.record(desk.setup, {"aws.account": desk.identity.account})
        _still_so(desk, planned)
        journal, run = desk.journal, str(uuid.uuid4())
        told = keys_made(journal.path)
        there = {name: arn for name, arn in _keys_there(planned).items() if told.get(name) != arn}
        if planned.plan.steps:
            for plan in (Approved(fingerprint(desk, planned), planned.id), approved):
                if plan is not None:
                    rest = {"rest": True} if plan is approved else {}
                    journal.append({"run": run, "event": "plan", **asdict(plan), **rest})
        for address, arn in there.items():
            journal.append({"run": run, "event": "has", "address": address, "arn": arn})
        if not planned.plan.steps:
            yield from apply(planned.plan, planned.world, desk.aws, desk.clock, stop)
            return
        events = apply(planned.plan, planned.world, desk.aws, desk.clock, stop)
        yield from written_ahead(events, journal, run)


@contextmanager
def _alone(desk: Desk, planned: Planned) -> Iterator[None]:
    """Nobody else works on this set-up, nor changes what it shares with another one of this computer."""
    where = (desk.identity.account, desk.setup.answers.text("aws.region"))
    now = stamp(desk.clock.wall())
    both = {step.resource.title for step in planned.plan.steps if shared(planned.world, step.resource)}
    with ExitStack() as stack:
        stack.enter_context(lock.held(desk.state.setups, *where, desk.setup_id, doing="apply", since=now))
        for title in sorted(both):
            name = f"shared-{hashlib.sha256(title.encode()).hexdigest()[:16]}"
            stack.enter_context(
                lock.held(desk.state.setups, *where, name, doing="apply", since=now, what=f"the {title}")
            )
        yield


def _keys_there(planned: Planned) -> dict[str, str]:
    """The KMS keys that this set-up made before, by resource: a run that ended early may not have written them down, and
    another computer may have made them."""
    found = {
        name: str(state.outputs.get("arn", ""))
        for name, state in planned.world.resources.items()
        if isinstance(state, Present) and state.origin == "created"
    }
    return {name: arn for name, arn in found.items() if is_key(arn)}


def _still_so(desk: Desk, planned: Planned) -> None:
    """Looks again under the lock: what another run did meanwhile would otherwise be made twice."""
    if make_plan(desk).plan.fingerprint != planned.plan.fingerprint:
        raise refuse(
            "stale",
            "AWS has changed since this plan was made; nothing was written.",
            "Look at a new plan, then apply it.",
        )


def kit_values(desk: Desk) -> kit.Kit:
    """The values for Palisade's form, read from AWS now; refused unless everything is as planned.

    A kit can never be edited, so values that lead to a broken or a foreign bucket, key or role are not handed out.
    """
    planned = make_plan(desk)
    check_blocked(planned)  # what AWS does not let anybody see is not "not there yet"
    values = kit.kit(desk.setup, planned.world)
    if planned.plan.steps:
        first = planned.plan.steps[0]
        raise refuse(
            "differences",
            f"AWS is not as this set-up wants it ({len(planned.plan.steps)} differences, first {first.address}), "
            "and a kit can never be edited, so its values are not handed out now.",
            "Look at 'palisade-wizard plan --config S', set it right with 'apply', then ask for the values again.",
            where=first.address,
        )
    return values


def verify(
    desk: Desk,
    question: Question = EVERYTHING,
    planned: Planned | None = None,
    watched: Watched | None = None,
) -> Report:
    """One pass over the checklist; reads only. Passes that share `watched` do not read twice what has not changed."""
    for key_id in question.key_ids:
        _check_key_id(key_id)
    kit.recovery_keys(desk.setup)
    return checklist(desk, planned or make_plan(desk), question, watched or Watched())


def probe_words(desk: Desk) -> tuple[str, ...]:
    """What `probe` will try, to be said before it does."""
    return proving.probe_words(desk, make_plan(desk))


def with_probes(desk: Desk, report: Report) -> Report:
    """The report with the probes' lines behind those of the policies."""
    at = max((n for n, check in enumerate(report.checks, 1) if check.id.startswith("policy.")), default=0)
    return replace(report, checks=(*report.checks[:at], *probe(desk), *report.checks[at:]))


def probe(desk: Desk) -> tuple[Check, ...]:
    """Tries for real what the bucket policy must refuse: the one part of a verification that may write."""
    return proving.probe(desk, make_plan(desk))


def _check_key_id(key_id: str) -> None:
    if parse_key(f"{key_id}/recovery_shard-0.txt") is None:
        raise refuse(
            "invalid-answer",
            "This is no key ID of a wallet.",
            "Copy it from the wallet's page in Palisade; it is the name of the backup's folder.",
            where="--key-id",
        )


def pace(question: Question) -> float:
    """Seconds between two looks: a named wallet is one small listing, everything else at most one a minute."""
    return 20.0 if question.key_ids else 60.0


def watch(desk: Desk, deadline: float, question: Question = EVERYTHING) -> Iterator[Report]:
    """Passes over the checklist until nothing is waiting or the clock reaches `deadline` (on `clock.now`).

    What passes by itself (a network that is away, a busy AWS) does not end the watch before its time.
    """
    watched = Watched()
    while True:
        try:
            report = verify(desk, question, watched=watched)
        except ProblemError as error:
            if error.problem.exit_code != TRY_AGAIN or desk.clock.now() >= deadline:
                raise
        else:
            yield report
            if not report.having("waiting"):
                return
        left = deadline - desk.clock.now()
        if left <= 0:
            return
        desk.clock.sleep(min(pace(question), left))
