"""What is agreed to on the review page is agreed to for that plan alone: nothing else is ever carried out, or told to be there."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest
from textual.widgets import Input

from screens import flow
from screens.widgets.action import Action
from services import setup_file
from services.model.calls import Call
from services.setup_file import SetupFile
from tests.screens.stage import Show, Stage, Writes, curtain, refusal
from tests.world import BUCKET, ROLE, do

LOCK = {"storage__object_lock": "compliance", "storage__object_lock_days": 365}


async def create(show: Show, consent: str = "") -> None:
    """Types the word, and presses the one button."""
    assert show.page.name_ == "review"
    if consent:
        show.page.query_one("#consents Input", Input).value = consent
        await show.pilot.pause()
    show.page.query_one("#create", Action).press()
    await show.settle()


def answers_at(stage: Stage, setup: SetupFile, name: str, key: str, value: object) -> None:
    """Another program writes an answer when this call is made for the first time."""
    meant = [name]

    def before(call: Call) -> None:
        if [call.name] == meant:
            meant.clear()
            setup_file.record(setup_file.read(setup.path), {key: value})

    stage.account.before = before


async def test_trying_again_carries_out_no_answers_that_nobody_saw(stage: Stage) -> None:
    """The word was typed for 365 days that can never be shortened, not for 3650."""
    setup = stage.setup(**LOCK)
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="review") as show:
        stage.account.broken["iam:CreateRole"] = refusal("AccessDenied")
        answers_at(stage, setup, "kms:CreateKey", "storage.object_lock_days", 3650)
        await create(show, "irreversible")
        del stage.account.broken["iam:CreateRole"]
        writes = Writes(stage)
        show.page.query_one("#retry", Action).press()
        await show.settle()
        assert show.page.name_ == "applying"
        assert show.shows("AWS or the answers have changed since you looked at the plan.")
        assert show.shows("Nothing more was done")
        assert not show.page.query("#retry"), "it would be refused again"
        assert writes.names == []
        show.page.query_one("#to-review", Action).press()
        await show.settle()
        assert show.page.name_ == "review"
        assert "3650" in show.page.query_one("#plan").words  # type: ignore[attr-defined]
        assert show.page.query_one("#create", Action).disabled, "the new number has not been agreed to"


async def test_what_a_run_has_done_is_not_done_over_a_change_by_hand(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        stage.account.broken["iam:CreateRole"] = refusal("AccessDenied")
        await create(show)
        del stage.account.broken["iam:CreateRole"]
        suspended = {"Status": "Suspended"}
        do(stage.account, "s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration=suspended)
        writes = Writes(stage)
        show.page.query_one("#retry", Action).press()
        await show.settle()
        assert show.shows("AWS or the answers have changed since you looked at the plan.")
        assert writes.names == []


async def test_answers_that_were_changed_meanwhile_are_not_told_to_be_there(stage: Stage) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="review") as show:
        answers_at(stage, setup, "kms:CreateKey", "role.max_session_seconds", 7200)
        await create(show)
        assert do(stage.account, "iam", "GetRole", RoleName=ROLE)["Role"]["MaxSessionDuration"] == 3600
        assert show.shows("The answers in the setup file were changed since that plan was made.")
        assert not show.shows("It took")
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "~"
        await show.press("ctrl+n")
        assert show.page.name_ == "applying", "what is missing is made first"
        show.page.query_one("#to-review", Action).press()
        await show.settle()
        await create(show)
        assert show.shows("Everything is there and was read back from AWS. It took")
        assert flow.sign(show.app.session, flow.step_of("review"), -1) == "✓"
        assert do(stage.account, "iam", "GetRole", RoleName=ROLE)["Role"]["MaxSessionDuration"] == 7200


async def test_who_went_on_to_something_else_is_not_called_back_to_a_plan_of_before(stage: Stage) -> None:
    """Trying again looks at AWS first, and that takes long enough to change an answer."""
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        stage.account.broken["iam:CreateRole"] = refusal("AccessDenied")
        await create(show)
        del stage.account.broken["iam:CreateRole"]
        writes, looked, go_on = Writes(stage), threading.Event(), threading.Event()

        def before(call: Call) -> None:
            writes(call)
            looked.set()
            go_on.wait(20)

        stage.account.before = before
        show.page.query_one("#retry", Action).press()
        await show.pilot.pause()
        await asyncio.to_thread(looked.wait, 20)
        show.app.go("access")
        await show.pilot.pause()
        show.app.session.record({"role.max_session_seconds": 7200})
        go_on.set()
        await show.settle()
        assert show.page.name_ == "access"
        assert writes.names == []


@pytest.mark.parametrize(("page", "again"), [("review", "#look-again"), ("by-hand", "#check")])
async def test_what_another_program_wrote_is_looked_for_and_never_told_to_be_there(
    stage: Stage, page: str, again: str
) -> None:
    """Before a look it is part of it; while AWS is asked it is what the next look is for."""
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="review") as show:
        await create(show)
        sign = partial(flow.sign, show.app.session, flow.step_of("review"), -1)
        answers_at(stage, setup, "iam:GetRole", "role.max_session_seconds", 7200)
        show.app.go(page)
        await show.settle()
        assert show.shows("The answers in the setup file were changed since that plan was made.")
        assert sign() == "~"
        await show.press("ctrl+n")
        assert show.page.name_ == page
        show.page.query_one("#again", Action).press()
        await show.settle()
        planned = show.app.session.planned
        assert planned is not None
        assert [step.resource.name for step in planned.plan.steps] == ["role"]
        setup_file.record(setup_file.read(setup.path), {"role.max_session_seconds": 3600})
        show.page.query_one(again, Action).press()
        await show.settle()
        assert show.shows("as this set-up wants it")
        assert sign() == "✓"
        await show.press("ctrl+n")
        assert show.page.name_ != page


@pytest.mark.parametrize("page", ["review", "by-hand"])
async def test_a_setup_file_that_is_gone_is_told_and_asked_for_again(stage: Stage, page: str) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="access") as show:
        aside = setup.path.rename(setup.path.with_suffix(".away"))
        show.app.go(page)
        await show.settle()
        assert show.shows("Nothing was changed")
        await show.press("ctrl+n")
        assert show.page.name_ == page
        aside.rename(setup.path)
        show.page.query_one("#again", Action).press()
        await show.settle()
        assert show.app.session.planned is not None


async def test_trying_again_names_the_right_that_is_missing(stage: Stage) -> None:
    """A look that is refused is not a change."""
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        stage.account.broken["iam:CreateRole"] = refusal("AccessDenied")
        await create(show)
        stage.account.broken["s3:GetBucketVersioning"] = refusal("AccessDenied")
        show.page.query_one("#retry", Action).press()
        await show.settle()
        assert show.shows("s3:GetBucketVersioning")
        assert not show.shows("have changed since you looked")
