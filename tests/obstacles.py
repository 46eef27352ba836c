"""What an attacker can put where the program is about to write or read, each with a way to see that it was left alone."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

STRANGER = 54321
"""A user who is not the one that runs the tests, and need not exist."""

THEIRS = b"the victim's own words\n"


@dataclass(frozen=True)
class Obstacle:
    """`put` places it at a path; the second path is a victim's file that must stay as it is."""

    name: str
    put: Callable[[Path, Path], object]
    root: bool = False
    """Whether only root can place it."""

    def place(self, path: Path, victim: Path) -> Callable[[], object]:
        """Puts it there; gives what tells of the victim's state, to be compared later."""
        if self.root and os.geteuid() != 0:
            pytest.skip("only root can give a file to another user")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        victim.write_bytes(THEIRS)
        victim.chmod(0o644)
        self.put(path, victim)
        return lambda: _seen(victim)


def _seen(path: Path) -> tuple[bytes, int, int]:
    status = path.stat()
    return path.read_bytes(), status.st_mode, status.st_mtime_ns


def _socket(path: Path, _victim: Path) -> None:
    here = Path.cwd()
    try:  # the address of a socket has room for no long path
        os.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


def _stranger(path: Path, _victim: Path) -> None:
    path.write_bytes(b"")
    path.chmod(0o666)
    os.chown(path, STRANGER, STRANGER)


def _strangers_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)


OBSTACLES = (
    Obstacle("fifo", lambda path, _: os.mkfifo(path, 0o666)),
    Obstacle("socket", _socket),
    Obstacle("folder", lambda path, _: path.mkdir()),
    Obstacle("device", lambda path, _: os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3)), root=True),
    Obstacle("link", lambda path, victim: path.symlink_to(victim)),
    Obstacle("dangling-link", lambda path, victim: path.symlink_to(victim.with_name("not-there"))),
    Obstacle("hard-link", lambda path, victim: path.hardlink_to(victim)),
    Obstacle("strangers-file", _stranger, root=True),
    Obstacle("strangers-link", _strangers_link, root=True),
)
