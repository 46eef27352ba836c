"""Real processes that are killed for real: a copy of this one, with everything loaded, that SIGKILL ends at a chosen moment.

`at_file_event` counts what changes the file system (a file opened to be written, a write, a sync, a link, a rename, …) as
the interpreter itself tells it, whoever asks for it. Killed before the nth of them, for every n, is killed everywhere.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

_CHANGES = frozenset(
    {"write", "pwrite", "fsync", "link", "unlink", "remove", "rename", "replace", "mkdir", "rmdir", "symlink"}
    | {"chmod", "fchmod", "truncate", "ftruncate", "utime"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
NEVER = 1 << 30
FAILED = 99
"""The exit status of a copy whose work raised an error, which it has printed."""


@dataclass(frozen=True)
class Ended:
    """How a copy ended: its exit status, negative for a signal, and how many events it came to see."""

    status: int
    events: int

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


def copy(work: Callable[[], object]) -> int:
    """Does the work in a copy of this process; its status: that of the work, if it is a number, else 0."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = FAILED
    try:
        found = work()
        status = found if isinstance(found, int) else 0
    except BaseException:  # noqa: BLE001 - nothing of the copy may go on as if it were the tests
        traceback.print_exc()
    finally:
        os._exit(status)


def at_file_event(work: Callable[[], object], nth: int = NEVER) -> Ended:
    """Does the work in a copy that is killed right before its nth file event, counted from 1, over all its threads."""
    reader, writer = os.pipe()

    def counted() -> object:
        os.close(reader)
        sys.dont_write_bytecode = True  # a module that is imported for the first time is no event of the work
        count = _Count(nth, writer)
        sys.addaudithook(count.told)
        threading.setprofile(count.called)
        sys.setprofile(count.called)
        try:
            return work()
        finally:
            sys.setprofile(None)

    try:
        status = copy(counted)
    finally:
        os.close(writer)
        with os.fdopen(reader, "rb") as told:
            events = len(told.read())
    return Ended(status, events)


class _Count:
    """Counts, a byte in the pipe for each event, and kills."""

    def __init__(self, nth: int, pipe: int) -> None:
        self._left, self._pipe, self._lock = nth, pipe, threading.RLock()
        self._write = os.write

    def called(self, _frame: FrameType, event: str, function: Any) -> None:
        """What the profiler calls."""
        if event == "c_call" and function.__module__ == "posix" and function.__name__ in _CHANGES:
            self._one()

    def told(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What the interpreter's audit calls: only it knows how a file is opened."""
        if event != "open" or arguments[0] == os.devnull:
            return
        if isinstance(arguments[2], int) and arguments[2] & _WRITING:
            self._one()

    def _one(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self._write(self._pipe, b".")
