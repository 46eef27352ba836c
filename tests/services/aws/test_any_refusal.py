"""Whatever AWS refuses, and however it says so: one printable sentence, a remedy, the contract's exit code."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
from hypothesis import given
from hypothesis import strategies as st

from services.aws.codes import CODES
from services.aws.port import _refused
from services.aws.translate import problem_of
from services.model.calls import Call
from services.model.operations import OPERATIONS
from tests.generated import share
from tests.mutations import SIGNS

TEXTS = st.text(max_size=60) | st.sampled_from(SIGNS) | st.just("x" * 5000) | st.just("[bold]\x1b[2J\u202e")
CALLS = st.sampled_from(sorted(OPERATIONS)) | st.just("s3:NoSuchOperation")
CODE = st.sampled_from(sorted(CODES)) | TEXTS | st.none() | st.integers(0, 999)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """What botocore makes of a refusal, with parts that are missing or empty."""
    error: dict[str, Any] = {"Code": draw(CODE), "Message": draw(TEXTS | st.none())}
    for name in draw(st.sets(st.sampled_from(("Code", "Message")))):
        del error[name]
    metadata = draw(
        st.sampled_from(({}, {"HTTPStatusCode": 0}, {"HTTPStatusCode": 403}, {"HTTPStatusCode": 503}))
    )
    answer: dict[str, Any] = {"Error": error, "ResponseMetadata": metadata}
    for name in draw(st.sets(st.sampled_from(("Error", "ResponseMetadata")))):
        del answer[name]
    return answer


@share(10)
@given(name=CALLS, answer=answers())
def test_any_refusal_is_one_problem(name: str, answer: dict[str, Any]) -> None:
    service, _, op = name.partition(":")
    refused = _refused(Call(service, op), botocore.exceptions.ClientError(answer, op))
    problem = problem_of(refused)
    assert problem.exit_code in {4, 5, 6, 7}
    assert problem.summary.isprintable()
    assert problem.summary.endswith((".", "…", "!", "?", ")", "”", '"')) or refused.message
    assert len(problem.summary) < 1000
    assert problem.remedy
    assert all(line.isprintable() and line.strip() for line in problem.remedy)
    assert refused.code in problem.where or not refused.code.isprintable()
