"""Signals that end the pages: from before the first of them until after the last, and whatever the program is doing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Ctrl-C is a key while pages are shown: SIGINT comes from another program then."""


class _Left(BaseException):
    """A signal came while the loop stood still; nobody but `Endings.stopping` catches it."""


class Endings:
    """What was asked for by a signal. asyncio would swallow an exception that a handler raises, so none is raised here."""

    def __init__(self) -> None:
        self.status = 0
        """128 and the number of the first signal; 0 while none has come."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[int], None] | None = None
        self._at_once: Callable[[], None] | None = None

    def heard_by(self, end: Callable[[int], None], at_once: Callable[[], None]) -> None:
        """From now on a signal calls `at_once` wherever the program is, and `end` from the running loop.

        A signal that has come already does so now.
        """
        self._loop, self._end, self._at_once = asyncio.get_running_loop(), end, at_once
        if self.status:
            self._tell()

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.status = self.status or 128 + number
        self._tell()

    def _tell(self) -> None:
        if self._loop is None or self._end is None or self._at_once is None or self._loop.is_closed():
            return  # it is not up yet, or it is ending anyway
        self._at_once()
        # The loop's own handlers would not hear while a page is drawn.
        self._loop.call_soon_threadsafe(self._end, self.status)

    @contextlib.contextmanager
    def stopping(self) -> Iterator[None]:
        """Within, the program waits for a person without its loop: a termination or hang-up leaves the block at once."""

        def leave(number: int, _frame: FrameType | None) -> None:
            self.status = self.status or 128 + number
            raise _Left

        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            for number, handler in before.items():
                if handler is not signal.SIG_IGN:
                    signal.signal(number, leave)
            yield
        except _Left:
            self._tell()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Within, the signals are heard; one that was ignored from outside (nohup) stays so."""
        before = {number: signal.getsignal(number) for number in ENDINGS}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
