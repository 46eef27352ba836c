"""Where nothing says where home is: what needs a state directory says so, and every other problem is told as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.model.calls import Call, Refused
from tests.wizard.driving import Ran, Stream, Terminal, refused
from wizard import fatal
from wizard.cli import run
from wizard.root import Program, Surroundings


def homeless(way: type[Exception] = RuntimeError) -> Surroundings:
    """A user without a home, as containers have them."""

    def nowhere() -> Path:
        raise way("Could not determine home directory.")

    return Surroundings(environ={}, stdin=Stream(), stdout=Stream(), stderr=Stream(), state_folder=nowhere)


def ran(*words: str | Path) -> Ran:
    around = homeless()
    status = run([*map(str, words), "--json"], around)
    assert isinstance(around.stdout, Stream)
    assert isinstance(around.stderr, Stream)
    return Ran(status, around.stdout.written, around.stderr.written)


@pytest.mark.parametrize(
    "words",
    [("plan", "--config"), ("keycheck",), ("answers", "check", "--config"), ("record", "list", "--config")],
    ids=" ".join,
)
def test_a_file_that_is_not_there_is_told_without_a_home(tmp_path: Path, words: tuple[str, ...]) -> None:
    problem = refused(ran(*words, tmp_path / "none"), "unreadable-file")
    assert "none" in problem["summary"]


def test_what_needs_the_state_directory_names_the_option(tmp_path: Path) -> None:
    setup = Terminal(tmp_path).answered()
    for words in (("answers", "check", "--config", setup), ("record", "list", "--config", setup)):
        assert "--state-dir" in refused(ran(*words), "folder")["remedy"][0]
    assert ran("record", "list", "--config", setup, "--state-dir", tmp_path / "state").status == 0


def test_a_new_setup_file_is_not_written_and_then_refused(tmp_path: Path) -> None:
    refused(ran("answers", "new", "--out", tmp_path / "s.toml"), "folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", [RuntimeError, FileNotFoundError, KeyError])
@pytest.mark.parametrize(
    "fault", [ValueError("x"), Refused(Call("s3", "GetObject"), "AccessDenied", "no", 403)]
)
def test_a_fault_is_told_even_if_it_cannot_be_kept(way: type[Exception], fault: Exception) -> None:
    around = homeless(way)
    program = Program.start(around, json=True)
    status = fatal.unexpected(fault, program, ["plan"])
    assert isinstance(around.stdout, Stream)
    found = Ran(status, around.stdout.written, "")
    assert found.problem["exit_code"] == status
