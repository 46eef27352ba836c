"""Threads that read side by side: who waits for them, and who does not."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Timer

import pytest

from services.side_by_side import threads
from wizard.signals import Ended


class Held:
    """Work that goes on until it is let go; counted when it begins and when it ends."""

    def __init__(self) -> None:
        self.going, self.go = Event(), Event()
        self.begun = self.ended = 0

    def __call__(self) -> None:
        self.begun += 1
        self.going.set()
        self.go.wait(10)
        self.ended += 1


@pytest.fixture
def held() -> Iterator[Held]:
    work = Held()
    yield work
    work.go.set()


def two(work: Held, error: BaseException | None = None) -> None:
    """One of two goes on and the other one queues, when the block ends so."""
    with threads(1) as pool:
        pool.submit(work)
        pool.submit(work)
        assert work.going.wait(10)
        if error is not None:
            raise error


@contextmanager
def let_go_soon(work: Held) -> Iterator[None]:
    """Within, the work is let go a moment later."""
    timer = Timer(0.1, work.go.set)
    timer.start()
    yield
    timer.join()


def test_the_end_waits_for_everything(held: Held) -> None:
    with let_go_soon(held):
        two(held)
        assert (held.begun, held.ended) == (2, 2)


def test_an_error_waits_for_what_is_under_way_and_begins_no_more(held: Held) -> None:
    with let_go_soon(held):
        with pytest.raises(ValueError):
            two(held, ValueError())
        assert (held.begun, held.ended) == (1, 1)


@pytest.mark.parametrize("error", [Ended(signal.SIGTERM), KeyboardInterrupt(), GeneratorExit()])
def test_who_was_told_to_end_waits_for_nothing_and_begins_no_more(held: Held, error: BaseException) -> None:
    with pytest.raises(type(error)):
        two(held, error)
    assert held.ended == 0
    held.go.set()
    time.sleep(0.1)
    assert (held.begun, held.ended) == (1, 1)


def test_a_generator_that_nobody_asks_any_more_waits_for_nothing(held: Held) -> None:
    def asking() -> Iterator[str]:
        with threads(1) as pool:
            pool.submit(held)
            yield "asked"

    questions = asking()
    next(questions)
    assert held.going.wait(10)
    del questions
    assert held.ended == 0
