"""cfn-lint, which knows AWS's own schemas of every resource type in every region, has nothing to say of a template."""

from __future__ import annotations

import pytest
from cfnlint.api import ManualArgs, lint

from services.export.cloudformation import text
from tests.sampling import every
from tests.services.export.cloudformation_cases import CASES, Case


def said(template: str, region: str) -> list[str]:
    return [str(match) for match in lint(template, config=ManualArgs(regions=[region]))]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if n % 9 == 0 else pytest.mark.slow) for n, case in enumerate(CASES)],
    ids=[case.name for case in CASES],
)
def test_it_has_nothing_to_say(case: Case) -> None:
    assert said(text(case.subject), case.region) == []


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    every(
        3,
        [
            ("SYMMETRIC_DEFAULT", "SYMETRIC_DEFAULT", "E3030"),
            ("RetentionInDays: 400", "RetentionInDays: 401", "E3030"),
            ("NewerNoncurrentVersions", "NewerNoncurentVersions", "E3002"),
            ("    UpdateReplacePolicy: Retain\n", "", "W3011"),
            ("- LogBucketPolicy", "- LogBucketPolice", "E3005"),
        ],
    ),
)
def test_it_would_say_what_is_wrong(good: str, bad: str, code: str) -> None:
    template = text(next(case for case in CASES if case.name == "production, eu-west-1").subject)
    assert good in template
    found = said(template.replace(good, bad), "eu-west-1")
    assert any(code in line for line in found), found
