"""Whether a backup file is under the retention that the set-up asks for, as the file itself tells."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.aws.translate import problem_of
from services.clock import stamp
from services.model.calls import Aws, Call, Refused, Reply
from services.verify.checks import Check, Status, check_of

_NONE = frozenset({"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "InvalidRequest"})
_SLACK = timedelta(days=1)
"""AWS counts the days from the moment of the write, which the listing tells a little differently."""

REFERENCES = ("S3.15",)


@dataclass(frozen=True)
class Lock:
    """What the answers ask for: `mode` is off, governance or compliance."""

    mode: str = "off"
    days: int = 0


OFF = Lock()


@dataclass(frozen=True)
class Held:
    """What holds a file, and until when."""

    mode: str
    until: datetime | None


def retention(
    aws: Aws,
    lock: Lock,
    where: dict[str, str],
    reply: Reply,
    *,
    written: datetime,
    now: datetime,
    words: Check,
) -> Check:
    """The finished line; `words` has its identifier and title, `reply` is what AWS told with the file."""
    if lock.mode == "off":
        return _line(words, "skipped", "Object Lock is off in this set-up, so no file is under retention.")
    try:
        held = held_by(aws, where, reply)
    except Refused as refused:
        return check_of(words.id, words.title, problem_of(refused), REFERENCES)
    if held is None or held.until is None:
        evidence = "The file is under no retention: whoever may delete versions can delete it now."
        return _line(words, "fail", evidence, _put(lock, where, written))
    told = f"{held.mode.lower()} until {stamp(held.until)}"
    if held.until <= now:
        return _line(words, "fail", f"Its retention has run out: {told}.", _put(lock, where, now))
    if lock.mode == "compliance" and held.mode != "COMPLIANCE":
        evidence = f"It is weaker than asked for: {told}, and the set-up asks for compliance."
        return _line(words, "fail", evidence, _put(lock, where, written))
    wanted = written + timedelta(days=lock.days)
    if held.until < wanted - _SLACK:
        evidence = (
            f"It is shorter than asked for: {told}, and the set-up asks for {lock.days} days after the write."
        )
        return _line(words, "fail", evidence, _put(lock, where, written))
    return _line(words, "pass", f"It is held: {told}.")


def held_by(aws: Aws, where: dict[str, str], reply: Reply) -> Held | None:
    """What holds the file. S3 leaves it out of an answer to a reader who may not see it, so then it is asked for."""
    if reply.get("ObjectLockMode"):
        return _read(reply["ObjectLockMode"], reply.get("ObjectLockRetainUntilDate"))
    try:
        found = aws(Call("s3", "GetObjectRetention", where)).get("Retention") or {}
    except Refused as refused:
        if refused.code in _NONE:
            return None
        raise
    return _read(found.get("Mode"), found.get("RetainUntilDate")) if found else None


def _read(mode: object, until: object) -> Held:
    moment = datetime.fromisoformat(until) if isinstance(until, str) and until else None
    return Held(str(mode or ""), moment)


def _put(lock: Lock, where: dict[str, str], begin: datetime) -> str:
    until = stamp(begin + timedelta(days=max(lock.days, 1)))
    kept = f"Mode={lock.mode.upper()},RetainUntilDate={until}"
    words = ["aws", "s3api", "put-object-retention", "--bucket", where["Bucket"], "--key", where["Key"]]
    words += ["--expected-bucket-owner", where["ExpectedBucketOwner"], "--retention", kept]
    return (
        "See that Object Lock is on with 'palisade-wizard plan --config S'; files that were written before get their "
        f"retention by hand, which in compliance mode nobody can shorten: “{shlex.join(words)}”."
    )


def _line(words: Check, status: Status, evidence: str, remedy: str = "") -> Check:
    return replace(words, status=status, evidence=evidence, remedy=remedy, references=REFERENCES)
