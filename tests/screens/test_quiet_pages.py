"""Pages try no network of their own: what they want from AWS goes through the port, and nothing else is asked."""

from __future__ import annotations

import pytest

from tests.screens.stage import Stage, curtain
from tests.screens.test_every_page import PAGES
from tests.wire import closed

pytestmark = pytest.mark.each_frame

SHORT = ("welcome", "account", "review", "verify")


@pytest.mark.parametrize("pages", [SHORT, pytest.param(PAGES, marks=pytest.mark.slow)], ids=["some", "all"])
async def test_no_page_tries_a_network(stage: Stage, pages: tuple[str, ...]) -> None:
    setup = stage.setup()
    stage.more["open_first"] = setup.path
    with closed() as wire:
        async with curtain(stage) as show:
            for name in pages:
                await show.go(name)
                assert show.page.name_ == name
    assert wire.tried == []
