"""How the program ends when a signal or Ctrl-C asks for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

import pytest

from services.demo.profile import leads_elsewhere
from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from services.problems import KINDS
from tests.killed import copy
from tests.wizard.driving import ROOT, Ran, Stream, Terminal, refused
from wizard import signals
from wizard.cli import run
from wizard.root import Surroundings


@dataclass
class Interrupting:
    """Presses Ctrl-C in the middle of the nth write, `presses` times; or raises another signal there."""

    aws: Aws
    nth: int
    presses: int = 1
    number: signal.Signals = signal.SIGINT
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            self.writes += 1
            if self.writes == self.nth:
                for _ in range(self.presses):
                    os.kill(os.getpid(), self.number)
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
    stopped_in_the_middle(ran, "interrupted")
    assert terminal("apply", "--config", setup, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


def stopped_in_the_middle(ran: Ran, code: str) -> None:
    failed, finished = ran.lines[-2:]
    assert (failed["event"], failed["problem"]["code"]) == ("failed", code)
    assert (finished["event"], finished["ok"], finished["failed"]) == ("finished", False, 1)
    begun = [line for line in ran.lines if line["event"] == "started"]
    assert finished["done"] == len(begun) - 1
    assert finished["remaining"] > 0


SIGNALS = [(signal.SIGTERM, "terminated"), (signal.SIGHUP, "hang-up")]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_while_applying_ends_the_lines_as_they_always_end(
    terminal: Terminal, number: signal.Signals, code: str
) -> None:
    setup = terminal.with_key()
    machine = replace(terminal, aws=Interrupting(terminal.aws, 3, number=number))
    with signals.as_endings():
        ran = machine("apply", "--config", setup, "--yes", "--json")
    assert ran.status == KINDS[code]
    stopped_in_the_middle(ran, code)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize("command", ["plan", "apply", "verify"])
def test_a_signal_before_anything_is_said_is_the_one_document(
    offline: Terminal, command: str, number: signal.Signals, code: str
) -> None:
    def raising(call: Call) -> Reply:
        os.kill(os.getpid(), number)
        return {}

    setup = offline.with_key()
    machine = replace(offline, aws=raising)
    with signals.as_endings():
        refused(machine(command, "--config", setup, "--json"), code)
        told = machine(command, "--config", setup)
    assert (told.status, told.out) == (KINDS[code], "")
    assert "goes on from there" not in told.err


def test_a_signal_after_the_document_adds_none(offline: Terminal) -> None:
    class Last(Stream):
        def flush(self) -> None:
            super().flush()
            if self.written:
                os.kill(os.getpid(), signal.SIGTERM)

    setup = offline.answered()
    with signals.as_endings():
        ran = offline("answers", "check", "--config", setup, "--json", stdout=Last())
    assert (ran.status, ran.document["problems"]) == (143, [])
    assert "was asked to end" in ran.err


def test_an_interrupted_key_is_completed_and_not_made_again(offline: Terminal) -> None:
    def leave(_prompt: str) -> bytearray:
        raise KeyboardInterrupt

    around = Surroundings(
        environ={}, stdin=Stream(terminal=True), stdout=Stream(), stderr=Stream(terminal=True),
        ask_secret=leave, mounts=lambda: "",
    )  # fmt: skip
    assert run(["keygen", "--out", str(offline.folder / "keys")], around) == 130
    assert isinstance(around.stderr, Stream)
    assert "keygen --complete" in around.stderr.written
    assert "goes on from there" not in around.stderr.written


@dataclass
class Finalized:
    """What gets a signal while Python calls its finalizer, beyond which nothing is raised."""

    number: signal.Signals
    came: list[signal.Signals]

    def __del__(self) -> None:
        self.came.append(self.number)
        signal.raise_signal(self.number)


ENDINGS: list[tuple[signal.Signals, type[BaseException]]] = [
    (signal.SIGTERM, signals.Ended),
    (signal.SIGHUP, signals.Ended),
    (signal.SIGINT, KeyboardInterrupt),
]


@pytest.mark.parametrize(("number", "raised"), ENDINGS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_signal_that_finds_python_in_a_callback_comes_again_once(
    number: signal.Signals, raised: type[BaseException], times: int
) -> None:
    came: list[signal.Signals] = []
    with signals.as_endings():
        try:
            for _ in range(times):
                Finalized(number, came)
            assert len(came) == times, "it was raised outside"
            for _ in range(100):
                time.sleep(0.05)
        except raised as stopped:
            signals.problem_of(stopped)  # type: ignore[arg-type]
            time.sleep(0.2)  # nothing comes while it is cleared up
        else:
            raise AssertionError(number)
    time.sleep(0.1)  # nor afterwards, when it would end the process


@pytest.mark.parametrize(("number", "raised"), ENDINGS)
def test_the_next_signal_is_not_lost_while_one_is_put_back(
    number: signal.Signals,
    raised: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put_back, came = signal.setitimer, [number]

    def interrupted(which: int, seconds: float) -> object:
        if seconds and came:
            signal.raise_signal(came.pop())
        return put_back(which, seconds)

    def work() -> None:
        Finalized(number, [])
        for _ in range(100):
            time.sleep(0.05)

    monkeypatch.setattr(signal, "setitimer", interrupted)
    with pytest.raises(raised), signals.as_endings():
        work()
    assert came == []
    assert capsys.readouterr().err == ""


def test_a_signal_that_gets_through_is_not_followed_by_the_one_before_it() -> None:
    got = []

    def work() -> None:
        Finalized(signal.SIGHUP, [])
        try:
            signal.raise_signal(signal.SIGTERM)
        except signals.Ended as stopped:
            got.append(stopped.number)
            time.sleep(0.2)

    with signals.as_endings():
        work()
    assert got == [signal.SIGTERM]


def _left(status: int, *, waiting: bool) -> int:
    """How a copy of this process ends that leaves so, with a thread of its own that never ends; 99 if by an exception."""

    def work() -> None:
        if waiting:
            Thread(target=Event().wait).start()
        signals.leave(status)

    return copy(work)


def test_what_still_waits_does_not_hold_the_program() -> None:
    assert _left(7, waiting=True) == 7
    assert _left(143, waiting=False) == 143


def test_a_program_in_which_nothing_waits_ends_as_python_does() -> None:
    def work() -> None:
        with pytest.raises(SystemExit):
            signals.leave(7)

    assert copy(work) == 0


@contextmanager
def serving(folder: Path, environ: Mapping[str, str], *flags: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "wizard", "demo", "--serve", "--dir", str(folder), *flags],
        cwd=ROOT,
        env={**os.environ, **environ},
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
    with serving(tmp_path / "demo", {}, "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert Path(told["environment"]["AWS_CA_BUNDLE"]).is_file()
        assert Path(told["profile_file"]).read_text().count("[profile demo]") == 1
        assert told["environment"]["AWS_CONFIG_FILE"] == told["profile_file"]
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode == status
        assert out == ""
        assert "The embedded AWS is stopped" in err
        assert "goes on from there" not in err
        assert "Traceback" not in err
        ended = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
        assert ended.stdout == ""


ELSEWHERE = {
    "AWS_ENDPOINT_URL_S3": "https://elsewhere",
    "AWS_ACCESS_KEY_ID": "AKIAELSEWHERE",
    "https_proxy": "http://elsewhere:1",
    "AWS_PROFILE": "elsewhere",
    "AWS_X; touch owned": "a name that no shell holds",
}


def test_a_shell_that_does_what_is_printed_reaches_the_embedded_aws_alone(tmp_path: Path) -> None:
    with serving(tmp_path / "my demo", ELSEWHERE) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("export AWS_CA_BUNDLE="):
                break
        script = "".join(lines) + "env -0\n"
        ended = subprocess.run(
            ["bash", "-c", script],
            env={**os.environ, **ELSEWHERE},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    environ = dict(entry.split("=", 1) for entry in ended.stdout.split("\0") if "=" in entry)
    left = {name: value for name, value in environ.items() if leads_elsewhere(name) and name.isidentifier()}
    backstage = tmp_path / "my demo" / "emulator"
    assert left == {
        "AWS_CONFIG_FILE": str(backstage / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PROFILE": "demo",
        "AWS_CA_BUNDLE": left["AWS_CA_BUNDLE"],
        "NO_PROXY": "*",
    }
    assert Path(left["AWS_CA_BUNDLE"]).is_relative_to(backstage)
    assert not (tmp_path / "owned").exists()
