"""The duties in the wizard: what is due, what to do, what was done, and the calendar."""

from __future__ import annotations

from icalendar import Calendar
from textual.widgets import Input

from screens.dialogs import AskLine, AskPath, TextView
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from services.lifecycle import diary
from services.record import book
from services.record.wallet import Wallet
from services.setup_file import SetupFile
from tests.screens.stage import KEY_ID, QUORUM, Show, Stage, curtain

WALLET = Wallet(QUORUM, KEY_ID, "ED25519", file="recovery_shard-1.txt", written="2026-11-20")


def opened(stage: Stage, **values: object) -> SetupFile:
    setup = stage.setup(**values)
    stage.more = {"open_first": setup.path}
    return setup


def at(lines: Lines, title: str) -> int:
    return next(number for number, (line, _) in enumerate(lines.lines) if line[1].startswith(title))


async def press(show: Show, name: str) -> None:
    show.page.query_one(f"#{name}", Action).press()
    await show.settle()


async def test_enter_tells_what_to_do_and_marking_writes_it_down(stage: Stage) -> None:
    setup = opened(stage)
    book.add(book.place(setup, stage.state), stage.clock, WALLET)
    async with curtain(stage) as show:
        await show.go("verify")
        await press(show, "duties")
        lines = show.page.query_one("#duties", Lines)
        assert show.shows("1 duty is due")
        assert "! A recovery was rehearsed" in lines.words
        lines.highlighted = at(lines, "A recovery was rehearsed")
        lines.focus()
        await show.press("enter")
        assert isinstance(show.app.screen, TextView)
        for word in ("recovery_shard-1.txt", "--key-type=ED25519", f"--quorum-id={QUORUM}"):
            assert word in show.app.screen._text
        await show.press("escape")
        await press(show, "mark")
        assert isinstance(show.app.screen, AskLine)
        assert show.shows(f"The wallet {KEY_ID} gets the proof on its record.")
        show.app.screen.query_one("#line", Input).value = "by Ada"
        await show.press("enter")
        assert show.shows("Written down: A recovery was rehearsed.")
        assert show.shows("No duty is due.")
        assert "✓ A recovery was rehearsed" in lines.words
    (wallet,) = book.read(book.place(setup, stage.state)).wallets
    assert wallet.rehearsed is not None
    assert wallet.rehearsed.evidence == "by Ada"
    last = diary.read(diary.place(setup, stage.state)).last("rehearsal")
    assert last is not None


async def test_closing_the_question_marks_nothing(stage: Stage) -> None:
    setup = opened(stage)
    async with curtain(stage, at="duties") as show:
        await press(show, "mark")
        await show.press("escape")
        assert show.page.name_ == "duties"
        await press(show, "mark")
        show.app.screen.query_one("#line", Input).value = "x" * 500
        await show.press("enter")
        assert show.shows("A note is one line of at most 400 characters.")
    assert not diary.place(setup, stage.state).path.exists()


async def test_reminders_are_written_to_a_new_file(stage: Stage) -> None:
    setup = opened(stage)
    path = stage.folder / "acme.ics"
    async with curtain(stage, at="duties") as show:
        await press(show, "remind")
        assert isinstance(show.app.screen, AskPath)
        show.app.screen.query_one("#path", Input).value = str(path)
        await show.press("enter")
        assert show.shows("There is no day to remind of yet")
        assert not path.exists()
        book.add(book.place(setup, stage.state), stage.clock, WALLET)
        await show.go("duties")
        for _ in range(2):
            await press(show, "remind")
            show.app.screen.query_one("#path", Input).value = str(path)
            await show.press("enter")
        assert show.shows("never overwritten")
    assert Calendar.from_ical(path.read_bytes()).walk("VEVENT")


async def test_a_damaged_diary_is_told_and_can_be_put_back(stage: Stage) -> None:
    setup = opened(stage)
    of = diary.place(setup, stage.state)
    of.path.write_text("{")
    async with curtain(stage, at="duties") as show:
        assert show.shows("is damaged")
        assert show.page.query_one("#mark", Action).disabled
        of.path.unlink()
        await press(show, "again")
        assert not show.page.query_one("#mark", Action).disabled
        assert "Key reshare" in show.page.query_one("#duties", Lines).words
