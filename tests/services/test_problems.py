"""Problems: stable codes, the exit codes of the command contract, and nothing lost on the way to a person."""

from __future__ import annotations

import pytest

from services.problems import KINDS, Problem, ProblemError, as_json, refuse

CONTRACT = {2, 3, 4, 5, 6, 7, 70, 129, 130, 143}


def test_every_kind_ends_with_a_status_of_the_contract() -> None:
    assert set(KINDS.values()) == CONTRACT
    assert all(code == code.lower() and " " not in code and "_" not in code for code in KINDS)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid-answer", 2),
        ("failed-check", 3),
        ("sign-in", 4),
        ("denied", 5),
        ("taken", 6),
        ("stale", 6),
        ("not-ready", 7),
        ("locked", 7),
        ("our-bug", 70),
        ("interrupted", 130),
    ],
)
def test_codes_that_scripts_rely_on(code: str, status: int) -> None:
    assert Problem(code, "It is so.").exit_code == status


def test_an_unknown_kind_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="no kind of problem"):
        Problem("strange", "It is so.")


def test_a_problem_is_located_once() -> None:
    problem = Problem("denied", "It is so.").at("bucket.policy")
    assert problem.where == "bucket.policy"
    assert problem.at("elsewhere") is problem


def test_refuse_is_a_problem_in_one_breath() -> None:
    error = refuse("taken", "It is taken.", "Choose another.", "Or ask.", where="storage.bucket")
    assert isinstance(error, ProblemError)
    assert str(error) == "taken: It is taken."
    assert as_json(error.problem) == {
        "code": "taken",
        "summary": "It is taken.",
        "remedy": ["Choose another.", "Or ask."],
        "where": "storage.bucket",
        "exit_code": 6,
    }
