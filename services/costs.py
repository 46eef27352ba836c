"""What a set-up costs in a month, in words: AWS's prices times stated amounts. An estimate that shows its assumptions.

The sentences are pure functions of what is made (`Parts`) and how much happens (`Volume`). Whether a trail would be a
second, billed copy of management events only AWS can tell; `other_trails` asks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias, cast

from services.answers import Answers
from services.engine.world import Absent, World
from services.model.calls import Aws, Call, Refused, ask
from services.model.resource import Blueprint
from services.model.selector_merge import Events
from services.model.values import entries, items

PRICES = "AWS's public price list for us-east-1, mid-2026; other regions differ by some percent"

_KEY = Decimal("1.00")  # a KMS key a month, and as much again for each of its first two rotations
_KMS = Decimal("0.03") / 10_000  # a KMS request
_DATA_EVENT = Decimal("0.10") / 100_000
_COPY = Decimal("2.00") / 100_000  # a management event in a second copy
_INGESTED = Decimal("0.50")  # a GB into CloudWatch Logs
_KEPT_LOGS = Decimal("0.03")  # a GB in CloudWatch Logs for a month
_KEPT = Decimal("0.023")  # a GB in S3 for a month
_PUT = Decimal("0.005") / 1_000  # an S3 request that writes
_ALARM = Decimal("0.10")
_METRIC = Decimal("0.30")
_EMAIL = Decimal("2.00") / 100_000
_LISTED = Decimal("0.0025") / 1_000_000  # a file in an inventory
_GB = 1_000_000_000
_PACKED = 10  # how many times smaller gzip makes a trail's log files

Copies: TypeAlias = Literal["none", "first", "second", "perhaps", "unknown"]
"""What a trail's management events are: not recorded anew, free, billed, billed perhaps, or AWS did not tell."""


@dataclass(frozen=True)
class Volume:
    """How much happens in a month: the assumptions, to be replaced by what is known. Sizes in bytes."""

    writes: int = 3_000
    reads: int = 3_000
    management: int = 20_000
    event: int = 1_500
    backup: int = 350_000
    access_log: int = 700
    list_line: int = 90
    months_kept: int = 13
    emails: int = 30

    @property
    def says(self) -> str:
        """The assumptions in one sentence."""
        return (
            f"Assumed for a month: {self.writes:,} backup files written and {self.reads:,} read, {self.management:,} "
            f"management events that write, {self.emails:,} e-mails."
        )


TYPICAL = Volume()


@dataclass(frozen=True)
class Parts:
    """What is paid for. `data_events`: which accesses a trail records; `group`: a log group of the set-up's own."""

    keys: int = 1
    data_events: Events = "off"
    copies: Copies = "none"
    trail_bucket: bool = False
    group: bool = False
    alarms: int = 0
    emails: bool = False
    access_logs: bool = False
    inventory: bool = False


@dataclass(frozen=True)
class Cost:
    """One line of the bill: dollars a month, and what for."""

    what: str
    dollars: Decimal
    more: str = ""


def parts(blueprint: Blueprint, answers: Answers, copies: Copies) -> Parts:
    """What a set-up's blueprint makes or switches on."""
    made = {resource.name: resource for resource in blueprint if resource.create is not None}
    facets = {f"{r.name}.{f.name}" for r in blueprint for f in r.facets("created")}
    events = answers.text("hardening.data_events")
    recorded = cast("Events", events) if "trail.selectors" in facets else "off"
    return Parts(
        keys=sum(name in made for name in ("key", "log_key")),
        data_events=recorded,
        copies=copies,
        trail_bucket="trail" in made,
        group="log_group" in made,
        alarms=sum(name.startswith("alarm-") for name in made),
        emails="subscription" in made,
        access_logs="bucket.access-logs" in facets,
        inventory=answers.flag("hardening.inventory"),
    )


