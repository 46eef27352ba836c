"""Text stands out from what lies behind it by 4.5 to 1 at least, in both themes, on everything that can be seen.

Computed from the characters as they are drawn. Left out is what cannot be used at the moment, as in WCAG 2.2 (1.4.3), and
the page that a dialog covers: it is dimmed on purpose, and comes back when the dialog is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.command import SearchIcon
from textual.geometry import Region
from textual.widget import Widget

from screens import themes
from screens.frame import Page
from screens.widgets.action import Action
from screens.widgets.keys import Keys
from services.model.calls import Aws
from tests.screens.stage import Account, Show, Stage, curtain
from tests.shelves import Shelves
from tests.terminal.scenery import Scenery
from tests.terminal.sights import SIGHTS

ENOUGH = 4.5
DRAWN = " │─┌┐└┘▔▁▂▃▄▅▆▇█▏▎▍▌▋▊▉"
"""Frames, bars and blanks: no text."""
SAMPLE = ("welcome", "new", "storage")
OVER = ("explain", "switch", "command_palette")


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT])
async def test_text_can_be_told_from_its_background(stage: Stage, aws: Aws, theme: str) -> None:
    assert await _faint(stage, Shelves(aws), theme, SAMPLE, everywhere=False) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT])
async def test_all_text_can_be_told_from_its_background(stage: Stage, aws: Aws, theme: str) -> None:
    shelves = Shelves(aws)
    stage.account = Account(shelves)
    stage.more = {"search_path": str(stage.folder / "bin")}
    assert await _faint(stage, shelves, theme, SIGHTS, everywhere=True) == []


async def test_the_palette_changes_to_the_light_theme_and_back(stage: Stage) -> None:
    async with curtain(stage) as show:
        for theme, title in ((themes.LIGHT, "Light background"), (themes.DARK, "Dark background")):
            (command,) = (
                each for each in show.app.get_system_commands(show.app.screen) if each.title == title
            )
            command.callback()
            await show.settle()
            assert show.app.theme == theme
    stage.more = {"no_colour": True}
    async with curtain(stage) as show:
        titles = [each.title for each in show.app.get_system_commands(show.app.screen)]
        assert not [title for title in titles if "background" in title]


async def _faint(
    stage: Stage, shelves: Shelves, theme: str, names: Iterable[str], *, everywhere: bool
) -> list[str]:
    """What cannot be told from its background, where the focus is first or wherever it can be."""
    found: set[str] = set()
    looks = 0
    async with curtain(stage) as show:
        show.app.theme = theme
        scenery = Scenery(show.app, stage, shelves)
        for name in names:
            await SIGHTS[name].act(scenery)
            for _ in range(max(len(show.app.screen.focus_chain), 1) if everywhere else 1):
                await scenery.drawn()
                looks += 1
                found |= {f"{name}: {each}" for each in _faint_here(show)}
                show.app.screen.focus_next()
            if name == "storage":
                for over in OVER:
                    getattr(show.app, f"action_{over}")()
                    await show.settle()
                    found |= {f"{over}: {each}" for each in _faint_here(show)}
                    show.app.pop_screen()
                    await show.settle()
    assert looks >= len(SAMPLE)
    return sorted(found)


def _faint_here(show: Show) -> Iterator[str]:
    screen = show.app.screen
    dialog = [*screen.query(".dialog"), *screen.query(Keys), *screen.query("CommandPalette > *")]
    lit = [screen.region] if isinstance(screen, Page) else [part.region for part in dialog]
    unusable: list[Widget] = [button for button in screen.query(Action) if button.disabled]
    left_out = [part.region for part in (*unusable, *screen.query(SearchIcon))]
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            if segment.text.strip(DRAWN) and _in(lit, x, y) and not _in(left_out, x, y):
                contrast = _contrast(segment)
                if contrast < ENOUGH:
                    yield f"{segment.text.strip()!r} {contrast:.2f}"
            x += segment.cell_length


def _in(regions: list[Region], x: int, y: int) -> bool:
    return any(region.contains(x, y) for region in regions)


def _contrast(segment: Segment) -> float:
    """The contrast of a text and its background, from 1 to 21 (WCAG 2.2)."""
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    low, high = sorted((_luminance(style.color.get_truecolor()), _luminance(style.bgcolor.get_truecolor())))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
