"""Links that appear while a file is being written: between the check and the use there is nothing to get in by."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services import files
from services.files import DISK
from services.problems import ProblemError
from tests import tally
from tests.obstacles import OBSTACLES, THEIRS, Obstacle
from tests.services.test_file_attacks import PLACES, Place, problem_of


@pytest.mark.parametrize("call", ["write", "chmod", "sync", "link"])
def test_a_folder_that_is_swapped_for_a_link_meanwhile_changes_nothing(tmp_path: Path, call: str) -> None:
    keys, lair = tmp_path / "keys", tmp_path / "lair"
    keys.mkdir()
    lair.mkdir()
    real = getattr(DISK, call)

    def swapping(*arguments: object) -> object:
        if keys.exists() and not keys.is_symlink():
            keys.rename(tmp_path / "away")
            keys.symlink_to(lair)
        return real(*arguments)

    changed: dict[str, object] = {call: swapping}
    files.publish(keys / "key", b"content", disk=replace(DISK, **changed))  # type: ignore[arg-type]
    assert list(lair.iterdir()) == []
    assert (tmp_path / "away" / "key").read_bytes() == b"content"


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
def test_what_takes_a_key_s_name_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, obstacle: Obstacle
) -> None:
    path, victim = tmp_path / "keys" / "key", tmp_path / "victim"
    path.parent.mkdir()
    seen: list[Callable[[], object]] = []

    def linking(folder: int, temporary: str, final: str) -> None:
        seen.append(obstacle.place(path, victim))
        DISK.link(folder, temporary, final)

    with pytest.raises(ProblemError) as refused:
        files.publish(path, b"content", disk=replace(DISK, link=linking))
    assert refused.value.problem.code == "exists"
    assert victim.read_bytes() == THEIRS
    assert [one.name for one in path.parent.iterdir()] == ["key"]


SWAPS = 150


@pytest.mark.parametrize(
    "place", [one for one in PLACES if one.name in {"journal", "log", "drafts"}], ids=lambda one: one.name
)
def test_a_link_that_comes_and_goes_in_a_loop_leads_nowhere(tmp_path: Path, place: Place) -> None:
    """Another process swaps the name between a link to the victim's file and nothing, while lines are written."""
    path, victim = tmp_path / place.path, tmp_path / "victim"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    victim.write_bytes(THEIRS)
    child = os.fork()
    if child == 0:
        try:
            while True:
                link = path.with_name("link")
                link.unlink(missing_ok=True)
                link.symlink_to(victim)
                link.rename(path)
                path.unlink(missing_ok=True)
        finally:
            os._exit(1)
    try:
        for _ in range(SWAPS):
            problem = problem_of(place, tmp_path)
            assert problem is None or problem.code == "folder"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert victim.read_bytes() == THEIRS
    tally.count("faults injected", SWAPS)
