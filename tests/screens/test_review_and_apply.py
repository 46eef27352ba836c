"""Nothing is written before the one button; and what is written can be stopped, fail and go on."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from screens import flow
from screens.dialogs import TextView
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services import setup_file
from services.model.calls import Call
from tests.screens.stage import Show, Stage, Writes, curtain, refusal
from tests.world import BUCKET, EXTERNAL_ID, do


async def create(show: Show) -> None:
    """Presses the one button."""
    assert show.page.name_ == "review"
    show.page.query_one("#create", Action).press()
    await show.settle()


@pytest.mark.each_frame
async def test_only_the_button_writes(stage: Stage) -> None:
    writes = Writes(stage)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="watching") as show:
        await show.press("ctrl+n")
        assert show.page.name_ == "review"
        assert isinstance(show.app.focused, Lines)
        assert show.shows("Account 444455556666 will be able to write backups")
        await show.press("ctrl+n", "enter", "enter", "ctrl+n")
        assert show.page.name_ == "review"
        assert writes.names == []
        await create(show)
        assert show.page.name_ == "applying"
        assert len(writes.names) > 8
        assert show.shows("Everything is there and was read back from AWS.")
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "✓"
        await show.press("enter")
        assert show.page.name_ == "palisade"


@pytest.mark.slow
async def test_a_second_look_finds_nothing_to_do(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await create(show)
        writes = Writes(stage)
        await show.go("review")
        assert show.shows("AWS has everything as this set-up wants it: there is nothing to do.")
        assert not show.page.query_one("#create").display
        await show.press("ctrl+n")
        assert show.page.name_ == "palisade"
        assert writes.names == []


async def test_policies_are_read_with_enter_and_hide_the_external_id(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    read = []
    async with curtain(stage, at="review") as show:
        lines = show.page.query_one("#plan", Lines)
        for index, (_, behind) in enumerate(lines.lines):
            if behind:
                lines.highlighted = index
                await show.press("enter")
                assert isinstance(show.app.screen, TextView)
                read.append(behind)
                await show.press("escape")
    assert len(read) == 4
    assert "sts:ExternalId" in "".join(read)
    assert EXTERNAL_ID not in "".join(read) + lines.words


async def test_another_writer_needs_a_typed_word(stage: Stage) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="review") as show:
        await create(show)
        show.app.session.record({"palisade.principal_arn": "arn:aws:iam::999988887777:root"})
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "~"
        await show.go("review")
        writes = Writes(stage)
        assert show.shows("Another account or role will be able to write backups")
        assert show.page.query_one("#create", Action).disabled
        await create(show)
        assert writes.names == []
        await _agree(show, "principle", enough=False)
        await _agree(show, "principal", enough=True)
        await create(show)
        assert writes.names == ["iam:UpdateAssumeRolePolicy"]
        assert show.shows("Everything is there and was read back from AWS.")


async def test_what_exists_already_is_used_only_after_a_typed_word(stage: Stage) -> None:
    region = {"LocationConstraint": "eu-west-1"}
    do(stage.account, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=region)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        assert show.shows("Something that this set-up did not make will be used")
        assert show.page.query_one("#create", Action).disabled
        await _agree(show, "adopt", enough=True)
        await create(show)
        assert show.shows("Everything is there and was read back from AWS.")


async def _agree(show: Show, word: str, *, enough: bool) -> None:
    show.page.query_one("#consents Input", Input).value = word
    await show.pilot.pause()
    assert show.page.query_one("#create", Action).disabled is not enough


async def test_stop_ends_after_the_call_and_going_on_makes_nothing_twice(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:

        class StopAtTheThird(Writes):
            def __call__(self, call: Call) -> None:
                super().__call__(call)
                if len(self.names) == 3:
                    show.app.runner.jobs["apply"].ask_to_stop()

        first = StopAtTheThird(stage)
        await create(show)
        assert len(first.names) == 3
        assert show.shows("Stopped. What is done is complete and kept")
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "·"
        rest = Writes(stage)
        show.page.query_one("#retry", Action).press()
        await show.settle()
        assert show.shows("Everything is there and was read back from AWS.")
        assert not {"kms:CreateKey", "s3:CreateBucket", "iam:CreateRole"} & set(first.names) & set(rest.names)
    assert len(do(stage.account, "kms", "ListKeys")["Keys"]) == 1


async def test_a_failed_step_is_explained_and_can_be_tried_again(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        denied = refusal("AccessDenied", "explicit deny in a service control policy")
        stage.account.broken["iam:CreateRole"] = denied
        await create(show)
        assert show.shows("One step could not be done; nothing after it was tried.")
        assert show.shows("steps are done and complete. Nothing is lost.")
        assert not show.page.can_next()
        await show.press("ctrl+n")
        assert show.page.name_ == "applying"
        show.page.query_one("#problem-show-details", Action).press()
        await show.pilot.pause()
        assert show.shows("Code: denied.")
        del stage.account.broken["iam:CreateRole"]
        show.page.query_one("#retry", Action).press()
        await show.settle()
        assert show.shows("Everything is there and was read back from AWS.")


@pytest.mark.parametrize("name", ["kms:ListAliases", "sts:GetCallerIdentity"])
async def test_a_plan_that_cannot_be_made_says_why_and_is_tried_again(stage: Stage, name: str) -> None:
    stage.more = {"open_first": stage.setup().path}
    stage.account.broken[name] = refusal("ExpiredToken", "The security token is expired.", 400)
    async with curtain(stage, at="review") as show:
        assert not show.page.query_one("#create").display
        assert show.shows("Sign in again") or "Sign in again" in show.page.query_one("#plan", Lines).words
        del stage.account.broken[name]
        again = show.page.query("#again") or show.page.query("#look-again")
        again.first(Action).press()
        await show.settle()
        assert show.page.query_one("#create").display


async def test_a_blocked_plan_has_no_button(stage: Stage) -> None:
    stage.account.broken["s3:HeadBucket"] = refusal("403", "Forbidden")
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        assert not show.page.query_one("#create").display
        assert "✗" in show.page.query_one("#plan", Lines).words
        assert show.shows("Nothing is done while something is blocked")


async def test_sandbox_and_production_share_nothing(stage: Stage) -> None:
    stage.setup()
    production = {"setup__environment": "production", "hardening__trail": "off"}
    other = stage.setup(setup__name="acme-production", setup__id=None, **production)
    stage.more = {"open_first": setup_file.identified(other).path}
    async with curtain(stage, at="review") as show:
        assert show.shows("sandbox and production share nothing")


async def test_back_does_not_leave_while_things_are_created(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    seen: list[str] = []
    async with curtain(stage, at="review") as show:

        class BackAtTheSecond(Writes):
            def __call__(self, call: Call) -> None:
                super().__call__(call)
                if len(self.names) == 2:
                    show.app.call_from_thread(show.page.action_back)
                    seen.append(show.page.name_)

        BackAtTheSecond(stage)
        await create(show)
        assert set(seen) == {"applying"}
        assert show.page.name_ == "applying"


async def test_what_costs_money_is_said_with_its_sum_and_needs_a_typed_word(stage: Stage) -> None:
    trail: dict[str, object] = {"hardening__trail": "create", "hardening__data_events": "all"}
    stage.more = {"open_first": stage.setup(**trail).path}
    async with curtain(stage, at="review") as show:
        words = show.page.query_one("#plan", Lines).words
        assert "This set-up costs about $" in words
        assert "Assumed for a month" in words
        assert show.shows("AWS bills every recorded read or write of a backup")
        assert show.page.query_one("#create", Action).disabled
        await _agree(show, "cost", enough=True)
