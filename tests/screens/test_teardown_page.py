"""The page that takes a sandbox down: nothing goes before both words are typed, and what keeps it from going is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.widgets import Input

from screens import flow
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services.model.calls import Call
from tests.screens.stage import Account, Show, Stage, Writes, curtain, refusal
from tests.shelves import Shelves
from tests.world import BUCKET, do

GOVERNED = {"storage__object_lock": "governance", "storage__object_lock_days": 3}


@pytest.fixture
def shelves(stage: Stage) -> Shelves:
    """The files in the stage's buckets."""
    found = Shelves(stage.account.below, now=stage.clock.wall())
    stage.account = Account(found)
    return found


async def created(show: Show) -> None:
    """Creates everything, and comes back to the review."""
    for box in show.page.query("#consents Input").results(Input):
        box.value = "irreversible"
    await show.pilot.pause()
    show.page.query_one("#create", Action).press()
    await show.settle()
    assert show.shows("Everything is there")
    await show.go("review")


async def press(show: Show, name: str) -> None:
    show.page.query_one(name, Action).press()
    await show.settle()


async def type_word(show: Show, name: str, word: str) -> None:
    show.page.query_one(name, Input).value = word
    await show.pilot.pause()


def lines(show: Show) -> str:
    return show.page.query_one("#teardown-list", Lines).words


async def test_the_review_leads_there_as_soon_as_there_is_something(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        assert not show.page.query_one("#take-down").display
        await created(show)
        await press(show, "#take-down")
        assert show.page.name_ == "teardown"
        await show.press("escape")
        assert show.page.name_ == "review"


async def test_in_production_there_is_no_such_button_and_the_page_says_why(
    stage: Stage, shelves: Shelves
) -> None:
    stage.more = {"open_first": stage.setup(setup__environment="production").path}
    do(
        stage.account,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    async with curtain(stage, at="review") as show:
        assert not show.page.query_one("#take-down").display
        await show.go("teardown")
        assert show.shows("only a sandbox is ever taken down")
        assert not show.page.query_one("#delete").display
        assert "teardown-look" not in show.app.runner.jobs


@pytest.mark.each_frame
async def test_nothing_goes_before_both_words_are_typed(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await created(show)
        flow.mark(show.app.session, flow.VERIFIED, flow.kit_digest(show.app.session))
        shelves.put(BUCKET, "a/0")
        writes = Writes(stage)
        await press(show, "#take-down")
        assert "with everything in it: 1 version" in lines(show)
        assert "is deleted in 7 days" in lines(show)
        button = show.page.query_one("#delete", Action)
        for backups, name, enough in (
            ("", "", False),
            ("delete-backups", "", False),
            ("", "acme-sandbox", False),
            ("delete-backup", "acme-sandbox", False),
            ("delete-backups", "acme-sandboxes", False),
            ("delete-backups", "acme-sandbox", True),
        ):
            await type_word(show, "#word-delete-backups", backups)
            await type_word(show, "#word-name", name)
            assert button.disabled is not enough
            if not enough:
                await press(show, "#delete")
                await show.press("ctrl+n", "enter")
        assert writes.names == []
        await press(show, "#delete")
        assert show.shows("Everything that this set-up made is gone")
        assert writes.names[-1] == "kms:ScheduleKeyDeletion"
        assert "✓ S3 bucket" in lines(show)
        session = show.app.session
        assert {flow.APPLIED, flow.VERIFIED} & set(session.drafts) == set()
        await show.press("escape")
        assert show.shows("Nothing has been created in AWS by this page")
        await created(show)
    assert shelves.versions[BUCKET] == []


@pytest.mark.slow
async def test_without_backups_the_name_alone_is_typed(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await created(show)
        await press(show, "#take-down")
        assert [box.id for box in show.page.query(Input)] == ["word-name"]
        await type_word(show, "#word-name", "acme-sandbox")
        await press(show, "#delete")
        assert show.shows("Everything that this set-up made is gone")


async def test_a_locked_version_is_said_and_there_is_no_button(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup(**GOVERNED).path}
    async with curtain(stage, at="review") as show:
        await created(show)
        until = stage.clock.wall() + timedelta(days=2)
        shelves.put(BUCKET, "a/0", mode="GOVERNANCE", until=until)
        writes = Writes(stage)
        await press(show, "#take-down")
        assert show.shows("Nothing can be deleted now.")
        assert "1 of 1 versions cannot be deleted. The first is a/0" in lines(show)
        assert not show.page.query_one("#delete").display
        assert not show.page.query(Input)
    assert writes.names == []


async def test_what_may_not_be_looked_at_is_a_line_that_blocks(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await created(show)
        stage.account.broken["s3:ListMultipartUploads"] = refusal("AccessDenied", "[/x] no")
        await press(show, "#take-down")
        assert "it lacks s3:ListBucketMultipartUploads" in lines(show)
        assert not show.page.query_one("#delete").display
        stage.account.broken.clear()
        await press(show, "#look-again")
        assert show.page.query_one("#delete").display


@pytest.mark.slow
async def test_stop_ends_after_the_call_and_another_look_goes_on(stage: Stage, shelves: Shelves) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await created(show)
        await press(show, "#take-down")

        class Stop(Writes):
            def __call__(self, call: Call) -> None:
                super().__call__(call)
                if len(self.names) == 1:
                    show.app.runner.jobs["teardown"].ask_to_stop()

        first = Stop(stage)
        await type_word(show, "#word-name", "acme-sandbox")
        await press(show, "#delete")
        assert first.names == ["iam:DeleteRolePolicy", "iam:DeleteRole"]
        assert show.shows("Stopped. What is gone is gone")
        Writes(stage)
        await press(show, "#again")
        await type_word(show, "#word-name", "acme-sandbox")
        await press(show, "#delete")
        assert show.shows("Everything that this set-up made is gone")


@pytest.mark.slow
async def test_while_it_deletes_there_is_no_way_back_and_the_page_is_found_again(
    stage: Stage, shelves: Shelves
) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="review") as show:
        await created(show)
        await press(show, "#take-down")
        seen = []

        class Look(Writes):
            def __call__(self, call: Call) -> None:
                super().__call__(call)
                if call.op == "DeleteBucket":
                    titles = [c.title for c in show.app.get_system_commands(show.app.screen)]
                    seen.append([title for title in titles if title.startswith("Go to")])
                    show.app.call_from_thread(show.page.action_back)
                    seen.append([show.page.name_])
                    show.app.call_from_thread(show.app.go, "review")

        Look(stage)
        await type_word(show, "#word-name", "acme-sandbox")
        await press(show, "#delete")
        assert seen == [[], ["teardown"]]
        assert show.page.name_ == "teardown"
        assert not show.app.runner.running("teardown")
