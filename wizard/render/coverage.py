"""The audit of all wallets as lines of text: what was looked at, what is wrong, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.render.plain import COUNTED, STATUS, endpoint_lines

if TYPE_CHECKING:
    from services.audit.answer import Audited
    from services.verify.checks import Check, Report


def audit_text(audited: Audited, endpoint: str, *, of: str, verbose: bool = False) -> str:
    """The checklist under the line that says what was audited (`of`); what is left out silently only if `verbose`."""
    lines = [*([endpoint_lines(endpoint)] if endpoint else []), of, ""]
    for check in audited.report.checks:
        if verbose or not (check.status == "skipped" and not check.remedy):
            lines += _check(check)
    return "\n".join([*lines, "", *_summary(audited.report)])


def _check(check: Check) -> Iterator[str]:
    if check.status == "pass":
        yield f"  {STATUS['pass']} {check.title}. {check.evidence}"
        return
    yield f"  {STATUS[check.status]} {check.title}"
    yield f"      {check.evidence}"
    if check.remedy:
        yield f"      → {check.remedy}"


def _summary(report: Report) -> Iterator[str]:
    told = [f"{len(found)} {name}" for status, name in COUNTED.items() if (found := report.having(status))]
    yield f"{len(report.checks)} checks: {', '.join(told)}."
    if report.having("fail"):
        yield "Something is wrong: do what the lines with ✗ say."
    elif report.having("unknown"):
        yield "Not everything could be seen: do what the lines with ? say."
    elif report.having("warn"):
        yield "Nothing fails. The lines with ! may be meant so: look at them."
    elif any(check.remedy for check in report.having("skipped")):
        yield "Nothing wrong was found. The lines with - were not looked at, and say what would show them."
    else:
        yield "Every wallet has its backup, as far as this audit can tell."
