"""A state directory that cannot be written: looking works all the same, writing says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wizard.driving import Terminal, contents, refused


@pytest.fixture
def applied(terminal: Terminal) -> tuple[Terminal, Path]:
    """A finished set-up."""
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    return terminal, setup


NOWHERE = "/proc/palisade"
"""Not even root can make a folder there."""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that nobody can write to")
@pytest.mark.parametrize(("command", "status"), [("plan", 0), ("values", 0), ("verify", 7), ("policy", 0)])
def test_looking_needs_no_state(applied: tuple[Terminal, Path], command: str, status: int) -> None:
    terminal, setup = applied
    before = contents(terminal.folder)
    ran = terminal("--state-dir", NOWHERE, command, "--config", setup, "--state-dir", NOWHERE)
    assert ran.status == status, ran.err
    assert contents(terminal.folder) == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that nobody can write to")
def test_writing_names_the_option(terminal: Terminal) -> None:
    setup = terminal.with_key()
    ran = terminal("apply", "--config", setup, "--yes", "--json", "--state-dir", NOWHERE)
    problem = refused(ran, "folder")
    assert any("--state-dir" in sentence for sentence in problem["remedy"])
