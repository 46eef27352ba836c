"""The set-ups of this computer as lines to choose from: name, environment, how far each has come, when it was last used."""

from __future__ import annotations

from datetime import datetime

from screens import flow
from screens.session import Session
from services.problems import ProblemError
from services.setup_file import SetupFile


def line(session: Session, found: SetupFile | ProblemError) -> str:
    """One set-up in one line; one that cannot be read with the reason."""
    if isinstance(found, ProblemError):
        file = found.problem.where.split(": ", maxsplit=1)[0].rsplit("/", 1)[-1]
        return f"! {file}  cannot be read: {found.problem.summary}"
    return f"{named(found)}  {_state(session, found)}"


def named(found: SetupFile) -> str:
    """A set-up with its environment; production is told in capitals, because it is about real funds."""
    environment = found.answers.text("setup.environment")
    told = environment.upper() if environment == "production" else environment
    return f"{name_of(found)}  {told}"


def name_of(found: SetupFile) -> str:
    return found.answers.text("setup.name") or found.path.stem


def _state(session: Session, found: SetupFile) -> str:
    """How far a set-up has come, in words."""
    host = session.host
    peeked = Session(host, found, host.state.drafts(found.answers.text("setup.id")))
    if all(flow.sign(peeked, index, -1) == "✓" for index in range(len(flow.STEPS))):
        return f"verified {peeked.drafts.get(flow.VERIFIED_AT, '')}".rstrip()
    at = flow.step_of(flow.open_at(peeked)) + 1
    step = f"step {at} of {len(flow.STEPS)}"
    used = host.state.last_used(found)
    return step if used is None else f"{step}, {ago(host.clock.wall(), used)}"


def ago(now: datetime, then: datetime) -> str:
    """How long ago something was, in its largest unit."""
    seconds = (now - then).total_seconds()
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {name}{'s' * (count > 1)} ago"
    return "just now"
