"""What a person is told when something cannot go on: one sentence, a remedy, a stable code, an exit code.

Every refusal of the program is a `Problem` made from one row of `KINDS`. The row says what class of thing the
person must do, and with which status the program ends (the command contract lists the statuses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.printable import one_line

KINDS: Mapping[str, int] = MappingProxyType(
    {
        # 2: the words or files that the program was given
        "usage": 2,  # the command line cannot be understood
        "invalid-answer": 2,  # an answer, flag or setup file breaks a rule
        "missing-answer": 2,  # an unattended run lacks an answer
        "wrong-password": 2,  # does not open the sealed key (or the file is damaged)
        "bad-password": 2,  # a new password that the recovery tool could not take
        "unreadable-file": 2,  # not there, not readable, or not what it should be
        "no-terminal": 2,  # the wizard needs a terminal
        "missing-extra": 2,  # an optional part of the program is not installed
        # 3: it works, and the answer is no
        "unacceptable-key": 3,  # not RSA-4096 with exponent 65537, or not the key that was expected
        "failed-check": 3,
        "differences": 3,
        # 4: sign in again
        "sign-in": 4,
        # 5: AWS said no
        "denied": 5,
        # 6: a decision is needed
        "taken": 6,  # a name belongs to somebody else
        "unfit": 6,  # it exists but must not be used for this
        "limit": 6,  # a quota of the account
        "region": 6,  # unknown, not enabled, or not the one where the thing is
        "wrong-account": 6,
        "wrong-owner": 6,  # the bucket is not owned by the recorded account
        "consent": 6,
        "stale": 6,  # the world changed after the plan
        "exists": 6,  # a file that would be overwritten
        "refused": 6,  # AWS refuses the value, and trying again will not help
        "other-environment": 6,  # sandbox and production would share something
        # 7: try again later
        "network": 7,
        "clock": 7,
        "throttled": 7,
        "busy": 7,  # AWS is working on the same thing, or has a fault of its own
        "not-ready": 7,  # written, but not visible in time
        "locked": 7,  # another run of this program works on the same setup
        "folder": 7,  # full, read-only or vanished
        "waiting": 7,
        # ours
        "our-bug": 70,
        "hang-up": 129,
        "interrupted": 130,
        "terminated": 143,
    }
)


@dataclass(frozen=True)
class Problem:
    """One thing that stops the program, in words for the person who must act.

    `summary` is one whole sentence: what happened. `remedy` holds whole sentences: what to do next, best first.
    `where` names the call, file, answer or address concerned; empty if there is none.
    """

    code: str
    summary: str
    remedy: tuple[str, ...] = ()
    where: str = ""

    def __post_init__(self) -> None:
        if self.code not in KINDS:
            raise ValueError(f"{self.code} is no kind of problem")
        # Names and messages from elsewhere stand in these sentences: none of them makes a line of its own.
        for name, said in (
            ("summary", one_line(self.summary)),
            ("remedy", tuple(map(one_line, self.remedy))),
            ("where", one_line(self.where)),
        ):
            object.__setattr__(self, name, said)

    @property
    def exit_code(self) -> int:
        return KINDS[self.code]

    def at(self, where: str) -> Problem:
        """The same problem, located, unless it already is."""
        return self if self.where else replace(self, where=where)


class ProblemError(Exception):
    """Carries a Problem to whoever talks to the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.summary}")
        self.problem = problem


def refuse(code: str, summary: str, *remedy: str, where: str = "") -> ProblemError:
    """A `ProblemError` in one breath: `raise refuse("taken", "…", "…")`."""
    return ProblemError(Problem(code, summary, remedy, where))


def as_json(problem: Problem) -> dict[str, object]:
    """The contract's JSON shape of a problem."""
    return {
        "code": problem.code,
        "summary": problem.summary,
        "remedy": list(problem.remedy),
        "where": problem.where,
        "exit_code": problem.exit_code,
    }
