"""The duties of a set-up as one table: what happens or when it is due, why, and what to do, with exact commands.

What each event asks for is Palisade's own guide; where the guide leaves something open, the words say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.backups.rehearsal import Step
from services.lifecycle import events, review
from services.lifecycle.situation import Situation

Kind: TypeAlias = Literal["event", "yearly", "retention"]

REVIEW = "annual-review"
"""The name under which all parts of the yearly review are one."""


@dataclass(frozen=True)
class Duty:
    """`id` is stable. `why` is one sentence; `applies` says whether a set-up has this duty at all."""

    id: str
    title: str
    kind: Kind
    why: str
    steps: Callable[[Situation], tuple[Step, ...]]
    applies: Callable[[Situation], bool] = lambda _of: True


def _alarms(of: Situation) -> bool:
    return of.answers.flag("hardening.alarms")


def _locked(of: Situation) -> bool:
    return of.answers.text("storage.object_lock") != "off"


DUTIES: tuple[Duty, ...] = (
    Duty(
        "key-reshare",
        "Key reshare",
        "event",
        "A reshare changes the shares of the key, so every backup from before it is invalid.",
        events.reshare,
    ),
    Duty(
        "quorum-restructure",
        "Quorum restructure",
        "event",
        "A restructure changes who belongs to the quorum, so it needs a new backup as soon as it is complete.",
        events.restructure,
    ),
    Duty(
        "personnel-change",
        "Somebody with the recovery key leaves",
        "event",
        "A kit and its quorums keep their recovery key for ever, so a key that left with a person needs a new kit.",
        events.personnel,
    ),
    Duty(
        "key-opens",
        "The recovery key still opens",
        "yearly",
        "A medium decays and a password is forgotten without a sign; only opening the key shows that it opens.",
        review.key_opens,
    ),
    Duty(
        "rehearsal",
        "A recovery was rehearsed",
        "yearly",
        "Nothing but a rehearsal with the vendor's tool shows that the private key opens a backup.",
        review.rehearsal,
    ),
    Duty(
        "record-complete",
        "The record is complete and on paper",
        "yearly",
        "Without quorum ID, key ID and algorithm no wallet can be recovered when Palisade cannot be asked.",
        review.record,
    ),
    Duty(
        "audit",
        "The set-up is as it was made",
        "yearly",
        "What was changed in AWS since, by whomever, weakens the backups without a word.",
        review.audit,
    ),
    Duty(
        "alarm-mail",
        "The alarms' e-mails arrive",
        "yearly",
        "A mailbox that nobody reads any more makes every alarm silent.",
        review.alarm_mail,
        _alarms,
    ),
    Duty(
        "custodians",
        "The custodians are there",
        "yearly",
        "A recovery needs the people who hold the key, its password or its shares, and the people who may read the bucket.",
        review.custodians,
    ),
    Duty(
        "retention",
        "The retention is extended",
        "retention",
        "A backup is written once and is not kept longer by itself: when its retention ends, it can be deleted.",
        review.retention,
        _locked,
    ),
)

IDS: tuple[str, ...] = (*(duty.id for duty in DUTIES), REVIEW)
"""Every name that a duty can be called by."""


def of_set_up(of: Situation) -> tuple[Duty, ...]:
    """The duties that a set-up has."""
    return tuple(duty for duty in DUTIES if duty.applies(of))


def meant(name: str, of: Situation) -> tuple[Duty, ...]:
    """The duties that a name stands for: one, or all parts of the yearly review; none if the set-up has it not."""
    return tuple(
        duty for duty in of_set_up(of) if duty.id == name or (name == REVIEW and duty.kind == "yearly")
    )
