"""Several set-ups: switching between them loses nothing, is refused while work runs, and two can be compared."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from textual.widgets import Button, OptionList, Select

from screens import flow
from screens.compare import Compare
from screens.dialogs import Ask
from screens.frame import Page
from screens.host import Connection
from screens.switching import MUST_END, Switch
from screens.widgets.field import Field
from screens.widgets.listing import Lines
from screens.widgets.words import Words
from services import setup_file
from services.setup_file import SetupFile
from tests.planted import PASSWORD
from tests.sampling import every
from tests.screens.stage import Show, Stage, curtain, cut
from tests.screens.test_every_page import PAGES
from tests.world import BUCKET, EXTERNAL_ID, OTHER_SETUP

APART: dict[str, object] = {
    "setup__id": OTHER_SETUP,
    "setup__name": "acme-production",
    "setup__environment": "production",
    "storage__bucket": "acme-palisade-backup-production",
    "role__name": "PalisadeS3BackupRole-production",
    "palisade__principal_arn": "arn:aws:iam::777788889999:root",
    "palisade__external_id": "another-external-id",
}


def pair(stage: Stage, **values: object) -> tuple[SetupFile, SetupFile]:
    """A sandbox, opened first, and a production set-up that shares nothing but the recovery key and `values`."""
    sandbox, production = stage.setup(), stage.setup(**{**APART, **values})
    stage.more["open_first"] = sandbox.path
    return setup_file.read(sandbox.path), setup_file.read(production.path)


async def switch_to(show: Show, name: str) -> None:
    await show.press("ctrl+o")
    assert isinstance(show.app.screen, Switch)
    setups = show.app.screen.query_one(OptionList)
    wanted = next(n for n in range(setups.option_count) if name in str(setups.get_option_at_index(n).prompt))
    setups.highlighted = wanted
    await show.press("enter")


@pytest.mark.parametrize("name", every(8, PAGES, start=1))
async def test_the_switcher_opens_over_every_page_and_closes_to_it(stage: Stage, name: str) -> None:
    pair(stage)
    async with curtain(stage, at=name) as show:
        at = show.page.name_
        await show.press("ctrl+o")
        assert isinstance(show.app.screen, Switch)
        text = show.text()
        assert "acme-production PRODUCTION step" in text
        assert "acme-sandbox sandbox step" in text
        await show.press("escape")
        assert show.page.name_ == at


async def test_what_was_typed_stays_with_its_set_up(stage: Stage) -> None:
    sandbox, production = pair(stage)
    async with curtain(stage, at="storage") as show:
        await show.fill("storage.bucket", "Not A Bucket")
        await show.fill("storage.kms_key", "create")
        await switch_to(show, "acme-production")
        assert show.app.session.setup is not None
        assert show.app.session.setup.path == production.path
        assert "acme-production · PRODUCTION" in show.lines()[0]
        await show.go("storage")
        assert show.page.query_one("#field-storage-bucket", Field).text == "acme-palisade-backup-production"
        await switch_to(show, "acme-sandbox")
        assert show.page.name_ == "storage", "it goes on where it was left"
        assert show.page.query_one("#field-storage-bucket", Field).text == "Not A Bucket"
    assert setup_file.read(sandbox.path).answers.text("storage.bucket") == BUCKET
    assert setup_file.read(production.path) == production


async def test_the_open_one_is_marked_and_choosing_it_changes_nothing(stage: Stage) -> None:
    sandbox, _ = pair(stage)
    async with curtain(stage, at="storage") as show:
        await show.press("ctrl+o")
        assert "▸ acme-sandbox" in show.text()
        assert show.app.screen.query_one(OptionList).highlighted is not None
        await show.press("escape")
        await switch_to(show, "acme-sandbox")
        assert (show.page.name_, show.app.session.setup) == ("storage", setup_file.read(sandbox.path))
        await switch_to(show, "The first page")
        assert show.page.name_ == "welcome"


@pytest.mark.parametrize("job", every(2, sorted(MUST_END)))
async def test_work_that_must_not_be_left_alone_forbids_it(stage: Stage, job: str) -> None:
    sandbox, _ = pair(stage)
    ended = threading.Event()
    async with curtain(stage, at="storage") as show:
        show.app.runner.start(job, "Working", lambda _job, _tell: ended.wait())
        await show.pilot.press("ctrl+o")
        await show.pilot.pause()
        try:
            assert isinstance(show.app.screen, Switch)
            assert MUST_END[job] in show.text()
            assert not show.app.screen.query(OptionList)
            await show.pilot.press("enter")
            await show.pilot.pause()
            assert isinstance(show.page, Page)
            assert show.app.session.setup == sandbox
        finally:
            ended.set()
        await show.settle()
        await show.press("ctrl+o")
        assert show.app.screen.query(OptionList), "now it has ended"


async def test_a_look_at_aws_for_one_set_up_never_counts_for_another(stage: Stage) -> None:
    _, production = pair(stage)
    seen = threading.Event()
    stage.account.before = lambda call: (seen.wait(), None)[1] if call.op == "GetCallerIdentity" else None
    async with curtain(stage) as show:
        show.app.go("review")
        await show.pilot.pause()
        assert show.app.runner.running("plan")
        await show.pilot.press("ctrl+o")
        await show.pilot.pause()
        await show.pilot.press("enter")
        await show.pilot.pause()
        seen.set()
        await show.settle()
        session = show.app.session
        assert session.setup is not None
        assert session.setup.path == production.path
        assert session.desk is None
        assert session.planned is None


async def test_where_aws_is_for_one_set_up_is_not_said_of_another(stage: Stage) -> None:
    _, production = pair(stage)
    stage.endpoint = "http://localhost:4566"
    async with curtain(stage) as show:
        session = show.app.session
        session.seen_endpoint = ""
        found = session.host.connect

        def connecting(profile: str, region: str) -> Connection:
            session.setup = setup_file.read(production.path)
            return found(profile, region)

        session.host = replace(session.host, connect=connecting)
        session.connect("", "eu-west-1")
        assert session.seen_endpoint == ""


@pytest.mark.parametrize("answer", ["no", "yes"])
async def test_a_password_that_would_be_forgotten_is_asked_about(stage: Stage, answer: str) -> None:
    _, production = pair(stage)
    async with curtain(stage) as show:
        show.app.session.held = held = bytearray(PASSWORD.encode())
        await show.press("ctrl+o")
        await show.press("enter")
        assert isinstance(show.app.screen, Ask)
        assert "The password that was typed is forgotten" in show.text()
        show.app.screen.query_one(f"#{answer}", Button).press()
        await show.settle()
        assert show.app.session.setup is not None
        assert (show.app.session.setup.path == production.path) == (answer == "yes")
        assert (PASSWORD.encode() in bytes(held)) == (answer == "no")


async def test_a_set_up_that_cannot_be_read_says_why(stage: Stage) -> None:
    sandbox, production = pair(stage)
    production.path.write_text("[")
    async with curtain(stage, at="storage") as show:
        await switch_to(show, "acme-production")
        assert isinstance(show.app.screen, Switch)
        assert "no valid TOML" in show.text()
        await show.press("escape")
        assert show.app.session.setup == setup_file.read(sandbox.path)


async def test_one_that_went_away_leads_to_the_first_page(stage: Stage) -> None:
    _, production = pair(stage)
    async with curtain(stage, at="storage") as show:
        await show.press("ctrl+o")
        production.path.unlink()
        await show.press("enter")
        assert show.page.name_ == "welcome"
        assert show.shows("acme-production.toml does not exist.")


async def test_the_palette_switches_too(stage: Stage) -> None:
    pair(stage)
    async with curtain(stage, at="storage") as show:
        commands = show.app.get_system_commands(show.app.screen)
        (found,) = [command for command in commands if command.title == "Switch set-up"]
        found.callback()
        await show.settle()
        assert isinstance(show.app.screen, Switch)


async def test_production_is_marked_while_it_is_made(stage: Stage) -> None:
    off: dict[str, object] = {
        "hardening__trail": "off",
        "storage__object_lock": "off",
        "storage__object_lock_days": 0,
    }
    stage.more["open_first"] = stage.setup(**APART, **off, storage__access_logs=False).path
    async with curtain(stage, (60, 20), at="review") as show:
        show.page.query_one("#create", Button).press()
        await show.settle()
        assert show.page.name_ == "applying"
        assert "acme-production · PRODUCTION" in show.lines()[0]


# Two side by side -------------------------------------------------------------------------------------------------


async def compared(show: Show) -> list[str]:
    """From the first page to the comparison; what it says of things that are shared."""
    await show.go("welcome")
    show.page.query_one("#compare", Button).press()
    await show.settle()
    assert isinstance(show.page, Compare)
    box = show.page.query_one("#comparison")
    return [words.text for words in box.query(Words) if words.kind in {"bad", "warn", "ok"}]


async def test_two_set_ups_are_offered_for_comparison_only_where_there_are_two(stage: Stage) -> None:
    stage.setup()
    async with curtain(stage) as show:
        assert not show.page.query_one("#compare", Button).display
        await show.go("compare")
        assert show.shows("There are no two set-ups")


@pytest.mark.parametrize("size", [pytest.param((80, 24), marks=pytest.mark.slow), (60, 20)])
async def test_what_is_shared_and_what_differs_stands_side_by_side(
    stage: Stage, size: tuple[int, int]
) -> None:
    pair(stage, storage__bucket=BUCKET, palisade__external_id=EXTERNAL_ID)
    async with curtain(stage, size) as show:
        told = await compared(show)
        assert told[0] == "One thing is shared that each must have for itself."
        assert told[1].startswith(f"Both have the bucket {BUCKET}. Sandbox and production share nothing")
        assert told[2].startswith("The recovery key (SHA-256")
        assert any(one.startswith("The external ID is also that of") for one in told)
        assert show.shows("acme-production PRODUCTION")
        assert show.shows("PalisadeS3BackupRole-production")
        assert not show.shows(EXTERNAL_ID)
        assert await cut(show) == []
        ends = [part.region.right for part in show.page.query(".pair-value")]
        assert max(ends) <= size[0]


@pytest.mark.slow
async def test_set_ups_that_are_apart_say_so_and_other_ones_can_be_chosen(stage: Stage) -> None:
    pair(stage)
    stage.setup(**{**APART, "setup__id": None, "setup__name": "third", "storage__bucket": BUCKET})
    async with curtain(stage) as show:
        await compared(show)
        first, second = (show.page.query_one(f"#{name}", Select) for name in ("first", "second"))
        names = {str(prompt).split()[0]: value for prompt, value in first._options}
        first.value, second.value = names["acme-sandbox"], names["acme-production"]
        await show.settle()
        assert show.shows("They share nothing that each must have for itself.")
        second.value = names["third"]
        await show.settle()
        assert show.shows("One thing is shared that each must have for itself.")
        second.value = names["acme-sandbox"]
        await show.settle()
        assert show.shows("Both are the same set-up")
        second.value = names["third"]
        await show.settle()
        await show.go("welcome")
        await show.go("compare")
        assert show.page.query_one("#second", Select).value == names["third"], "the choice is kept"


async def test_the_page_of_the_recovery_key_and_the_review_warn_of_what_is_shared(stage: Stage) -> None:
    pair(stage, palisade__external_id=EXTERNAL_ID)
    async with curtain(stage, at="recovery-key") as show:
        assert show.shows("is also that of the production set-up acme-production")
        await show.go("review")
        assert (
            "The external ID is also that of the production set-up"
            in show.page.query_one("#plan", Lines).words
        )


async def test_a_key_of_its_own_is_not_warned_of(stage: Stage) -> None:
    stage.more["open_first"] = stage.setup().path
    async with curtain(stage, at="recovery-key") as show:
        assert not show.shows("is also that of")
        assert flow.before("compare") == "welcome"
