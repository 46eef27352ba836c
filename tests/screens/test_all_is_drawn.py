"""What was scrolled is drawn, whatever is asked for its place before."""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.screen import Screen
from textual.widgets import OptionList, Static

from screens.app import PalisadeWizard
from screens.frame import Body
from tests.screens.stage import Stage

pytestmark = pytest.mark.each_frame

COLUMN = 5


class _Drawing(PalisadeWizard):
    """Remembers which rows were drawn at a column of the text."""

    CSS_PATH = PalisadeWizard.CSS_PATH
    drawn: frozenset[int] = frozenset()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        match renderable:
            case LayoutUpdate():
                self.drawn |= set(range(screen.size.height))
            case ChopsUpdate():
                self.drawn |= {y for y, *columns in renderable.spans if COLUMN in range(*columns)}
        super()._display(screen, renderable)


async def test_a_place_that_is_asked_for_between_a_scroll_and_its_drawing_leaves_nothing_undrawn(
    stage: Stage,
) -> None:
    app = _Drawing(stage.host())
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        body, setups = app.screen.query_one(Body), app.screen.query_one("#setups", OptionList)
        for up in (1, 2):  # the second time nothing but the scroll changes
            body.scroll_to(y=body.max_scroll_y - up, animate=False, immediate=True)
            await pilot.pause()
        assert setups not in app.screen._compositor.visible_widgets
        setups.refresh()
        await pilot.pause()
        app.drawn = frozenset()
        body.scroll_home(animate=False, immediate=True)
        assert setups.region.bottom > body.region.y
        app.screen.query_one("#more", Static).update("▼ more below")
        await pilot.pause()
        assert set(range(body.region.y, body.region.bottom)) - app.drawn == set()
