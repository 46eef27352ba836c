"""Which steps there are, which page follows which, and where a set-up goes on.

How far it has come is `services.progress`; its marks are here again, because every page sets its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from services.progress import (
    ACCESS,
    APPLIED,
    AT,
    HARDENING,
    KIT,
    QUORUM,
    VERIFIED,
    VERIFIED_AT,
    applied,
    day,
    digest,
    kit_digest,
    mark,
    standing,
)

if TYPE_CHECKING:
    from screens.session import Session

__all__ = [
    "ACCESS",
    "APPLIED",
    "AT",
    "BEFORE",
    "HARDENING",
    "KIT",
    "ORDER",
    "QUORUM",
    "STEPS",
    "VERIFIED",
    "VERIFIED_AT",
    "after",
    "applied",
    "before",
    "digest",
    "kit_digest",
    "mark",
    "open_at",
    "sign",
    "signs",
    "step_of",
    "today",
]

Sign: TypeAlias = Literal["✓", "▸", "·", "!", "~"]


@dataclass(frozen=True)
class Step:
    """One step of the journey: the pages it has, and the answers that are asked there."""

    key: str
    title: str
    pages: tuple[str, ...]
    asks: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("setup", "Set-up", ("welcome", "new", "compare"), ("setup.name", "setup.environment")),
    Step(
        "account",
        "AWS account",
        ("account",),
        ("aws.profile", "aws.region", "palisade.principal_arn", "palisade.external_id"),
    ),
    Step(
        "recovery-key",
        "Recovery key",
        (
            *("recovery-key", "password", "own-key", "split", "shares", "gather", "type-share", "making"),
            *("token", "pin", "prove", "opening"),
        ),
    ),
    Step(
        "storage",
        "Storage",
        ("storage",),
        ("storage.bucket", "storage.namespace", "storage.kms_key", "storage.encryption_headers"),
    ),
    Step(
        "access",
        "Access",
        ("access",),
        (
            "role.name",
            "role.path",
            "role.permissions_boundary",
            "role.max_session_seconds",
            "role.extra_actions",
        ),
    ),
    Step(
        "hardening",
        "Hardening",
        ("retention", "watching"),
        (
            "storage.object_lock",
            "storage.object_lock_days",
            "storage.noncurrent_versions",
            "storage.noncurrent_days",
            "storage.access_logs",
            "storage.access_log_bucket",
            "hardening.inventory",
            "hardening.mfa_delete",
            "hardening.trail",
            "hardening.data_events",
            "hardening.alarms",
            "hardening.alarm_email",
            "hardening.trail_bucket",
        ),
    ),
    Step("review", "Review", ("review", "who-can", "picture", "applying", "by-hand", "teardown")),
    Step("palisade", "Palisade", ("palisade", "quorum"), ("palisade.kit_name", "palisade.quorum_id")),
    Step("verify", "Verify", ("verify", "audit", "record", "duties")),
)

ORDER: tuple[str, ...] = (
    "account",
    "recovery-key",
    "storage",
    "access",
    "retention",
    "watching",
    "review",
    "palisade",
    "quorum",
    "verify",
)
"""The pages that Next and Back walk through; the others are visited from one of them."""

COMPARED = (".compare-first", ".compare-second")
"""The drafts that hold the paths of the two set-ups that are compared."""

BEFORE = {
    "new": "welcome",
    "compare": "welcome",
    "account": "welcome",
    "password": "recovery-key",
    "own-key": "recovery-key",
    "split": "recovery-key",
    "shares": "split",
    "gather": "recovery-key",
    "type-share": "gather",
    "making": "recovery-key",
    "token": "recovery-key",
    "pin": "token",
    "prove": "recovery-key",
    "opening": "prove",
    "who-can": "review",
    "picture": "review",
    "applying": "review",
    "by-hand": "review",
    "teardown": "review",
    "audit": "verify",
    "record": "verify",
    "duties": "verify",
}
"""Where Back leads from the pages that are no stop of the ordinary way."""


def step_of(page: str) -> int:
    """The number of a page's step, from 0."""
    return next(index for index, step in enumerate(STEPS) if page in step.pages)


def after(page: str) -> str:
    """The page that Next leads to."""
    if page in {"welcome", "new"}:
        return ORDER[0]
    while page not in ORDER:
        page = BEFORE[page]
    at = ORDER.index(page)
    return ORDER[min(at + 1, len(ORDER) - 1)]


def before(page: str) -> str:
    """The page that Back leads to."""
    if page in BEFORE:
        return BEFORE[page]
    return ORDER[max(ORDER.index(page) - 1, 0)]


def today(session: Session) -> str:
    """The day, as a person writes it."""
    return day(session.host.clock.wall())


def sign(session: Session, index: int, at: int) -> Sign:
    """How a step stands."""
    if index == at:
        return "▸"
    step = STEPS[index]
    if session.setup is not None and any(key in session.drafts for key in step.asks):
        return "!"
    return standing(session, step.key)


def signs(session: Session, at: int) -> str:
    """All steps in one word of signs."""
    return "".join(sign(session, index, at) for index in range(len(STEPS)))


def open_at(session: Session) -> str:
    """The page at which a set-up goes on: where it was left, but never behind the first step that is not done."""
    first = next((s for i, s in enumerate(STEPS) if i and sign(session, i, -1) != "✓"), STEPS[-1])
    reach = _first_page(first)
    left = session.drafts.get(AT, "")
    if left in ORDER and ORDER.index(left) <= ORDER.index(reach):
        return left
    return reach


def _first_page(step: Step) -> str:
    return step.pages[0]
