"""Everything that a person can see, one after the other in a real terminal: `python -m tests.terminal.gallery FOLDER SIGHT...`.

Two keys more than the program has: F12 shows the next of the sights that were named, and F9 writes to `FOLDER/seen.json`
what the screen says and where it says it, once nothing moves any more, so that a test can hold the terminal against it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.command import SearchIcon
from textual.dom import DOMNode
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from screens.app import PalisadeWizard
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.keys import Keys
from screens.widgets.listing import Lines
from services.aws.port import Port, Settings
from tests import planted
from tests.screens.stage import Account, Stage, said
from tests.shelves import Shelves
from tests.simulating import Simulating
from tests.terminal.scenery import STEP, Scenery
from tests.terminal.sights import SIGHTS
from tests.world import ACCOUNT

SEEN = "seen.json"
FAULT = "fault.txt"


class Gallery(PalisadeWizard):
    """Shows one sight after the other; the first page is there already."""

    CSS_PATH = PalisadeWizard.CSS_PATH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f12", "following", show=False, priority=True),
        Binding("f9", "tell", show=False, priority=True),
    ]

    def __init__(self, stage: Stage, shelves: Shelves, names: Sequence[str]) -> None:
        super().__init__(stage.host())
        self._scenery = Scenery(self, stage, shelves)
        self._names = names
        self._at = self._told_times = 0
        self._moving = False

    def action_following(self) -> None:
        self._at += 1
        self._moving = True
        self.run_worker(self._show(self._names[self._at]), name="sight")

    async def _show(self, name: str) -> None:
        try:
            await SIGHTS[name].act(self._scenery)
        except Exception:
            (self._scenery.stage.folder / FAULT).write_text(traceback.format_exc())
            raise
        self._moving = False

    def action_tell(self) -> None:
        self.run_worker(self._tell(), name="telling")

    async def _tell(self) -> None:
        """Tells what is seen, as soon as two looks, with everything drawn in between, see the same."""
        seen: dict[str, Any] = {}
        before: dict[str, Any] | None = None
        while seen != before:
            before = seen
            while self._moving or not self._scenery.quiet():
                await asyncio.sleep(STEP)
            await self._scenery.drawn()
            seen = _seen(self.screen)
        lines = [strip.text for strip in self.screen._compositor.render_strips()]
        self._told_times += 1
        told = self._scenery.stage.folder / SEEN
        fresh = told.with_suffix(".new")
        fresh.write_text(json.dumps({"times": self._told_times, "lines": lines, **seen}))
        fresh.replace(told)


def _seen(screen: Screen[Any]) -> dict[str, Any]:
    focused, placed = screen.focused, screen._compositor.visible_widgets
    parts = [_part(number, part, placed) for number, part in enumerate(_speaking(screen))]
    return {
        "screen": screen.name_ if isinstance(screen, Page) else type(screen).__name__,
        "parts": [part for part in parts if any(part["words"])],
        "focus": (focused.id or type(focused).__name__) if focused else "",
        "places": len(screen.focus_chain),
    }


def _speaking(node: DOMNode) -> Iterator[Widget]:
    """What stands in a screen and may say something, wherever it is scrolled to."""
    for part in node.children:
        if part.display:
            if isinstance(part, Static | Action | OptionList | Input | Keys) and part.id != "more":
                yield part
            yield from _speaking(part)


def _part(number: int, part: Widget, placed: Mapping[Widget, tuple[Region, Region]]) -> dict[str, Any]:
    """What a part says, and if it is on the screen: from where to where, which rows, and where its first row would be.

    Places are those of the last drawing. Textual, asked for a widget's place before it has drawn what was scrolled to, takes
    the new places for drawn.
    """
    told = {"name": f"{number} {part.id or type(part).__name__}", "words": _words(part), "rows": [0, 0]}
    if part not in placed:
        return told
    region, clip = placed[part]
    region = region.shrink(part.styles.gutter)
    if isinstance(part, OptionList):
        region = region.shrink(part.scrollbar_gutter)
    seen, scrolled = region.intersection(clip), part.scroll_offset.y if isinstance(part, OptionList) else 0
    place = {"from": [region.x, region.right], "first": region.y - scrolled, "rows": [seen.y, seen.bottom]}
    return {**told, **place}


def _words(part: Widget) -> list[str]:
    match part:
        case Lines():
            return [f"{sign} {text}" for (sign, text, _), _ in part.lines]
        case OptionList():
            return [str(option.prompt) for option in part.options]
        case Action():
            return [str(part.label)]
        case Input():  # what is typed moves with the cursor
            return ["" if part.value else str(part.placeholder)]
        case Keys():
            return [str(part.render())]
        case Static() if not isinstance(part, SearchIcon):  # a picture
            return [said(part)]
        case _:
            return []


def main(folder: Path, names: Sequence[str]) -> None:
    from moto import mock_aws

    gc.set_threshold(100_000, 50, 1_000)  # as in the tests themselves: a tenth of what the walk takes
    with mock_aws():
        port = Port(Settings(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key=planted.AWS_SECRET_KEY))
        shelves = Shelves(Simulating(port, ACCOUNT))
        stage = Stage(folder, Account(shelves), more={"search_path": str(folder / "bin")})
        app = Gallery(stage, shelves, names)
        app.animation_level = "none"
        with app.endings.caught():
            app.run()
    sys.exit(app.return_code or app.endings.status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
