"""Terminals of any size and name: pages are drawn, or one sentence says what to use instead."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.sampling import every
from tests.terminal.modes import left_behind
from tests.terminal.pseudo import pseudo

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    "size", every(2, [pytest.param(size) for size in ((1, 1), (20, 5), (500, 200), (0, 0))])
)
def test_the_smallest_and_the_largest_terminal_are_drawn_on_and_left(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    with pseudo("--state-dir", tmp_path, size=size) as screen:
        while "the alternate screen is shown" not in left_behind(bytes(screen.written)):
            screen.drain()
        screen.until_quiet()
        screen.keys("\x1bOP\t\t\x1b")
        screen.until_quiet()
        screen.resize(80, 24)
        screen.until("Set-ups on this computer")
        screen.signal(signal.SIGTERM)
        assert screen.ended() == 143
        assert left_behind(bytes(screen.written)) == set()
        assert not screen.settings_changed()


@pytest.mark.parametrize("name", ["dumb", "unknown", ""])
@pytest.mark.parametrize("words", [(), ("demo",)])
def test_a_terminal_that_cannot_place_its_cursor_is_told_what_to_use(
    tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    with pseudo("--state-dir", tmp_path, *words, environ={"TERM": name}) as screen:
        assert screen.ended() == 2
        said = " ".join(screen.written.decode().split())
    assert f"palisade-wizard {' '.join((*words, '--plain'))}" in said
    assert (f"(TERM={name})" if name else "(TERM is not set)") in said
    assert "\x1b" not in said
    assert "Traceback" not in said


def test_a_terminal_with_any_other_name_is_drawn_on(tmp_path: Path) -> None:
    with pseudo("--state-dir", tmp_path, environ={"TERM": "of-tomorrow"}) as screen:
        screen.until("Set-ups on this computer")
        screen.signal(signal.SIGTERM)
        assert screen.ended() == 143