def bill(what: Parts, volume: Volume = TYPICAL) -> Iterator[Cost]:
    """The lines of a month's bill, after the first year's start: free tiers are not taken off."""
    yield from _keys(what, volume)
    yield Cost("Backups in S3", *_stored(volume))
    events = _events(what, volume)
    if what.data_events != "off":
        which = "reads and writes" if what.data_events == "all" else "writes"
        yield Cost(f"CloudTrail data events ({which} of backups)", events * _DATA_EVENT, _per("$0.10"))
    if what.copies in {"second", "perhaps"}:
        yield Cost("A second copy of management events", volume.management * _COPY, _per("$2.00"))
    recorded = (events + volume.management) * volume.event
    if what.trail_bucket:
        yield Cost("The trail's log files in S3", _gigabytes(recorded) * volume.months_kept * _KEPT / _PACKED)
    if what.group:
        taken = _gigabytes(recorded) * _INGESTED
        kept = _gigabytes(recorded) * volume.months_kept * _KEPT_LOGS
        yield Cost("CloudWatch Logs, taken in and kept", taken + kept, "$0.50 for every GB taken in")
    if what.alarms:
        yield Cost(f"{what.alarms} alarms and their metrics", what.alarms * (_ALARM + _METRIC))
    if what.emails:
        yield Cost("E-mails of the alarms", volume.emails * _EMAIL)
    if what.access_logs:
        lines = (volume.writes + volume.reads) * volume.access_log
        yield Cost("Access logs in S3", _gigabytes(lines) * volume.months_kept * _KEPT)
    if what.inventory:
        files = 12 * volume.writes  # those of a year
        listed = files * 30  # a list a day, and as many are kept
        kept = _gigabytes(listed * volume.list_line) * _KEPT
        more = f"each of {files:,} files, a year's; $0.0025 for every million of them"
        yield Cost("S3's daily lists of the backups", listed * _LISTED + kept, more)


def _keys(what: Parts, volume: Volume) -> Iterator[Cost]:
    if what.keys:
        name = "1 KMS key" if what.keys == 1 else f"{what.keys} KMS keys"
        more = "twice as much after a yearly rotation, three times after two, and no more after that"
        yield Cost(name, what.keys * _KEY, more)
    yield Cost("KMS requests", (volume.writes + volume.reads) * _KMS)


def _stored(volume: Volume) -> tuple[Decimal, str]:
    month = _gigabytes(volume.writes * volume.backup)
    requests = volume.writes * _PUT
    return month * _KEPT + requests, "for one month's backups; it grows with every month"


def _events(what: Parts, volume: Volume) -> int:
    match what.data_events:
        case "off":
            return 0
        case "write":
            return volume.writes
        case "all":
            return volume.writes + volume.reads


def _gigabytes(size: int) -> Decimal:
    return Decimal(size) / _GB


def _per(price: str) -> str:
    return f"{price} for every 100,000 of them"


def dollars(amount: Decimal) -> str:
    """An amount as a person reads it; what is less than a cent says so."""
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return "less than $0.01" if not rounded else f"about ${rounded:,}"


def sentences(what: Parts, volume: Volume = TYPICAL) -> tuple[str, ...]:
    """The bill in words: the sum, its lines, what was assumed, and where the prices are from."""
    lines = tuple(bill(what, volume))
    total = sum((line.dollars for line in lines), Decimal(0))
    told = (
        f"{line.what}: {dollars(line.dollars)}{f' ({line.more})' if line.more else ''}." for line in lines
    )
    return (
        f"This set-up costs {dollars(total)} a month.",
        *told,
        *_about_copies(what.copies),
        volume.says,
        f"Prices: {PRICES}. Free allowances are not taken off.",
    )


def _about_copies(copies: Copies) -> tuple[str, ...]:
    billed = "those of the new trail would then be a second copy, which AWS bills."
    match copies:
        case "second":
            said = (
                "Another trail records management events already, so those of the new trail are a second copy, which "
                "AWS bills. To avoid that, set hardening.trail to the ARN of that trail."
            )
        case "perhaps":
            said = f"Another trail may record management events already; {billed}"
        case "unknown":
            said = f"Whether another trail records management events already could not be seen; {billed}"
        case "first" | "none":
            return ()
    return (said,)


DATA_EVENTS = f"AWS bills every recorded read or write of a backup, {_per('about $0.10')}"
"""What the consent for data events is about, without a full stop."""


def other_trails(blueprint: Blueprint, world: World, aws: Aws) -> Copies:
    """Whether a trail that is going to be made records what another one records already; asked only then."""
    own = next((resource for resource in blueprint if resource.name == "trail"), None)
    if own is None or own.create is None or not isinstance(world.resources.get("trail"), Absent):
        return "none"
    try:
        found = ask(aws, Call("cloudtrail", "DescribeTrails", {}, {"trails": "trailList"}))
    except Refused:  # it is no reason to withhold the plan
        return "unknown"
    trails = [entries(trail) for trail in items((found or {}).get("trails"))]
    if any(trail.get("HasCustomEventSelectors") is False for trail in trails):
        return "second"
    return "perhaps" if trails else "first"
