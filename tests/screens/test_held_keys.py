"""Presses that wait while pages are drawn: no dialog lies upon another of its kind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.screen import ModalScreen

from screens.dialogs import AskLine, Help, Leave, LogView
from screens.modal import Palette
from screens.switching import Switch
from screens.widgets.action import Action
from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_every_page import PAGES
from tests.tally import count

TIMES = 60


async def held(show: Show, key: str, apart: float | None = None) -> None:
    """The presses wait all together, or come with seconds between them."""
    for _ in range(TIMES if apart is None else 20):
        show.app.post_message(events.Key(key, None))
        count("key presses")
        if apart is not None:
            await asyncio.sleep(apart)
    await show.settle()
    assert show.app._exception is None
    over = [type(each) for each in show.app.screen_stack if isinstance(each, ModalScreen)]
    assert len(over) == len(set(over))


def opened(stage: Stage, name: str) -> None:
    stage.setup()
    if name not in {"welcome", "new"}:
        stage.more["open_first"] = stage.state.path_of("acme-sandbox")


@pytest.mark.parametrize("name", ["verify", "audit", "duties"])
async def test_enter_on_a_line_opens_its_text_once(stage: Stage, name: str) -> None:
    opened(stage, name)
    async with curtain(stage, at=name) as show:
        await held(show, "enter")
        assert len(show.app.screen_stack) == 3
        await show.press("escape")
        assert show.page.name_ == name


@pytest.mark.parametrize(
    ("key", "kind"),
    [("ctrl+q", Leave), ("ctrl+p", Palette), ("ctrl+l", LogView), ("ctrl+o", Switch), ("f1", Help)],
)
async def test_what_every_page_opens_is_opened_once(
    stage: Stage, key: str, kind: type[ModalScreen[Any]]
) -> None:
    opened(stage, "storage")
    async with curtain(stage, at="storage") as show:
        await show.press(key)
        assert isinstance(show.app.screen, kind)
        await show.press("escape")
        assert show.page.name_ == "storage"
        action = {
            "ctrl+q": "quit",
            "ctrl+p": "command_palette",
            "ctrl+l": "log",
            "ctrl+o": "switch",
            "f1": "explain",
        }
        for _ in range(TIMES):
            await show.app.run_action(action[key])
        assert [type(each) for each in show.app.screen_stack[2:]] == [kind]
        await show.press("escape")
        await held(show, key)


@pytest.mark.parametrize("apart", [None, 0.0, 0.03])
async def test_no_duty_is_done_by_the_key_that_asked_about_it(stage: Stage, apart: float | None) -> None:
    """Whoever agrees has typed a note, or gone to the button of the dialog."""
    opened(stage, "duties")
    async with curtain(stage, at="duties") as show:
        show.page.query_one("#mark", Action).focus()
        await show.pilot.pause()
        await held(show, "enter", apart)
        assert isinstance(show.app.screen, AskLine)
        if apart is not None:
            assert show.shows(
                "Nothing was typed yet. Type it, or press Tab to come to “Mark as done”, then Enter."
            )
        await show.press("escape")
        assert not show.shows("Written down:")
        show.page.query_one("#mark", Action).focus()
        await show.press("enter", "tab", "enter")
        assert show.shows("Written down:")


@pytest.mark.slow
@pytest.mark.parametrize("tabs", range(8))
@pytest.mark.parametrize("name", PAGES)
async def test_enter_on_any_part_of_any_page(
    stage: Stage, name: str, tabs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    opened(stage, name)
    async with curtain(stage, at=name) as show:
        await show.press(*["tab"] * tabs)
        await held(show, "enter")
