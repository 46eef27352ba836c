"""Random keys, pastes and sizes on every page: whatever comes, the wizard neither crashes nor meets a fault of its own.

The seed is the page's name, so what is found can be looked for again.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key

from screens.dialogs import Leave
from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_every_page import PAGES
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
SIZES = ((80, 24), (60, 20), (20, 5), (120, 40), (40, 12), (200, 60))


@pytest.mark.parametrize("name", PAGES)
async def test_random_keys_crash_no_page(
    stage: Stage, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _play(stage, name, 200, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", PAGES)
async def test_very_many_random_keys_crash_no_page(
    stage: Stage, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _play(stage, name, 10_000, tmp_path, monkeypatch)


async def _play(stage: Stage, name: str, presses: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The presses, in as many openings as it takes: now and then one of them leaves."""
    monkeypatch.chdir(folder)  # a relative path may be typed
    stage.setup()
    if name not in {"welcome", "new"}:
        stage.more["open_first"] = stage.state.path_of("acme-sandbox")
    rng = random.Random(f"{name} {presses}")
    done = 0
    while done < presses:
        async with curtain(stage, at=name) as show:
            done += await _until_it_ends(show, rng, presses - done)
            assert show.app._exception is None
            assert show.app.return_code in {None, 0}, (name, done)
            faults = [line for line in show.app.session.log if "our-bug" in line]
            assert faults == [], (name, done)
    count("key presses", done)


async def _until_it_ends(show: Show, rng: random.Random, presses: int) -> int:
    """Presses in bursts, faster than the pages are drawn, until it is enough or the wizard has ended."""
    done = 0
    while done < presses and show.app.is_running and not show.app._exit:
        await _other_input(show, rng)
        for _ in range(rng.randrange(1, 30)):
            _press(show, rng)
            done += 1
        await show.pilot.pause()
        if rng.random() < 0.03:
            await show.settle()
    return done


def _press(show: Show, rng: random.Random) -> None:
    key = rng.choice(KEYS)
    if isinstance(show.app.screen, Leave) and rng.random() < 0.8:
        key = "escape"
    name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
    driver = show.app._driver
    assert driver is not None
    driver.send_message(events.Key(name, key if len(key) == 1 else None))


async def _other_input(show: Show, rng: random.Random) -> None:
    what = rng.random()
    if what < 0.08:
        count("pastes")
        show.app.post_message(events.Paste(rng.choice(PASTES)))
    elif what < 0.12:
        count("resizes")
        await show.pilot.resize_terminal(*rng.choice(SIZES))
    elif what < 0.2:
        width, height = show.app.size
        await show.pilot.click(offset=(rng.randrange(width), rng.randrange(height)))
