"""An interrupted split is completed on the pages: shares come from paper or files, one at a time, and stay unseen."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from textual.widgets import Input

from screens import key_place
from screens.dialogs import Ask
from screens.host import KeyLog
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.secret import SecretInput
from services.recovery import split
from services.recovery.split import SplitKey
from tests.screens.stage import Show, Stage, curtain, cut
from tests.services.recovery.forms import ROUNDS
from tests.services.recovery.test_split import apart, request

NAMES = ("Kim [/x]", "Robin", "The auditor")


@cache
def kept() -> SplitKey:
    """A key split in three, of which two are needed; made once."""
    folder = Path(mkdtemp(prefix="palisade-test-"))
    atexit.register(shutil.rmtree, folder)
    return split.splitting(request(folder), apart).run()


def words(number: int) -> list[str]:
    return kept().shares[number - 1].read_text().splitlines()[-1].split()


@dataclass(frozen=True)
class Left:
    """A stage on which a crash left a sealed file alone, and the wizard's drafts with the names."""

    stage: Stage

    @property
    def sealed(self) -> Path:
        return self.stage.folder / "keys" / "acme-sandbox-recovery.pke1"

    @property
    def public(self) -> Path:
        return self.sealed.with_name("acme-sandbox-recovery.pub.der")

    def secrets_anywhere(self) -> list[str]:
        """Runs of words of any share in what the program wrote."""
        files = [path for path in self.sealed.parent.rglob("*") if path.is_file()]
        everything = self.stage.everything_on_disk() + b"".join(path.read_bytes() for path in files)
        runs = [" ".join(words(number)[at : at + 2]) for number in (1, 2, 3) for at in range(4, 30, 2)]
        return [run for run in runs if run.encode() in everything]


@pytest.fixture
def left(stage: Stage) -> Left:
    stage.more["iterations"] = ROUNDS
    stage.keyless(setup__environment="production")
    found = Left(stage)
    found.sealed.parent.mkdir()
    shutil.copy(kept().files.private_file, found.sealed)
    return found


def name_them(show: Show, names: tuple[str, ...] = NAMES, threshold: str = "2") -> None:
    """As they were typed before the split."""
    show.app.session.keep(key_place.NAMES, "\n".join(names))
    show.app.session.keep(key_place.THRESHOLD, threshold)


async def type_share(show: Show, typed: list[str]) -> None:
    show.page.query_one("#type-words", Action).press()
    await show.settle()
    assert show.page.name_ == "type-share"
    for number, word in enumerate(typed, 1):
        show.page.query_one(f"#word-{number}", SecretInput).value = word
    await show.press("ctrl+n")


async def read_share(show: Show, path: Path) -> None:
    show.page.query_one("#share-file", Input).value = str(path)
    await show.press("ctrl+n")


def child(show: Show) -> int:
    gathering = show.app.session.gathering
    assert gathering is not None
    assert gathering.pid is not None
    return gathering.pid


def seen(show: Show, number: int) -> bool:
    """Whether a share stands on the screen: some words are those of other shares, and one or two of any sentence."""
    others = {word for other in {1, 2, 3} - {number} for word in words(other)}
    return len((set(words(number)[4:]) - others) & set(show.text().split())) > 5


