"""What an audit adds up to: never more than its lines have shown."""

from __future__ import annotations

import pytest

from services.verify.checks import Check, Report, Status
from wizard.render.coverage import _summary


def summed(*checks: tuple[Status, str]) -> str:
    """The last line for checks with these outcomes and remedies."""
    made = tuple(
        Check(f"audit.{n}", "A title", status, "Seen.", remedy) for n, (status, remedy) in enumerate(checks)
    )
    return list(_summary(Report(made)))[-1]


@pytest.mark.parametrize(
    ("checks", "begins"),
    [
        ([("pass", "")], "Every wallet has its backup"),
        ([("pass", ""), ("skipped", "")], "Every wallet has its backup"),
        (
            [("pass", ""), ("skipped", "Give a list.")],
            "Nothing wrong was found. The lines with - were not looked at",
        ),
        ([("skipped", "Give a list."), ("warn", "Look.")], "Nothing fails."),
        ([("skipped", "Give a list."), ("unknown", "Ask.")], "Not everything could be seen"),
        ([("skipped", "Give a list."), ("fail", "Mend.")], "Something is wrong"),
    ],
)
def test_the_sum_claims_no_more_than_the_lines(checks: list[tuple[Status, str]], begins: str) -> None:
    assert summed(*checks).startswith(begins)
