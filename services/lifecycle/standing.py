"""How each duty stands on a day: when it was done last, when it is due, and in one sentence what that means. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, assert_never

from services.backups.rehearsal import Step
from services.lifecycle import diary
from services.lifecycle.diary import Diary, Done
from services.lifecycle.duties import REVIEW, Duty, of_set_up
from services.lifecycle.situation import Situation

State: TypeAlias = Literal["due", "soon", "later", "event", "waiting"]
"""Due now; within `SOON`; later; when something happens; when there is something to do it with."""

SOON = timedelta(days=30)
BEFORE_END = 90
"""Days before the end of a retention at which somebody should extend it; half of it, where it is shorter than twice that."""


@dataclass(frozen=True)
class Standing:
    """A duty of this set-up with its state; `steps` say what to do."""

    duty: Duty
    state: State
    says: str
    steps: tuple[Step, ...]
    last: Done | None = None
    due: date | None = None
    ends: date | None = None
    """When the first retention ends, for the duty to extend it."""


@dataclass(frozen=True)
class Life:
    """All duties of a set-up, those that are due first in their kind; `done` is the whole diary.

    `warnings` are sentences about the diary's copy.
    """

    of: Situation
    standings: tuple[Standing, ...]
    done: tuple[Done, ...] = ()
    warnings: tuple[str, ...] = ()

    def having(self, *states: State) -> tuple[Standing, ...]:
        return tuple(one for one in self.standings if one.state in states)

    @property
    def review(self) -> tuple[Standing, ...]:
        """The parts of the yearly review."""
        return tuple(one for one in self.standings if one.duty.kind == "yearly")

    @property
    def review_due(self) -> date | None:
        """When the first part of the yearly review is due; None while the year has not begun.

        The first rehearsal is due at once, and no part of a review yet.
        """
        parts = (one for one in self.review if one.duty.id != "rehearsal" or one.last is not None)
        return min((one.due for one in parts if one.due is not None), default=None)

    @property
    def review_done(self) -> date | None:
        """Since when every part has been done; None if one never was."""
        days = [one.last.on for one in self.review if one.last is not None]
        return min(days) if len(days) == len(self.review) else None


def life(of: Situation, written: Diary) -> Life:
    """How every duty stands."""
    standings = tuple(_standing(duty, of, written) for duty in of_set_up(of))
    return Life(of, standings, written.done, written.warnings)


def a_year_after(day: date) -> date:
    """The same day of the next year; the 28th after a 29th of February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _standing(duty: Duty, of: Situation, written: Diary) -> Standing:
    last = _last(duty, of, written)
    match duty.kind:
        case "event":
            says = f"When it happens. Last done on {last.on.isoformat()}." if last else "When it happens."
            return Standing(duty, "event", says, duty.steps(of), last)
        case "yearly":
            return _yearly(duty, of, last)
        case "retention":
            return _retention(duty, of, last)
        case kind:
            assert_never(kind)


def _last(duty: Duty, of: Situation, written: Diary) -> Done | None:
    """The newest of what is written down; a rehearsal that the record knows counts, too."""
    known = [one for one in (written.last(duty.id),) if one is not None]
    if duty.id == "rehearsal":
        proofs = (wallet.rehearsed for wallet in of.record.wallets)
        known += [
            Done(duty.id, date.fromisoformat(one.on), one.evidence, "") for one in proofs if one is not None
        ]
    return max(known, key=lambda one: one.on, default=None)


def _yearly(duty: Duty, of: Situation, last: Done | None) -> Standing:
    steps = duty.steps(of)
    if last is not None:
        due = a_year_after(last.on)
        return _dated(duty, of, steps, due, f"Last done on {last.on.isoformat()}", last=last)
    if not of.record.since:
        return Standing(
            duty, "waiting", "Not done yet. Its year begins when the first wallet is on record.", steps
        )
    begin = date.fromisoformat(of.record.since[:10])
    # What verification cannot show is due at once; everything else was just seen to.
    due = begin if duty.id == "rehearsal" else a_year_after(begin)
    return _dated(duty, of, steps, due, "Not done yet")


def _retention(duty: Duty, of: Situation, last: Done | None) -> Standing:
    steps = duty.steps(of)
    if not of.ends:
        says = "When the retention ends is not known: no wallet whose backup was seen is on record."
        return Standing(duty, "waiting", says, steps, last)
    end = of.ends[0][1]
    if last is not None:
        extended = last.on + timedelta(days=of.answers.number("storage.object_lock_days"))
        end = max(end, extended)
    before = min(BEFORE_END, of.answers.number("storage.object_lock_days") // 2)
    first = f"The first retention ends on {end.isoformat()}"
    return _dated(duty, of, steps, end - timedelta(days=before), first, last=last, ends=end)


def _dated(
    duty: Duty,
    of: Situation,
    steps: tuple[Step, ...],
    due: date,
    says: str,
    *,
    last: Done | None = None,
    ends: date | None = None,
) -> Standing:
    if due <= of.today:
        state: State = "due"
        when = f"due since {due.isoformat()}" if due < of.today else "due today"
    else:
        state = "soon" if due - of.today <= SOON else "later"
        when = f"due on {due.isoformat()}"
    return Standing(duty, state, f"{says}; {when}.", steps, last, due, ends)


def as_json(found: Life) -> dict[str, object]:
    """The JSON shape of `lifecycle`."""
    review = found.review_due, found.review_done
    return {
        "duties": [_as_json(one) for one in found.standings],
        REVIEW: {
            "due": review[0].isoformat() if review[0] else None,
            "last_done": review[1].isoformat() if review[1] else None,
            "parts": [one.duty.id for one in found.review],
        },
        "done": [diary.as_json(one) for one in found.done],
        "warnings": list(found.warnings),
        "summary": {state: len(found.having(state)) for state in _STATES},
    }


_STATES: Sequence[State] = ("due", "soon", "later", "event", "waiting")


def _as_json(one: Standing) -> dict[str, object]:
    return {
        "id": one.duty.id,
        "title": one.duty.title,
        "kind": one.duty.kind,
        "part_of": REVIEW if one.duty.kind == "yearly" else None,
        "why": one.duty.why,
        "state": one.state,
        "says": one.says,
        "last_done": one.last.on.isoformat() if one.last else None,
        "due": one.due.isoformat() if one.due else None,
        "ends": one.ends.isoformat() if one.ends else None,
        "steps": steps_json(one.steps),
    }


def steps_json(steps: Iterable[Step]) -> list[dict[str, str | None]]:
    """The JSON shape of what to do; `command` is null where a person does it without one."""
    return [{"says": step.says, "command": step.command or None} for step in steps]
