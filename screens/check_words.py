"""The checklist as lines for a person: what belongs together is one line until somebody wants to see each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from services.verify.checks import Check, Report, Status, by_subject

if TYPE_CHECKING:
    from screens.widgets.listing import Line

VERIFIED = "Verified: the backup path works. Take the recovery key offline if you have not yet."

SIGNS: Mapping[Status, str] = MappingProxyType(
    {"pass": "✓", "fail": "✗", "warn": "!", "unknown": "?", "waiting": "▸", "skipped": "·"}
)
_GRAVEST: tuple[Status, ...] = ("fail", "unknown", "warn", "waiting", "pass", "skipped")


def rows(report: Report) -> list[tuple[Line, str]]:
    """Each line of the checklist, and what Enter shows: evidence and remedy of all that it stands for."""
    found: list[tuple[Line, str]] = []
    for group in _groups(report.checks):
        if len(group) == 1 and not group[0].id.startswith(("config.", "policy.")):
            found.append((_line(group[0], 0), details(group)))
            continue
        found.append((_sum(group), details(group)))
        found += [(_line(check, 1), details([check])) for check in group if _stands_alone(check)]
    return found


def _stands_alone(check: Check) -> bool:
    """Whether a line of a group is shown by itself: what is not well, and what was left out for a reason to act upon."""
    return check.status != "pass" and not (check.status == "skipped" and not check.remedy)


def findings(report: Report) -> list[tuple[Line, str]]:
    """The lines of an audit: one for each thing that was looked at, and below it what is not well."""
    found: list[tuple[Line, str]] = []
    for subject, checks in by_subject(report).items():
        judged = [check for check in checks if check.status != "skipped"]
        good = sum(1 for check in judged if check.status == "pass")
        sign = SIGNS[min((check.status for check in checks), key=_GRAVEST.index)]
        count = f"{good} of {len(judged)} pass" if judged else "nothing to look at"
        found.append(((sign, f"{subject}: {count}", 0), details(checks)))
        wrong = [check for check in judged if check.status != "pass"]
        found += [(_weighed(check), details([check])) for check in wrong]
    return found


def _weighed(check: Check) -> Line:
    says = check.title.partition(": ")[2]
    return SIGNS[check.status], f"{check.severity}: {says}\n{check.evidence}", 1


def _groups(checks: Iterable[Check]) -> list[list[Check]]:
    """Neighbours that belong together: the configuration, the policy proofs, one file's checks, the records of writes."""
    groups: list[list[Check]] = []
    before = ""
    for check in checks:
        name = _group(check.id)
        if name and name == before:
            groups[-1].append(check)
        else:
            groups.append([check])
        before = name
    return groups


def _group(identifier: str) -> str:
    part = identifier.split(".", 1)[0]
    if identifier.endswith(_APART):
        return _APART
    if part in {"config", "policy"}:
        return part
    if identifier.startswith(_RECORDS):
        return _RECORDS
    return identifier.rsplit(".", 1)[0] if identifier.startswith("backup.shard.") else ""


_RECORDS = "trail.write."
_APART = ".apart"


def _sum(group: Sequence[Check]) -> Line:
    good = sum(1 for check in group if check.status == "pass")
    sign = SIGNS[min((check.status for check in group), key=_GRAVEST.index)]
    left_out = sum(1 for check in group if check.status == "skipped")
    count = f"{good} of {len(group) - left_out} pass" + (f", {left_out} left out" if left_out else "")
    if group[0].id.endswith(_APART):
        return sign, f"Sandbox and production are kept apart: {count}  (Enter: each)", 0
    if group[0].id.startswith("config."):
        return sign, f"Everything in AWS is as planned: {count}  (Enter: each)", 0
    if group[0].id.startswith(_RECORDS):
        return sign, f"CloudTrail recorded the writes: {count}", 0
    if group[0].id.startswith("policy."):
        return sign, f"The policies allow the backup and nothing else: {count}  (Enter: each)", 0
    return sign, f"{_file(group[0])}: {count}", 0


def _file(check: Check) -> str:
    """`<key id>/<file>` out of `backup.shard.<key id>.<file>.<what>`."""
    key_id, _, rest = check.id.removeprefix("backup.shard.").partition(".")
    return f"{key_id}/{rest.rsplit('.', 1)[0]}"


def _line(check: Check, depth: int) -> Line:
    return SIGNS[check.status], check.title + ("" if check.status == "pass" else f"\n{check.evidence}"), depth


def details(group: Sequence[Check]) -> str:
    """Everything that is known of these checks."""
    return "\n\n".join(_details(check) for check in group)


def _details(check: Check) -> str:
    parts = [f"{SIGNS[check.status]} {check.title}", f"  {check.evidence}"]
    parts += [f"  What to do: {check.remedy}"] if check.remedy else []
    asked = f"; also asked by {', '.join(check.references)}" if check.references else ""
    return "\n".join([*parts, f"  ({check.id}{asked})"])


def awaited(report: Report) -> str:
    """What a report still waits for, in the words of its first such line."""
    waiting = report.having("waiting")
    return waiting[0].title if waiting else "nothing"


def wallets(report: Report) -> tuple[str, ...]:
    """The key IDs of the wallets whose backup was found whole."""
    start = "backup.coverage."
    return tuple(
        c.id.removeprefix(start)
        for c in report.checks
        if c.id.startswith(start) and c.status == "pass" and "." not in c.id.removeprefix(start)
    )
