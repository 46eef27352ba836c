"""The values for Palisade leave the page by three ways, and the checklist watches until all is well."""

from __future__ import annotations

import json
import stat

import pytest
from textual.widgets import Checkbox, Input

from screens import flow
from screens.dialogs import AskPath, TextView
from screens.host import ExtraAction
from screens.setup_lines import line
from screens.verify import Verify
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services import kit, progress, setup_file
from services.backups.findings import UNPROVEN
from services.kit import KIND_OF_QUORUM
from services.setup_file import SetupFile
from tests.screens.stage import KEY_ID, QUORUM, Show, Stage, curtain, refusal
from tests.world import EXTERNAL_ID


async def prepared(show: Show) -> None:
    """Everything is made in AWS."""
    await show.go("review")
    show.page.query_one("#create", Action).press()
    await show.settle()
    assert show.page.can_next()


async def test_every_value_is_shown_whole_and_copied(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    copied: list[str] = []
    async with curtain(stage) as show:
        setattr(show.app, "copy_to_clipboard", copied.append)  # noqa: B010 - the terminal is not there
        await prepared(show)
        await show.go("palisade")
        values = show.app.session.kit
        assert values is not None
        for number, (_, value) in enumerate(kit.rows(values)):
            assert show.shows(value)
            show.page.query_one(f"#copy-{number}", Action).press()
            await show.pilot.pause()
            assert copied[-1] == value
            assert show.shows("Sent to your terminal's clipboard.")
        assert EXTERNAL_ID in copied
        assert show.shows("is preselected")
        assert show.shows(kit.CONSOLE_PATH)


async def test_a_file_is_written_and_never_overwritten(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await prepared(show)
        for path in (stage.folder / name for name in ("kit.txt", "kit.json", "kit.md")):
            await show.go("palisade")
            await _write(show, str(path))
            assert EXTERNAL_ID in path.read_text()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            if path.suffix == ".json":
                assert json.loads(path.read_text())["external_id"] == EXTERNAL_ID
            path.chmod(0o600)
            path.write_text("mine")
            assert not show.shows("is never overwritten")
            await _write(show, str(path))
            assert path.read_text() == "mine"
            assert show.shows("is never overwritten")


async def _write(show: Show, path: str) -> None:
    show.page.query_one("#write-file", Action).press()
    await show.settle()
    assert isinstance(show.app.screen, AskPath)
    show.app.screen.query_one("#path", Input).value = path
    await show.press("enter")


@pytest.mark.slow
async def test_without_a_plain_screen_the_values_are_shown_over_the_page(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await prepared(show)
        await show.go("palisade")
        show.page.query_one("#plain", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, TextView)


async def test_values_before_anything_is_made_lead_to_the_review(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="palisade") as show:
        assert show.shows("so there are no values to copy")
        show.page.query_one("#to-review", Action).press()
        await show.settle()
        assert show.page.name_ == "review"


async def test_a_kit_whose_values_changed_is_out_of_date(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await prepared(show)
        for page, box in (("palisade", "#kit-created"), ("quorum", "#quorum-assigned")):
            await show.go(page)
            show.page.query_one(box, Checkbox).value = True
            await show.settle()
        assert show.shows(KIND_OF_QUORUM)
        session, step = show.app.session, flow.step_of("palisade")
        assert flow.sign(session, step, -1) == "✓"
        session.record({"palisade.external_id": "another-external-id"})
        assert flow.sign(session, step, -1) == "~"
        await show.go("palisade")
        assert not show.page.query_one("#kit-created", Checkbox).value


async def test_the_checklist_waits_and_turns_green_when_the_backup_arrives(stage: Stage) -> None:
    setup = stage.setup(palisade__quorum_id=QUORUM)
    stage.more = {"open_first": setup.path}
    async with curtain(stage) as show:
        await prepared(show)
        for mark in (flow.ACCESS, flow.HARDENING):
            flow.mark(show.app.session, mark, "yes")
        for mark in (flow.KIT, flow.QUORUM):
            flow.mark(show.app.session, mark, flow.kit_digest(show.app.session))
        await show.go("verify")
        lines = show.page.query_one("#checks", Lines)
        assert "▸ A backup arrived" in lines.words
        assert "✓ The policies allow the backup and nothing else: 23 of 23 pass" in lines.words
        assert show.shows(UNPROVEN)
        stage.account.write_backup()
        stage.clock.seconds += 61
        assert isinstance(show.page, Verify)
        show.page.count_down()
        await show.settle()
        assert "✓ A backup arrived" in lines.words
        assert "▸" not in lines.words
        assert show.shows("Verified: the backup path works.")
        assert show.shows(f"quorum ID {QUORUM}, key ID {KEY_ID}")
        assert flow.sign(show.app.session, flow.step_of("verify"), -1) == "✓"
        for index, (_, behind) in enumerate(lines.lines):
            lines.highlighted = index
            lines.focus()
            await show.press("enter")
            assert isinstance(show.app.screen, TextView)
            assert behind
            await show.press("escape")
        show.page.query_one("#rehearse", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, TextView)
        assert f"--key-id={KEY_ID}" in show.app.screen._text
        await show.press("escape")
        stage.account.broken["s3:ListObjectsV2"] = refusal("AccessDenied")
        show.page.query_one("#look-now", Action).press()
        await show.settle()
        show.page.count_down()
        assert show.shows("Something needs you")
        assert not show.shows("Verified: the backup path works.")
        session = show.app.session
        assert flow.sign(session, flow.step_of("verify"), -1) == "✓", "not to see it is not to see it fail"
        assert "verified" in line(session, setup_file.read(setup.path))
        stage.account.broken.clear()
        for key in stage.account.objects:
            stage.account.objects[key] = b"not what Palisade wrote"
        show.page.query_one("#look-now", Action).press()
        await show.settle()
        assert "✗" in lines.words
        assert flow.sign(session, flow.step_of("verify"), -1) == "·"
        assert flow.VERIFIED_AT not in stage.state.drafts(session.answers.text("setup.id"))
        assert "verified" not in line(session, setup_file.read(setup.path))


async def test_a_look_of_before_is_shown_and_marks_nothing(stage: Stage) -> None:
    """Meanwhile the set-up was taken down by a command: its marks do not come back from what the page saw then."""
    setup = stage.setup()
    identifier = setup.answers.text("setup.id")
    stage.more = {"open_first": setup.path}
    async with curtain(stage) as show:
        await prepared(show)
        stage.account.write_backup()
        await show.go("verify")
        assert flow.VERIFIED in stage.state.drafts(identifier)
        await show.go("duties")
        stage.state.forget(identifier, progress.DEEDS)
        stage.account.broken["sts:GetCallerIdentity"] = refusal("ExpiredToken")
        show.app.session.signed_in = None
        await show.go("verify")
        assert "✓ A backup arrived" in show.page.query_one("#checks", Lines).words
        assert not {flow.VERIFIED, flow.VERIFIED_AT} & stage.state.drafts(identifier).keys()


async def test_the_extra_action_tells_what_it_does_and_looks_again(stage: Stage) -> None:
    def play(_setup: SetupFile) -> list[str]:
        stage.account.write_backup()
        return ["[/x] A backup was written."]

    extra = ExtraAction("Play Palisade", "The demo can play Palisade.", lambda setup: iter(play(setup)))
    stage.more = {"open_first": stage.setup().path, "extra_action": extra}
    async with curtain(stage) as show:
        await prepared(show)
        await show.go("verify")
        show.page.query_one("#extra-action", Action).press()
        await show.settle()
        assert show.shows("[/x] A backup was written.")
        assert "✓ A backup arrived" in show.page.query_one("#checks", Lines).words


async def test_a_check_that_fails_says_that_it_needs_somebody(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await prepared(show)
        stage.account.write_backup()
        stage.account.broken["s3:GetObject"] = refusal("AccessDenied")
        await show.go("verify")
        assert "?" in show.page.query_one("#checks", Lines).words
        assert show.shows("Something needs you")
        assert flow.sign(show.app.session, flow.step_of("verify"), -1) == "·"
