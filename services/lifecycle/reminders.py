"""Reminders as an iCalendar file (RFC 5545): imported again, they replace those of last time instead of doubling them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.backups.rehearsal import Step
from services.lifecycle.duties import REVIEW
from services.lifecycle.standing import Life, Standing
from services.problems import refuse

PRODUCT = "-//palisade-wizard//reminders//EN"
AHEAD = timedelta(days=7)
"""How long before its day a calendar reminds of something."""


@dataclass(frozen=True)
class Reminder:
    """An all-day event. `what` is the stable part of its name; `yearly` comes again every year."""

    what: str
    on: date
    title: str
    text: str
    yearly: bool = False


def reminders(of: Life) -> tuple[Reminder, ...]:
    """What a calendar should remind of, as far as its day is known; what is overdue stands on today."""
    return tuple(_reminders(of))


def _reminders(of: Life) -> Iterator[Reminder]:
    name = of.of.answers.text("setup.name")
    today = of.of.today
    by_id = {one.duty.id: one for one in of.standings}
    if of.review_due is not None:
        text = "\n\n".join(_text(one) for one in of.review)
        title = f"Palisade backups, {name}: annual review"
        yield Reminder(REVIEW, max(of.review_due, today), title, text, yearly=True)
    custodians = by_id["custodians"]
    if custodians.due is not None:
        title = f"Palisade backups, {name}: ask the custodians of the recovery key"
        yield Reminder("custodians", max(custodians.due, today), title, _text(custodians), yearly=True)
    rehearsal = by_id["rehearsal"]
    if rehearsal.due is not None and rehearsal.last is None:
        title = f"Palisade backups, {name}: rehearse a recovery for the first time"
        yield Reminder("rehearsal", max(rehearsal.due, today), title, _text(rehearsal))
    retention = by_id.get("retention")
    if retention is not None and retention.due is not None and retention.ends is not None:
        title = f"Palisade backups, {name}: extend the retention, which ends on {retention.ends.isoformat()}"
        yield Reminder("retention", max(retention.due, today), title, _text(retention))
        title = f"Palisade backups, {name}: the first retention ends today"
        yield Reminder("retention-end", retention.ends, title, _text(retention))


def _text(one: Standing) -> str:
    return "\n".join((f"{one.duty.title}. {one.duty.why}", *steps_text(one.steps)))


def steps_text(steps: Sequence[Step]) -> Iterator[str]:
    """What to do, numbered, each command on a line of its own."""
    for number, step in enumerate(steps, 1):
        yield f"{number}. {step.says}"
        if step.command:
            yield f"   {step.command}"


def calendar(of: Life, now: datetime) -> bytes:
    """The file. What it says of time is taken from `now` alone, so the same set-up and moment give the same bytes.

    Errors: `not-ready` where there is nothing to remind of yet.
    """
    from icalendar import Alarm, Calendar, Event

    found = reminders(of)
    if not found:
        raise refuse(
            "not-ready",
            "There is no day to remind of yet: the year of the duties begins when the first wallet is on record.",
            f"Put it on record with “{of.of.adding()}”, then try again.",
        )
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    moment = now.astimezone(UTC).replace(microsecond=0)
    for one in found:
        event = Event()
        event.add("uid", uid(one.what, of.of.answers.text("setup.id")))
        event.add("dtstamp", moment)
        event.add("last-modified", moment)
        # A calendar takes over what has a higher number than it knows.
        event.add("sequence", int(moment.timestamp()) // 60)
        event.add("dtstart", one.on)
        event.add("dtend", one.on + timedelta(days=1))
        event.add("summary", one.title)
        event.add("description", one.text)
        event.add("transp", "TRANSPARENT")
        if one.yearly:
            event.add("rrule", {"freq": "yearly"})
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.title)
        alarm.add("trigger", -AHEAD)
        event.add_component(alarm)
        made.add_component(event)
    content: bytes = made.to_ical()
    return content


def uid(what: str, setup: str) -> str:
    """The name of a reminder, the same for ever: by it a calendar knows that it has it already."""
    return f"{what}.{setup}@palisade-wizard"
