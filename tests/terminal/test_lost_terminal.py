"""A terminal that is gone, or that nobody reads: the wizard ends, and soon; no process outlives its terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.demo.profile import leads_elsewhere
from tests import planted
from tests.programs import need
from tests.sampling import every

pytestmark = pytest.mark.terminal

SOON = 20.0
"""Seconds, generous for a busy machine; without an end of its own the program would stay for ever."""


@dataclass
class Window:
    """A pseudo-terminal whose other end the test holds, and the program in it."""

    master: int
    process: subprocess.Popen[bytes]

    def read_until(self, words: bytes) -> None:
        seen, end = b"", time.monotonic() + SOON
        while words not in seen:
            assert time.monotonic() < end, seen[-2000:]
            if select.select([self.master], [], [], 0.1)[0]:
                seen += os.read(self.master, 65536)

    def press_unread(self, keys: bytes, times: int) -> None:
        """Presses keys that change what is drawn, and reads nothing of it."""
        for _ in range(times):
            os.write(self.master, keys)
            time.sleep(0.02)

    def leave(self) -> None:
        """Leaves by the keyboard."""
        os.write(self.master, b"\x11")
        self.read_until(b"Leave the wizard")
        os.write(self.master, b"\t")
        time.sleep(0.5)
        os.write(self.master, b"\r")

    def close(self) -> None:
        """The window is closed: the kernel sends SIGHUP to the leader of its session."""
        os.close(self.master)
        self.master = -1

    def ended(self) -> int:
        return self.process.wait(SOON)


@contextmanager
def window(
    *options: str | Path, before: Sequence[str] = (), shows: bytes = b"Set-ups", **more: str
) -> Iterator[Window]:
    """The wizard in a terminal of 80x24, once it shows these words; started through the words of `before`."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {name: value for name, value in os.environ.items() if not leads_elsewhere(name)}
    environ |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true", **more}
    process = subprocess.Popen(
        [need("setsid"), "--ctty", *before, sys.executable, "-m", "wizard", *options],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ,
    )
    os.close(slave)
    opened = Window(master, process)
    try:
        opened.read_until(shows)
        yield opened
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if opened.master != -1:
            os.close(opened.master)


def test_closing_the_window_ends_the_wizard(tmp_path: Path) -> None:
    with window("--state-dir", tmp_path) as opened:
        opened.close()
        assert opened.ended() == 128 + signal.SIGHUP


def test_a_window_that_is_closed_without_a_word_ends_the_wizard(tmp_path: Path) -> None:
    """The leader of the session is another program, which keeps the signal to itself, as a tmux that is killed."""
    keeper = "trap '' HUP; \"$@\"; exit $?"
    with window("--state-dir", tmp_path, before=("sh", "-c", keeper, "sh")) as opened:
        opened.close()
        assert opened.ended() == 128 + signal.SIGHUP


@pytest.mark.parametrize("number", every(2, [signal.SIGTERM, signal.SIGHUP]))
def test_a_terminal_that_nobody_reads_does_not_make_it_deaf(tmp_path: Path, number: signal.Signals) -> None:
    with window("--state-dir", tmp_path) as opened:
        opened.press_unread(b"\t\x1b[B", 60)
        os.kill(opened.process.pid, number)
        assert opened.ended() == 128 + number


@pytest.mark.parametrize("way", every(2, ["asked", "signal"]))
def test_an_aws_that_never_answers_does_not_keep_it(tmp_path: Path, way: str) -> None:
    setup = tmp_path / "s.toml"
    setup.write_text('[setup]\nname = "acme"\nenvironment = "sandbox"\n[aws]\nregion = "eu-west-1"\n')
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": planted.AWS_SECRET_KEY}
        options = ("--state-dir", tmp_path, "--config", setup)
        with window(*options, shows=b"Signing in", AWS_ENDPOINT_URL=address, **keys) as opened:
            connection, _ = silent.accept()
            with connection:
                if way == "asked":
                    opened.leave()
                    opened.read_until(b"What is under way may still end")
                    assert opened.ended() == 0
                else:
                    os.kill(opened.process.pid, signal.SIGTERM)
                    assert opened.ended() == 128 + signal.SIGTERM
