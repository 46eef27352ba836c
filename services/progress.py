"""How far a set-up has come: the same for whoever asks, pages or lines, so that one goes on where the other stopped.

It follows from the answers and a few marks beside them: a mark holds a digest of the answers that it was made for, so a
step whose answers changed later shows as out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from services import seen
from services.answers import Answers
from services.questions import QUESTIONS
from services.setup_file import SetupFile

Standing: TypeAlias = Literal["✓", "·", "!", "~"]
"""Done, to do, something needs the person, or out of date."""

AT = ".page"
ACCESS = ".access-confirmed"
HARDENING = ".hardening-confirmed"
APPLIED = ".applied-for"
KIT = ".kit-created-for"
QUORUM = ".quorum-assigned-for"
VERIFIED = ".verified-for"
VERIFIED_AT = ".verified-at"
DEEDS = frozenset({APPLIED, KIT, QUORUM, VERIFIED, VERIFIED_AT})
"""What was made, entered in Palisade and proven: a set-up that was taken down begins with these anew."""


class Sitting(Protocol):
    """Where a set-up is worked on; `drafts` holds the marks, under keys with a leading dot."""

    @property
    def setup(self) -> SetupFile | None: ...

    @property
    def answers(self) -> Answers: ...

    @property
    def drafts(self) -> Mapping[str, str]: ...

    def keep(self, key: str, text: str) -> None: ...

    def forget(self, key: str) -> None: ...

    def flush(self) -> None: ...


class Look(Protocol):
    """A look at the checklist; its exit code is 0 when nothing fails, waits or is unknown."""

    @property
    def exit_code(self) -> int: ...

    def having(self, *statuses: Literal["fail"]) -> Sequence[object]: ...


def digest(sitting: Sitting, *more: str) -> str:
    """Equal exactly while everything that shapes AWS, and the answers named, are what they were."""
    return _digest(sitting.answers, *more)


def _digest(answers: Answers, *more: str) -> str:
    shaping = ("aws.region", "aws.account", "palisade.principal_arn", "palisade.external_id", *more)
    keys = [q.key for q in QUESTIONS if q.key in shaping or q.table in {"storage", "role", "hardening"}]
    values = [[key, answers.get(key)] for key in keys]
    return hashlib.sha256(json.dumps(values, default=list).encode()).hexdigest()[:16]


def kit_digest(sitting: Sitting) -> str:
    """Equal exactly while the values of the kit are what they were."""
    return digest(sitting, "recovery_key.fingerprint", "palisade.kit_name")


def mark(sitting: Sitting, name: str, value: str) -> None:
    """Sets a mark, or takes it away if the value is empty; kept at once."""
    if value:
        sitting.keep(name, value)
    else:
        sitting.forget(name)
    sitting.flush()


def applied(sitting: Sitting, answers: Answers) -> bool:
    """Marks that AWS is as these answers want it, and tells whether they are still the set-up's.

    A set-up that names no account yet is the same one as before, whichever account it was looked at in.
    """
    if not sitting.answers.text("aws.account"):
        answers = answers.updated({"aws.account": None})
    mark(sitting, APPLIED, _digest(answers))
    return _digest(answers) == digest(sitting)


def judged(sitting: Sitting, report: Look, now: datetime) -> None:
    """Marks what a look at the checklist says: verified if all is well, and not any more if a check fails.

    What is awaited or cannot be seen speaks neither for the set-up nor against it, and leaves the marks as they are.
    """
    if report.exit_code == 0:
        sitting.keep(VERIFIED, kit_digest(sitting))
        sitting.keep(VERIFIED_AT, day(now))
    elif report.having("fail"):
        sitting.forget(VERIFIED)
        sitting.forget(VERIFIED_AT)
    sitting.flush()


def day(moment: datetime) -> str:
    """A day, as a person writes it."""
    return f"{moment:%d %B %Y}".lstrip("0")


def standing(sitting: Sitting, step: str) -> Standing:
    """How a step stands, by its key."""
    answers = sitting.answers
    match step:
        case "setup":
            return "✓" if sitting.setup else "·"
        case "account":
            needed = ("aws.region", "aws.account", "palisade.principal_arn", "palisade.external_id")
            return "✓" if all(answers.text(k) for k in needed) else "·"
        case "recovery-key":
            return _recovery_key(sitting)
        case "storage":
            return "✓" if answers.text("storage.bucket") else "·"
        case "access":
            return "✓" if sitting.drafts.get(ACCESS) else "·"
        case "hardening":
            return "✓" if sitting.drafts.get(HARDENING) else "·"
        case "review":
            return _marked(sitting, APPLIED, digest(sitting))
        case "palisade":
            created = _marked(sitting, KIT, kit_digest(sitting))
            return _marked(sitting, QUORUM, kit_digest(sitting)) if created == "✓" else created
        case _:
            return _marked(sitting, VERIFIED, kit_digest(sitting))


def _recovery_key(sitting: Sitting) -> Standing:
    if sitting.setup is None or not sitting.answers.texts("recovery_key.public_files"):
        return "·"
    return "✓" if all(seen.file(path) for path in sitting.setup.public_files()) else "!"


def _marked(sitting: Sitting, name: str, now: str) -> Standing:
    made_for = sitting.drafts.get(name)
    if made_for is None:
        return "·"
    return "✓" if made_for == now else "~"
