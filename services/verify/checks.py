"""One line of a checklist, and what the lines add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from services.printable import one_line
from services.problems import Problem, ProblemError

if TYPE_CHECKING:
    from services.verify.seen import Seen

Status: TypeAlias = Literal["pass", "fail", "warn", "unknown", "waiting", "skipped"]

Severity: TypeAlias = Literal["critical", "high", "medium", "low", "info"]


@dataclass(frozen=True)
class Check:
    """`id` is stable (docs/checks.md lists them); `evidence` is what was seen; `remedy` what to do when it is not well.

    `references` name the rules of Security Hub, CIS and Prowler that ask for the same. `severity` is how much it weighs
    when it fails; only an audit says it.
    """

    id: str
    title: str
    status: Status
    evidence: str
    remedy: str = ""
    references: tuple[str, ...] = ()
    severity: Severity | None = None

    def __post_init__(self) -> None:
        # Names and values from elsewhere stand in these sentences: none of them makes a line of its own.
        for name in ("id", "title", "evidence", "remedy"):
            object.__setattr__(self, name, one_line(getattr(self, name)))


@dataclass(frozen=True)
class Report:
    """All lines, in the order in which a person reads them, and the wallets that were looked at.

    `unread` are the key IDs of wallets that were listed and not looked at, `more` says that the bucket holds others still.
    """

    checks: tuple[Check, ...]
    seen: tuple[Seen, ...] = ()
    unread: tuple[str, ...] = ()
    more: bool = False

    def having(self, *statuses: Status) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status in statuses)

    @property
    def exit_code(self) -> int:
        """3 if a check fails, else 5 if one is unknown, else 7 if one still waits, else 0."""
        for status, code in (("fail", 3), ("unknown", 5), ("waiting", 7)):
            if any(check.status == status for check in self.checks):
                return code
        return 0


def by_subject(report: Report) -> dict[str, list[Check]]:
    """The checks by what they are about, which is how their titles begin; in the order of the first of each."""
    found: dict[str, list[Check]] = {}
    for check in report.checks:
        found.setdefault(check.title.partition(": ")[0], []).append(check)
    return found


def check_of(identifier: str, title: str, problem: Problem, references: tuple[str, ...] = ()) -> Check:
    """What a problem makes of a check: unknown where AWS denied or refused the look, waiting where trying again helps.

    A sign-in that ended, or a clock that is wrong, says nothing about any line: that is raised and ends the report.
    """
    if problem.code in {"sign-in", "clock"}:
        raise ProblemError(problem)
    unseen = problem.code in {"denied", "refused"}
    status: Status = "unknown" if unseen else "waiting" if problem.exit_code == 7 else "fail"
    return Check(identifier, title, status, problem.summary, " ".join(problem.remedy), references)


def report_json(report: Report) -> dict[str, object]:
    """The contract's JSON shape."""
    counted = Counter[str](check.status for check in report.checks)
    summary: dict[str, int] = {status: counted[status] for status in _ALL}
    return {
        "checks": [
            {
                "id": check.id,
                "title": check.title,
                "status": check.status,
                "evidence": check.evidence,
                "remedy": check.remedy,
                "references": list(check.references),
                **({} if check.severity is None else {"severity": check.severity}),
            }
            for check in report.checks
        ],
        "summary": {**summary, "exit_code": report.exit_code},
    }


_ALL: tuple[Status, ...] = ("pass", "fail", "warn", "unknown", "waiting", "skipped")
