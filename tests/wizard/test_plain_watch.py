"""Ctrl-C while the checklist is looked at: the watch stops, the person is asked again, and nothing is lost."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from services import setup_file
from services.model.calls import Aws, Call
from tests.ports import FakeClock
from tests.screens.stage import Account
from tests.tally import count
from tests.wizard.driving import Terminal
from tests.wizard.script import Script, left_at, marks, sit, state

NEXT = "What now"


@dataclass
class Watched(FakeClock):
    """A clock at which Ctrl-C is pressed during the pause with this number."""

    at: int = 1
    pressed: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self.slept) == self.at:
            count("signals sent")
            self.pressed.append(seconds)
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("at", [1, 3])
def test_ctrl_c_stops_the_watch_and_asks_what_to_do(tmp_path: Path, aws: Aws, at: int) -> None:
    machine = Terminal(tmp_path, Account(aws))
    setup = left_at(machine, "review")
    assert machine("apply", "--config", setup.path, "--yes").status == 0
    clock = Watched(at=at)
    script = Script({NEXT: ["watch", "all", "leave"]}, lambda _script, _label: "")
    ran = sit(replace(machine, clock=clock), script, "--config", _on_the_checklist(machine, setup.path))
    assert clock.pressed
    assert ran.status == 0, ran.err[-2000:]
    assert script.asked[-3:] == [NEXT] * 3
    said = " ".join(ran.err.split())
    assert "You stopped looking; nothing was changed. Ctrl-C once more leaves, and so does quit." in said
    assert "Still awaited" in said


def test_ctrl_c_within_a_look_does_the_same(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws)
    machine = Terminal(tmp_path, account)
    setup = left_at(machine, "review")
    assert machine("apply", "--config", setup.path, "--yes").status == 0
    looks: list[str] = []

    def press(call: Call) -> None:
        if call.name == "sts:GetCallerIdentity" and NEXT in script.asked and not looks:
            looks.append(call.name)
            os.kill(os.getpid(), signal.SIGINT)

    account.before = press
    script = Script({NEXT: ["look", "leave"]})
    ran = sit(machine, script, "--config", _on_the_checklist(machine, setup.path))
    assert looks
    assert ran.status == 0, ran.err[-2000:]
    assert "You stopped looking" in " ".join(ran.err.split())


def _on_the_checklist(machine: Terminal, path: Path) -> Path:
    """The set-up, left where the checklist is."""
    found = setup_file.read(path)
    state(machine).keep_drafts(found.answers.text("setup.id"), marks(machine, found, "verify"))
    return path
