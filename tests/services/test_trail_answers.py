"""The answers about CloudTrail: what production has by default, what an answer must look like, what goes together."""

from __future__ import annotations

import pytest

from services.answers import problems
from services.problems import ProblemError
from services.questions import QUESTIONS, accept, find
from tests.world import ACCOUNT, BUCKET, sample

ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"


@pytest.mark.parametrize(
    ("values", "trail", "events"),
    [
        ({}, "off", "off"),
        ({"hardening__trail": "create"}, "create", "off"),
        ({"setup__environment": "production"}, "create", "all"),
        ({"setup__environment": "production", "hardening__trail": ARN}, ARN, "all"),
        ({"setup__environment": "production", "hardening__trail": "off"}, "off", "off"),
        ({"setup__environment": None}, "off", "off"),
    ],
)
def test_production_is_recorded_and_sandbox_is_not_unless_asked_for(
    values: dict[str, object], trail: str, events: str
) -> None:
    answers = sample(hardening__alarms=False, **values)
    assert (answers.text("hardening.trail"), answers.text("hardening.data_events")) == (trail, events)
    assert [p for p in problems(answers) if p.where.startswith("hardening")] == []


def test_the_trails_bucket_stands_beside_that_of_the_backups() -> None:
    assert sample().text("hardening.trail_bucket") == f"{BUCKET}-trail"
    assert sample(storage__bucket=None).get("hardening.trail_bucket") is None
    regional = f"acme-{ACCOUNT}-eu-west-1-an"
    assert (
        sample(storage__bucket=regional).text("hardening.trail_bucket")
        == f"acme-trail-{ACCOUNT}-eu-west-1-an"
    )


@pytest.mark.parametrize(
    "text",
    ["off", "create", ARN, f"arn:aws-cn:cloudtrail:cn-north-1:{ACCOUNT}:trail/a.b_c-d", ARN[:-5] + "a" * 128],
)
def test_what_can_be_a_trail(text: str) -> None:
    assert accept(find("hardening.trail"), f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on",
        "audit",
        "Create",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/ab",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/-audit",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit-",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/au/dit",
        f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/audit",
        f"arn:aws:cloudtrail::{ACCOUNT}:trail/audit",
        "arn:aws:cloudtrail:us-east-1::trail/audit",
        f"arn:aws:s3:us-east-1:{ACCOUNT}:trail/audit",
        ARN[:-5] + "a" * 129,
    ],
)
def test_what_can_be_no_trail(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        accept(find("hardening.trail"), text)
    assert caught.value.problem.where == "hardening.trail"


@pytest.mark.parametrize(
    ("values", "where", "word"),
    [
        ({"hardening__trail": ARN.replace("arn:aws:", "arn:aws-cn:")}, "hardening.trail", "partition"),
        ({"hardening__trail": ARN.replace(ACCOUNT, "9" * 12)}, "hardening.trail", "organisation"),
        ({"hardening__data_events": "all"}, "hardening.data_events", "no trail"),
        (
            {"hardening__trail": "create", "hardening__trail_bucket": BUCKET},
            "hardening.trail_bucket",
            "bucket of the backups",
        ),
        (
            {"hardening__trail": "create", "hardening__trail_bucket": f"trail-{ACCOUNT}-us-east-1-an"},
            "hardening.trail_bucket",
            "us-east-1",
        ),
    ],
)
def test_answers_that_do_not_go_together(values: dict[str, object], where: str, word: str) -> None:
    (problem,) = problems(sample(**values))
    assert (problem.code, problem.where) == ("invalid-answer", where)
    assert word in problem.summary
    assert problem.summary.endswith(".")
    assert all(line.endswith(".") for line in problem.remedy)


@pytest.mark.parametrize(
    "values",
    [
        {"hardening__trail": ARN, "hardening__data_events": "write"},
        {"hardening__trail": ARN.replace(ACCOUNT, "9" * 12), "aws__account": None},
        {"hardening__trail": ARN, "hardening__trail_bucket": BUCKET},
        {"hardening__trail": "create"},
        {"hardening__trail": "create", "hardening__trail_bucket": f"trail-{ACCOUNT}-eu-west-1-an"},
        {"hardening__trail_bucket": f"trail-{ACCOUNT}-us-east-1-an"},
    ],
)
def test_answers_that_go_together(values: dict[str, object]) -> None:
    assert problems(sample(**values)) == ()


@pytest.mark.parametrize("environment", ["sandbox", "production"])
@pytest.mark.parametrize("key", sorted({q.key for q in QUESTIONS if q.required} - {"setup.environment"}))
def test_an_answer_that_is_missing_is_told_as_missing_and_as_nothing_else(key: str, environment: str) -> None:
    more: dict[str, object] = {
        "hardening__alarm_email": "a@example.com",
        "role__name": "R",
        key.replace(".", "__", 1): None,
    }
    found = problems(sample(setup__environment=environment, **more))
    assert [(problem.code, problem.where) for problem in found] == [("missing-answer", key)]
