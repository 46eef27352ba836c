"""The record in the wizard: what verification saw goes onto it, and nothing leaves it by a slip."""

from __future__ import annotations

import json

import pytest
from textual.widgets import Input

from screens.dialogs import Ask, AskLine, AskPath, TextView
from screens.record import RecordPage
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services.record import book
from services.record.book import Record
from services.setup_file import SetupFile
from tests.ports import Recording
from tests.screens.stage import KEY_ID, QUORUM, Show, Stage, curtain, refusal
from tests.screens.test_values_and_checks import prepared

ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"


def opened(stage: Stage, **values: object) -> SetupFile:
    setup = stage.setup(palisade__quorum_id=QUORUM, **values)
    stage.more = {"open_first": setup.path}
    return setup


def on_disk(stage: Stage, setup: SetupFile) -> Record:
    return book.read(book.place(setup, stage.state))


async def seen(show: Show, stage: Stage) -> Lines:
    """Everything is made, a backup arrived, verification saw it, and the page of the record is open."""
    await prepared(show)
    stage.account.write_backup()
    await show.go("verify")
    await press(show, "record")
    assert show.page.name_ == "record"
    return show.page.query_one("#wallets", Lines)


async def press(show: Show, name: str) -> None:
    show.page.query_one(f"#{name}", Action).press()
    await show.settle()


async def answer(show: Show, field: str, text: str) -> None:
    show.app.screen.query_one(field, Input).value = text
    await show.press("enter")


async def test_what_was_seen_is_proposed_put_on_record_and_written_out(stage: Stage) -> None:
    setup = opened(stage)
    async with curtain(stage) as show:
        lines = await seen(show, stage)
        assert show.shows("1 wallet seen by verification is not on record yet.")
        assert f"+ {KEY_ID}" in lines.words
        await press(show, "put")
        assert show.shows("1 wallet on record, each verified.")
        assert f"✓ {KEY_ID}" in lines.words
        (wallet,) = on_disk(stage, setup).wallets
        assert (wallet.quorum_id, wallet.algorithm) == (QUORUM, "SECP256K1")
        lines.focus()
        await show.press("enter")
        assert isinstance(show.app.screen, TextView)
        assert QUORUM in show.app.screen._text
        await show.press("escape")
        for name in ("sheet.txt", "sheet.json", "sheet.csv", "sheet.md"):
            path = stage.folder / name
            await press(show, "write-file")
            assert isinstance(show.app.screen, AskPath)
            await answer(show, "#path", str(path))
            assert QUORUM in path.read_text()
            assert path.stat().st_mode & 0o777 == 0o600
        assert json.loads((stage.folder / "sheet.json").read_text())["wallets"]
        await show.press("escape")
        assert show.page.name_ == "verify"
        assert show.shows("Every wallet that was seen is on record.")


@pytest.mark.slow
async def test_an_address_is_given_checked_and_kept(stage: Stage) -> None:
    setup = opened(stage)
    async with curtain(stage) as show:
        await seen(show, stage)
        await press(show, "put")
        await press(show, "address")
        assert isinstance(show.app.screen, AskLine)
        await answer(show, "#line", "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi")
        assert show.shows("The address is that of a wallet with a key of ED25519")
        assert on_disk(stage, setup).wallets[0].address == ""
        await press(show, "address")
        await answer(show, "#line", ETHEREUM)
        assert show.shows(f"The address of {KEY_ID} is saved.")
        assert on_disk(stage, setup).wallets[0].address == ETHEREUM


@pytest.mark.parametrize("really", [True, False])
async def test_removing_asks_first_and_keeps_the_values_in_the_file(stage: Stage, really: bool) -> None:
    setup = opened(stage)
    async with curtain(stage) as show:
        await seen(show, stage)
        await press(show, "put")
        await press(show, "remove")
        assert isinstance(show.app.screen, Ask)
        assert show.shows("it cannot be recovered")
        show.app.screen.query_one("#yes" if really else "#no", Action).press()
        await show.settle()
        assert show.shows("palisade-wizard record restore") is really
        assert bool(on_disk(stage, setup).wallets) is not really
        assert bool(on_disk(stage, setup).removed) is really


async def test_the_bucket_is_held_against_the_record_and_denied_is_unknown(stage: Stage) -> None:
    setup = opened(stage)
    async with curtain(stage) as show:
        lines = await seen(show, stage)
        await press(show, "put")
        stage.account.below = recording = Recording(stage.account.below)
        await press(show, "compare")
        assert recording.writes == []
        assert f"The wallet {KEY_ID} is on record, and the bucket holds no backup of it." in lines.words
        stage.account.broken["s3:ListObjectsV2"] = refusal("AccessDenied")
        await press(show, "compare")
        assert "? What the bucket holds is unknown." in lines.words
        assert "holds no backup of it" not in lines.words
        stage.account.broken["s3:ListObjectsV2"] = refusal("ExpiredToken", status=400)
        await press(show, "compare")
        assert show.shows("Sign in again")
    assert on_disk(stage, setup).wallets


async def test_a_wallet_of_another_quorum_is_not_offered(stage: Stage) -> None:
    setup = stage.setup(palisade__quorum_id=QUORUM.replace("b7", "b8"))
    stage.more = {"open_first": setup.path}
    async with curtain(stage) as show:
        lines = await seen(show, stage)
        assert "not sealed for this quorum ID" in lines.words
        assert show.page.query_one("#put", Action).disabled
        assert show.shows("No wallet is on record yet.")


@pytest.mark.slow
async def test_a_record_that_is_damaged_is_told_and_can_be_put_back(stage: Stage) -> None:
    setup = opened(stage)
    async with curtain(stage) as show:
        await seen(show, stage)
        await press(show, "put")
        of = book.place(setup, stage.state)
        whole = of.path.read_bytes()
        of.path.write_bytes(whole[:-30])
        await show.go("verify")
        await press(show, "rehearse")
        assert show.shows("is damaged")
        await show.go("record")
        assert show.shows("is damaged")
        assert show.page.query_one("#put", Action).disabled
        assert of.path.read_bytes() == whole[:-30]
        of.path.write_bytes(whole)
        await press(show, "again")
        assert f"✓ {KEY_ID}" in show.page.query_one("#wallets", Lines).words


@pytest.mark.slow
async def test_the_rehearsal_names_what_was_seen_and_the_records_quorum(stage: Stage) -> None:
    opened(stage)
    async with curtain(stage) as show:
        await seen(show, stage)
        await press(show, "put")
        await show.go("verify")
        await press(show, "rehearse")
        assert isinstance(show.app.screen, TextView)
        text = show.app.screen._text
        for word in (
            f"--key-id={KEY_ID}",
            "--key-type=SECP256K1",
            f"--quorum-id={QUORUM}",
            "recovery_shard-0.txt",
        ):
            assert word in text
        assert "Put ED25519" not in text


async def test_without_a_look_the_page_says_where_to_get_one(stage: Stage) -> None:
    opened(stage)
    async with curtain(stage, at="record") as show:
        assert isinstance(show.page, RecordPage)
        assert show.shows("Nothing was looked at in this sitting")
        assert [
            show.page.query_one(f"#{name}", Action).disabled
            for name in ("put", "address", "remove", "write-file")
        ] == [True] * 4


@pytest.mark.slow
async def test_a_folder_where_the_record_should_be_is_told(stage: Stage) -> None:
    opened(stage)
    async with curtain(stage) as show:
        await seen(show, stage)
        page = show.page
        assert isinstance(page, RecordPage)
        assert page.place is not None
        page.place.path.mkdir()
        await press(show, "put")
        assert show.shows("is a folder, not a file")
