"""The setups on one computer: found, kept apart, drafts kept without secrets of others."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from services import setup_file
from services.problems import ProblemError
from services.setups import State, UnreadError
from tests.ports import FakeClock
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


def test_what_was_typed_or_applied_last_counts_as_used_last(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.setups.mkdir()
    made = {}
    for name, identifier in (("one", SETUP), ("two", OTHER_SETUP)):
        made[name] = setup_file.create(state.path_of(name), sample(setup__name=name, setup__id=identifier))
    for path, when in ((made["one"].path, 1_000_000_000), (made["two"].path, 1_000_000_060)):
        os.utime(path, (when, when))
    assert _names(state) == ["two", "one"]
    assert state.last_used(made["one"]) == datetime.fromtimestamp(1_000_000_000, UTC)
    state.keep_drafts(SETUP, {"storage.bucket": "x"})
    os.utime(state.setups / f"{SETUP}.drafts.json", (1_000_000_120, 1_000_000_120))
    assert _names(state) == ["one", "two"]
    state.journal(OTHER_SETUP, FakeClock()).append({"event": "plan"})
    os.utime(state.setups / f"{OTHER_SETUP}.journal.jsonl", (1_000_000_180, 1_000_000_180))
    assert _names(state) == ["two", "one"]
    made["one"].path.unlink()
    (state.setups / f"{SETUP}.drafts.json").unlink()
    assert state.last_used(made["one"]) is None


def _names(state: State) -> list[str]:
    return [
        found.answers.text("setup.name") for found in state.found() if not isinstance(found, ProblemError)
    ]


def test_a_setup_kept_elsewhere_is_found_again_until_it_is_gone(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    kept = setup_file.create(tmp_path / "mine.toml", sample())
    state.remember(kept)
    state.remember(kept)
    assert [f.path for f in state.found() if not isinstance(f, ProblemError)] == [kept.path]
    kept.path.unlink()
    assert state.found() == ()


def test_only_a_setup_that_is_surely_gone_is_left_out(tmp_path: Path) -> None:
    """A link to itself stands for a closed folder: the system does not say what is there, and root is no exception."""
    state = State(tmp_path / "state")
    (tmp_path / "mine").mkdir()
    kept = setup_file.create(tmp_path / "mine" / "one.toml", sample())
    state.remember(kept)
    (note,) = state.setups.glob("*.path")
    (tmp_path / "mine").rename(tmp_path / "elsewhere")
    assert state.found() == ()
    (tmp_path / "mine").symlink_to(tmp_path / "mine")
    assert [one.path for one in state.found() if isinstance(one, UnreadError)] == [kept.path]
    note.unlink()
    note.symlink_to(note)
    assert [one.path for one in state.found() if isinstance(one, UnreadError)] == [note]
    note.unlink()
    state.setups.rmdir()
    state.setups.symlink_to(state.setups)
    assert [one.path for one in state.found() if isinstance(one, UnreadError)] == [state.setups]


def test_no_state_directory_means_no_setups(tmp_path: Path) -> None:
    assert State(tmp_path / "none").found() == ()


def test_drafts_survive_and_damaged_ones_are_nothing(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep_drafts(SETUP, {"storage.bucket": "Not Valid [/x]"})
    assert State(tmp_path).drafts(SETUP) == {"storage.bucket": "Not Valid [/x]"}
    assert state.drafts(OTHER_SETUP) == {}
    next(state.setups.glob("*.drafts.json")).write_text('{"a": 1, "b"')
    assert state.drafts(SETUP) == {}
