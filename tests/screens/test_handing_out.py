"""The hand-out of shares on the screen: one at a time, asked back, recombined, and nowhere else than on paper."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.widgets import Input, Static, TextArea

from screens import key_place
from screens.dialogs import Ask
from screens.shares import Shares
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.secret import Secret, SecretInput
from services import setup_file
from services.recovery import split
from tests.screens.stage import Show, Stage, curtain, cut

NAMES = ("Kim [/x]", "Robin", "The auditor")


async def to_first_cover(show: Show, names: tuple[str, ...] = NAMES) -> None:
    show.page.query_one("#custodians", TextArea).text = "\n".join(names)
    await show.pilot.pause()
    await show.press("ctrl+n")
    assert show.page.name_ == "shares"


def words_of(show: Show) -> list[str]:
    """The words on the screen, in their order."""
    cells = str(show.page.query_one("#share-words", Secret).render()).split()
    numbered = dict(zip(map(int, cells[::2]), cells[1::2], strict=True))
    return [numbered[number] for number in sorted(numbered)]


def asked(show: Show) -> list[int]:
    return [int(str(show.page.query_one(f"#ask-{n}", Static).render()).split()[1]) for n in range(3)]


def answer(show: Show, words: list[str]) -> None:
    for number, position in enumerate(asked(show)):
        show.page.query_one(f"#word-{number}", SecretInput).value = words[position - 1]


async def hand_out_one(show: Show) -> list[str]:
    """One custodian's three faces; the words that were written down."""
    await show.press("ctrl+n")
    words = words_of(show)
    assert len(words) == 33
    await show.press("ctrl+n")
    assert not any(show.shows(word) and len(word) > 6 for word in words), "the questions show no word"
    answer(show, words)
    await show.press("ctrl+n")
    return words


@pytest.mark.each_frame
async def test_a_key_is_split_among_custodians(stage: Stage) -> None:
    stage.keyless(setup__environment="production")
    async with curtain(stage, at="recovery-key") as show:
        await show.choose("split")
        await to_first_cover(show)
        assert show.shows("Recombined, and it gives the secret: every group of 2 shares, 3 in all.")
        shares: list[list[str]] = []
        for name in NAMES:
            assert show.shows(f"is for {name}.")
            shares.append(await hand_out_one(show))
            picture = show.app.export_screenshot()
            assert not any(f"{number:>2} {word}" in picture for number, word in enumerate(shares[-1], 1))
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        assert await cut(show) == []
        answers, log = show.app.session.answers, "".join(show.app.session.log)
        assert show.app.session.hand_out is None
        assert not show.page.query_one("#keyring", Action).display
    assert len({tuple(share) for share in shares}) == 3
    assert answers.text("recovery_key.custody") == "split"
    _opens(Path(answers.text("recovery_key.private_file")), shares)
    _named(Path(answers.text("recovery_key.private_file")))
    folder = stage.folder / "keys"
    everything = (
        stage.everything_on_disk() + b"".join(path.read_bytes() for path in folder.iterdir()) + log.encode()
    )
    for share in shares:
        assert " ".join(share[4:7]).encode() not in everything


def _opens(sealed: Path, shares: list[list[str]]) -> None:
    for pair in ((0, 1), (2, 0)):
        given = [(NAMES[number], bytearray(" ".join(shares[number]).encode())) for number in pair]
        assert split.combining(given, sealed.read_bytes(), iterations=2).run().acceptable


def _named(sealed: Path) -> None:
    record = json.loads(sealed.with_suffix(".custody.json").read_text())
    assert [one["name"] for one in record["custodians"]] == list(NAMES)
    assert record["threshold"] == 2
    assert all(name in sealed.with_suffix(".txt").read_text() for name in NAMES)


async def test_wrong_words_are_told_by_their_number(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="split") as show:
        await to_first_cover(show)
        await show.press("ctrl+n")
        words = words_of(show)
        await show.press("ctrl+n")
        answer(show, words)
        box = show.page.query_one("#word-1", SecretInput)
        box.value = "wrongword"
        await show.press("ctrl+n")
        assert show.shows(f"Word {asked(show)[1]} is not what the share says.")
        assert not box.value
        assert "wrongword" not in show.app.export_screenshot()
        assert show.app.focused is box
        box.value = f" {words[asked(show)[1] - 1].upper()} "
        await show.press("ctrl+n")
        assert show.shows(f"Share 2 of 3 is for {NAMES[1]}.")


