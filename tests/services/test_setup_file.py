"""The setup file: every key commented, nothing lost when the program writes into it, nothing unknown taken."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import setup_file
from services.answers import Answers
from services.problems import ProblemError
from services.questions import QUESTIONS
from tests.world import sample


def test_a_new_file_explains_every_key_and_reads_back_as_it_was(tmp_path: Path) -> None:
    tags = {"team": "custody", "cost centre": "42"}
    answers = replace(sample(role__extra_actions=["kms:Decrypt"]), tags=tags)
    made = setup_file.create(tmp_path / "s.toml", answers)
    text = made.path.read_text()
    for question in QUESTIONS:
        assert question.name in text
        assert question.help.split(". ")[0] in text
    again = setup_file.read(made.path).answers
    assert {q.key: again.get(q.key) for q in QUESTIONS} == {q.key: answers.get(q.key) for q in QUESTIONS}
    assert again.tags == answers.tags
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("mine")
    with pytest.raises(ProblemError) as caught:
        setup_file.create(path, sample())
    assert caught.value.problem.code == "exists"
    assert path.read_text() == "mine"


def test_recording_keeps_comments_order_and_what_others_wrote(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('# mine\n[storage]\nbucket = "acme-one" # the one\n\n[setup]\nname = "acme"\n')
    setup = setup_file.read(path)
    path.write_text(path.read_text() + 'environment = "sandbox"\n')
    after = setup_file.record(setup, {"aws.region": "eu-west-1", "recovery_key.public_files": ["a.der"]})
    text = path.read_text()
    assert text.startswith("# mine\n[storage]")
    assert "# the one" in text
    assert after.answers.text("setup.environment") == "sandbox"
    assert setup_file.read(path).answers == after.answers


def test_an_answer_can_be_taken_away(tmp_path: Path) -> None:
    setup = setup_file.create(tmp_path / "s.toml", sample(palisade__kit_name="a kit"))
    after = setup_file.record(setup, {"palisade.kit_name": None})
    assert "palisade.kit_name" not in after.answers.given
    assert setup_file.read(setup.path).answers.text("palisade.kit_name") == "acme-sandbox kit"


def test_an_id_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[setup]\nname = "acme"\n')
    first = setup_file.identified(setup_file.read(path))
    second = setup_file.identified(setup_file.read(path))
    assert first.answers.text("setup.id") == second.answers.text("setup.id") != ""


@pytest.mark.parametrize(
    ("text", "code", "where", "says"),
    [
        ("[storage]\nbuckt = 'a'", "invalid-answer", "storage.buckt", "storage.bucket"),
        ("[storge]\nbucket = 'a'", "invalid-answer", "storge", "Did you mean [storage]?"),
        ("[stup]\nname = 'a'", "invalid-answer", "stup", "There is no table named 'stup'."),
        ("[zzz]\nname = 'a'", "invalid-answer", "zzz", "The tables are setup, aws,"),
        ("setup = 3", "invalid-answer", "setup", "[setup] is a table"),
        ("[[setup]]\nname = 'a'", "invalid-answer", "setup", "[setup] is a table"),
        ("[role]\ncolour = 'a'", "invalid-answer", "role.colour", "answers explain"),
        ("[storage]\nbucket = 3", "invalid-answer", "storage.bucket", "must be a text"),
        ("[storage\nbucket", "invalid-answer", "", "no valid TOML"),
        ("[tags]\nteam = 3", "invalid-answer", "tags.team", "must be a text"),
        ("[tags]\n'aws:x' = 'y'", "invalid-answer", "tags.aws:x", "name of a tag"),
        (
            "[storage]\nobject_lock = 'always'",
            "invalid-answer",
            "storage.object_lock",
            "off, governance, compliance",
        ),
        ("[role]\nmax_session_seconds = 60", "invalid-answer", "role.max_session_seconds", "3600 to 43200"),
        (
            "[role]\nextra_actions = ['s3:DeleteObject']",
            "invalid-answer",
            "role.extra_actions",
            "must not get",
        ),
    ],
)
def test_a_wrong_file_gets_one_sentence_that_names_the_key(
    text: str, code: str, where: str, says: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        setup_file.parse(text)
    problem = caught.value.problem
    assert (problem.code, problem.exit_code) == (code, 2)
    assert where in problem.where
    assert says in problem.summary + " ".join(problem.remedy)


@given(st.text(max_size=400))
def test_any_text_is_answers_or_a_problem(text: str) -> None:
    try:
        found = setup_file.parse(text)
    except ProblemError:
        return
    assert isinstance(found, Answers)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProblemError) as caught:
        setup_file.read(path)
    assert caught.value.problem.code == "unreadable-file"


def test_a_link_stays_a_link_and_the_mode_stays_what_it_was(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text('[setup]\nname = "acme"\n')
    real.chmod(0o664)
    link.symlink_to(real)
    setup_file.identified(setup_file.read(link))
    assert link.is_symlink()
    assert setup_file.read(real).answers.get("setup.id")
    assert real.stat().st_mode & 0o777 == 0o664


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b'\xef\xbb\xbf[setup]\nname = "acme"\n')
    assert setup_file.identified(setup_file.read(path)).answers.text("setup.name") == "acme"


def test_a_pipe_is_no_setup_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProblemError) as caught:
        setup_file.read(tmp_path / "pipe")
    assert caught.value.problem.code == "unreadable-file"


def test_the_private_file_is_seen_from_the_folder_of_the_setup_file(tmp_path: Path) -> None:
    made = setup_file.create(tmp_path / "s.toml", sample())
    assert made.private_file() is None
    near = setup_file.record(made, {"recovery_key.private_file": "keys/recovery.pke1"})
    assert near.private_file() == tmp_path / "keys" / "recovery.pke1"
    away = setup_file.record(near, {"recovery_key.private_file": "/media/stick/recovery.pke1"})
    assert away.private_file() == Path("/media/stick/recovery.pke1")
