"""Every page in a real terminal, walked by keyboard, small and large, with colour and without: each sentence can be read whole."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.screens.stage import squeezed
from tests.screens.test_every_page import PAGES
from tests.tally import count
from tests.terminal.gallery import SEEN
from tests.terminal.tmux import Terminal, terminal

ROOT = Path(__file__).resolve().parents[2]
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")
PATIENCE = 60.0

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(900)]


@dataclass
class Walk:
    """A terminal with the pages in it, and what was read of the page that is shown."""

    terminal: Terminal
    folder: Path
    times: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    shapes: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)
    rows: dict[str, dict[int, str]] = field(default_factory=dict)

    def look(self) -> str:
        """Waits until the terminal shows what the page says it shows, and reads it; the screen with its styles."""
        end = time.monotonic() + PATIENCE
        while not self._agree():
            assert time.monotonic() < end, "\n".join(
                ["the page:", *self.told["lines"], self.terminal.screen()]
            )
        for part in self.told["parts"]:
            name, shape = part["name"], (part["words"], part["from"])
            if self.shapes.get(name) != shape:
                self.rows[name] = {}  # its lines are broken elsewhere now
            self.shapes[name], known = shape, self.rows[name]
            for row in range(*part["rows"]):
                known[row - part["first"]] = self.told["lines"][row][slice(*part["from"])]
        return self.terminal.run("capture-pane", "-pe")

    def _agree(self) -> bool:
        """Asks the page what it shows; whether the terminal comes to show the same, before the page says more."""
        self.terminal.run("send-keys", "F9")
        self.told = self._told()
        lines = [line.rstrip() for line in self.told["lines"]]
        end = time.monotonic() + 1
        while [line.rstrip() for line in self.terminal.screen().splitlines()] != lines:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def _told(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                told: dict[str, Any] = json.loads((self.folder / SEEN).read_text())
            except FileNotFoundError:
                told = {"times": 0}
            if told["times"] > self.times:
                self.times = told["times"]
                return told
            assert time.monotonic() < end, self.terminal.screen()
            time.sleep(0.01)

    def press(self, *keys: str) -> str:
        self.terminal.run("send-keys", *keys)
        count("key presses", len(keys))
        return self.look()

    def other_than(self, styled: str) -> str:
        """The screen with its styles, as soon as it is not this one, or after a while."""
        end = time.monotonic() + 3
        while (now := self.terminal.run("capture-pane", "-pe")) == styled and time.monotonic() < end:
            time.sleep(0.01)
        return now

    def turn(self) -> None:
        """Goes up, unless all was read already, and then down to the end."""
        if self.told["listed"]:
            self.press("Home")
        for key in ("PageUp", "PageDown") if self.missing() else ("PageDown",):
            before = None
            while before != self.told["lines"]:
                before = self.told["lines"]
                self.press(key)

    def missing(self) -> list[str]:
        """The sentences of the page that nobody could read whole, however they looked for them."""
        unread = []
        for name, (words, _) in self.shapes.items():
            read = squeezed("".join(row for _, row in sorted(self.rows[name].items())))
            unread += [
                f"{name}: {said!r} is read as {read!r}" for said in words if squeezed(said) not in read
            ]
        return unread


LATER = pytest.mark.slow


@pytest.mark.parametrize(
    ("size", "colour"),
    [
        pytest.param(
            size, colour, id=f"{size[0]}x{size[1]} {'in' if colour else 'without'} colour", marks=marks
        )
        for size, colour, marks in (
            ((80, 24), True, ()),
            ((60, 20), False, ()),
            ((120, 40), True, LATER),
            ((80, 24), False, LATER),
            ((60, 20), True, LATER),
            ((120, 40), False, LATER),
        )
    ],
)
def test_every_sentence_of_every_page_can_be_read(
    tmp_path: Path, size: tuple[int, int], colour: bool
) -> None:
    command = [sys.executable, "-m", "tests.terminal.gallery", str(tmp_path)]
    environ = {} if colour else {"NO_COLOR": "1"}
    wrong: dict[str, list[str]] = {}
    with terminal(command, ROOT, size, environ) as shown:
        shown.wait("Set-ups on this computer")
        walk = Walk(shown, tmp_path)
        for number, name in enumerate(PAGES):
            if number:
                shown.run("send-keys", "F12")
            wrong[name] = _walked(walk, name, colour)
        shown.run("send-keys", "C-q")
        shown.wait("Leave")
    assert not any(wrong.values()), "\n".join(
        f"{name}: {each}" for name, what in wrong.items() for each in what
    )


def _walked(walk: Walk, name: str, colour: bool) -> list[str]:
    walk.shapes.clear()
    walk.rows.clear()
    styled = walk.look()
    assert walk.told["page"] == name
    wrong = [] if bool(COLOUR.search(styled)) == colour else ["the colours are wrong"]
    if any("\\n" in line for line in walk.told["lines"]):
        wrong.append("a line break is spelled out")
    walk.turn()
    for _ in range(walk.told["places"]):
        before, was = walk.told["focus"], styled
        walk.press("Tab")
        styled = walk.other_than(was)
        if walk.told["focus"] != before and styled == was:
            wrong.append(f"nobody sees the focus move from {before} to {walk.told['focus']}")
        if walk.missing():
            walk.turn()
    return wrong + walk.missing()
