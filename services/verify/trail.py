"""CloudTrail's evidence: who wrote each backup, and whether anybody else wrote one.

A record that is not there proves nothing: CloudTrail usually delivers within 5 minutes, up to 15, and does not
guarantee it. So a missing record is first awaited, and then said to be missing, never taken for "not written".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.aws.translate import problem_of
from services.backups.trail_events import TrailEvent
from services.clock import Clock, stamp
from services.model.calls import Aws, Refused
from services.verify.assumed import Wrote, assumed
from services.verify.checks import Check, check_of
from services.verify.files import Judged
from services.verify.trail_source import (
    AFTER,
    BEFORE,
    MOST_WINDOWS,
    USUAL,
    Expected,
    Records,
    Trail,
    Window,
    around,
    delay,
    read,
)
from services.verify.trail_status import status

LONG_AGO = timedelta(days=1)
"""After this time a missing record may have expired with its log group, or the trail may have been another."""

REFERENCES = ("CIS 4.8", "CIS 4.9", "S3.22")
_WRITE = "CloudTrail recorded the write"
_OTHERS = "Nobody but Palisade's role wrote to the bucket"
_WEAK = frozenset({"TLSv1", "TLSv1.0", "TLSv1.1", "SSLv3"})
_ENCRYPTED = "aws:kms"


def no_trail(why: str = "No trail is part of this set-up") -> tuple[Check, ...]:
    """The CloudTrail line where there is no trail to ask; `why` is a clause."""
    evidence = f"{why}, so whether CloudTrail recorded the write cannot be shown here."
    remedy = (
        "Answer hardening.trail and hardening.data_events, or turn on data events for the bucket in a trail of your "
        "own, and look for PutObject there."
    )
    return (Check("trail.write", _WRITE, "skipped", evidence, remedy, REFERENCES),)


def trail_checks(
    aws: Aws, clock: Clock, trail: Trail, expected: Expected, judged: Sequence[Judged]
) -> tuple[Check, ...]:
    """All lines about the trail, for the backup files that were looked at."""
    logging = status(aws, trail)
    if not judged:
        waiting = Check(
            "trail.write", _WRITE, "waiting", "There is no write to look for yet.", "", REFERENCES
        )
        return (logging.check, waiting)
    now = clock.wall()
    windows = around((each.file.written for each in judged), now)
    try:
        found = read(aws, trail, expected, windows)
    except Refused as refused:
        if refused.code == "ResourceNotFoundException" and trail.log_group:
            return (logging.check, _no_group(trail))
        return (logging.check, check_of("trail.write", _WRITE, problem_of(refused), REFERENCES))
    looked, left_out = windows[:MOST_WINDOWS], windows[MOST_WINDOWS:]
    matched = {each.file.key: record_of(each, found.events) for each in judged}
    writes = [
        _beyond(each)
        if any(window.start <= each.file.written <= window.end for window in left_out)
        else _write(each, matched[each.file.key], expected, found, began=logging.began, now=now)
        for each in judged
    ]
    sessions = {event.actor.access_key for event in matched.values() if event is not None} - {""}
    when, latest = Window(looked[-1].start, looked[0].end), max(each.file.written for each in judged)
    return (
        logging.check,
        *writes,
        _others(found, expected, when, waiting=any(check.status == "waiting" for check in writes)),
        assumed(aws, clock, expected, found.events, Wrote(sessions, when, now - latest)),
    )


def _no_group(trail: Trail) -> Check:
    evidence = f"The trail's log group {trail.log_group} does not exist, so no record of a write is in it."
    remedy = (
        "Make it again with 'palisade-wizard apply --config S', and find out who deleted it. What was recorded before "
        "is in the log files of the trail's bucket."
    )
    return Check("trail.write", _WRITE, "fail", evidence, remedy, REFERENCES)


def record_of(judged: Judged, events: Sequence[TrailEvent]) -> TrailEvent | None:
    """The record of the write of a file as it is now: of its version, or else the nearest in time."""
    named = [event for event in events if event.wrote and event.key == judged.file.key]
    versions = [event for event in named if event.version_id and event.version_id == judged.version_id]
    unversioned = [event for event in named if not event.version_id or not judged.version_id]

    def distance(event: TrailEvent) -> timedelta:
        return abs(event.time - judged.file.written)

    near = [event for event in versions or unversioned if distance(event) <= BEFORE]
    return min(near, key=distance, default=None)


def _line(judged: Judged) -> tuple[str, str]:
    named = judged.named
    return f"trail.write.{named.key_id}.{named.file}", f"{named.key_id}/{named.file}: {_WRITE}"


def _beyond(judged: Judged) -> Check:
    evidence = (
        f"It was not looked for: records of {MOST_WINDOWS} times of writing are looked at, the latest ones."
    )
    return Check(*_line(judged), "skipped", evidence, "Name the wallet with --key-id.", REFERENCES)


def _write(
    judged: Judged,
    event: TrailEvent | None,
    expected: Expected,
    found: Records,
    *,
    began: datetime | None,
    now: datetime,
) -> Check:
    identifier, title = _line(judged)
    if event is None:
        return _unrecorded(judged, found, began, now)
    wrong = tuple(_wrong(event, expected))
    if wrong:
        remedy = (
            "Find out who this is and whether the write was wanted; earlier versions of the file are in the bucket. "
            "'palisade-wizard plan --config S' shows whether role, policy and encryption are as set up."
        )
        evidence = f"{_told(event)} {' '.join(wrong)}"
        return Check(identifier, title, "fail", evidence, remedy, REFERENCES)
    return Check(identifier, title, "pass", _told(event), "", REFERENCES)


def _told(event: TrailEvent) -> str:
    """The record in a sentence: what an auditor looks for."""
    tls = f" over {event.tls}" if event.tls else ""
    version = f" It made version {event.version_id}." if event.version_id else ""
    key = f" with {event.kms_key}" if event.kms_key else ""
    encrypted = f" S3 encrypted it as {event.encryption}{key}." if event.encryption else ""
    return (
        f"Event {event.id}: {event.name} at {stamp(event.time)} by {event.actor.name} from "
        f"{event.address or 'an address that is not told'}{tls}.{encrypted}{version}"
    )


def _wrong(event: TrailEvent, expected: Expected) -> Iterator[str]:
    if event.actor.role != expected.role_arn:
        yield f"That is not a session of {expected.role_arn}."
    if event.tls in _WEAK:
        yield "TLS 1.2 is the least that should be accepted."
    if event.encryption and event.encryption != _ENCRYPTED:
        yield "It should be encrypted with the set-up's KMS key."
    if event.kms_key and event.kms_key != expected.key_arn:
        yield f"The set-up's key is {expected.key_arn}."


def _unrecorded(judged: Judged, found: Records, began: datetime | None, now: datetime) -> Check:
    identifier, title = _line(judged)
    age = now - judged.file.written
    minutes = max(0, int(age.total_seconds() // 60))
    if began is not None and judged.file.written < began:
        evidence = f"The file was written before the trail began to log ({stamp(began)})."
        remedy = "Create a wallet now, and verify again: its write will be recorded."
        return Check(identifier, title, "skipped", evidence, remedy, REFERENCES)
    if age < USUAL:
        evidence = f"There is no record of it yet, {minutes} minutes after the write. {delay(age)}"
        return Check(identifier, title, "waiting", evidence, "Look again with --wait 15m.", REFERENCES)
    flaws = f" {' '.join(found.flaws[:2])}" if found.flaws else ""
    evidence = (
        f"No record was found within {_minutes(BEFORE)} before and {_minutes(AFTER)} after the write, {minutes} "
        f"minutes ago.{'' if found.whole else ' Not all records of that time were looked at.'}{flaws} That does not "
        "mean that it was not written; it means that nothing proves by whom."
    )
    remedy = (
        "See whether the trail records data events of the bucket ('palisade-wizard plan --config S') and delivers "
        "(trail.logging); then look again, or have a new wallet created."
    )
    grave = found.whole and age < LONG_AGO
    return Check(identifier, title, "fail" if grave else "warn", evidence, remedy, REFERENCES)


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)} minutes"


def _others(found: Records, expected: Expected, when: Window, *, waiting: bool) -> Check:
    identifier = "trail.other-writers"
    others = [event for event in found.events if event.wrote and event.actor.role != expected.role_arn]
    ours = sum(event.wrote for event in found.events) - len(others)
    denied = [event for event in found.events if event.denied and event.bucket == expected.bucket]
    span = f"between {stamp(when.start)} and {stamp(when.end)}"
    tried = f" Denied: {_writers(denied)}." if denied else ""
    if others:
        evidence = f"Written by others {span}: {_writers(others)}.{tried}"
        remedy = (
            "Find out who they are and why they could write. Nobody but the role needs to; remove the right, and "
            "check the files that they wrote."
        )
        return Check(identifier, _OTHERS, "fail", evidence, remedy, REFERENCES)
    if not found.whole or found.flaws:
        evidence = (
            f"Not all records {span} could be looked at; of those that could, none is by others.{tried}"
        )
        return Check(identifier, _OTHERS, "warn", evidence, "Name the wallet with --key-id.", REFERENCES)
    if waiting:
        evidence = f"None so far {span}; the record of a write is still awaited.{tried}"
        return Check(identifier, _OTHERS, "waiting", evidence, "Look again with --wait 15m.", REFERENCES)
    evidence = (
        f"All {ours} writes that the trail recorded {span} are by sessions of {expected.role_arn}.{tried}"
    )
    return Check(identifier, _OTHERS, "pass", evidence, "", REFERENCES)


def _writers(events: Sequence[TrailEvent]) -> str:
    """Who they are, each with one example."""
    first: dict[str, TrailEvent] = {}
    for event in events:
        first.setdefault(event.actor.name, event)
    told = [
        f"{name} ({event.name} of {event.key or 'a file'} at {stamp(event.time)}, event {event.id})"
        for name, event in first.items()
    ]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
