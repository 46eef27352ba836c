"""The page for whoever runs every command themselves: it shows, looks, and goes on; it cannot write."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens import flow
from screens.by_hand import ByHandPage
from screens.dialogs import AskPath, Commands
from screens.widgets.action import Action
from services.blueprint import blueprint
from services.export.steps import ByHand
from services.model.calls import Aws, Call, filled
from services.model.operations import reads
from services.model.values import entries
from tests.ports import keeping_rules
from tests.screens.stage import Show, Stage, curtain, refusal
from tests.world import ACCOUNT, EXTERNAL_ID, HARD, Journey, do, sample


class Hands:
    """A person who runs what the page shows, past the program; and a watch over what the program itself calls."""

    def __init__(self, stage: Stage) -> None:
        self.aws: Aws = keeping_rules(stage.account.below)
        stage.account.below = self.aws
        self.seen: list[Call] = []
        stage.account.before = self.seen.append

    def run(self, show: Show) -> None:
        """Runs the command that is shown."""
        call, planned = now_of(show).step.call, show.app.session.planned
        assert call is not None
        assert planned is not None
        self.aws(filled(call, planned.world.output))
        if call.op == "CreateBucket":  # moto forgets the tags that AWS keeps
            made = entries(call.params["CreateBucketConfiguration"])
            do(
                self.aws,
                "s3",
                "PutBucketTagging",
                Bucket=call.params["Bucket"],
                Tagging={"TagSet": made["Tags"]},
            )


def now_of(show: Show) -> ByHand:
    assert isinstance(show.page, ByHandPage)
    assert show.page._now is not None
    return show.page._now


async def check(show: Show) -> None:
    show.page.query_one("#check", Action).press()
    await show.settle()


async def walk_to(show: Show, hands: Hands, address: str) -> None:
    """Runs what is shown until a step's turn comes."""
    for _ in range(20):
        if now_of(show).step.address == address:
            return
        hands.run(show)
        await check(show)
    raise AssertionError(f"{address} never came: {now_of(show).step.address} stays")


async def test_step_by_step_to_the_end_and_nothing_was_written_by_the_program(stage: Stage) -> None:
    hands = Hands(stage)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        show.page.query_one("#by-hand", Action).press()
        await show.settle()
        assert show.page.name_ == "by-hand"
        assert show.shows("nothing on it can write")
        seen: list[str] = []
        while isinstance(show.page, ByHandPage) and show.page._now is not None and len(seen) < 20:
            step = now_of(show)
            assert not show.page.can_next()
            assert "${" not in step.whole, "what AWS has told already is in the command"
            seen.append(step.step.address)
            hands.run(show)
            await check(show)
            assert now_is_after(show, step)
        assert seen[0] == "key"
        assert seen[-1] == "role.policy"
        assert len(seen) == len(set(seen)) == 10
        assert show.shows("Everything is as this set-up wants it, read back from AWS.")
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "✓"
        assert [call.name for call in hands.seen if not reads(call)] == []
        await show.press("ctrl+n")
        assert show.page.name_ == "palisade"
        assert show.app.session.kit is not None
    assert Journey(hands.aws, blueprint(sample(), ACCOUNT)).plan().steps == ()


def now_is_after(show: Show, step: ByHand) -> bool:
    done = f"AWS has it: {step.step.resource.title}: {step.step.says}."
    return show.shows(done) or show.shows("Everything is as this set-up wants it")


async def test_a_check_before_the_command_was_run_says_so(stage: Stage) -> None:
    Hands(stage)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="by-hand") as show:
        before = now_of(show)
        await check(show)
        assert now_of(show).shown == before.shown
        assert show.shows("Not so yet in AWS. Run the command, then check again.")


async def test_the_external_id_is_not_shown_and_is_whole_where_it_is_asked_for(
    stage: Stage, tmp_path: Path
) -> None:
    hands = Hands(stage)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="by-hand") as show:
        await walk_to(show, hands, "role")
        assert show.shows("The external ID is not shown")
        assert EXTERNAL_ID not in show.text()
        assert not show.shows(EXTERNAL_ID)
        show.page.query_one("#copy", Action).press()
        await show.settle()
        assert EXTERNAL_ID in show.app.clipboard
        assert show.shows("It holds the external ID, which is confidential.")
        show.page.query_one("#write-file", Action).press()
        await show.settle()
        dialog = show.app.screen
        assert isinstance(dialog, AskPath)
        dialog.dismiss(str(tmp_path / "role.sh"))
        await show.settle()
        assert EXTERNAL_ID in (tmp_path / "role.sh").read_text()
        assert (tmp_path / "role.sh").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
async def test_what_cannot_be_undone_says_so_above_its_command(stage: Stage) -> None:
    hands = Hands(stage)
    stage.more = {
        "open_first": stage.setup(
            **{**HARD, "storage__access_logs": False, "hardening__inventory": False}
        ).path
    }
    async with curtain(stage, at="by-hand") as show:
        await walk_to(show, hands, "bucket.object-lock")
        assert show.shows("This can never be undone.")


async def test_what_blocks_is_said_and_no_command_is_shown(stage: Stage) -> None:
    stage.account.broken["kms:DescribeKey"] = refusal("AccessDeniedException")
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="by-hand") as show:
        assert (
            show.shows("AWS did not allow this sign-in to look at the KMS key")
            or "DescribeKey" in show.text()
        )
        assert not show.page.query_one("#ways").display
        stage.account.broken.clear()
        show.page.query_one("#again", Action).press()
        await show.settle()
        assert now_of(show).step.address == "key"


async def test_the_review_shows_its_plan_as_commands_without_the_external_id(stage: Stage) -> None:
    Hands(stage)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        show.page.query_one("#as-commands", Action).press()
        await show.settle()
        dialog = show.app.screen
        assert isinstance(dialog, Commands)
        assert show.shows("aws kms create-key")
        assert show.shows("--format aws-cli --out FILE")
        dialog.query_one("#copy", Action).press()
        await show.settle()
        assert show.page.name_ == "review"
        assert "aws s3api create-bucket" in show.app.clipboard
        assert EXTERNAL_ID not in show.app.clipboard
