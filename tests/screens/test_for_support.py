"""What the wizard does for support: the log names the command of the bundle, and failed work is kept for it."""

from __future__ import annotations

from services import last_errors
from services.problems import refuse
from tests.screens.stage import Stage, curtain


async def test_the_log_names_the_command_of_the_bundle(stage: Stage) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage) as show:
        await show.press("ctrl+l")
        assert show.shows(f"palisade-wizard bundle --config {setup.path} --out bundle.zip")


async def test_what_to_do_names_the_open_set_up_in_its_commands(stage: Stage) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage) as show:
        said = refuse("not-ready", "It is not there.", "Make it with 'palisade-wizard apply --config S'.")
        show.page.show_problem(said.problem)
        await show.settle()
        assert show.shows(f"palisade-wizard apply --config {setup.path}")


async def test_without_a_set_up_there_is_no_bundle_to_write(stage: Stage) -> None:
    async with curtain(stage) as show:
        await show.press("ctrl+l")
        assert not show.shows("palisade-wizard bundle")


async def test_work_that_failed_is_kept_by_code_and_place(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}

    def failing(_job: object, _tell: object) -> object:
        raise refuse("denied", "It said: nobody's business.", where="kms:CreateKey (AccessDenied)")

    async with curtain(stage) as show:
        show.app.runner.start("look", "Looking", failing)
        await show.settle()
    kept = [(entry["command"], entry["code"], entry["where"]) for entry in last_errors.read(stage.state)]
    assert kept == [("wizard", "denied", "kms:CreateKey (AccessDenied)")]
    assert b"nobody" not in stage.state.errors.read_bytes()
