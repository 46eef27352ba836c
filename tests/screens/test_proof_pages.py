"""“Prove that you can still open it”: the file, its password, the outcome; and the vendor's own tool, asked for first."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from textual.widgets import Input

from screens.dialogs import Ask
from screens.prove import Prove
from screens.widgets.action import Action
from screens.widgets.secret import SecretInput
from services import setup_file
from services.recovery import check, vendor_tool
from tests import keys
from tests.planted import PASSWORD
from tests.screens.stage import Show, Stage, curtain, cut
from tests.services.recovery import forms


def sealed(folder: Path, key: rsa.RSAPrivateKey) -> Path:
    path = folder / "acme-recovery.pke1"
    work = check.converting(
        forms.private(key), path, "pke1", new_password=bytearray(PASSWORD.encode()), iterations=2
    )
    return work.run().file


async def to_password(show: Show, path: Path) -> None:
    assert show.page.query_one("#prove", Action).display
    show.page.query_one("#prove", Action).press()
    await show.settle()
    assert show.page.name_ == "prove"
    show.page.query_one("#private-file", Input).value = str(path)
    await show.settle()
    assert await cut(show) == []
    await show.press("ctrl+n")
    assert show.page.name_ == "opening"


async def test_a_file_that_is_recorded_beside_the_setup_file_is_named_whole(stage: Stage) -> None:
    setup = setup_file.record(stage.setup(), {"recovery_key.private_file": "keys/acme.pke1"})
    stage.more["open_first"] = setup.path
    async with curtain(stage, at="prove") as show:
        named = show.page.query_one("#private-file", Input).value
        assert named == str(setup.path.parent / "keys" / "acme.pke1")


async def test_a_finished_set_up_is_proven_from_the_first_page(stage: Stage) -> None:
    stage.setup()
    path = sealed(stage.folder, keys.key())
    async with curtain(stage) as show:
        await to_password(show, path)
        box = show.page.query_one("#password", SecretInput)
        box.value = "not this one"
        await show.press("ctrl+n")
        assert show.shows("The sealed key does not open: the password is wrong or the file is damaged")
        assert not box.value
        box.value = PASSWORD
        await show.press("ctrl+n")
        assert show.shows("Proven: this file opens with this password")
        assert await cut(show) == []
        assert PASSWORD not in show.app.export_screenshot() + "".join(show.app.session.log)
        await show.press("enter")
        assert show.page.name_ == "recovery-key"
        assert show.shows("Last opened")
    assert PASSWORD.encode() not in stage.everything_on_disk()


async def test_the_file_of_another_key_proves_nothing(stage: Stage) -> None:
    stage.setup()
    path = sealed(stage.folder, keys.other_key())
    async with curtain(stage) as show:
        await to_password(show, path)
        show.page.query_one("#password", SecretInput).value = PASSWORD
        await show.press("ctrl+n")
        assert show.shows("The two files do not belong to the same key pair.")
        assert not show.shows("Proven")


@pytest.mark.slow
@pytest.mark.parametrize("content", ["nothing", "public"])
async def test_what_is_no_private_key_proves_nothing(stage: Stage, content: str) -> None:
    setup = stage.setup()
    path = stage.folder / "file"
    path.write_bytes(b"no key" if content == "nothing" else setup.public_files()[0].read_bytes())
    async with curtain(stage) as show:
        await to_password(show, path)
        show.page.query_one("#password", SecretInput).value = PASSWORD
        await show.press("ctrl+n")
        assert not show.shows("Proven: this file opens")
        assert any("✗" in line for line in show.lines())


async def test_a_file_that_is_not_there_is_told(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="prove") as show:
        show.page.query_one("#private-file", Input).value = str(stage.folder / "gone.pke1")
        await show.press("ctrl+n")
        assert show.page.name_ == "prove"
        assert show.shows("There is no such file.")
        assert show.shows(vendor_tool.validate_command(stage.folder / "gone.pke1"))
        await show.press("escape")
    async with curtain(stage, at="prove") as again:
        assert again.page.query_one("#private-file", Input).value == str(stage.folder / "gone.pke1")


async def test_the_vendors_tool_is_shown_and_asked_for_before_it_runs(stage: Stage) -> None:
    tools = stage.folder / "bin"
    tools.mkdir()
    program = tools / vendor_tool.NAME
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    setup = stage.setup()
    stage.more = {"open_first": setup.path, "search_path": str(tools)}
    path = stage.folder / "acme.pke1"
    path.write_bytes(b"PKE1")
    tool = vendor_tool.look(program)
    async with curtain(stage, at="prove") as show:
        show.page.query_one("#private-file", Input).value = str(path)
        for said in (str(tool.path), tool.owner, tool.sha256):
            assert show.shows(said)
        assert await cut(show) == []
        show.page.query_one("#run-tool", Action).press()
        await show.settle()
        assert isinstance(show.app.screen, Ask)
        assert tool.sha256 in show.text().replace(" ", "")
        await show.press("enter")
        assert show.page.name_ == "prove", "the harmless answer has the focus"
        show.page.query_one("#run-tool", Action).press()
        await show.settle()
        await show.press("tab", "enter")
        assert show.shows("there is no terminal to give to it"), "nothing runs without a terminal"
        page = show.page
        assert isinstance(page, Prove)
        page.told(3)
        await show.settle()
        assert show.shows("The recovery tool ended with status 3")
        page.told(0)
        await show.settle()
        assert show.shows("The recovery tool ended well")


async def test_a_split_key_says_how_its_shares_prove(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup(recovery_key__custody="split").path}
    async with curtain(stage, at="prove") as show:
        assert show.shows("proves shares without showing anything")
        assert await cut(show) == []