async def test_paper_and_file_together_complete_it(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        name_them(show)
        show.page.query_one("#split", Radio).value = True
        await show.settle()
        assert show.shows("An earlier run was interrupted and left")
        assert show.shows("The shares of its custodians complete it")
        assert await cut(show) == []
        await show.choose("split")
        assert await cut(show) == []
        await type_share(show, words(1))
        assert show.page.name_ == "gather"
        assert show.shows("1 is here, 1 is still needed.")
        assert show.shows("Share 1, typed from paper")
        assert show.shows(f"as they were typed for the split: {', '.join(NAMES)}")
        assert not seen(show, 1)
        assert await cut(show) == []
        await read_share(show, kept().shares[2])
        assert show.page.name_ == "making"
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        assert not seen(show, 1)
        assert not seen(show, 3)
        answers, log = show.app.session.answers, "".join(show.app.session.log)
        assert show.app.session.gathering is None
    assert answers.text("recovery_key.fingerprint") == kept().files.sha256
    assert answers.text("recovery_key.custody") == "split"
    assert left.public.read_bytes() == kept().files.public_der.read_bytes()
    assert [
        one["name"] for one in json.loads(left.sealed.with_suffix(".custody.json").read_text())["custodians"]
    ] == list(NAMES)
    assert "3 The auditor" in left.sealed.with_suffix(".txt").read_text()
    assert left.secrets_anywhere() == []
    assert not any(" ".join(words(number)[4:6]) in log for number in (1, 3))


async def test_only_one_share_is_ever_on_the_screen(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        await type_share(show, words(1))
        show.page.query_one("#type-words", Action).press()
        await show.settle()
        assert not any(box.value for box in show.page.query(SecretInput))
        for number, word in enumerate([*words(2)[:20], "palisade", *words(2)[21:]], 1):
            show.page.query_one(f"#word-{number}", SecretInput).value = word
        await show.press("ctrl+n")
        assert show.page.name_ == "type-share"
        assert show.shows("Word 21 of typed share 2 is not on the list of words that shares are made of.")
        assert seen(show, 2), "what was typed can be corrected"
        assert not seen(show, 1)
        assert await cut(show) == []
        show.page.query_one("#word-21", SecretInput).value = words(2)[20]
        await show.press("ctrl+n")
        assert show.shows("The key is made")
        assert show.shows("No sheet was written, for it names who holds the shares, and nobody was named.")
        assert show.shows("palisade-wizard keygen --out")
        assert await cut(show) == []
        assert not seen(show, 2)
    assert not left.sealed.with_suffix(".custody.json").exists()


@pytest.mark.slow
async def test_words_go_on_by_themselves_and_the_arrows_go_back(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        show.page.query_one("#type-words", Action).press()
        await show.settle()
        await show.press(*words(1)[0], "space", *words(1)[1], "enter", "space", *words(1)[2])
        boxes = [show.page.query_one(f"#word-{number}", SecretInput) for number in range(1, 34)]
        assert [box.value for box in boxes[:4]] == [*words(1)[:3], ""]
        await show.press("up")
        assert show.app.focused is boxes[1]
        await show.press("down", "down")
        assert show.app.focused is boxes[3]
        await show.press("ctrl+n")
        assert show.shows("Word 4 is missing: a share has 33 words.")
        assert show.app.focused is boxes[3]
        boxes[3].value = " ".join(words(1)[3:])
        await show.settle()
        assert [box.value for box in boxes] == words(1)
        await show.press("enter")
        assert show.page.name_ == "gather"
        assert show.shows("Share 1, typed from paper")


async def test_going_back_keeps_the_shares_and_forgets_the_words_only_after_asking(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        await read_share(show, kept().shares[1])
        show.page.query_one("#type-words", Action).press()
        await show.settle()
        await show.press("escape")
        assert show.page.name_ == "gather", "nothing was typed, so nothing is asked"
        show.page.query_one("#type-words", Action).press()
        await show.settle()
        show.page.query_one("#word-1", SecretInput).value = words(1)[0]
        await show.press("escape")
        assert isinstance(show.app.screen, Ask)
        await show.press("escape")
        assert show.page.query_one("#word-1", SecretInput).value == words(1)[0]
        await show.press("escape", "tab", "enter")
        assert show.page.name_ == "gather"
        await show.press("escape")
        assert show.page.name_ == "recovery-key"
        await show.choose("split")
        assert show.shows("Share 2, read from")
        pid = child(show)
        await show.go("welcome")
        assert show.app.session.gathering is None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert left.secrets_anywhere() == []


async def test_what_is_no_fitting_share_is_said_beside_the_field(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        await show.press("ctrl+n")
        assert show.shows("Give the path of the share's file, or type its words from paper.")
        await read_share(show, left.sealed)
        assert show.shows(f"A share is a line of 33 English words, and {left.sealed} is no share.")
        await read_share(show, left.stage.folder / "[/x] none")
        assert show.shows("[/x] none does not exist. Check the path.")
        os.mkfifo(left.stage.folder / "pipe")
        await read_share(show, left.stage.folder / "pipe")
        assert show.shows("it is a pipe, and no file. Give the path of an ordinary file of yours.")
        await read_share(show, Path("~nobody-has-this-name/share.txt"))
        assert show.shows("~nobody-has-this-name/share.txt does not exist. Check the path.")
        await read_share(show, kept().shares[0])
        await read_share(show, kept().shares[0])
        assert show.shows("The same share was given twice")
        assert show.page.name_ == "gather"
        assert show.shows("1 is here, 1 is still needed.")
        assert await cut(show) == []
        await show.press("escape")
    async with curtain(left.stage, at="gather") as again:
        assert again.page.query_one("#share-file", Input).value == str(kept().shares[0])


@pytest.mark.slow
async def test_shares_that_do_not_open_it_can_be_exchanged_or_tried_elsewhere(left: Left) -> None:
    other = left.stage.folder / "other" / left.sealed.name
    other.parent.mkdir()
    shutil.move(left.sealed, other)
    (left.stage.folder / "another").mkdir()
    foreign = split.splitting(request(left.stage.folder / "another"), apart).run()
    shutil.copy(foreign.files.private_file, left.sealed)
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        await read_share(show, kept().shares[0])
        await read_share(show, kept().shares[1])
        assert show.page.name_ == "making"
        assert show.shows("The shares combine, but what they give does not open this sealed file")
        assert show.shows("The shares that were brought together are still here")
        assert await cut(show) == []
        show.page.query_one("#elsewhere", Action).press()
        await show.settle()
        show.page.query_one("#key-folder", Input).value = str(other.parent)
        await show.pilot.pause()
        await show.choose("split")
        assert show.shows("All 2 shares of set")
        await show.press("ctrl+n")
        assert show.shows("The key is made")
        assert show.app.session.answers.text("recovery_key.private_file") == str(other)
    assert not left.public.exists()


@pytest.mark.slow
async def test_a_process_that_dies_is_told_and_begun_again(left: Left) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        await show.choose("split")
        os.kill(child(show), signal.SIGKILL)
        await type_share(show, words(1))
        assert show.shows("The process that works on the key ended before it was done")
        show.page.query_one("#again", Action).press()
        await show.settle()
        assert show.page.name_ == "gather"
        await read_share(show, kept().shares[0])
        assert show.shows("1 is here, 1 is still needed.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "threshold"), [(NAMES[:2], "2"), (NAMES, "3"), (("Kim", "kim", "Robin"), "2"), ((), "2")]
)
async def test_names_that_cannot_be_of_this_set_are_not_put_on_paper(
    left: Left, names: tuple[str, ...], threshold: str
) -> None:
    async with curtain(left.stage, at="recovery-key") as show:
        name_them(show, names, threshold)
        await show.choose("split")
        await read_share(show, kept().shares[2])
        assert not show.shows("The sheet will name the custodians")


async def test_a_key_log_turns_shares_off(left: Left) -> None:
    left.stage.more["key_log"] = KeyLog("/tmp/keys.log", "TEXTUAL_LOG")
    for page in ("gather", "type-share"):
        async with curtain(left.stage, at=page) as show:
            assert show.shows("What you type or see here would be written to /tmp/keys.log")
            assert not any(box.display and box.region.height for box in show.page.query(Input))
            assert show.app.session.gathering is None
