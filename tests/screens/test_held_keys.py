"""Presses that wait while pages are drawn: no dialog lies upon another of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.screen import ModalScreen

from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_every_page import PAGES
from tests.tally import count

TIMES = 60


async def held(show: Show, key: str) -> None:
    for _ in range(TIMES):
        show.app.post_message(events.Key(key, None))
    await show.settle()
    count("key presses", TIMES)
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


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+p", "ctrl+l", "ctrl+o", "f1"])
async def test_what_every_page_opens_is_opened_once(stage: Stage, key: str) -> None:
    opened(stage, "storage")
    async with curtain(stage, at="storage") as show:
        await held(show, key)


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
