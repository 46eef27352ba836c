"""How the program ends when a signal or Ctrl-C asks for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from tests.wizard.driving import ROOT, Terminal


@dataclass
class Interrupting:
    """Presses Ctrl-C in the middle of the nth write, `presses` times."""

    aws: Aws
    nth: int
    presses: int = 1
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            self.writes += 1
            if self.writes == self.nth:
                for _ in range(self.presses):
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(0)
        return self.aws(call)


def test_the_first_ctrl_c_finishes_the_current_call_and_stops(terminal: Terminal) -> None:
    setup = terminal.with_key()
    interrupting = Interrupting(terminal.aws, 3)
    ran = replace(terminal, aws=interrupting)("apply", "--config", setup, "--yes", "--json")
    assert ran.status == 130
    failed, finished = ran.lines[-2:]
    assert failed["problem"]["code"] == "interrupted"
    assert finished["remaining"] > 0
    assert interrupting.writes == 3
    assert terminal("apply", "--config", setup, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


def test_the_second_ctrl_c_leaves_at_once_and_a_later_run_goes_on(terminal: Terminal) -> None:
    setup = terminal.with_key()
    interrupting = Interrupting(terminal.aws, 3, presses=2)
    ran = replace(terminal, aws=interrupting)("apply", "--config", setup, "--yes", "--json")
    assert ran.status == 130
    assert ran.lines[-1]["problem"]["code"] == "interrupted"
    assert terminal("apply", "--config", setup, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "wizard", "demo", "--serve", "--dir", str(folder), "--json"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signals_end_the_program_and_its_emulator(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with serving(tmp_path / "demo") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert Path(told["profile_file"]).read_text().count("[profile demo]") == 1
        assert told["environment"]["AWS_CONFIG_FILE"] == told["profile_file"]
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode == status
        assert "Traceback" not in out + err
        ended = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
        assert ended.stdout == ""
