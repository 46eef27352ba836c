"""Whether a trail is at work: it logs, and what it logs arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.aws.translate import one_line, problem_of
from services.clock import stamp
from services.model.calls import Aws, Call, Refused, Reply
from services.verify.checks import Check, check_of
from services.verify.trail_source import Trail

REFERENCES = ("CloudTrail.1", "CloudTrail.5")
_ID, _TITLE = "trail.logging", "The trail logs and delivers"
_FAULTS = (("LatestDeliveryError", "S3"), ("LatestCloudWatchLogsDeliveryError", "CloudWatch Logs"))
_TIMES = (("LatestDeliveryTime", "S3"), ("LatestCloudWatchLogsDeliveryTime", "CloudWatch Logs"))


@dataclass(frozen=True)
class Status:
    """The line, and since when the trail logs (None if AWS does not tell)."""

    check: Check
    began: datetime | None = None


def status(aws: Aws, trail: Trail) -> Status:
    """Asks the trail."""
    try:
        reply = aws(Call("cloudtrail", "GetTrailStatus", {"Name": trail.arn}, region=trail.home))
    except Refused as refused:
        return Status(check_of(_ID, _TITLE, problem_of(refused), REFERENCES))
    began = _moment(reply.get("StartLoggingTime"))
    if not reply.get("IsLogging"):
        remedy = "Turn it on again with 'palisade-wizard apply --config S', and find out who stopped it."
        return Status(Check(_ID, _TITLE, "fail", f"{trail.arn} does not log.", remedy, REFERENCES), began)
    faults = [f"To {where}: {one_line(str(reply[name]))}" for name, where in _FAULTS if reply.get(name)]
    if faults:
        remedy = (
            "AWS names the cause: most often the policy of the trail's bucket, of its KMS key or of the role for its "
            "log group was changed. 'palisade-wizard plan --config S' shows the difference."
        )
        evidence = f"{trail.arn} logs, but its last delivery failed. {' '.join(faults)}"
        return Status(Check(_ID, _TITLE, "fail", evidence, remedy, REFERENCES), began)
    since = f" since {stamp(began)}" if began else ""
    evidence = f"{trail.arn} logs{since}. {' '.join(_deliveries(reply))}"
    return Status(Check(_ID, _TITLE, "pass", evidence, "", REFERENCES), began)


def _deliveries(reply: Reply) -> Iterator[str]:
    told = [(where, _moment(reply.get(name))) for name, where in _TIMES]
    arrived = [f"{where} at {stamp(when)}" for where, when in told if when is not None]
    yield (
        f"It last delivered to {' and to '.join(arrived)}." if arrived else "AWS tells of no delivery yet."
    )


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None
