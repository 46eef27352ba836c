"""Every test of the pages gets a stage: an empty AWS account and an empty computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual._compositor import Compositor

from services.model.calls import Aws
from tests.screens.stage import Account, Stage


@pytest.fixture
def stage(tmp_path: Path, aws: Aws) -> Stage:
    return Stage(tmp_path, Account(aws))


@pytest.fixture(autouse=True)
def _drawn_when_looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nobody sees what is drawn between two looks of a test, and a look draws the whole screen.

    A quarter of the pages' time goes into that drawing. Tests of the drawing itself are marked `each_frame`.
    """
    if request.node.get_closest_marker("each_frame"):
        return

    def seen_by_nobody(compositor: Compositor, **_how: object) -> None:
        compositor._dirty_regions.clear()

    monkeypatch.setattr(Compositor, "render_update", seen_by_nobody)
