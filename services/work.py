"""The work that both faces do: plan, apply, values, verify. Wizard and command line only show it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

from services import kit, setup_file
from services.answers import place
from services.aws.guards import ReadOnly
from services.backups.shards import parse_key
from services.desk import Desk, Planned, make_plan, open_desk
from services.engine import consent, lock
from services.engine.apply import apply
from services.engine.journal import written_ahead
from services.engine.world import Present
from services.events import Event
from services.model.values import Ref
from services.problems import ProblemError, refuse
from services.saved_plan import check_saved, fingerprint, plan_json
from services.verify.backups import Wanted, backups
from services.verify.checks import Check, Report
from services.verify.configuration import configuration
from services.verify.policy_documents import Where
from services.verify.policy_proofs import policy_proofs
from services.verify.probes import announced, probe_all
from services.verify.trail import trail

__all__ = [
    "Desk",
    "Planned",
    "carry_out",
    "check_blocked",
    "check_saved",
    "fingerprint",
    "kit_values",
    "make_plan",
    "open_desk",
    "plan_json",
    "probe",
    "probe_words",
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
    """The values for Palisade's form, read from AWS now; refused unless everything is as planned.

    A kit can never be edited, so values that lead to a broken or a foreign bucket, key or role are not handed out.
    """
    planned = make_plan(desk)
    values = kit.kit(desk.setup, planned.world)
    check_blocked(planned)
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
    key_ids: tuple[str, ...] = (),
    since: datetime | None = None,
    planned: Planned | None = None,
    proven: tuple[Check, ...] | None = None,
) -> Report:
    """One pass over the checklist; reads only. `proven` are the policy proofs of an earlier pass, if they still do."""
    for key_id in key_ids:
        _check_key_id(key_id)
    keys = kit.recovery_keys(desk.setup)
    seen = planned or make_plan(desk)
    checks: tuple[Check, ...] = configuration(desk.blueprint, seen.world)
    checks += _proofs(desk, seen) if proven is None else proven
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


def _where(desk: Desk, seen: Planned) -> Where | None:
    """What the policy proofs look at; None while the role, the bucket or the key is missing."""
    key, role = seen.world.output(Ref("key")), seen.world.output(Ref("role"))
    if key is None or role is None or not isinstance(seen.world.resources.get("bucket"), Present):
        return None
    here = place(desk.setup.answers, desk.identity.account)
    name, bucket = (desk.setup.answers.text(k) for k in ("role.name", "storage.bucket"))
    return Where(name, role, bucket, key, here.account, here.region, here.partition)


def _strict(desk: Desk) -> bool:
    return desk.setup.answers.text("storage.encryption_headers") == "strict"


def _proofs(desk: Desk, seen: Planned) -> tuple[Check, ...]:
    where = _where(desk, seen)
    if where is None:
        return ()
    extra = desk.setup.answers.texts("role.extra_actions")
    return policy_proofs(ReadOnly(desk.aws), where, strict=_strict(desk), extra=extra, endpoint=desk.endpoint)


def probe_words(desk: Desk) -> tuple[str, ...]:
    """What `probe` will try, to be said before it does."""
    where = _where(desk, make_plan(desk))
    return () if where is None else announced(where, strict=_strict(desk))


def with_probes(desk: Desk, report: Report) -> Report:
    """The report with the probes' lines behind those of the policies."""
    at = max((n for n, check in enumerate(report.checks, 1) if check.id.startswith("policy.")), default=0)
    return Report((*report.checks[:at], *probe(desk), *report.checks[at:]))


def probe(desk: Desk) -> tuple[Check, ...]:
    """Tries for real what the bucket policy must refuse: the one part of a verification that may write."""
    where = _where(desk, make_plan(desk))
    if where is None:
        return ()
    name = str(uuid.uuid4())
    return tuple(probe_all(desk.aws, where, strict=_strict(desk), name=name, endpoint=desk.endpoint))


def _check_key_id(key_id: str) -> None:
    if parse_key(f"{key_id}/recovery_shard-0.txt") is None:
        raise refuse(
            "invalid-answer",
            "This is no key ID of a wallet.",
            "Copy it from the wallet's page in Palisade; it is the name of the backup's folder.",
            where="--key-id",
        )


def watch(
    desk: Desk,
    deadline: float,
    every: float,
    key_ids: tuple[str, ...] = (),
    since: datetime | None = None,
) -> Iterator[Report]:
    """Passes over the checklist until nothing is waiting or the clock reaches `deadline` (on `clock.now`).

    What passes by itself (a network that is away, a busy AWS) does not end the watch before its time.
    """
    proven: tuple[Check, ...] | None = None
    while True:
        try:
            report = verify(desk, key_ids, since, proven=proven)
        except ProblemError as error:
            if error.problem.exit_code != TRY_AGAIN or desk.clock.now() >= deadline:
                raise
        else:
            yield report
            proofs = tuple(check for check in report.checks if check.id.startswith("policy."))
            proven = proofs if proofs and all(check.status != "waiting" for check in proofs) else None
            if not report.having("waiting"):
                return
        left = deadline - desk.clock.now()
        if left <= 0:
            return
        desk.clock.sleep(min(every, left))
