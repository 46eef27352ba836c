"""A password is typed, used and gone: no file, picture, log or clipboard ever holds it."""

from __future__ import annotations

import pytest

from screens.dialogs import Leave
from screens.host import KeyLog
from screens.widgets.secret import SecretInput
from services import setup_file
from tests import planted
from tests.screens.stage import Stage, curtain
from tests.search import Search


@pytest.mark.parametrize("leave", ["escape", "close", "wrong"])
async def test_a_password_is_in_no_file_and_no_picture(stage: Stage, leave: str) -> None:
    setup = stage.setup()
    setup_file.record(setup, {"recovery_key.public_files": []})
    stage.more = {"open_first": setup.path}
    secret, search = planted.PASSWORD, Search(planted.ALL)
    async with curtain(stage, at="password") as show:
        show.page.query_one("#password", SecretInput).value = secret
        show.page.query_one("#password-again", SecretInput).value = secret if leave != "wrong" else "other"
        await show.pilot.pause()
        assert not search.inside(show.app.export_screenshot())
        assert not search.inside(repr(show.page.query_one("#password", SecretInput)))
        if leave == "wrong":
            await show.press("ctrl+n")
            assert show.shows("The two passwords are not the same.")
            assert not any(box.value for box in show.page.query(SecretInput))
        elif leave == "escape":
            await show.press("escape")
        if leave == "close":
            show.app.end(0)
        else:
            assert not search.inside(show.app.export_screenshot())
            await show.go("password")
            assert not any(box.value for box in show.page.query(SecretInput))
        assert not search.inside("".join(show.app.session.log))
    assert not any(search.below(stage.folder).values())


async def test_a_password_cannot_be_copied_or_cut(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    copied: list[str] = []
    async with curtain(stage) as show:
        setattr(show.app, "copy_to_clipboard", copied.append)  # noqa: B010
        await show.go("password")
        box = show.page.query_one("#password", SecretInput)
        box.value = planted.PASSWORD
        box.select_all()
        await show.press("ctrl+x")
        assert box.value == planted.PASSWORD
        await show.press("ctrl+c")
        assert isinstance(show.app.screen, Leave)
    assert copied == []


async def test_a_key_log_turns_passwords_off(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path, "key_log": KeyLog("/tmp/keys.log", "TEXTUAL_LOG")}
    async with curtain(stage, at="password") as show:
        assert show.shows("What you type or see here would be written to /tmp/keys.log")
        assert not show.page.query_one("#ask-password").display
        await show.press("ctrl+n")
        assert "key" not in show.app.runner.jobs
