"""All wallets at a look: from the audit's page, as plots that fit the screen, with what to do below; nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from textual.containers import VerticalScroll

from screens.wallets import Wallets
from screens.widgets.action import Action
from screens.widgets.plots import Plots
from screens.widgets.words import Words
from services.audit.answer import Audited
from services.model.calls import Call
from services.verify.checks import Check, Report
from tests.fleet import key_id
from tests.ports import Recording
from tests.screens.stage import Show, Stage, curtain, refusal
from tests.world import BUCKET, do

DOCUMENT: dict[str, Any] = {
    "totals": {
        "expected": 1_000_000, "expected_and_there": 999_900, "wallets": 1_000_000, "files": 2_999_700,
        "encryption_unknown": 0, "key_unknown": 2_999_640, "lock_unknown": 0,
    },
    "wallets_read": 20,
    "by_day": [{"day": f"2026-{month:02d}-03", "wallets": 90_000 + 1000 * month} for month in range(1, 12)],
    "retention_left": [
        {"left": "none", "wallets": 100}, {"left": "run out", "wallets": 0}, {"left": "90 to 364 days", "wallets": 999_900},
    ],
    "kinds": {"missing": 100, "retention-none": 100, "small": 3},
}  # fmt: skip
AUDITED = Audited(
    Report((Check("audit.missing", "Every expected wallet has a backup", "fail", "100 are not.", "Ask."),)),
    DOCUMENT,
)


def plots(show: Show) -> list[str]:
    return str(show.app.screen.query_one(Plots).render()).splitlines()


async def set_up(show: Show, stage: Stage) -> None:
    await show.go("review")
    show.page.query_one("#create", Action).press()
    await show.settle()
    # Nobody can read through this policy here.
    do(stage.account.below, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    for name in (f"{key_id(1)}/recovery_shard-0.txt", "notes.txt"):
        stage.account.objects[name] = b"x"
        do(stage.account.below, "s3", "PutObject", Bucket=BUCKET, Key=name, Body=b"x")


async def test_all_wallets_are_looked_at_from_the_page(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await set_up(show, stage)
        await show.go("audit")
        stage.account.below = recording = Recording(stage.account.below)
        show.page.query_one("#all-wallets", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, Wallets)
        assert recording.writes == []
        assert "s3:ListObjectVersions" in {call.name for call in recording.calls}
        assert any(line.strip().startswith("strange name") and line.endswith(" 1") for line in plots(show))
        assert any("wallets read" in line and line.endswith("1 of 1") for line in plots(show))
        told = " ".join(words.text for words in show.app.screen.query(Words))
        assert "1 wallet has a backup here. Something is wrong" in told
        assert "✗ The wallets that were read can be relied on" in told
        assert "audit --config" in told
        await show.press("escape")
        assert show.page.name_ == "audit"


@pytest.mark.slow
async def test_what_ends_it_early_is_told_and_can_be_tried_again(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await set_up(show, stage)
        await show.go("audit")
        stage.account.broken["s3:ListObjectVersions"] = refusal("ExpiredToken", status=400)
        show.page.query_one("#all-wallets", Action).press()
        await show.settle()
        assert show.shows("Sign in again")
        stage.account.broken.clear()
        show.page.query_one("#again", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, Wallets)


async def test_whoever_leaves_the_wizard_stops_it_and_what_was_listed_is_kept(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await set_up(show, stage)
        await show.go("audit")

        def leaving(call: Call) -> None:
            if call.op == "ListObjectVersions":
                stage.clock.sleep(3)
                show.app.runner.stop_all()

        stage.account.before = leaving
        show.page.query_one("#all-wallets", Action).press()
        await show.settle()
        job = show.app.runner.jobs["wallets"]
        assert job.problem is not None
        assert job.problem.code == "interrupted"
        assert list((stage.state.folder / "audits").rglob("audit.duckdb"))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_the_plots_fit_whatever_the_screen_is(stage: Stage, size: tuple[int, int]) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, size) as show:
        show.app.push_screen(Wallets(AUDITED, "palisade-wizard audit --config S --out DIR"))
        await show.settle()
        drawn = show.app.screen.query_one(Plots)
        lines = plots(show)
        assert all(len(line) <= drawn.size.width for line in lines)
        # Each line of a plot is one line on the screen: nothing is wrapped.
        assert drawn.size.height == len(lines)
        assert any(("99.99 %" if size[0] == 60 else "999,900 of 1,000,000") in line for line in lines)
        assert sum("▇" in line for line in lines) == 21
        screen = "\n".join(show.lines())
        assert "How much is known" in screen
        show.app.screen.query_one(VerticalScroll).scroll_end(animate=False)
        await show.settle()
        assert "The same without the wizard" in "\n".join(show.lines())


async def test_the_plots_are_drawn_anew_for_another_width(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        show.app.push_screen(Wallets(AUDITED, "palisade-wizard audit"))
        await show.settle()
        wide = max(map(len, plots(show)))
        await show.pilot.resize_terminal(60, 20)
        await show.settle()
        assert max(map(len, plots(show))) < wide
        assert show.app.screen.query_one(Plots).size.height == len(plots(show))
