"""Which steps there are, which page follows which, and how far a set-up has come.

How far it has come follows from the answers and a few marks beside them: a mark holds a digest of the answers that
it was made for, so a step whose answers changed later shows as out of date.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from services.questions import QUESTIONS

if TYPE_CHECKING:
    from screens.session import Session

Sign: TypeAlias = Literal["✓", "▸", "·", "!", "~"]

AT = ".page"
ACCESS = ".access-confirmed"
HARDENING = ".hardening-confirmed"
APPLIED = ".applied-for"
KIT = ".kit-created-for"
QUORUM = ".quorum-assigned-for"
VERIFIED = ".verified-for"
VERIFIED_AT = ".verified-at"


@dataclass(frozen=True)
class Step:
    """One step of the journey: the pages it has, and the answers that are asked there."""

    key: str
    title: str
    pages: tuple[str, ...]
    asks: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("setup", "Set-up", ("welcome", "new"), ("setup.name", "setup.environment")),
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
            "hardening.mfa_delete",
            "hardening.trail",
            "hardening.data_events",
            "hardening.alarms",
            "hardening.alarm_email",
            "hardening.trail_bucket",
        ),
    ),
    Step("review", "Review", ("review", "applying", "teardown")),
    Step("palisade", "Palisade", ("palisade", "quorum"), ("palisade.kit_name", "palisade.quorum_id")),
    Step("verify", "Verify", ("verify", "audit")),
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

BEFORE = {
    "new": "welcome",
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
    "applying": "review",
    "teardown": "review",
    "audit": "verify",
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


def digest(session: Session, *more: str) -> str:
    """Equal exactly while everything that shapes AWS, and the answers named, are what they were."""
    shaping = ("aws.region", "aws.account", "palisade.principal_arn", "palisade.external_id", *more)
    keys = [q.key for q in QUESTIONS if q.key in shaping or q.table in {"storage", "role", "hardening"}]
    values = [[key, session.answers.get(key)] for key in keys]
    return hashlib.sha256(json.dumps(values, default=list).encode()).hexdigest()[:16]


def kit_digest(session: Session) -> str:
    """Equal exactly while the values of the kit are what they were."""
    return digest(session, "recovery_key.fingerprint", "palisade.kit_name")


def mark(session: Session, name: str, value: str) -> None:
    """Sets a mark, or takes it away if the value is empty; kept at once."""
    if value:
        session.keep(name, value)
    else:
        session.forget(name)
    session.flush()


def today(session: Session) -> str:
    """The day, as a person writes it."""
    return f"{session.host.clock.wall():%d %B %Y}".lstrip("0")


def sign(session: Session, index: int, at: int) -> Sign:
    """How a step stands."""
    if index == at:
        return "▸"
    step = STEPS[index]
    if session.setup is not None and any(key in session.drafts for key in step.asks):
        return "!"
    return _standing(session, step.key)


def _standing(session: Session, key: str) -> Sign:
    answers = session.answers
    match key:
        case "setup":
            return "✓" if session.setup else "·"
        case "account":
            needed = ("aws.region", "aws.account", "palisade.principal_arn", "palisade.external_id")
            return "✓" if all(answers.text(k) for k in needed) else "·"
        case "recovery-key":
            return _recovery_key(session)
        case "storage":
            return "✓" if answers.text("storage.bucket") else "·"
        case "access":
            return "✓" if session.drafts.get(ACCESS) else "·"
        case "hardening":
            return "✓" if session.drafts.get(HARDENING) else "·"
        case "review":
            return _marked(session, APPLIED, digest(session))
        case "palisade":
            created = _marked(session, KIT, kit_digest(session))
            return _marked(session, QUORUM, kit_digest(session)) if created == "✓" else created
        case _:
            return _marked(session, VERIFIED, kit_digest(session))


def _recovery_key(session: Session) -> Sign:
    if session.setup is None or not session.answers.texts("recovery_key.public_files"):
        return "·"
    return "✓" if all(path.is_file() for path in session.setup.public_files()) else "!"


def _marked(session: Session, name: str, now: str) -> Sign:
    made_for = session.drafts.get(name)
    if made_for is None:
        return "·"
    return "✓" if made_for == now else "~"


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
