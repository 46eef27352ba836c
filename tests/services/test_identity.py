"""Who is signed in: a whole answer, AWS's refusal in words, or somebody else's page."""

from __future__ import annotations

import pytest

from services.identity import Identity, identity
from services.model.calls import Call, Refused, Reply
from services.problems import ProblemError

ARN = "arn:aws:sts::123456789012:assumed-role/Admin/kim"


def test_an_answer_is_an_identity() -> None:
    found = identity(lambda _call: {"Account": "123456789012", "Arn": ARN, "UserId": "x"})
    assert found == Identity("123456789012", ARN)
    assert found.short == "assumed-role/Admin/kim"


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"Account": "123456789012"},
        {"Arn": ARN},
        {"Account": "", "Arn": ARN},
        {"Account": None, "Arn": ARN},
    ],
)
def test_an_answer_without_an_account_or_arn_is_not_awss(reply: Reply) -> None:
    with pytest.raises(ProblemError) as caught:
        identity(lambda _call: reply)
    assert caught.value.problem.code == "network"
    assert caught.value.problem.where == "sts:GetCallerIdentity"
    assert "None" not in caught.value.problem.summary


def test_a_refusal_is_a_problem() -> None:
    def refused(call: Call) -> Reply:
        raise Refused(call, "ExpiredToken", "It has ended.", 403)

    with pytest.raises(ProblemError) as caught:
        identity(refused)
    assert caught.value.problem.code == "sign-in"
