"""The plan as commands, and the script: what the command line prints and writes of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.programs import need
from tests.wizard.driving import EXTERNAL_ID, Terminal


@pytest.fixture
def setup(terminal: Terminal) -> Path:
    """A set-up whose answers are complete."""
    return terminal.with_key()


def test_the_plan_as_commands_says_each_step_and_not_the_external_id(terminal: Terminal, setup: Path) -> None:
    ran = terminal("plan", "--config", setup, "--commands")
    assert ran.status == 0
    assert EXTERNAL_ID not in ran.out + ran.err
    assert "EXTERNAL_ID=''" in ran.out
    assert ran.out.count("\naws ") >= 9
    planned = terminal("plan", "--config", setup, "--commands", "--json").document
    addresses = [step["address"] for step in planned["steps"]]
    assert [each["address"] for each in planned["commands"]] == addresses
    assert EXTERNAL_ID not in json.dumps(planned)
    assert "commands" not in terminal("plan", "--config", setup, "--json").document


def test_with_nothing_to_do_there_is_no_command(terminal: Terminal, setup: Path) -> None:
    assert terminal("apply", "--config", setup, "--yes").status == 0
    ran = terminal("plan", "--config", setup, "--commands", "--check")
    assert ran.status == 0
    assert "there is no command to run" in ran.err
    assert "aws " not in ran.out.replace("aws program", "")


def test_the_script_is_written_for_its_owner_alone_and_never_over_a_file(
    terminal: Terminal, setup: Path, tmp_path: Path
) -> None:
    path = tmp_path / "setup.sh"
    ran = terminal("export", "--config", setup, "--format", "aws-cli", "--out", path)
    assert ran.status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert EXTERNAL_ID in path.read_text()
    assert EXTERNAL_ID not in ran.out + ran.err
    done = subprocess.run([need("dash"), "-n", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    again = terminal("export", "--config", setup, "--format", "aws-cli", "--out", path)
    assert again.status == 6
    printed = terminal("export", "--config", setup, "--format", "aws-cli", "--offline")
    assert printed.status == 2, "without AWS the account must be in the file"


def test_what_is_there_already_is_part_of_the_script(terminal: Terminal, setup: Path) -> None:
    assert terminal("apply", "--config", setup, "--yes").status == 0
    made = terminal("export", "--config", setup, "--format", "aws-cli")
    assert made.status == 0
    assert made.out.startswith("#!/bin/sh")
    offline = terminal("export", "--config", setup, "--format", "aws-cli", "--offline")
    assert offline.status == 0, "apply recorded the account"
