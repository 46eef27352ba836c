"""Random keys, clicks, pastes and sizes on every page: whatever comes, the wizard neither crashes nor meets a fault of its own.

The seed is the page's name, so what is found can be looked for again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest
from textual.widgets import Button, Input

from screens.frame import Page
from services.model.calls import Call
from tests.planted import PASSWORD
from tests.sampling import every
from tests.screens.monkey import Monkey, Open, nothing
from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_every_page import PAGES
from tests.tally import count

pytestmark = pytest.mark.each_frame


@dataclass(frozen=True)
class Start:
    """Where the monkey begins: on a page, with something opened on top of it or under way."""

    page: str
    open: Open = nothing
    slow: bool = False
    """Whether AWS lets itself be waited for."""


def pressing(*keys: str) -> Open:
    async def press(show: Show) -> None:
        await show.pilot.press(*keys)

    return press


def pushing(identifier: str) -> Open:
    """Presses a button of the page, if it is there."""

    async def push(show: Show) -> None:
        for button in show.app.screen.query(f"#{identifier}").results(Button):
            button.press()
        await show.pilot.pause()

    return push


async def make_a_key(show: Show) -> None:
    """Types a password twice where one is wanted, and goes on: the key is made in a process of its own."""
    if isinstance(show.app.screen, Page) and show.app.screen.name_ == "password":
        for box in show.app.screen.query(Input):
            box.value = PASSWORD
        await show.pilot.press("ctrl+n")


STARTS: Mapping[str, Start] = MappingProxyType(
    {
        **{name: Start(name) for name in PAGES},
        "the palette": Start("storage", pressing("ctrl+p")),
        "the help": Start("access", pressing("f1")),
        "leaving": Start("storage", pressing("ctrl+q")),
        "the log": Start("account", pressing("ctrl+l")),
        "where to write the values": Start("palisade", pushing("write-file")),
        "where to write the record": Start("record", pushing("write-file")),
        "when to be reminded": Start("duties", pushing("remind")),
        "while it is applied": Start("review", pushing("create"), slow=True),
        "while it is looked at": Start("verify", pushing("look-now"), slow=True),
        "while a key is made": Start("password", make_a_key),
    }
)


@pytest.mark.parametrize("name", [*PAGES, *every(9, [name for name in STARTS if name not in PAGES])])
async def test_random_input_crashes_no_page(
    stage: Stage, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _play(stage, name, 200 if name in PAGES else 60, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", STARTS)
async def test_very_much_random_input_crashes_no_page(
    stage: Stage, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _play(stage, name, 10_000, tmp_path, monkeypatch)


async def _play(stage: Stage, name: str, presses: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The presses, in as many openings as it takes: now and then one of them leaves."""
    monkeypatch.chdir(folder)  # a relative path may be typed
    start = STARTS[name]
    stage.setup()
    if start.slow:
        stage.account.before = _slowly
    if start.page not in {"welcome", "new"}:
        stage.more["open_first"] = stage.state.path_of("acme-sandbox")
    rng = random.Random(f"{name} {presses}")
    done = 0
    while done < presses:
        async with curtain(stage, at=start.page) as show:
            await start.open(show)
            done += await Monkey(show, rng, start.open).play(presses - done)
            assert show.app._exception is None
            assert show.app.return_code in {None, 0}, (name, done)
            faults = [line for line in show.app.session.log if "our-bug" in line]
            assert faults == [], (name, done)
            if show.app.is_running:
                show.app.exit()  # as a signal would, whatever is being drawn
    count("key presses", done)


def _slowly(_call: Call) -> None:
    time.sleep(0.01)
