"""A walk by keyboard through what a terminal shows, which reads it as a person would and tells what nobody can read."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from tests.screens.stage import squeezed
from tests.tally import count
from tests.terminal.gallery import FAULT, SEEN
from tests.terminal.tmux import Terminal

STYLE = re.compile(r"\x1b\[[\d;:]*m")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")
PATIENCE = 60.0
_BLINK = 0.005


@dataclass
class Walk:
    """A terminal with the gallery in it, and what was read of what is shown."""

    terminal: Terminal
    folder: Path
    times: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    styled: str = ""
    shapes: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)
    rows: dict[str, dict[int, str]] = field(default_factory=dict)

    def look(self, *keys: str) -> None:
        """Presses keys, waits until the terminal shows what the program says it shows, and reads it."""
        end = time.monotonic() + PATIENCE
        while not self._agree(*keys):
            keys = ()
            assert time.monotonic() < end, "\n".join(
                ["the program:", *self.told["lines"], self.terminal.screen()]
            )
        for part in self.told["parts"]:
            name, known = part["name"], self.rows.setdefault(part["name"], {})
            if "from" in part and self.shapes.get(name) != (part["words"], part["from"]):
                known.clear()  # its lines are broken elsewhere now
                self.shapes[name] = (part["words"], part["from"])
            for row in range(*part["rows"]):
                known[row - part["first"]] = "".join(_cells(self.told["lines"][row])[slice(*part["from"])])

    def _agree(self, *keys: str) -> bool:
        """Whether the terminal shows what the program says; it has a few glances before the program is asked again."""
        self.terminal.run("send-keys", *keys, "F9")
        self.told = self._told()
        lines = [line.rstrip() for line in self.told["lines"]]
        for _ in range(4):
            self.styled = self.terminal.run("capture-pane", "-pe")
            if [line.rstrip() for line in STYLE.sub("", self.styled).splitlines()] == lines:
                return True
            time.sleep(_BLINK)
        return False

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
            assert not (self.folder / FAULT).exists(), (self.folder / FAULT).read_text()
            assert time.monotonic() < end, self.terminal.screen()
            time.sleep(_BLINK)

    def press(self, *keys: str) -> None:
        count("key presses", len(keys))
        self.look(*keys)

    def tab(self) -> str:
        """Presses Tab; what is wrong if the focus moves and nobody sees it."""
        was, before = self.told["focus"], self.styled
        self.press("Tab")
        end = time.monotonic() + 3
        while self.told["focus"] != was and self.styled == before:
            if time.monotonic() > end:
                return f"nobody sees the focus move from {was} to {self.told['focus']}"
            self.styled = self.terminal.run("capture-pane", "-pe")
        return ""

    def turn(self) -> None:
        """Goes up, and then down to the end, until all was read."""
        for key in ("PageUp", "PageDown"):
            before = None
            while self.missing() and before != self.told["lines"]:
                before = self.told["lines"]
                self.press(key)

    def reach(self, name: str) -> None:
        """Begins to read the screen of this name, as soon as it is there."""
        end = time.monotonic() + PATIENCE
        self.told = {}
        while self.told.get("screen") != name:
            assert time.monotonic() < end, f"{name} did not come, but {self.told.get('screen')}"
            self.shapes.clear()
            self.rows.clear()
            self.look()

    def through(self, name: str, says: str = "", *, colour: bool) -> list[str]:
        """Walks through the screen of this name that says this, to each place that takes the focus; what is wrong with it."""
        self.reach(name)
        assert squeezed(says) in squeezed(
            "".join(word for part in self.told["parts"] for word in part["words"])
        )
        wrong = [] if bool(COLOUR.search(self.styled)) == colour else ["the colours are wrong"]
        if any("\\n" in line for line in self.told["lines"]):
            wrong.append("a line break is spelled out")
        self.turn()
        for _ in range(self.told["places"]):
            wrong.append(self.tab())
            self.turn()
        return [each for each in wrong if each] + self.missing()

    def missing(self) -> list[str]:
        """The sentences that nobody could read whole, however they looked for them."""
        unread = []
        for part in self.told["parts"]:
            read = squeezed("".join(row for _, row in sorted(self.rows[part["name"]].items())))
            unread += [
                f"{part['name']}: {said!r} is read as {read!r}"
                for said in part["words"]
                if squeezed(said) not in read
            ]
        return unread


def _cells(line: str) -> list[str]:
    """A line cell by cell: a wide character takes two."""
    return [cell for character in line for cell in (character, "")[: cell_len(character)]]
