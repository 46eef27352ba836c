"""The recovery key is made by the page as by the command, and an interrupted making is completed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from screens.widgets.action import Action
from screens.widgets.secret import SecretInput
from services import setup_file
from tests.planted import PASSWORD
from tests.screens.stage import Show, Stage, curtain


async def make(show: Show, password: str = PASSWORD) -> None:
    await show.go("recovery-key")
    await show.press("ctrl+n")
    assert show.page.name_ == "password"
    for box in show.page.query(SecretInput):
        box.value = password
    await show.press("ctrl+n")


@pytest.fixture
def keyless(stage: Stage) -> Stage:
    """A set-up that has no recovery key yet."""
    setup = setup_file.record(stage.setup(), {"recovery_key.public_files": []})
    stage.more = {"open_first": setup.path}
    return stage


@pytest.mark.each_frame
async def test_a_key_is_made_recorded_and_completed_after_an_interruption(keyless: Stage) -> None:
    keys = keyless.folder / "keys"
    async with curtain(keyless) as show:
        await make(show)
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        answers = show.app.session.answers
        public = Path(answers.texts("recovery_key.public_files")[0])
        assert sorted(path.name for path in keys.iterdir()) == [
            "acme-sandbox-recovery.pke1",
            "acme-sandbox-recovery.pub.der",
            "acme-sandbox-recovery.pub.hex",
            "acme-sandbox-recovery.txt",
        ]
        assert show.shows(answers.text("recovery_key.fingerprint"))
        await show.press("enter")
        assert show.page.name_ == "storage"

        fingerprint = answers.text("recovery_key.fingerprint")
        await make_again(show, public, fingerprint)
    assert PASSWORD.encode() not in keyless.everything_on_disk()


async def make_again(show: Show, public: Path, fingerprint: str) -> None:
    """An interruption leaves the sealed file alone; its password brings the public half back."""
    public.unlink()
    show.app.session.record({"recovery_key.public_files": [], "recovery_key.fingerprint": None})
    await show.go("recovery-key")
    assert show.shows("An earlier run was interrupted and left")
    await show.press("ctrl+n")
    assert not show.page.query_one("#line-password-again").display
    box = show.page.query_one("#password", SecretInput)
    box.value = "not this one"
    await show.press("ctrl+n")
    assert show.shows("The sealed key does not open: the password is wrong or the file is damaged")
    assert not public.exists()
    show.page.query_one("#again", Action).press()
    await show.settle()
    show.page.query_one("#password", SecretInput).value = PASSWORD
    await show.press("ctrl+n")
    assert public.exists()
    assert show.app.session.answers.text("recovery_key.fingerprint") == fingerprint


REFUSED = {
    "short": "The password has fewer than 8 characters.",
    "pässword-with": "a character that the recovery tool cannot take",
    "x" * 129: "more than 128 characters",
    "": "The password has fewer than 8 characters.",
}


@pytest.mark.slow
async def test_a_password_that_the_tool_cannot_take_is_refused(keyless: Stage) -> None:
    async with curtain(keyless) as show:
        for password, sentence in REFUSED.items():
            await make(show, password)
            assert show.shows(sentence), password
            assert "key" not in show.app.runner.jobs, password
    assert not (keyless.folder / "keys").exists()


async def test_files_that_exist_are_refused_before_a_password_is_asked(keyless: Stage) -> None:
    keys = keyless.folder / "keys"
    keys.mkdir()
    (keys / "acme-sandbox-recovery.pub.der").write_text("mine")
    (keys / "acme-sandbox-recovery.pub.hex").write_text("mine")
    async with curtain(keyless, at="recovery-key") as show:
        await show.press("ctrl+n")
        assert show.page.name_ == "recovery-key"
        assert show.shows("exists already and is never overwritten")


async def test_no_key_is_made_where_the_setup_file_cannot_name_it(keyless: Stage) -> None:
    odd = keyless.folder / "no\u00a0break"
    async with curtain(keyless, at="recovery-key") as show:
        show.page.query_one("#key-folder", Input).value = str(odd)
        await show.press("ctrl+n")
        assert show.page.name_ == "recovery-key"
        assert show.shows("cannot name the folder")
    assert not odd.exists()


@pytest.mark.slow
async def test_a_key_belongs_to_the_set_up_it_was_made_for(keyless: Stage) -> None:
    other = keyless.setup(setup__name="acme-other", setup__id="7d9a2b64-1c0f-4f5e-8a3b-5e4d3c2b1a09")
    before = other.path.read_bytes()
    async with curtain(keyless, at="recovery-key") as show:
        await show.press("ctrl+n")
        for box in show.page.query(SecretInput):
            box.value = PASSWORD
        await show.page.forward()
        show.app.session.open(other)
        await show.settle()
    made_for = setup_file.read(keyless.state.path_of("acme-sandbox")).answers
    assert made_for.texts("recovery_key.public_files")
    assert other.path.read_bytes() == before
