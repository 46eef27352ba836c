"""On a real terminal: passwords are asked twice and never shown, consent is typed, Ctrl-C ends."""

from __future__ import annotations

import os
import pty
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.planted import PASSWORD
from tests.wizard.driving import ROOT


@dataclass
class Screen:
    """A program on a terminal of its own, and everything that it showed."""

    descriptor: int
    pid: int
    shown: str = ""

    def until(self, words: str) -> None:
        """Reads until the words are there that are new."""
        begin = len(self.shown)
        while words not in self.shown[begin:]:
            self.shown += os.read(self.descriptor, 4096).decode()

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def end(self) -> int:
        """Reads to the end; the exit status."""
        try:
            while piece := os.read(self.descriptor, 4096):
                self.shown += piece.decode()
        except OSError:  # how Linux says that nobody holds the other end any more
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


def start(*arguments: str | Path) -> Screen:
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "wizard", *map(str, arguments)])
    return Screen(descriptor, pid)


def test_a_password_is_asked_twice_and_never_shown(tmp_path: Path) -> None:
    screen = start("keygen", "--out", tmp_path / "keys")
    for prompt in ("New password: ", "New password, again: "):
        screen.until(prompt)
        screen.type(f"{PASSWORD}\n")
    assert screen.end() == 0
    assert PASSWORD not in screen.shown
    assert "✓ Sealing" in screen.shown
    assert (tmp_path / "keys" / "recovery.pub.der").exists()


def test_ctrl_c_at_the_password_ends_with_a_sentence_and_writes_nothing(tmp_path: Path) -> None:
    screen = start("keygen", "--out", tmp_path / "keys")
    screen.until("New password: ")
    screen.type("\x03")
    assert screen.end() == 130
    assert "You stopped the program" in screen.shown
    assert "Traceback" not in screen.shown
    assert not (tmp_path / "keys").exists()
