"""A terminal that is drawn smaller and larger at random: the focus stays, nothing that was typed is lost, the page comes back."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from textual.widgets import Input

from tests.sampling import every
from tests.screens.monkey import Open, nothing
from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_every_page import PAGES
from tests.tally import count

pytestmark = pytest.mark.each_frame

SMALL = ((20, 5), (1, 1), (19, 4), (40, 3), (5, 60))
LARGE = ((500, 200), (132, 43), (300, 24))


def keys(*pressed: str) -> Open:
    async def press(show: Show) -> None:
        await show.pilot.press(*pressed)

    return press


OVER: Mapping[str, Open] = MappingProxyType(
    {
        "nothing": nothing,
        "the help": keys("f1"),
        "the palette": keys("ctrl+p"),
        "the log": keys("ctrl+l"),
        "leaving": keys("ctrl+q"),
    }
)


@pytest.mark.parametrize(
    ("page", "over"),
    every(12, [(page, list(OVER)[n % len(OVER)]) for n, page in enumerate(PAGES)]),
)
async def test_a_walk_of_sizes_leaves_the_page_as_it_was(stage: Stage, page: str, over: str) -> None:
    await _walk(stage, page, over, 3)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize("page", PAGES)
async def test_a_long_walk_of_sizes_leaves_the_page_as_it_was(stage: Stage, page: str, over: str) -> None:
    await _walk(stage, page, over, 40)


async def _walk(stage: Stage, page: str, over: str, steps: int) -> None:
    rng = random.Random(f"{page} {over} {steps}")
    large = LARGE if steps > 3 else LARGE[1:]  # the largest takes long to draw
    stage.setup()
    if page not in {"welcome", "new"}:
        stage.more = {"open_first": stage.state.path_of("acme-sandbox")}
    async with curtain(stage, at=page) as show:
        await OVER[over](show)
        await show.settle()
        before = _state(show)
        for number in range(steps):
            count("resizes")
            odd = rng.choice((*SMALL, *large)) if number % 2 else SMALL[number // 2 % len(SMALL)]
            size = odd if rng.random() < 0.8 else (rng.randrange(1, 200), rng.randrange(1, 80))
            await show.pilot.resize_terminal(*size)
            await show.pilot.pause()
            assert show.app._exception is None, size
            assert show.app.focused is _focus(before), size
        await show.pilot.resize_terminal(80, 24)
        await show.settle()
        for _ in range(
            100
        ):  # Textual gathers sizes for a moment, by a timer that the pilot does not wait for
            if show.app.screen.size == show.app.size:
                break
            await show.pilot.pause(0.02)
        assert _state(show)[:3] == before[:3]
        assert _state(show)[3] == before[3]
        assert [line for line in show.app.session.log if "our-bug" in line] == []


def _state(show: Show) -> tuple[object, ...]:
    """The screen, what has the focus, what stands in its fields, and which lines frame it."""
    screen, app = show.app.screen, show.app
    typed = [box.value for page in app.screen_stack for box in page.query(Input)]
    return (screen, app.focused, typed, [show.lines()[0], show.lines()[-1]])


def _focus(state: tuple[object, ...]) -> object:
    return state[1]
