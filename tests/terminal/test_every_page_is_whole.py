"""Everything that can be seen, in a real terminal, walked by keyboard, small and large, with colour and without.

Each sentence can be read whole, and whoever moves the focus sees it move.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.screens.test_every_page import PAGES
from tests.terminal.sights import SIGHTS
from tests.terminal.tmux import terminal
from tests.terminal.walk import Walk

ROOT = Path(__file__).resolve().parents[2]
SMALL, USUAL, LARGE = (60, 20), (80, 24), (120, 40)

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(900)]

OVER: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        "storage": (
            ("F1", "Help", "F1"),
            ("C-l", "LogView", "C-l"),
            ("C-o", "Switch", "C-o"),
            ("C-q", "Leave", "C-c"),
            (
                "C-p",
                "Palette",
                "",
            ),  # it goes when the next page comes: after Escape no other key may follow at once
        ),
        "applying: at work": (("C-o", "Switch", "C-o"), ("C-q", "Leave", "C-c")),
        "teardown: done": (("C-l", "LogView", "C-l"),),
    }
)
"""What is opened over a sight: the key for it, what comes, and the key that puts it away."""
HELP = (("F1", "Help", "F1"),)

WORK = tuple(name for name in SIGHTS if name.startswith("applying: "))
DIALOGS = ("Ask: the vendor's tool", "Ask: a share half typed", "AskPath: a command")


@pytest.mark.parametrize(
    ("size", "colour", "names"),
    [
        pytest.param(USUAL, True, (*PAGES, *WORK), id="80x24 in colour"),
        # Every page is read whole at this size in `test_every_page`, too, though in no terminal.
        pytest.param(SMALL, False, (*PAGES[::5], "storage", *DIALOGS), id="60x20 without colour"),
    ],
)
def test_every_sentence_of_every_page_can_be_read(
    tmp_path: Path, size: tuple[int, int], colour: bool, names: tuple[str, ...]
) -> None:
    over = OVER if size == SMALL else {}
    assert _wrong(tmp_path, size, dict.fromkeys(names), over, colour=colour) == []


@pytest.mark.slow
@pytest.mark.parametrize("colour", [True, False], ids=["in colour", "without colour"])
@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["60x20", "80x24", "120x40"])
def test_every_sentence_of_everything_can_be_read(
    tmp_path: Path, size: tuple[int, int], colour: bool
) -> None:
    over = {**dict.fromkeys(PAGES, HELP), **OVER}
    assert _wrong(tmp_path, size, SIGHTS, over, colour=colour) == []


def test_no_dialog_is_left_out_of_these_walks() -> None:
    seen = {name.split(":")[0] for name in SIGHTS} | {name for over in OVER.values() for _, name, _ in over}
    assert _dialogs() - seen == set()


def _dialogs() -> set[str]:
    """The kinds of screens of the program that are no pages and are opened as they are."""
    import screens.dialogs
    import screens.modal
    import screens.switching
    import screens.wallets

    modules = (screens.dialogs, screens.modal, screens.switching, screens.wallets)
    return {
        kind.__name__
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and hasattr(kind, "put_away")
    } - {"Modal", "Reading"}


def _wrong(
    folder: Path,
    size: tuple[int, int],
    names: Iterable[str],
    over: Mapping[str, tuple[tuple[str, str, str], ...]],
    *,
    colour: bool,
) -> list[str]:
    """What is wrong with these sights, and with what is opened over them."""
    names, wrong = tuple(names), []
    command = [sys.executable, "-m", "tests.terminal.gallery", str(folder), *names]
    with terminal(command, ROOT, size, {} if colour else {"NO_COLOR": "1"}) as shown:
        shown.wait("Set-ups on this computer")
        walk = Walk(shown, folder)
        for number, name in enumerate(names):
            if number:
                shown.run("send-keys", "F12")
            found = walk.through(name.split(":")[0], SIGHTS[name].says, colour=colour)
            for key, what, away in over.get(name, ()):
                shown.run("send-keys", key)
                found += walk.through(what, colour=colour)
                if away:
                    shown.run("send-keys", away)
                    walk.reach(name.split(":")[0])
            wrong += [f"{name}: {each}" for each in found]
        shown.run("send-keys", "C-q")
        shown.wait("Leave")
    return wrong
