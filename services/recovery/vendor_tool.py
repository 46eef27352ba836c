"""The vendor's recovery tool, if it is on this computer: which program that is, and running it without helping it.

The person types the password into the tool itself. Here its keystrokes are only passed on between two terminals: never
looked at, never kept, never typed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.file_problems import unread
from services.folder_trust import exposures, others, owner
from services.problems import refuse

NAME = "wallet-recovery-cli"
_PIECE = 1 << 16

# The tool gets its terminal as its controlling one, so that Ctrl-C reaches it and its password prompt hides what is typed.
_START = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)


@dataclass(frozen=True)
class Tool:
    """A program, for a person to judge before it is run. `notes` are sentences about who could have changed it."""

    path: Path
    owner: str
    sha256: str
    notes: tuple[str, ...] = ()


def find(path: str, name: str = NAME) -> Tool | None:
    """The tool on this search path (the text of PATH), with links followed; None if it is not there."""
    folders = [folder for folder in path.split(os.pathsep) if Path(folder).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(folders)) if folders else None
    return None if found is None else look(Path(found))


def look(program: Path) -> Tool:
    """What there is to know of a program. Errors: `unreadable-file`."""
    try:
        real = program.resolve(strict=True)
        status = real.stat()
        with real.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unread(error, program) from None
    return Tool(real, owner(status.st_uid), digest, tuple(_notes(real, status)))


def validate_command(private_file: Path) -> str:
    """The exact command that proves a private file with the tool, for a POSIX shell."""
    return " ".join(shlex.quote(word) for word in (NAME, *_arguments(private_file)))


def validate_argv(tool: Tool, private_file: Path) -> list[str]:
    """The same, for this very program."""
    return [str(tool.path), *_arguments(private_file)]


def run(
    tool: Tool,
    argv: Sequence[str],
    *,
    keyboard: int,
    screen: int,
    environment: Mapping[str, str],
) -> int:
    """Run the tool in a terminal of its own that is connected to the person's; its exit status, negative for a signal.

    `keyboard` and `screen` are descriptors, usually 0 and 1, of a terminal that nothing else reads meanwhile.
    Errors: `unreadable-file`, and `stale` if the program is not the one that was shown any more.
    """
    if look(tool.path) != tool:
        raise refuse(
            "stale",
            f"{tool.path} is not the program that was shown to you: it changed meanwhile.",
            "Find out who changed it before you run it.",
            where=str(tool.path),
        )
    ours, theirs = pty.openpty()
    try:
        _copy_size(screen, theirs)
        process = subprocess.Popen(  # noqa: S603 - the person has seen this program and asked for it
            [sys.executable, "-I", "-c", _START, *argv],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(environment),
            start_new_session=True,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    try:
        with _raw(keyboard):
            _connect(ours, keyboard, screen)
    finally:
        os.close(ours)  # hangs up: a tool that still waits for a key ends
        status = process.wait()
    return status


def _arguments(private_file: Path) -> tuple[str, ...]:
    return ("validate-private-key", f"--private-key-file={private_file}")


def _connect(tool: int, keyboard: int, screen: int) -> None:
    """Pass on what comes from either side until the tool is done, or the person's terminal is gone."""
    while True:
        ready, _, _ = select.select([tool, keyboard], [], [])
        if tool in ready:
            said = _read(tool)
            if not said:
                return
            _write(screen, said)
        if keyboard in ready:
            typed = _read(keyboard)
            if not typed:
                return
            _write(tool, typed)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _PIECE)
    except OSError as error:
        if error.errno == errno.EIO:  # how a terminal says that nobody is on its other side
            return b""
        raise


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextlib.contextmanager
def _raw(keyboard: int) -> Iterator[None]:
    """The tool's terminal echoes and edits lines; the person's must not do it a second time."""
    if not os.isatty(keyboard):
        yield
        return
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)


def _copy_size(screen: int, terminal: int) -> None:
    with contextlib.suppress(OSError):  # not a terminal: the usual size will do
        size = fcntl.ioctl(screen, termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


def _notes(program: Path, status: os.stat_result) -> Iterator[str]:
    if who := others(status):
        yield f"{who} can change {program}."
    yield from (f"{one.who} can replace what is in {one.folder}." for one in exposures(program.parent))
