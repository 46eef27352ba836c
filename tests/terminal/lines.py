"""A dumb terminal for tests: one program on a pty of 80 columns, every byte that it wrote, and what was typed where."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.watch import WATCH

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@dataclass
class Line:
    """`shown` is everything so far, `at` how much of it was waited for; `typed` are the lines that are echoed."""

    descriptor: int
    pid: int
    shown: str = ""
    at: int = 0
    typed: list[str] = field(default_factory=list)

    def until(self, words: str) -> None:
        """Reads until the words are there, behind those that were waited for before."""
        end = time.monotonic() + PATIENCE
        while (found := self.shown.find(words, self.at)) < 0:
            ready, _, _ = select.select([self.descriptor], [], [], 1)
            if ready:
                self.shown += self._read()
            assert time.monotonic() < end, f"{words!r} did not appear:\n{self.shown[-3000:]}"
        self.at = found + len(words)

    def keys(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def answer(self, label: str, text: str = "") -> None:
        """Waits for the prompt of a question at the beginning of a line, and types the answer."""
        self.until(f"\n{label}")
        self.until(": ")
        self.typed.append(text)
        self.keys(f"{text}\n")

    def end(self) -> int:
        """Reads to the end; the exit status."""
        with contextlib.suppress(OSError):  # how Linux says that nobody holds the other end any more
            while piece := self._read():
                self.shown += piece
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        WATCH.screen(self.shown)
        return os.waitstatus_to_exitcode(status)

    def _read(self) -> str:
        return os.read(self.descriptor, 1 << 16).decode(errors="replace")

    def lines(self) -> list[str]:
        """What was shown, line by line, without what was typed."""
        found = []
        for line in self.shown.split("\r\n"):
            echoed = [text for text in self.typed if text and line.endswith(f": {text}")]
            found.append(line.removesuffix(max(echoed, key=len)) if echoed else line)
        return found


def start(*arguments: str | Path, environ: Mapping[str, str] | None = None, columns: int = 80) -> Line:
    """The program on a terminal that says of itself that it is dumb."""
    pid, descriptor = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.chdir(ROOT)
        command = [sys.executable, "-m", "wizard", *map(str, arguments)]
        os.execve(
            sys.executable, command, {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "dumb", **(environ or {})}
        )
    return Line(descriptor, pid)
