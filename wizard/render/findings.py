"""The audit's findings as lines of text: grouped by what they are about, with how much each weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from services.verify.checks import Severity, Status, by_subject
from wizard.render.plain import COUNTED, STATUS, endpoint_lines

if TYPE_CHECKING:
    from services.verify.checks import Check, Report

QUIET: tuple[Status, ...] = ("pass", "skipped")
"""What is only counted unless somebody wants to see every line."""


def findings_text(report: Report, endpoint: str, *, of: str, verbose: bool = False) -> str:
    """Every finding with evidence and remedy, under the line that says what was audited (`of`).

    What passes is counted, and shown line by line if `verbose`.
    """
    lines = [*([endpoint_lines(endpoint)] if endpoint else []), of, ""]
    for subject, checks in by_subject(report).items():
        counts = Counter(c.status for c in checks if c.status in QUIET)
        told = ", ".join(f"{counts[status]} {COUNTED[status]}" for status in QUIET if counts[status])
        lines.append(f"{subject}{f'  ({told})' if told else ''}")
        lines += [line for c in checks if verbose or c.status not in QUIET for line in _check(c)]
    return "\n".join([*lines, "", *_summary(report)])


def _check(check: Check) -> Iterator[str]:
    says = check.title.partition(": ")[2]
    yield f"  {STATUS[check.status]} [{check.severity}] {says}"
    yield f"      {check.evidence}"
    if check.remedy:
        yield f"      → {check.remedy}"
    yield f"      ({', '.join((check.id, *check.references))})"


def _summary(report: Report) -> Iterator[str]:
    told = [f"{len(found)} {name}" for status, name in COUNTED.items() if (found := report.having(status))]
    yield f"{len(report.checks)} checks: {', '.join(told)}."
    failed = Counter(check.severity for check in report.having("fail"))
    if failed:
        weighed = ", ".join(f"{failed[s]} {s}" for s in get_args(Severity) if failed[s])
        yield f"Failed: {weighed}. Do what the lines with ✗ say, the gravest first."
    elif report.having("unknown"):
        yield "Not everything could be seen: the lines with ? name the missing permission."
    elif report.having("waiting"):
        yield "AWS was too busy to say everything: run the audit again in a minute."
    elif report.having("warn"):
        yield "Nothing fails. The lines with ! may be meant so: look at them."
    else:
        yield "Nothing to find fault with."
