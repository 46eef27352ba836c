"""What the first page says: what this is for, what to know before, and the set-ups of this computer in a line each."""

from __future__ import annotations

from datetime import UTC, datetime

from screens import flow
from screens.session import Session
from services.problems import ProblemError
from services.setup_file import SetupFile

WHY = (
    "This gives your organisation its own way back to its wallets: Palisade writes an encrypted copy of every "
    "wallet key to a bucket that only you control."
)
BEFORE_YOU_START = (
    "You need the Owner role in Palisade: only owners can create a backup kit.",
    "Quorums that exist already cannot be protected afterwards, and another kit means another quorum: plan a new one.",
    "You need AWS rights to create a key, a bucket and a role (the account step checks them).",
    "Have a place that is not this computer for the recovery key.",
    "It takes about 15 minutes. You can leave at any time; nothing is lost.",
)
ALTERNATIVE = (
    'Palisade can also keep the backups in a bucket of its own ("Palisade AWS configuration"). That is less work, but '
    "then you depend on Palisade to hand them back. This set-up makes you independent of that."
)


def line(session: Session, found: SetupFile | ProblemError) -> str:
    """A set-up of this computer in one line: its name, its environment, how far it has come."""
    if isinstance(found, ProblemError):
        file = found.problem.where.split(": ", maxsplit=1)[0].rsplit("/", 1)[-1]
        return f"! {file}  cannot be read: {found.problem.summary}"
    answers = found.answers
    name = answers.text("setup.name") or found.path.stem
    return f"{name}  {answers.text('setup.environment')}  {_state(session, found)}"


def _state(session: Session, found: SetupFile) -> str:
    """How far a set-up has come, in words."""
    peeked = Session(session.host, found, session.host.state.drafts(found.answers.text("setup.id")))
    if all(flow.sign(peeked, index, -1) == "✓" for index in range(len(flow.STEPS))):
        return f"verified {peeked.drafts.get(flow.VERIFIED_AT, '')}".rstrip()
    at = flow.step_of(flow.open_at(peeked)) + 1
    try:
        when = datetime.fromtimestamp(found.path.stat().st_mtime, UTC)
    except OSError:
        return f"step {at} of {len(flow.STEPS)}"
    return f"step {at} of {len(flow.STEPS)}, {_ago((session.host.clock.wall() - when).total_seconds())}"


def _ago(seconds: float) -> str:
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {name}{'s' * (count > 1)} ago"
    return "just now"
