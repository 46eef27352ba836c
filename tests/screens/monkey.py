"""Somebody who presses, clicks, drags, scrolls, pastes and resizes at random: what a person could do, in any order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import WaitForScreenTimeout

from screens.dialogs import Leave
from screens.frame import Page
from tests.screens.stage import Show
from tests.tally import count

KEYS = (
    *("tab", "shift+tab", "enter", "space", "up", "down", "left", "right"),
    *("home", "end", "pageup", "pagedown", "backspace", "delete", "escape"),
    *(
        "ctrl+n",
        "ctrl+l",
        "ctrl+p",
        "ctrl+q",
        "ctrl+c",
        "ctrl+a",
        "ctrl+e",
        "ctrl+k",
        "ctrl+u",
        "ctrl+w",
        "f1",
    ),
    *("ctrl+z", "ctrl+x", "ctrl+v", "f2", "alt+x", "ctrl+home"),
    *"aQ9-_.,:@=[]{}()'\"\\$%&;<>|*?! \u00e9\u4e2d\u202e\u0301",
)
PASTES = (
    "",
    "x" * 5_000,
    "one\ntwo\r\nthree\r",
    "\x1b[2J\x1b]0;title\x07",
    "[bold]not bold[/] [/x] [link=https://example.net]y[/link]",
    "\u202ereversed\u2066 \u200b\ufeff",
    "\x00\x01\x7f\x9b31m",
    "arn:aws:iam::444455556666:role/palisade-mpc",
    "\U0001f511" * 40,
    "%s {0} ${HOME} `id`",
)
SIZES = ((80, 24), (60, 20), (20, 5), (120, 40), (40, 12), (200, 60), (1, 1))

Open = Callable[[Show], Awaitable[None]]


async def nothing(_show: Show) -> None:
    """Nothing is opened on top of the page."""


@dataclass
class Monkey:
    """`reopen` opens anew what lies on top of the page, where the page is bare again."""

    show: Show
    rng: random.Random
    reopen: Open = nothing

    async def play(self, presses: int) -> int:
        """Presses in bursts, faster than the pages are drawn, until it is enough or the wizard has ended."""
        done = 0
        while done < presses and self._goes_on():
            if isinstance(self.show.app.screen, Page) and self.rng.random() < 0.5:
                await self.reopen(self.show)
            await self._other_input()
            for _ in range(self.rng.randrange(1, 30)):
                self._press()
                done += 1
            await self._draws()
            if self.rng.random() < 0.03:
                await self._settles()
        return done

    async def _settles(self) -> None:
        """A wizard that was left meanwhile gives the pilot no answer any more."""
        try:
            await self.show.settle()
        except WaitForScreenTimeout:
            if self._goes_on():
                raise

    def _goes_on(self) -> bool:
        return self.show.app.is_running and not self.show.app._exit

    def _press(self) -> None:
        key = self.rng.choice(KEYS)
        if isinstance(self.show.app.screen, Leave) and self.rng.random() < 0.8:
            key = "escape"
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        self._send(events.Key(name, key if len(key) == 1 else None))

    async def _other_input(self) -> None:
        what = self.rng.random()
        if what < 0.08:
            count("pastes")
            self.show.app.post_message(events.Paste(self.rng.choice(PASTES)))
        elif what < 0.12:
            count("resizes")
            self._resize(Size(*self.rng.choice(SIZES)))
        elif what < 0.3:
            self._mouse()

    async def _draws(self) -> None:
        """Lets the wizard work for some turns of its loop; it may well be behind with the keys, as on a slow machine."""
        for _ in range(self.rng.randrange(5, 60)):
            await asyncio.sleep(0)

    def _resize(self, size: Size) -> None:
        self.show.app._driver._size = size  # type: ignore[union-attr]
        self.show.app.post_message(events.Resize(size, size))

    def _mouse(self) -> None:
        """A click, a drag or a turn of the wheel, somewhere on the screen, as a terminal reports it."""
        match self.rng.choice(("click", "click", "drag", "up", "down")):
            case "click":
                self._at(events.MouseDown, events.MouseUp)
            case "drag":
                self._at(events.MouseDown)
                for _ in range(self.rng.randrange(1, 6)):
                    self._at(events.MouseMove)
                if self.rng.random() < 0.9:
                    self._at(events.MouseUp)
            case "up":
                self._at(events.MouseScrollUp)
            case _:
                self._at(events.MouseScrollDown)

    def _at(self, *kinds: type[events.MouseEvent]) -> None:
        width, height = self.show.app.size
        x, y = self.rng.randrange(width), self.rng.randrange(height)
        for kind in kinds:
            count("mouse actions")
            self._send(kind(None, x, y, 0, 0, self.rng.choice((1, 1, 1, 2, 3)), False, False, False, x, y))

    def _send(self, event: events.Event) -> None:
        driver = self.show.app._driver
        assert driver is not None
        driver.process_message(event)
