"""CloudTrail's evidence that Palisade assumed the role, and with which external ID.

AssumeRole is a management event, so CloudTrail's event history has it even where no trail records it. It stands in
the region whose STS Palisade called: the bucket's, us-east-1, or another. What was denied never shows there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from services.aws.translate import problem_of
from services.backups.trail_events import TrailEvent, read_event
from services.clock import Clock, stamp
from services.model.calls import Aws, Call, Refused
from services.model.place import parse_arn
from services.model.values import Tree
from services.verify.checks import Check, check_of
from services.verify.trail_source import USUAL, Expected, Window, delay

PACE = 0.5
"""Seconds between two calls: AWS takes two a second."""

MOST_PAGES = 3
"""Pages of 50 events that are read of one region."""

LONGEST_SESSION = timedelta(hours=12)
"""How long before a write its session may have begun."""

_ID, _TITLE = "trail.assume-role", "Palisade assumed the role with the external ID"
_DENIED = "Attempts that were denied do not show in this account at all."
_FIRST: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
)
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "aws": "us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 "
        "eu-north-1 ap-south-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 ap-northeast-2 ap-northeast-3",
        "aws-cn": "cn-northwest-1",
        "aws-us-gov": "us-gov-east-1",
    }
)
"""The regions that every account has; others must be enabled first."""


@dataclass(frozen=True)
class Wrote:
    """What is known of the writes: the access keys of their sessions, when they were, how long ago the last one was."""

    sessions: AbstractSet[str]
    when: Window
    age: timedelta


@dataclass
class _History:
    """What the event history told; `unseen` are the regions that this sign-in may not ask."""

    events: list[TrailEvent] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def assumed(
    aws: Aws, clock: Clock, expected: Expected, recorded: Sequence[TrailEvent], wrote: Wrote
) -> Check:
    """Looks among what the trail recorded, then into the history, for the session that wrote."""
    known = [event for event in recorded if event.name == "AssumeRole" and not event.error]
    history = _History()
    try:
        if _session(known, wrote.sessions) is None:
            _ask(aws, clock, expected, wrote, history)
    except Refused as refused:
        return check_of(_ID, _TITLE, problem_of(refused))
    return _judged([*known, *history.events], expected, history, wrote)


def _session(events: Sequence[TrailEvent], sessions: AbstractSet[str]) -> TrailEvent | None:
    """The event that opened a session which wrote; if none is known to have written, the latest."""
    fitting = [event for event in events if not sessions or event.issued_key in sessions]
    return max(fitting, key=lambda event: event.time, default=None)


def _ask(aws: Aws, clock: Clock, expected: Expected, wrote: Wrote, history: _History) -> None:
    """Asks region after region until the session is found; the less likely ones only when it is overdue."""
    partition = expected.role_arn.split(":")[1]
    likely = dict.fromkeys((expected.region, _FIRST.get(partition, expected.region)))
    others = _OTHERS.get(partition, "").split() if wrote.age >= USUAL else []
    less = [region for region in others if region not in likely]
    for region in [*likely, *less]:
        try:
            history.events += list(_region(aws, clock, region, expected.role_arn, wrote.when))
        except Refused as refused:
            # A region may be closed to this sign-in; a sign-in that has ended is no matter of a region.
            if region in likely or problem_of(refused).code in {"sign-in", "clock"}:
                raise
            history.unseen.append(region)
            continue
        history.regions.append(region)
        if _session(history.events, wrote.sessions) is not None:
            return


def _region(aws: Aws, clock: Clock, region: str, role_arn: str, when: Window) -> Iterator[TrailEvent]:
    params: dict[str, Tree] = {
        "LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": role_arn}],
        "StartTime": stamp(when.start - LONGEST_SESSION),
        "EndTime": stamp(when.end),
        "MaxResults": 50,
    }
    token = ""
    for _ in range(MOST_PAGES):
        clock.sleep(PACE)
        asked = params | ({"NextToken": token} if token else {})
        reply = aws(Call("cloudtrail", "LookupEvents", asked, region=region))
        for item in reply.get("Events", []):
            event = read_event(str(item.get("CloudTrailEvent", "")))
            if event is not None and _succeeded(event, role_arn):
                yield event
        token = str(reply.get("NextToken") or "")
        if not token:
            return


def _succeeded(event: TrailEvent, role_arn: str) -> bool:
    return event.name == "AssumeRole" and event.role_arn == role_arn and not event.error


def _judged(events: Sequence[TrailEvent], expected: Expected, history: _History, wrote: Wrote) -> Check:
    strangers = [event for event in events if not _is_palisade(event, expected.principal_arn)]
    if strangers:
        evidence = f"Somebody else assumed the role: {_told(strangers[0])}"
        remedy = (
            "Find out who this is. 'palisade-wizard plan --config S' shows whether the role trusts Palisade's "
            "principal alone."
        )
        return Check(_ID, _TITLE, "fail", evidence, remedy)
    event = _session(events, wrote.sessions)
    if event is None:
        return _unseen(expected, history, wrote.age)
    if event.external_id != expected.external_id:
        said = "another external ID than the kit's" if event.external_id else "no external ID"
        remedy = "Compare the kit's external ID in Palisade with palisade.external_id, and see that the role asks for it."
        return Check(_ID, _TITLE, "fail", f"{_told(event)} It said {said}.", remedy)
    opened = " This session wrote the backup." if event.issued_key in wrote.sessions else ""
    return Check(_ID, _TITLE, "pass", f"{_told(event)} It said the kit's external ID.{opened}")


def _is_palisade(event: TrailEvent, principal_arn: str) -> bool:
    """Of a caller from another account CloudTrail tells the account alone; where it tells an ARN, that must fit."""
    principal, actor = parse_arn(principal_arn), event.actor
    if principal is None or actor.account != principal.account:
        return False
    return not actor.arn or principal.name == "root" or principal_arn in (actor.arn, actor.role)


def _told(event: TrailEvent) -> str:
    where = event.address or "an address that is not told"
    return f"Event {event.id}: {event.name} at {stamp(event.time)} in {event.region} by {event.actor.name} from {where}."


def _unseen(expected: Expected, history: _History, age: timedelta) -> Check:
    looked = f"The event history of {', '.join(history.regions)} does not show that anybody assumed the role."
    if expected.own_endpoint:
        return Check(
            _ID,
            _TITLE,
            "skipped",
            f"{looked} Only AWS itself keeps one, and the endpoint in use is not its own.",
        )
    if age < USUAL:
        evidence = f"{looked} {delay(age)}"
        return Check(_ID, _TITLE, "waiting", evidence, "Look again with --wait 15m.")
    unseen = f" This sign-in may not ask {', '.join(history.unseen)}." if history.unseen else ""
    remedy = (
        "Palisade may have called STS in a region that must be enabled first: look for AssumeRole in the event "
        "history of those. trail.write tells who wrote."
    )
    return Check(_ID, _TITLE, "warn", f"{looked}{unseen} {_DENIED}", remedy)
