"""The table of questions: whatever is given, an answer is in its stored form or refused with its key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.problems import ProblemError
from services.questions import BY_KEY, QUESTIONS, Question, Value, accept, find
from tests.world import sample

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text("0123456789 -+_.eE", max_size=30),
    st.sampled_from(["true", "No", "3600", " 7200 ", "90\x1f", "file", "off", "create", "²", "٣"]),
    st.lists(st.one_of(st.text(), st.integers()), max_size=3),
    st.tuples(st.text()),
    st.dictionaries(st.text(), st.text(), max_size=2),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@given(value=ANYTHING)
def test_an_answer_is_stable_or_refused_by_name(question: Question, value: object) -> None:
    stored = answered(question, value)
    if isinstance(stored, ProblemError):
        assert stored.problem.code == "invalid-answer"
        assert stored.problem.where == question.key
        assert stored.problem.remedy
        assert stored.problem.summary.endswith(".")
    else:
        assert accept(question, stored) == stored


def answered(question: Question, value: object) -> Value | ProblemError:
    try:
        return accept(question, value)
    except ProblemError as error:
        return error


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_default_is_an_acceptable_answer(question: Question) -> None:
    default = question.default(sample().given)
    if default is not None:
        assert accept(question, default) == default
        if question.kind == "choice":
            assert default in question.choices


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_question_can_be_asked(question: Question) -> None:
    assert question.label
    assert question.help.endswith(".")
    assert question.flag.startswith("--")
    assert "_" not in question.flag
    assert (question.kind == "choice") == bool(question.choices)
    assert question.kind != "number" or question.between[0] < question.between[1]


def test_keys_and_flags_are_each_questions_own() -> None:
    assert len({question.flag for question in QUESTIONS}) == len(QUESTIONS) == len(BY_KEY)


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("aws.regoin", "aws.region"),
        ("storage.buckets", "storage.bucket"),
        ("palisade.externalid", "palisade.external_id"),
        ("role.extra-actions", "role.extra_actions"),
        ("bucket", "storage.bucket"),
        ("AWS.region", "aws.region"),
    ],
)
def test_an_unknown_key_names_the_nearest(unknown: str, nearest: str) -> None:
    with pytest.raises(ProblemError) as caught:
        find(unknown)
    assert nearest in caught.value.problem.remedy[0]
    assert caught.value.problem.where == unknown


@given(st.text())
def test_no_key_breaks_the_search(key: str) -> None:
    if key not in BY_KEY:
        with pytest.raises(ProblemError):
            find(key)


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("aws.region", "  eu-west-1\n", "eu-west-1"),
        ("role.max_session_seconds", " 7200 ", 7200),
        ("hardening.alarms", "No", False),
        ("role.extra_actions", "kms:Decrypt, s3:ListBucket,", ("kms:Decrypt", "s3:ListBucket")),
        ("role.extra_actions", [" kms:Decrypt "], ("kms:Decrypt",)),
        ("palisade.quorum_id", "0B8F3C1E6D5A4C1B9A512F6F0E1D7A10", "0b8f3c1e-6d5a-4c1b-9a51-2f6f0e1d7a10"),
        ("recovery_key.public_files", "", ()),
    ],
)
def test_an_answer_is_brought_to_its_stored_form(key: str, value: object, stored: object) -> None:
    assert accept(find(key), value) == stored


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("role.max_session_seconds", 3599),
        ("role.max_session_seconds", 43201),
        ("role.max_session_seconds", True),
        ("role.max_session_seconds", "3600.0"),
        ("role.max_session_seconds", "9" * 5000),
        ("setup.environment", "staging"),
        ("setup.name", ""),
        ("recovery_key.public_files", ["a.der", ""]),
        ("role.extra_actions", [1]),
    ],
)
def test_a_wrong_answer_is_refused(key: str, value: object) -> None:
    with pytest.raises(ProblemError) as caught:
        accept(find(key), value)
    assert caught.value.problem.where == key
