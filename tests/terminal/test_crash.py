"""A crash of the pages on a real terminal: what is left on it says where, and nothing of what was typed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from services import files, setup_file
from services.setups import State
from tests import planted
from tests.crashes import Crash, How
from tests.sampling import every
from tests.search import Search
from tests.terminal.tmux import terminal
from tests.world import sample

ROOT = Path(__file__).resolve().parents[2]
LOUD = {"PYTHONDEVMODE": "1", "PYTHONFAULTHANDLER": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONPATH": str(ROOT)}

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]


@pytest.mark.parametrize("how", every(2, ["raise", "panic"]))
def test_a_crash_leaves_nothing_on_the_terminal(tmp_path: Path, how: How) -> None:
    state = State(files.folder(tmp_path / "state"))
    setup = setup_file.create(files.folder(state.setups) / "acme-sandbox.toml", sample())
    crash, evidence = Crash("screens/password.py", "_begin", how), tmp_path / "evidence"
    program = [sys.executable, "-m", "tests.terminal.crashing", json.dumps(asdict(crash)), str(evidence)]
    words = [
        "--state-dir",
        str(state.folder),
        "--log-file",
        str(tmp_path / "log"),
        "-v",
        "--config",
        str(setup.path),
    ]
    with terminal([*program, *words], tmp_path, environ=LOUD) as screen:
        screen.wait("Only this key opens the backups")
        screen.keys("C-n")
        screen.wait("Password.*Again")
        screen.type(planted.PASSWORD)
        screen.wait("Password +•{28}")
        screen.tab()
        screen.type(planted.PASSWORD)
        screen.wait("Password +•{28} Again +•{28}")
        screen.keys("C-n")
        screen.wait("ended with [0-9]+")
        assert (screen.flag("alternate_on"), screen.flag("mouse_any_flag")) == ("0", "0")
        left = screen.run("capture-pane", "-p", "-J", "-S", "-")
    found = json.loads(evidence.with_suffix(".json").read_text())
    assert "password" in found["within"]
    assert "ended with 70" in left
    search = Search(planted.ALL)
    assert not search.inside(left)
    assert not any(search.below(tmp_path).values())
