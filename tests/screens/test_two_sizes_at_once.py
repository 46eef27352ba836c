"""Two sizes that wait for a screen at once, as when a window is dragged while the program is busy: it comes to rest at the last."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.geometry import Size

from tests.sampling import every
from tests.screens.monkey import nothing
from tests.screens.stage import Stage, curtain
from tests.screens.test_walks_of_sizes import OVER

pytestmark = pytest.mark.each_frame

OLD, NEW = Size(40, 12), Size(100, 30)


@pytest.mark.parametrize("over", every(3, OVER))
async def test_a_screen_comes_to_rest_at_the_size_that_the_terminal_has(stage: Stage, over: str) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="storage") as show:
        await OVER.get(over, nothing)(show)
        await show.settle()
        for screen in show.app.screen_stack:
            layouts: list[object] = []
            screen.screen_layout_refresh_signal.subscribe(screen, layouts.append)
            await show.pilot.resize_terminal(*NEW)
            await show.settle()
            layouts.clear()
            for size in (OLD, NEW, OLD, NEW):
                screen.post_message(events.Resize(size, size))
                screen.call_later(
                    lambda: None
                )  # without anything between them, the last of them replaces the others
            for _ in range(10_000):
                await asyncio.sleep(0)
            assert len(layouts) < 10, type(screen)
            assert screen.size == NEW, type(screen)
