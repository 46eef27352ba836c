"""Waiting for AWS is never silent: a call that takes long is said once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Timer
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from services.model.calls import Aws, Call, Reply

LONG = 3.0
"""Seconds without an answer after which it is said."""

Later: TypeAlias = Callable[[float, Callable[[], None]], Callable[[], None]]
"""Does something after some seconds, unless the function that it gives is called before."""


def later(seconds: float, work: Callable[[], None]) -> Callable[[], None]:
    """`Later` on a thread of its own, which keeps nobody from leaving."""
    timer = Timer(seconds, work)
    timer.daemon = True
    timer.start()
    return timer.cancel


class Patient:
    """`Aws` that says so, once, when a call takes longer than `LONG`."""

    def __init__(self, aws: Aws, after: Later, say: Callable[[str], None]) -> None:
        self._aws, self._after, self._say = aws, after, say
        self._once = Lock()

    def __call__(self, call: Call) -> Reply:
        if self._once.locked():
            return self._aws(call)
        cancel = self._after(LONG, self._tell)
        try:
            return self._aws(call)
        finally:
            cancel()

    def _tell(self) -> None:
        if self._once.acquire(blocking=False):
            self._say("Asking AWS …")