async def test_back_covers_the_words_and_stopping_asks(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="split") as show:
        await to_first_cover(show)
        await show.press("ctrl+n")
        first = words_of(show)
        await show.press("ctrl+n", "escape")
        assert words_of(show) == first, "the same share is shown again"
        await show.press("escape")
        page = show.page
        assert isinstance(page, Shares)
        assert page.share is None
        assert not page.query_one("#share-words", Secret).display
        await show.press("escape")
        assert isinstance(show.app.screen, Ask)
        await show.press("escape")
        assert show.page.name_ == "shares"
        await show.press("escape", "tab", "enter")
        assert show.page.name_ == "split"
        assert show.app.session.hand_out is None
        assert show.page.query_one("#custodians", TextArea).text.splitlines() == list(NAMES)
        assert not any(" ".join(first[:3]) in line for line in show.app.session.log)
    assert " ".join(first[:3]).encode() not in stage.everything_on_disk()


async def test_leaving_the_page_keeps_the_place_but_no_words(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="split") as show:
        await to_first_cover(show)
        await hand_out_one(show)
        hand_out = show.app.session.hand_out
        assert hand_out is not None
        await show.press("ctrl+n")
        second = words_of(show)
        await show.go("storage")
        assert not any(f" {word} " in show.text() for word in second if len(word) > 6)
        await show.choose("split")
        assert show.page.name_ == "shares"
        assert show.shows(f"Share 2 of 3 is for {NAMES[1]}.")
        await show.go("welcome")
        assert show.app.session.hand_out is None
        assert hand_out.dealing.pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(hand_out.dealing.pid, 0)


@pytest.mark.slow
async def test_a_medium_that_fails_does_not_spoil_the_shares(stage: Stage) -> None:
    setup = stage.keyless()
    async with curtain(stage, at="split") as show:
        await to_first_cover(show, NAMES[:2])
        await hand_out_one(show)
        (stage.folder / "keys").write_text("in the way")
        await hand_out_one(show)
        assert show.page.name_ == "making"
        assert show.shows("The shares that were handed out are good")
        show.page.query_one("#elsewhere", Action).press()
        await show.settle()
        show.page.query_one("#key-folder", Input).value = str(stage.folder / "other")
        await show.pilot.pause()
        show.page.query_one("#split", Radio).value = True
        await show.pilot.pause()
        await show.press("ctrl+n")
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
    assert (
        setup_file.read(setup.path)
        .answers.text("recovery_key.private_file")
        .startswith(str(stage.folder / "other"))
    )


async def test_papers_that_are_in_the_way_are_left_and_fail_nothing(stage: Stage) -> None:
    stage.keyless()
    keys = stage.folder / "keys"
    foreign = [keys / f"acme-sandbox-recovery{ending}" for ending in (".txt", ".custody.json")]
    async with curtain(stage, at="split") as show:
        show.app.session.keep(key_place.KIND, "split")
        await to_first_cover(show, NAMES[:2])
        await hand_out_one(show)
        keys.mkdir()
        for path in foreign:
            path.write_text("somebody else's")
        await hand_out_one(show)
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        for path in foreign:
            assert show.shows(f"{path} exists and is not")
        assert show.shows("with --share FILE for each share that is needed and --custodian NAME for each.")
        assert await cut(show) == []
        assert show.app.session.answers.text("recovery_key.custody") == "split"
    assert {path.read_text() for path in foreign} == {"somebody else's"}


async def test_names_that_make_no_split_are_refused_and_stay(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="split") as show:
        names = show.page.query_one("#custodians", TextArea)
        names.text = "Kim\nRobin\nLee"
        await show.pilot.pause()
        assert show.shows("3 shares; any 2 together open the key; 1 may be lost, and 1 alone opens nothing.")
        for text, threshold, sentence in (
            ("Kim", "2", "A secret cannot be split into 1 shares"),
            ("Kim\nRobin", "3", "A secret cannot be split into 2 shares of which 3 are needed."),
            ("Kim\nRobin", "two", "A secret cannot be split"),
            ("Kim\nRobin\nkim", "2", "kim is named twice"),
        ):
            names.text = text
            show.page.query_one("#threshold", Input).value = threshold
            await show.press("ctrl+n")
            assert show.page.name_ == "split"
            assert show.shows(sentence)
        await show.press("escape")
    async with curtain(stage, at="split") as again:
        assert again.page.query_one("#custodians", TextArea).text == "Kim\nRobin\nkim"


async def test_every_face_survives_a_small_terminal(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="split") as show:
        await to_first_cover(show)
        for _ in range(3):
            for size in ((80, 24), (60, 20)):
                await show.pilot.resize_terminal(*size)
                await show.pilot.pause()
                assert await cut(show) == []
            await show.press("ctrl+n")
