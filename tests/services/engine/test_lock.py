"""Only one run at a time works on a set-up, whoever comes second is told who is first, and a dead one holds nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.engine.lock import held
from services.problems import ProblemError
from tests.world import ACCOUNT, OTHER_SETUP, SETUP

PLACE = (ACCOUNT, "eu-west-1", SETUP)
SINCE = "2026-11-30T00:12:00Z"


@contextmanager
def another(folder: Path, doing: str = "apply") -> Iterator[int]:
    """Another process that holds the lock; its number."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with held(folder, *PLACE, doing=doing, since=SINCE):
            os.write(tell, b".")
            signal.pause()
        os._exit(0)
    os.read(told, 1)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(told)
        os.close(tell)


def refused(folder: Path) -> Any:
    with pytest.raises(ProblemError) as caught, held(folder, *PLACE):
        pass
    assert (caught.value.problem.code, caught.value.problem.exit_code) == ("locked", 7)
    return caught.value.problem


def notes(folder: Path) -> list[Path]:
    return list(folder.glob("*.by"))


def test_who_comes_second_is_told_who_is_first_and_a_killed_one_is_taken_over(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        problem = refused(tmp_path)
        assert f"'apply', process {process} of this computer, since {SINCE}." in problem.summary
        with held(tmp_path, ACCOUNT, "us-east-1", SETUP), held(tmp_path, ACCOUNT, "eu-west-1", OTHER_SETUP):
            pass
    assert len(notes(tmp_path)) == 1, "a note alone holds nothing"
    with held(tmp_path, *PLACE, doing="destroy", since=SINCE):
        (note,) = notes(tmp_path)
        assert json.loads(note.read_text())["process"] == os.getpid()
        assert note.stat().st_mode & 0o077 == 0
    assert notes(tmp_path) == []


@pytest.mark.parametrize(
    "note",
    [
        "",
        "{",
        "[]",
        "null",
        '{"doing": "apply"}',
        '{"doing": "x", "since": "", "process": "no", "computer": ""}',
    ],
)
def test_a_note_that_says_nothing_is_passed_over(tmp_path: Path, note: str) -> None:
    with another(tmp_path):
        (path,) = notes(tmp_path)
        path.write_text(note)
        assert refused(tmp_path).summary == "Another run of this program is working on this set-up."


def test_a_note_of_a_run_that_is_gone_names_nobody_and_one_of_another_computer_does(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        (path,) = notes(tmp_path)
        gone = os.fork()
        if gone == 0:
            os._exit(0)
        os.waitpid(gone, 0)
        told = json.loads(path.read_text())
        path.write_text(json.dumps({**told, "process": gone}))
        assert refused(tmp_path).summary == "Another run of this program is working on this set-up."
        path.write_text(json.dumps({**told, "computer": f"not-{socket.gethostname()}"}))
        assert f"process {process} on not-{socket.gethostname()}" in refused(tmp_path).summary


def test_a_lock_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError) as caught, held(tmp_path / "file" / "x", ACCOUNT, "eu-west-1", SETUP):
        pass
    assert caught.value.problem.code == "folder"
