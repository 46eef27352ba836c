"""What a small terminal must show: whole buttons, the sum of a plan before its list, days that are counted well."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Select
from textual.widgets._select import SelectOverlay

from screens import plan_words
from screens.hardening_words import lock_words
from screens.host import ExtraAction
from screens.modal import Palette
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from tests.screens.stage import Stage, curtain
from tests.world import sample

HARD: dict[str, object] = {
    "storage__object_lock": "compliance",
    "storage__object_lock_days": 365,
    "hardening__trail": "create",
    "hardening__data_events": "all",
}


@pytest.mark.parametrize("page", ["verify", "record", "duties"])
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_no_button_of_the_checklist_leaves_the_screen(
    stage: Stage, size: tuple[int, int], page: str
) -> None:
    stage.more = {
        "open_first": stage.setup().path,
        "extra_action": ExtraAction(
            "Play Palisade", "A stand-in creates two wallets.", lambda _setup: iter(())
        ),
    }
    async with curtain(stage, size, at=page) as show:
        ends = {button.id: button.region.right for button in show.page.query(Action) if button.region.width}
    assert {"verify": "extra-action", "record": "write-file", "duties": "remind"}[page] in ends
    assert {name for name, end in ends.items() if end > size[0]} == set()


async def test_the_review_says_the_sum_first_and_shows_no_word_as_typed(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup(**HARD).path}
    async with curtain(stage, at="review") as show:
        summary, tree = show.page.query_one("#plan-summary"), show.page.query_one("#plan", Lines)
        assert summary.region.bottom <= tree.region.y
        assert tree.size.height >= 11
        assert show.shows("2 things need a typed word: Tab leads there.")
        assert show.shows("a month")
        assert [box.placeholder for box in show.page.query(Input)] == ["", ""]


def test_one_thing_and_one_day_are_said_as_one() -> None:
    assert plan_words.asked(()) == ""
    assert plan_words.asked(("cost",)) == "One thing needs a typed word: Tab leads there."
    one = sample(storage__object_lock="compliance", storage__object_lock_days=1)
    assert lock_words(one)[0].startswith("For 1 day after")


async def test_the_palette_stands_where_there_is_no_room_for_a_letter(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="compare") as show:
        await show.press("ctrl+p")
        for width in (7, 6, 4, 1):
            await show.pilot.resize_terminal(width, 9)
            await show.pilot.pause()
            assert show.app._exception is None
        await show.pilot.resize_terminal(80, 24)
        assert isinstance(show.app.screen, Palette)


@pytest.mark.parametrize("size", [(1, 1), (80, 24)])
async def test_the_list_of_a_choice_is_paged_before_it_is_drawn_and_while_it_is_put_away(
    stage: Stage, size: tuple[int, int]
) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, size, at="watching") as show:
        box = next(iter(show.page.query(Select)))
        dropped = box.query_one(SelectOverlay)
        for page in ("page_down", "page_up"):
            await dropped.run_action(page)  # as by a key that was pressed before it dropped down
        box.focus()
        await show.press("enter", "pagedown", "pageup", "down")
        assert box.expanded
        box.expanded = False
        await dropped.run_action("page_down")
        await show.settle()
        assert show.app._exception is None
