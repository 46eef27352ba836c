"""Politeness towards AWS: when it asks for patience, everybody waits, longer each time, and then goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from services.aws.translate import problem_of
from services.clock import Clock
from services.model.calls import Aws, Call, Refused, Reply
from services.problems import ProblemError

FIRST, LONGEST = 1.0, 32.0
"""Seconds of the first wait, and of the longest; each is twice the one before."""

TIMES = 8
"""How often one call is tried."""


@dataclass
class Polite:
    """`Aws` that waits and asks again when AWS is busy. One wait holds up all threads that ask through it."""

    aws: Aws
    clock: Clock
    waits: int = 0
    _until: float = 0.0
    _guard: Lock = field(default_factory=Lock)

    def __call__(self, call: Call) -> Reply:
        seconds = FIRST
        for _ in range(TIMES - 1):
            self._wait()
            try:
                return self.aws(call)
            except (Refused, ProblemError) as error:
                if not _passes(error):
                    raise
            with self._guard:
                self.waits += 1
                self._until = max(self._until, self.clock.now() + seconds)
            seconds = min(seconds * 2, LONGEST)
        self._wait()
        return self.aws(call)

    def _wait(self) -> None:
        with self._guard:
            left = self._until - self.clock.now()
        if left > 0:
            self.clock.sleep(left)


def _passes(error: Refused | ProblemError) -> bool:
    problem = problem_of(error) if isinstance(error, Refused) else error.problem
    return problem.code in {"throttled", "busy", "network"}
