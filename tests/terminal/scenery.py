"""The program on its stage, and what it takes to bring about a sight: pressing, typing, waiting, an AWS that is held."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Input

from screens.frame import Page
from screens.switching import Switch
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services import setup_file
from services.model.calls import Call
from services.model.operations import reads
from services.setup_file import SetupFile
from tests.screens.stage import Stage
from tests.screens.test_every_page import WITHOUT_A_SET_UP
from tests.shelves import Shelves
from tests.world import ALARMS, HARD, OTHER_SETUP, TRAIL

if TYPE_CHECKING:
    from screens.app import PalisadeWizard

STEP = 0.01


@dataclass
class Held:
    """AWS, which does not answer a call until it is let go."""

    name: str
    """The call, or nothing for whichever writes next."""
    nth: int
    there: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    def __call__(self, call: Call) -> None:
        if not self.free.is_set() and (call.name == self.name if self.name else not reads(call)):
            self.nth -= 1
            if self.nth == 0:
                self.there.set()
                self.free.wait()


@dataclass
class Scenery:
    """The program, its stage, and what is held up at the moment."""

    app: PalisadeWizard
    stage: Stage
    shelves: Shelves
    held: Held | None = None

    def quiet(self) -> bool:
        """Whether nothing changes any more by itself."""
        screen = self.app.screen
        if isinstance(screen, Page) and not screen.composed:
            return False
        if self.held is not None and self.held.there.is_set():
            return True
        gathering = any(worker.is_running and worker.node is screen for worker in self.app.workers)
        return not gathering and not self.app.runner.any_running()

    async def rest(self) -> None:
        while not self.quiet():
            await asyncio.sleep(STEP)
        await self.heard()

    async def heard(self, *nodes: DOMNode) -> None:
        """Until these and the program have dealt with what was asked of them so far, one after the other."""
        for each in (*nodes, self.app):
            done = asyncio.Event()
            if each.call_later(done.set):
                await done.wait()

    async def drawn(self) -> None:
        """Until all that moves has moved, and is drawn."""
        for _ in range(2):  # what is scrolled to is put off until the first time
            screen, done = self.app.screen, asyncio.Event()
            focused = screen.focused.ancestors_with_self if screen.focused else ()
            await self.heard(*focused, *(part for part in screen.query(Widget) if part.is_scrollable), screen)
            self.app.call_after_refresh(done.set)
            await done.wait()
            await self.app.animator.wait_until_complete()

    async def go(self, name: str) -> None:
        """Shows a page; a set-up is opened before the first one that needs one."""
        if name not in WITHOUT_A_SET_UP and self.app.session.setup is None:
            self.app.session.open(self.stage.setup())
        self.app.go(name)
        await self.on(name)

    async def on(self, name: str) -> None:
        """Waits for a page."""
        while getattr(self.app.screen, "name_", "") != name:
            await asyncio.sleep(STEP)
        await self.rest()

    def another(self) -> SetupFile:
        """A set-up with everything that costs, cannot be taken back, or tells others."""
        there = self.stage.state.path_of("acme-production")
        if there.exists():
            return setup_file.read(there)
        names: dict[str, object] = {
            "setup__id": OTHER_SETUP,
            "setup__name": "acme-production",
            "setup__environment": "production",
            "storage__bucket": "acme-palisade-backup-production",
            "role__name": "PalisadeS3BackupRole-production",
        }
        return self.stage.setup(**names, **HARD, **TRAIL, **ALARMS)

    async def switch_to(self, name: str) -> None:
        """Chooses another set-up in the switcher."""
        self.app.action_switch()
        await self.heard()
        switcher = self.app.screen
        assert isinstance(switcher, Switch)
        switcher.dismiss(setup_file.read(self.stage.state.path_of(name)))
        await self.heard(switcher)

    async def press(self, name: str) -> None:
        """Presses a button of the screen, which must be there and work."""
        button = self.app.screen.query_one(f"#{name}", Action)
        while button.disabled or not button.display:
            await asyncio.sleep(STEP)
        button.press()
        await self.heard(*button.ancestors_with_self)
        while self.held is not None and not self.held.there.is_set():
            await asyncio.sleep(STEP)
        await self.rest()

    async def type(self, **words: str) -> None:
        """Puts words into the inputs of the screen."""
        for name, word in words.items():
            box = self.app.screen.query_one(f"#{name.replace('_', '-')}", Input)
            box.value = word
            await self.heard(*box.ancestors_with_self)

    async def open(self, name: str) -> None:
        """Opens what is behind the first line of a list that has something behind it."""
        lines = self.app.screen.query_one(f"#{name}", Lines)
        lines.highlighted = next(number for number, (_, more) in enumerate(lines.lines) if more)
        lines.action_select()
        await self.heard(*lines.ancestors_with_self)

    def hold(self, name: str = "", nth: int = 1) -> None:
        """AWS does not answer this call any more."""
        self.held = self.stage.account.before = Held(name, nth)

    async def let_go(self) -> None:
        if self.held is not None:
            held, self.held = self.held, None
            held.free.set()
        await self.rest()
