"""Setup files: what is written is read as the same, and what a person wrote around it stays."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import setup_file
from services.answers import Answers
from services.problems import Problem, ProblemError
from services.questions import QUESTIONS, accept
from tests.generated import share, tried
from tests.mutations import SIGNS, changed
from tests.world import sample

TAGS = st.dictionaries(
    st.text(max_size=20) | st.sampled_from(("team", "a.b", "a b", "ü", "é=", '"', "a]")),
    st.text(max_size=20) | st.sampled_from(SIGNS),
    max_size=4,
)
COMMENTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=30)
ANSWERS = sample()


def parsed(text: str) -> Answers | None:
    found = tried(lambda: setup_file.parse(text))
    if isinstance(found, Problem):
        assert found.exit_code == 2
        assert "\n" not in found.summary
        assert found.remedy
        return None
    return found


@share(4)
@given(tags=TAGS)
def test_answers_with_any_tags_come_back(tags: dict[str, str]) -> None:
    answers = tried(lambda: setup_file.checked(ANSWERS.given, tags))
    if isinstance(answers, Problem):
        assert answers.where.startswith("tags")
        return
    again = parsed(setup_file.commented(answers))
    assert again is not None
    assert again.tags == answers.tags
    assert again.given == {**again.given, **answers.given}  # defaults are written down, too
    assert parsed(setup_file.commented(again)) == again


@share(4)
@given(data=changed(setup_file.commented(ANSWERS).encode(), 4))
def test_a_damaged_file_is_answers_or_one_sentence(data: bytes) -> None:
    answers = parsed(data.decode(errors="replace"))
    if answers is not None:
        again = parsed(setup_file.commented(answers))
        assert again is not None
        assert again.given == {**again.given, **answers.given}


@share(2)
@given(comment=COMMENTS, value=st.text(max_size=40) | st.sampled_from(SIGNS), data=st.data())
def test_recording_an_answer_keeps_everything_else(comment: str, value: str, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from([q for q in QUESTIONS if q.kind == "text"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.toml"
        setup_file.create(path, ANSWERS)
        path.write_text(f"# {comment}\n" + path.read_text())
        before, content = setup_file.read(path), path.read_bytes()
        try:
            accepted = accept(question, value)
        except ProblemError:
            with pytest.raises(ProblemError):
                setup_file.record(before, {question.key: value})
            assert path.read_bytes() == content
            return
        setup_file.record(before, {question.key: value})
        after = setup_file.read(path)
        assert path.read_text().startswith(f"# {comment}\n")
        assert after.answers.get(question.key) == accepted
        others = {key: each for key, each in before.answers.given.items() if key != question.key}
        assert {key: each for key, each in after.answers.given.items() if key != question.key} == others
        once = path.read_bytes()
        setup_file.record(after, {question.key: value})
        assert path.read_bytes() == once
