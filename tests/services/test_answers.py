"""Answers as a value, and what must hold between them."""

from __future__ import annotations

import pytest

from services.answers import Answers, complete, missing, place, problems
from services.problems import ProblemError
from tests.world import ACCOUNT, KEY_ARN, sample

CN = {"aws__region": "cn-north-1", "palisade__principal_arn": "arn:aws-cn:iam::444455556666:root"}
REGIONAL = f"acme-{ACCOUNT}-eu-west-1-an"


@pytest.mark.parametrize(
    "values",
    [
        {},
        CN,
        {"storage__kms_key": KEY_ARN},
        {"storage__kms_key": KEY_ARN, "aws__account": None},
        {"storage__namespace": "account-regional", "storage__bucket": REGIONAL},
        {"role__permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/Bound"},
        {"role__permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
        {**CN, "role__permissions_boundary": "arn:aws-cn:iam::aws:policy/PowerUserAccess"},
        {"storage__bucket": "acme-an"},
    ],
)
def test_answers_that_go_together(values: dict[str, object]) -> None:
    answers = sample(**values)
    assert problems(answers) == ()
    assert complete(answers) is answers


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"aws__region": "cn-north-1"}, "palisade.principal_arn"),
        ({"aws__region": "us-gov-west-1"}, "palisade.principal_arn"),
        ({"palisade__principal_arn": "arn:aws-cn:iam::444455556666:root"}, "palisade.principal_arn"),
        ({"storage__kms_key": KEY_ARN.replace(ACCOUNT, "999999999999")}, "storage.kms_key"),
        ({"storage__kms_key": KEY_ARN.replace("eu-west-1", "us-east-1")}, "storage.kms_key"),
        ({"storage__kms_key": KEY_ARN.replace("arn:aws:", "arn:aws-cn:")}, "storage.kms_key"),
        ({"storage__kms_key": KEY_ARN.replace(ACCOUNT, ""), "aws__account": None}, "storage.kms_key"),
        ({"storage__namespace": "account-regional"}, "storage.bucket"),
        ({"storage__namespace": "account-regional", "aws__account": None}, "storage.bucket"),
        ({"storage__bucket": REGIONAL}, "storage.bucket"),
        (
            {
                "storage__namespace": "account-regional",
                "storage__bucket": REGIONAL.replace(ACCOUNT, "9" * 12),
            },
            "storage.bucket",
        ),
        (
            {"storage__namespace": "account-regional", "storage__bucket": f"acme-{ACCOUNT}-us-east-1-an"},
            "storage.bucket",
        ),
        *(
            (
                {
                    "storage__namespace": "account-regional",
                    "storage__bucket": f"acme-{ACCOUNT}-{region}-an",
                    "aws__region": region,
                },
                "storage.namespace",
            )
            for region in ("me-south-1", "me-central-1")
        ),
        (
            {"role__permissions_boundary": "arn:aws:iam::999999999999:policy/Bound"},
            "role.permissions_boundary",
        ),
        ({"role__permissions_boundary": f"arn:aws-cn:iam::{ACCOUNT}:policy/B"}, "role.permissions_boundary"),
    ],
)
def test_answers_that_do_not_go_together(values: dict[str, object], where: str) -> None:
    found = problems(sample(**values))
    assert [problem.where for problem in found] == [where]
    assert found[0].code == "invalid-answer"
    assert found[0].summary.endswith(".")
    assert found[0].remedy
    with pytest.raises(ProblemError):
        complete(sample(**values))


def test_what_is_missing_is_named_in_the_order_of_the_questions() -> None:
    found = problems(Answers())
    assert tuple(problem.where for problem in found) == missing(Answers())
    assert {problem.code for problem in found} == {"missing-answer"}
    assert missing(Answers())[:2] == ("setup.name", "setup.environment")
    assert all("--" in problem.remedy[0] for problem in found)


def test_answers_are_values() -> None:
    first = sample()
    second = first.with_(aws__region="us-east-1")
    assert (first.text("aws.region"), second.text("aws.region")) == ("eu-west-1", "us-east-1")
    assert second.with_(aws__region="eu-west-1") == first
    assert first.with_(role__name=None).text("role.name") == "PalisadeS3BackupRole-sandbox"
    assert first.text("palisade.kit_name") == "acme-sandbox kit"
    assert first.text("palisade.quorum_id") == ""
    assert first.number("role.max_session_seconds") == 3600
    assert first.get("storage.access_logs") is False
    assert first.texts("role.extra_actions") == ()


def test_an_unknown_answer_is_refused() -> None:
    with pytest.raises(ProblemError):
        sample(aws__regoin="eu-west-1")
    with pytest.raises(TypeError):
        sample().number("aws.region")


def test_the_place_is_the_recorded_account() -> None:
    assert place(sample(), ACCOUNT).partition == "aws"
    assert place(sample(aws__account=None), "999999999999").account == "999999999999"
    with pytest.raises(ProblemError) as caught:
        place(sample(), "999999999999")
    assert caught.value.problem.code == "wrong-account"
    assert "999999999999" in caught.value.problem.summary
    assert ACCOUNT in caught.value.problem.summary
