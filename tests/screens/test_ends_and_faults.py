"""However the wizard ends, nothing secret is shown, and the status tells how it ended."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.screen import ModalScreen

import screens
from screens.app import PalisadeWizard
from screens.dialogs import Leave
from screens.modal import Palette
from screens.work import Job, fault
from services.problems import refuse
from tests.planted import NEVER
from tests.screens.stage import Stage, curtain, refusal

ROOT = Path(__file__).resolve().parents[2]


async def test_a_fault_shows_no_value_and_ends_with_70(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    app = PalisadeWizard(stage.host())

    def fail() -> None:
        password = NEVER
        raise RuntimeError(password)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.pause()
            app.call_later(fail)
            await pilot.pause()

    with pytest.raises(RuntimeError):
        await run()
    assert app.return_code == 70
    said = "".join(capsys.readouterr())
    assert "had to end; everything that was accepted" in said
    assert "RuntimeError at test_ends_and_faults.py" in said.replace("\n", " ")
    assert NEVER not in said


async def test_a_fault_in_a_thread_is_a_problem_without_values(stage: Stage) -> None:
    def fail(_job: Job, _tell: object) -> None:
        secret = NEVER
        raise ValueError(secret)

    async with curtain(stage) as show:
        job = show.app.runner.start("fails", "Failing", fail)
        await show.settle()
        assert job.problem is not None
        assert job.problem.code == "our-bug"
        assert NEVER not in repr(job.problem) + "".join(show.app.session.log)


async def test_an_older_job_of_the_same_name_is_not_listened_to(stage: Stage) -> None:
    taken: list[str] = []
    async with curtain(stage) as show:
        runner = show.app.runner
        first = runner.start("look", "Looking", lambda _job, _tell: "first", taken.append)
        second = runner.start("look", "Looking", lambda _job, _tell: "second", taken.append)
        await show.settle()
        assert taken == ["second"]
        assert second.done
        assert not first.done


async def test_what_cannot_be_saved_is_a_problem_of_the_job(stage: Stage) -> None:
    def full(_result: object) -> None:
        raise refuse("folder", "The medium is full.")

    async with curtain(stage) as show:
        job = show.app.runner.start("look", "Looking", lambda _job, _tell: 1, full)
        await show.settle()
        assert job.problem is not None
        assert job.problem.code == "folder"


def test_a_fault_names_its_place_alone() -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["secret"]
    assert fault(raised.value).where.startswith("KeyError at test_ends_and_faults.py:")
    assert "secret" not in repr(fault(raised.value))


async def test_the_wrong_account_is_refused_on_the_account_page(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup(aws__account="999988887777").path}
    async with curtain(stage, at="account") as show:
        assert show.shows("this set-up lives in account 999988887777")
        await show.press("ctrl+n")
        assert show.page.name_ == "account"


async def test_a_sign_in_that_fails_is_explained_and_tried_again(stage: Stage) -> None:
    stage.account.broken["sts:GetCallerIdentity"] = refusal("ExpiredToken", "expired [/x]", 400)
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="account") as show:
        assert show.shows("AWS does not accept your sign-in")
        del stage.account.broken["sts:GetCallerIdentity"]
        show.page.query_one("#sign-in-again").press()  # type: ignore[attr-defined]
        await show.settle()
        assert show.app.session.signed_in is not None
        await show.press("ctrl+n")
        assert show.page.name_ == "recovery-key"


@pytest.mark.parametrize("plain", [True, False])
async def test_without_colour_every_state_is_still_told(stage: Stage, plain: bool) -> None:
    stage.setup()
    stage.more = {"no_colour": plain}
    async with curtain(stage) as show:
        assert bool(show.app.ansi_color) is plain
        assert show.app.native_ansi_color is plain
        assert "▸" in show.text()


def test_the_first_page_needs_no_aws_library() -> None:
    code = (
        "import sys, screens.app, screens.welcome, screens.new_setup\n"
        "print([m for m in ('boto3', 'botocore', 'cryptography', 'tomlkit') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


async def test_what_was_asked_for_one_set_up_is_not_recorded_in_another(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup(aws__account=None).path}
    async with curtain(stage, at="account") as show:
        show.app.session.record({"aws.account": None})
        job = show.app.runner.start("sign-in", "Signing in", lambda _job, _tell: 1, show.app.session.note)
        await show.go("welcome")
        assert not show.app.runner.current(job)
        assert show.app.session.signed_in is None


@pytest.mark.parametrize("part", ["#middle", "#buttons", "#title", "#message", "#endpoint"])
async def test_a_page_that_is_being_put_away_is_neither_focused_nor_written_to(
    stage: Stage, part: str
) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="account") as show:
        page = show.page
        job = show.app.runner.start("look", "Looking", lambda _job, _tell: 1)
        page.busy, page._named = job, "another endpoint"  # so that there is something to write
        await page.query_one(part).remove()  # as Textual does, one part after the other
        page._from_the_top()
        page._tick()
        await show.pilot.pause()
        assert show.app._exception is None


@pytest.mark.parametrize("first", ["ctrl+p", "ctrl+q"])
async def test_what_opens_over_everything_does_not_lie_upon_itself(stage: Stage, first: str) -> None:
    """Each level is drawn by the one above it, so that many enough of them would end the program."""
    async with curtain(stage, at="new") as show:
        keys = ("ctrl+p", "ctrl+q")
        for key in (first, *keys * 6):
            await show.press(key)
        kinds = [type(each) for each in show.app.screen_stack]
        assert len(kinds) <= 4
        assert Leave in kinds
        while isinstance(show.app.screen, (Leave, Palette)):
            await show.press("escape")
        assert show.page.name_ == "new"


async def test_leaving_asks_from_the_palette_too(stage: Stage) -> None:
    async with curtain(stage, at="new") as show:
        for key, shown in (("ctrl+q", Leave), ("ctrl+p", Palette), ("ctrl+q", Leave)):
            await show.press(key)
            assert isinstance(show.app.screen, shown)
        await show.press("escape")
        assert show.page.name_ == "new"
        for key, shown in (("ctrl+p", Palette), ("ctrl+q", Leave), ("ctrl+p", Leave)):
            await show.press(key)
            assert isinstance(show.app.screen, shown)


@pytest.mark.parametrize("under", [Leave, Palette])
async def test_what_lies_under_another_dialog_is_not_put_away_in_its_place(
    stage: Stage, under: type[Leave | Palette]
) -> None:
    """As by a key that was meant for it, and that comes after the other one has opened."""
    keys = ("ctrl+q", "ctrl+p") if under is Leave else ("ctrl+p", "ctrl+q")
    async with curtain(stage, at="new") as show:
        for key in keys:
            await show.press(key)
        page, lower, upper = show.app.screen_stack[-3:]
        assert isinstance(lower, under)
        lower.dismiss()
        await show.settle()
        assert show.app.screen is upper
        for left in (lower, page):
            await show.press("escape")
            assert show.app.screen is left


def test_every_dialog_is_put_away_with_that_care() -> None:
    """Textual's own `dismiss` takes away whatever is on top."""
    found = (
        kind
        for each in pkgutil.walk_packages(screens.__path__, "screens.")
        for kind in vars(importlib.import_module(each.name)).values()
    )
    ours = {kind for kind in found if isinstance(kind, type) and issubclass(kind, ModalScreen)}
    ours -= {ModalScreen, CommandPalette}
    assert len(ours) > 8
    assert {kind.dismiss.__qualname__ for kind in ours} == {"Modal.dismiss", "Palette.dismiss"}
