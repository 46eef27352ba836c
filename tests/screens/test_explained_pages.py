"""The two pages that explain a set-up: reached from the review and the palette, right before AWS was ever asked, and back."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from screens.dialogs import TextView
from screens.explained import NARROW, WIDE, scene_of
from screens.widgets.action import Action
from services.overview import told
from services.overview.drawing import ASCII, BOXES, drawn
from services.overview.matrix import matrix
from services.overview.picture import picture
from tests.screens.stage import Show, Stage, curtain, cut
from tests.who_can import WHOLE
from tests.world import EXTERNAL_ID


def shown(show: Show, form: str) -> list[str]:
    """The lines of a form, which must be the only one that is seen."""
    (box,) = [box for box in show.page.query(".drawn") if box.display]
    assert box.has_class(form)
    return [str(line.render()).rstrip() for line in box.query(Static)]


async def test_from_the_review_and_back_with_what_the_plan_has_seen(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        show.page.query_one("#who-can-what", Action).press()
        await show.settle()
        assert show.page.name_ == "who-can"
        of = scene_of(show.app.session)
        planned = show.app.session.planned
        assert planned is not None
        assert of.world is planned.world
        assert shown(show, "wide-form") == list(told.lines(matrix(of), WIDE))
        for sentence in (*told.numbered(matrix(of)), *told.about(of)):
            assert show.shows(sentence)
        assert EXTERNAL_ID not in show.text()
        await show.press("escape")
        assert show.page.name_ == "review"
        show.page.query_one("#picture", Action).press()
        await show.settle()
        assert shown(show, "wide-form") == list(drawn(picture(of), WIDE, BOXES))
        await show.pilot.resize_terminal(60, 20)
        await show.settle()
        assert shown(show, "narrow-form") == list(drawn(picture(of), NARROW, BOXES))
        show.page.query_one("#plain", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, TextView)


async def test_the_palette_leads_to_both_and_they_need_no_aws(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path, "draws_boxes": False}
    asked: list[object] = []
    stage.account.before = asked.append
    async with curtain(stage, at="storage") as show:
        offered = {command.title: command for command in show.app.get_system_commands(show.app.screen)}
        offered["Picture"].callback()
        await show.settle()
        of = scene_of(show.app.session)
        assert shown(show, "wide-form") == list(drawn(picture(of), WIDE, ASCII))
        offered["Who can do what"].callback()
        await show.settle()
        assert shown(show, "wide-form") == list(told.lines(matrix(of), WIDE))
        assert asked == []
        await show.press("escape")
        assert show.page.name_ == "storage"


async def test_without_an_account_it_says_what_to_do(stage: Stage) -> None:
    path = stage.setup().path
    kept = [line for line in path.read_text().splitlines() if not line.startswith("account =")]
    path.write_text("\n".join(kept))
    stage.more = {"open_first": path}
    async with curtain(stage, at="who-can") as show:
        assert show.shows("This set-up does not know its AWS account yet")
        assert not show.page.query(".drawn")
        await show.press("escape")
        assert show.page.name_ == "review"


@pytest.mark.slow
async def test_all_that_a_set_up_can_have_is_read_whole(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup(**WHOLE, setup__name="a" * 31).path}
    async with curtain(stage, (60, 20), at="who-can") as show:
        assert show.shows("Delete CloudTrail's records")
        assert await cut(show) == []
        await show.pilot.resize_terminal(80, 24)
        await show.go("picture")
        assert show.shows("8 metric filters")
        assert await cut(show) == []
