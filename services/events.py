"""What happens while a plan is applied, one value an event: wizard, plain text, JSON, journal and tests read these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from services.problems import Problem, as_json


@dataclass(frozen=True)
class Started:
    """A step begins: its call is about to be made. `title` names the resource as a person knows it."""

    address: str
    verb: str
    says: str
    title: str = ""


@dataclass(frozen=True)
class Succeeded:
    """A step is done, and was read back; `arn` names what it created, where AWS told one."""

    address: str
    says: str
    arn: str = ""


@dataclass(frozen=True)
class Skipped:
    """A step was not needed any more when its turn came."""

    address: str
    says: str


@dataclass(frozen=True)
class Waiting:
    """AWS is not ready; it is asked again after `seconds`."""

    address: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Progressed:
    """A long step is on its way; `says` is how far."""

    address: str
    says: str


@dataclass(frozen=True)
class Failed:
    """A step could not be done; nothing after it was tried."""

    address: str
    problem: Problem


@dataclass(frozen=True)
class Finished:
    """The end: how many steps are done (skipped ones included), failed, and remain."""

    done: int
    failed: int
    remaining: int

    @property
    def ok(self) -> bool:
        return self.failed == 0 and self.remaining == 0


Event: TypeAlias = "Started | Succeeded | Skipped | Waiting | Progressed | Failed | Finished"


def event_json(event: Event) -> dict[str, object]:
    """The contract's JSON shape of an event."""
    match event:
        case Started(address, verb, says, title):
            return {"event": "started", "address": address, "verb": verb, "says": says, "title": title}
        case Succeeded(address, says, arn):
            made = {"arn": arn} if arn else {}
            return {"event": "succeeded", "address": address, "says": says, **made}
        case Skipped(address, says):
            return {"event": "skipped", "address": address, "says": says}
        case Waiting(address, seconds, reason):
            return {"event": "waiting", "address": address, "seconds": seconds, "reason": reason}
        case Progressed(address, says):
            return {"event": "progress", "address": address, "says": says}
        case Failed(address, problem):
            return {"event": "failed", "address": address, "problem": as_json(problem)}
        case Finished(done, failed, remaining):
            return {
                "event": "finished",
                "address": "",
                "ok": event.ok,
                "done": done,
                "failed": failed,
                "remaining": remaining,
            }
