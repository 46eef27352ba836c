"""What a person is told when something cannot go on: one sentence, a remedy, a stable code, an exit code.

Every refusal of the program is a `Problem` of one of the kinds in `problem_kinds`, whose row says what class of thing
the person must do, and with which status the program ends (the command contract lists the statuses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from services.printable import one_line
from services.problem_kinds import TABLE

KINDS: Mapping[str, int] = MappingProxyType({code: kind.exit_code for code, kind in TABLE.items()})
"""The exit code of each kind of problem."""


@dataclass(frozen=True)
class Problem:
    """One thing that stops the program, in words for the person who must act.

    `summary` is one whole sentence: what happened. `remedy` holds whole sentences: what to do next, best first.
    `where` names the call, file, answer or address concerned; empty if there is none. A `file` is named as the person
    named it, and to programs by its absolute path.
    """

    code: str
    summary: str
    remedy: tuple[str, ...] = ()
    where: str = ""
    file: bool = False

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

    def at(self, where: str | Path) -> Problem:
        """The same problem, located, unless it already is."""
        return self if self.where else replace(self, where=str(where), file=isinstance(where, Path))


class ProblemError(Exception):
    """Carries a Problem to whoever talks to the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.summary}")
        self.problem = problem


def refuse(code: str, summary: str, *remedy: str, where: str | Path = "") -> ProblemError:
    """A `ProblemError` in one breath: `raise refuse("taken", "…", "…")`."""
    return ProblemError(Problem(code, summary, remedy, str(where), isinstance(where, Path)))


def as_json(problem: Problem) -> dict[str, object]:
    """The contract's JSON shape of a problem."""
    return {
        "code": problem.code,
        "summary": problem.summary,
        "remedy": list(problem.remedy),
        "where": _absolute(problem.where) if problem.file else problem.where,
        "exit_code": problem.exit_code,
    }


def _absolute(path: str) -> str:
    try:
        return str(Path(path).absolute())
    except OSError:  # the working directory is gone, and a path has no beginning any more
        return path
