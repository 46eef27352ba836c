"""The setups on one computer: found, kept apart, drafts kept without secrets of others."""

from __future__ import annotations

import os
from pathlib import Path

from services import setup_file
from services.problems import ProblemError
from services.setups import State
from tests.world import OTHER_SETUP, SETUP, sample


def test_the_last_used_setup_comes_first_and_a_damaged_one_is_its_problem(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.setups.mkdir()
    for name in ("one", "two"):
        setup_file.create(state.path_of(name), sample(setup__name=name))
    state.path_of("bad").write_text("[")
    os.utime(state.path_of("one"), (2_000_000_000, 2_000_000_000))
    found = state.found()
    assert [f.answers.text("setup.name") for f in found if not isinstance(f, ProblemError)] == ["one", "two"]
    assert [f.problem.code for f in found if isinstance(f, ProblemError)] == ["invalid-answer"]


def test_a_setup_kept_elsewhere_is_found_again_until_it_is_gone(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    kept = setup_file.create(tmp_path / "mine.toml", sample())
    state.remember(kept)
    state.remember(kept)
    assert [f.path for f in state.found() if not isinstance(f, ProblemError)] == [kept.path]
    kept.path.unlink()
    assert state.found() == ()


def test_no_state_directory_means_no_setups(tmp_path: Path) -> None:
    assert State(tmp_path / "none").found() == ()


def test_drafts_survive_and_damaged_ones_are_nothing(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep_drafts(SETUP, {"storage.bucket": "Not Valid [/x]"})
    assert State(tmp_path).drafts(SETUP) == {"storage.bucket": "Not Valid [/x]"}
    assert state.drafts(OTHER_SETUP) == {}
    next(state.setups.glob("*.drafts.json")).write_text('{"a": 1, "b"')
    assert state.drafts(SETUP) == {}
