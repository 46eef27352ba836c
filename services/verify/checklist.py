"""The whole checklist of a set-up in one pass: configuration, backups, who can read them, and the trail's evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services import kit
from services.aws.guards import ReadOnly
from services.desk import Desk, Planned
from services.engine.world import Present
from services.model.calls import Aws, Refused
from services.model.values import Ref
from services.verify.alarms import left_out
from services.verify.backups import Looked, Watched, look
from services.verify.checks import Check, Report
from services.verify.configuration import configuration
from services.verify.files import Wanted
from services.verify.proving import proofs
from services.verify.retention import Lock
from services.verify.search import Lately
from services.verify.seen import seen
from services.verify.separation import apart
from services.verify.trail import no_trail, trail_checks
from services.verify.trail_source import Expected, Trail, Window, read

LATELY = timedelta(hours=1)
"""How far back a trail is asked for new backups when nobody says since when."""

FURTHEST = timedelta(days=7)
"""How far back it is asked at most."""


@dataclass(frozen=True)
class Question:
    """What somebody wants to know: all wallets or some, any time or since a moment, and whose address one is."""

    key_ids: tuple[str, ...] = ()
    since: datetime | None = None
    address: str = ""


EVERYTHING = Question()


def checklist(desk: Desk, planned: Planned, question: Question, watched: Watched) -> Report:
    """One pass; reads only. `planned` is what AWS looks like now, `watched` what earlier passes saw."""
    world = planned.world
    checks = (
        *configuration(desk.blueprint, world),
        *left_out(desk.setup.answers),
        *apart(desk),
        *proofs(desk, planned, watched.proven),
    )
    aws = ReadOnly(desk.aws)
    key_arn = world.output(Ref("key"))
    trail, expected = _trail(desk, planned), _expected(desk, planned)
    looked = Looked(())
    if key_arn is not None and isinstance(world.resources.get("bucket"), Present):
        lately = _lately(aws, desk, trail, expected, question) if trail and expected else None
        wanted = _wanted(desk, key_arn, question)
        looked = look(aws, wanted, desk.clock.wall(), watched, lately)
    lines = (*checks, *looked.checks, *_evidence(aws, desk, trail, expected, looked))
    wallets = seen(looked.judged, desk.setup.answers.text("palisade.quorum_id"))
    return Report(lines, wallets, looked.unread, looked.more)


def _wanted(desk: Desk, key_arn: str, question: Question) -> Wanted:
    answers = desk.setup.answers
    return Wanted(
        bucket=answers.text("storage.bucket"),
        account=desk.identity.account,
        region=answers.text("aws.region"),
        key_arn=key_arn,
        recovery_keys=tuple(key.der for key in kit.recovery_keys(desk.setup)),
        reader=desk.identity.short,
        key_ids=question.key_ids,
        since=question.since,
        quorum_id=answers.text("palisade.quorum_id"),
        lock=Lock(answers.text("storage.object_lock"), answers.number("storage.object_lock_days")),
        address=question.address,
    )


def _trail(desk: Desk, planned: Planned) -> Trail | None:
    """The trail of the set-up, if it has one and it is there."""
    world = planned.world
    arn = world.output(Ref("trail"))
    if arn is None:
        return None
    return Trail(
        arn=arn,
        home=world.output(Ref("trail", "home")) or desk.setup.answers.text("aws.region"),
        account=desk.identity.account,
        log_group=world.output(Ref("trail", "log_group")) or "",
    )


def _expected(desk: Desk, planned: Planned) -> Expected | None:
    key, role = planned.world.output(Ref("key")), planned.world.output(Ref("role"))
    if key is None or role is None:
        return None
    answers = desk.setup.answers
    return Expected(
        bucket=answers.text("storage.bucket"),
        region=answers.text("aws.region"),
        key_arn=key,
        role_arn=role,
        principal_arn=answers.text("palisade.principal_arn"),
        external_id=answers.text("palisade.external_id"),
        own_endpoint=bool(desk.endpoint),
    )


def _lately(aws: Aws, desk: Desk, trail: Trail, expected: Expected, question: Question) -> Lately:
    """What the trail says was written lately; a large bucket is searched with its help."""

    def keys() -> Sequence[str]:
        now = desk.clock.wall()
        try:
            found = read(aws, trail, expected, (lately(question.since, now),))
        except Refused:  # the lines about the trail say so
            return ()
        return [event.key for event in reversed(found.events) if event.wrote]

    return keys


def lately(since: datetime | None, now: datetime) -> Window:
    """The time that a trail is asked about: its log files are listed day by day, so it is bounded."""
    return Window(min(max(since or now - LATELY, now - FURTHEST), now), now)


def _evidence(
    aws: Aws, desk: Desk, trail: Trail | None, expected: Expected | None, looked: Looked
) -> tuple[Check, ...]:
    if trail is not None and expected is not None:
        return trail_checks(aws, desk.clock, trail, expected, looked.judged)
    if any(resource.name == "trail" for resource in desk.blueprint):
        return no_trail("The set-up's trail or role cannot be seen (config.trail and config.role say why)")
    return no_trail()
