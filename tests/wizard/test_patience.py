"""Waiting for AWS is never silent, and is said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from services.model.calls import Aws, Call, Reply
from tests.wizard.driving import Terminal
from wizard.patience import LONG, later

SAID = "Asking AWS …\n"


@dataclass
class Slow:
    """AWS that takes `seconds` for every call, and the timers that run meanwhile."""

    aws: Aws
    seconds: float
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, seconds: float, work: Callable[[], None]) -> Callable[[], None]:
        timer = (seconds, work)
        self.due.append(timer)
        return lambda: self.due.remove(timer) if timer in self.due else None

    def __call__(self, call: Call) -> Reply:
        for seconds, work in [timer for timer in self.due if timer[0] <= self.seconds]:
            self.due.remove((seconds, work))
            work()
        return self.aws(call)


@pytest.mark.parametrize(
    ("seconds", "flags", "times"), [(LONG, (), 1), (LONG - 0.1, (), 0), (LONG, ("--json",), 0)]
)
@pytest.mark.parametrize("command", ["plan", "verify", "policy"])
def test_a_long_silence_of_aws_is_said_once(
    terminal: Terminal, command: str, seconds: float, flags: tuple[str, ...], times: int
) -> None:
    setup = terminal.with_key()
    slow = Slow(terminal.aws, seconds)
    ran = replace(terminal, aws=slow, later=slow.later)(command, "--config", setup, *flags)
    assert ran.err.count(SAID) == times
    assert SAID not in ran.out
    assert slow.due == []


def test_a_timer_that_is_called_off_says_nothing() -> None:
    said: list[str] = []
    off = later(60, lambda: said.append("late"))
    off()
    assert said == []
