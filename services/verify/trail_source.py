"""Reads the records of a trail: from its CloudWatch Logs group, or, without one, from its log files in S3.

Both are read in bounded steps around the moments that matter. Data events never show in CloudTrail's event history,
so that is no source for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.aws.paging import Onward
from services.backups.log_files import Unreadable, records, unpacked, written_at
from services.backups.trail_events import WRITES, TrailEvent, read_event
from services.model.calls import Aws, Call

MOST_CALLS = 40
"""Pages of one log group that one look goes through."""

MOST_FILES = 120
"""Log files in S3 that one look reads."""

BEFORE = timedelta(minutes=15)
AFTER = timedelta(hours=1)
"""How far around a write its record is looked for: sessions begin before it, and delivery comes after it."""

MOST_WINDOWS = 12
"""Times of writing that are looked around, the latest ones."""

USUAL = timedelta(minutes=15)
"""How long a record is awaited before it counts as missing."""


def delay(age: timedelta) -> str:
    """What is known of CloudTrail's delay, and how much of the wait is left `age` after the event."""
    left = max(1, int((USUAL - age).total_seconds() // 60))
    return f"CloudTrail usually delivers within 5 minutes, up to 15, without a guarantee; it is awaited for another {left} min."


@dataclass(frozen=True)
class Trail:
    """Where a trail leaves its records: `home` is its region, `log_group` may be empty."""

    arn: str
    home: str
    account: str
    log_group: str = ""


@dataclass(frozen=True)
class Expected:
    """What should be recorded: writes to the bucket (in its region) with the key, by the role, which Palisade's principal assumes.

    `own_endpoint`: the endpoint in use is not AWS's own.
    """

    bucket: str
    region: str
    key_arn: str
    role_arn: str
    principal_arn: str
    external_id: str = field(repr=False)
    own_endpoint: bool = False


@dataclass(frozen=True)
class Window:
    """From when to when records are looked for."""

    start: datetime
    end: datetime


@dataclass
class Records:
    """The events that were found. `whole`: nothing within the bounds was left out. `flaws` are sentences about files."""

    events: list[TrailEvent] = field(default_factory=list)
    whole: bool = True
    flaws: list[str] = field(default_factory=list)


def around(moments: Iterable[datetime], now: datetime) -> tuple[Window, ...]:
    """The windows around some moments, the latest first; those that overlap are one."""
    windows: list[Window] = []
    for moment in sorted(moments):
        start, end = moment - BEFORE, min(moment + AFTER, max(now, moment))
        if windows and start <= windows[-1].end:
            windows[-1] = Window(windows[-1].start, max(end, windows[-1].end))
        else:
            windows.append(Window(start, end))
    return tuple(reversed(windows))


def read(aws: Aws, trail: Trail, expected: Expected, windows: Sequence[Window]) -> Records:
    """What the trail recorded of these within the windows. Raises `Refused` where AWS does not let it be read."""
    found = Records()
    found.whole = len(windows) <= MOST_WINDOWS
    chosen = windows[:MOST_WINDOWS]
    source = _from_group if trail.log_group else _from_files
    seen: set[str] = set()
    for event in source(aws, trail, expected, chosen, found):
        if event.id not in seen and _concerns(event, expected):
            seen.add(event.id)
            found.events.append(event)
    found.events.sort(key=lambda event: (event.time, event.id))
    return found


def _concerns(event: TrailEvent, expected: Expected) -> bool:
    """AWS was asked for these alone, but an answer is believed only as far as it is seen."""
    if event.name == "AssumeRole":
        return event.source == "sts.amazonaws.com" and event.role_arn == expected.role_arn
    return event.name in WRITES and event.bucket == expected.bucket


def pattern(expected: Expected) -> str:
    """The filter pattern of CloudWatch Logs for a expected."""
    names = " || ".join(f'($.eventName = "{name}")' for name in sorted(WRITES))
    writes = f'($.eventSource = "s3.amazonaws.com") && ($.requestParameters.bucketName = "{expected.bucket}") && ({names})'
    sessions = f'($.eventName = "AssumeRole") && ($.requestParameters.roleArn = "{expected.role_arn}")'
    return f"{{ ({writes}) || ({sessions}) }}"


def _from_group(
    aws: Aws, trail: Trail, expected: Expected, windows: Sequence[Window], found: Records
) -> Iterator[TrailEvent]:
    calls = 0
    for window in windows:
        params: dict[str, str | int] = {
            "logGroupName": trail.log_group,
            "filterPattern": pattern(expected),
            "startTime": _milliseconds(window.start),
            "endTime": _milliseconds(window.end),
        }
        token = ""
        while True:
            if calls == MOST_CALLS:
                found.whole = False
                return
            calls += 1
            asked = params | ({"nextToken": token} if token else {})
            reply = aws(Call("logs", "FilterLogEvents", asked, region=trail.home))
            for line in reply.get("events", []):
                event = read_event(str(line.get("message", "")))
                if event is not None:
                    yield event
            token = str(reply.get("nextToken") or "")
            if not token:
                break


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _from_files(
    aws: Aws, trail: Trail, expected: Expected, windows: Sequence[Window], found: Records
) -> Iterator[TrailEvent]:
    described = aws(Call("cloudtrail", "GetTrail", {"Name": trail.arn}, region=trail.home)).get("Trail") or {}
    where = {"Bucket": str(described.get("S3BucketName", "")), "ExpectedBucketOwner": trail.account}
    prefix = str(described.get("S3KeyPrefix") or "")
    start = f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"
    folder = f"{start}{trail.account}/CloudTrail/{expected.region}"
    read_files = 0
    for window in windows:
        for key in _keys(aws, where, folder, window):
            if read_files == MOST_FILES:
                found.whole = False
                return
            read_files += 1
            text = unpacked(aws(Call("s3", "GetObject", where | {"Key": key}))["Body"])
            if isinstance(text, Unreadable):
                found.flaws.append(f"The log file {key} {text.reason}.")
                continue
            for event in records(text, expected.bucket, expected.role_arn):
                if isinstance(event, Unreadable):
                    found.flaws.append(f"The log file {key} {event.reason}.")
                else:
                    yield event


def _keys(aws: Aws, where: dict[str, str], folder: str, window: Window) -> Iterator[str]:
    """The log files of a window: their names begin with the minute of their delivery, under a folder for each day."""
    account, _, region = folder.rsplit("/", 2)
    begin = f"{account.rsplit('/', 1)[-1]}_CloudTrail_{region}"
    day = window.start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= window.end:
        prefix = f"{folder}/{day:%Y/%m/%d}/"
        after = f"{prefix}{begin}_{window.start:%Y%m%dT%H%M}Z"
        yield from _day(aws, {**where, "Prefix": prefix, "StartAfter": after}, window)
        day += timedelta(days=1)


def _day(aws: Aws, params: dict[str, str], window: Window) -> Iterator[str]:
    token, onward = "", Onward("s3:ListObjectsV2")
    while True:
        reply = aws(Call("s3", "ListObjectsV2", params | ({"ContinuationToken": token} if token else {})))
        for item in reply.get("Contents", []):
            key = str(item["Key"])
            minute = written_at(key)
            if minute is None:
                continue
            if minute > window.end:
                return
            yield key
        token = str(reply.get("NextContinuationToken") or "") if reply.get("IsTruncated") else ""
        if not token:
            return
        onward.to(token)
