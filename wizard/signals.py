"""Signals: what a hang-up, a termination and Ctrl-C do."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, TextIO

from services.problems import Problem, ProblemError
from wizard.fatal import told
from wizard.render.voice import Voice

if TYPE_CHECKING:
    from wizard.root import Surroundings

_AGAIN = ("Run the same command again.",)
_STOPPED = Problem("interrupted", "You stopped the program; what it had finished is kept.", _AGAIN)
_ENDINGS = {
    signal.SIGTERM: Problem(
        "terminated", "The program was asked to end; what it had finished is kept.", _AGAIN
    ),
    signal.SIGHUP: Problem(
        "hang-up", "The terminal was closed; what the program had finished is kept.", _AGAIN
    ),
}


class Ended(BaseException):
    """A signal ends the program; no `except Exception` may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.problem = _ENDINGS[signal.Signals(number)]


def problem_of(stopped: Ended | KeyboardInterrupt) -> Problem:
    """What is told of a signal or of Ctrl-C."""
    _LOST.forget()
    return stopped.problem if isinstance(stopped, Ended) else _STOPPED


@contextlib.contextmanager
def told_with(*remedy: str, summary: str = "") -> Iterator[None]:
    """Within, a signal or Ctrl-C is a problem with this remedy, and this summary if there is one."""
    try:
        yield
    except (KeyboardInterrupt, Ended) as stopped:
        problem = problem_of(stopped)
        raise ProblemError(Problem(problem.code, summary or problem.summary, remedy)) from None


class _Lost:
    """Brings a signal again whose exception nobody could get, by the timer of the process.

    What is raised while Python calls a finalizer or the callback of a weak reference is dropped, and an import has many
    of them: a signal that happens to come just then would be lost, and the program would go on.
    """

    def __init__(self) -> None:
        self._waits: Ended | KeyboardInterrupt | None = None

    def hook(
        self, tell: Callable[[sys.UnraisableHookArgs], object]
    ) -> Callable[[sys.UnraisableHookArgs], None]:
        """What Python calls with an exception that it drops; any other than a signal's is told as before."""

        def dropped(told: sys.UnraisableHookArgs) -> None:
            error = told.exc_value
            while isinstance(error, Ended | KeyboardInterrupt):
                try:
                    self._waits = error
                    signal.setitimer(signal.ITIMER_REAL, _SOON)
                except (Ended, KeyboardInterrupt) as another:  # the next one came just now
                    error = another
                else:
                    return
            tell(told)

        return dropped

    def again(self, _number: int, _frame: FrameType | None) -> None:
        """The timer has run out."""
        waits, self._waits = self._waits, None
        if isinstance(waits, Ended):
            raise Ended(waits.number)
        if waits is not None:
            raise KeyboardInterrupt

    def forget(self) -> None:
        """Another one got through: once is enough."""
        if self._waits is not None:
            self._waits = None
            signal.setitimer(signal.ITIMER_REAL, 0)


_SOON = 0.05  # seconds: by then Python is out of the callback
_LOST = _Lost()


@contextlib.contextmanager
def as_endings() -> Iterator[None]:
    """Within, SIGTERM and SIGHUP raise `Ended`; one that was ignored from outside (nohup) stays so. None is lost."""
    before = {number: signal.getsignal(number) for number in (*_ENDINGS, signal.SIGALRM)}
    tell = sys.unraisablehook
    for number in _ENDINGS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _end)
    signal.signal(signal.SIGALRM, _LOST.again)
    sys.unraisablehook = _LOST.hook(tell)
    try:
        yield
    finally:
        _LOST.forget()
        sys.unraisablehook = tell
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    _LOST.forget()
    raise Ended(number)


def or_ended(work: Callable[[], int], around: Surroundings) -> int:
    """The status of the work, or of a signal that came before or after it, where only words can be told."""
    try:
        return work()
    except (KeyboardInterrupt, Ended) as stopped:
        return told(problem_of(stopped), Voice(around.stdout, around.stderr))


def leave(status: int) -> NoReturn:
    """Ends the process, whose streams are flushed.

    After a signal, and wherever threads still wait for AWS, at once: Python's own end would wait for all of them.
    """
    waiting = any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread())
    # A thread whose `join` a signal interrupted counts as ended for Python, and may be running all the same.
    if status > 128 or waiting:
        os._exit(status)
    sys.exit(status)


@contextlib.contextmanager
def stopping(stderr: TextIO) -> Iterator[Callable[[], bool]]:
    """Gives a function that tells whether to stop: after the first Ctrl-C. The second one leaves at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        # Not through the stream: it may be in the middle of writing, and cannot be entered twice.
        with contextlib.suppress(OSError, ValueError):
            os.write(
                stderr.fileno(), b"Stopping after the current call. Press Ctrl-C again to leave at once.\n"
            )

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def left_to_child() -> Iterator[None]:
    """Within, Ctrl-C is for the program in front; this one waits for it."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
