"""Hostile texts on every page: from AWS, from the set-up and its drafts, from file names, from the AWS configuration."""

from __future__ import annotations

import pytest

from screens import record_words
from screens.widgets.listing import Lines
from services import setup_file
from services.printable import STACKED, lines, one_line
from services.record.wallet import Wallet
from tests import tally
from tests.hostile import ACTS, TEXTS, faults
from tests.hostile_aws import Hostile
from tests.screens.stage import KEY_ID, QUORUM, Show, Stage, curtain
from tests.screens.test_every_page import PAGES

EVERYTHING = " ".join(text for name, text in TEXTS.items() if name != "long")


def acted(show: Show) -> list[str]:
    """What of the screen is more than text of the page's own style."""
    found = []
    for strip in show.app.screen._compositor.render_strips():
        for segment in strip:
            if not segment.text.isprintable() and ACTS.search(segment.text):
                found.append(f"sent to the terminal: {segment.text!r}")
            style = segment.style
            if style is not None and (style.link or "app.quit" in str(style.meta)):
                found.append(f"a link or an action: {segment.text!r}")
    return found


def hostile_world(stage: Stage, text: str) -> None:
    """A set-up with the worst that its rules let through, and the texts wherever no rule is."""
    setup = stage.setup(
        palisade__kit_name=f"kit {TEXTS['markup'][:60]} \u202e\u200b", aws__profile="[@click=app.quit]x[/]"
    )
    folder = stage.state.setups
    (folder / "\x1b]0;x\x07 [red]\n✓ fine\u202e.toml").write_text("[setup]\nname = 3\n")
    (folder / "\udcff.toml").write_text("?")
    for name in (setup.answers.text("setup.id"), "new"):
        drafts = dict.fromkeys(
            ("storage.bucket", "palisade.kit_name", "setup.name", ".at", "recovery_key.folder"), text
        )
        stage.state.keep_drafts(name, drafts)
    stage.more |= {
        "open_first": setup.path,
        "profiles": lambda: (text, "acme"),
        "key_folder": stage.folder / f"[/x]{TEXTS['escape']}{TEXTS['bidi']}"[:200],
        "endpoint": f"http://localhost:1/{text}",
    }
    stage.account.below = Hostile(stage.account.below, text)


SOME = ("welcome", "account", "storage", "review", "palisade", "verify", "record")
"""Pages that show what comes from elsewhere, for the short run."""


async def sweep(stage: Stage, text: str, pages: tuple[str, ...] = PAGES) -> None:
    hostile_world(stage, text)
    async with curtain(stage, (100, 30)) as show:
        assert not acted(show)
        for name in pages:
            await show.go(name)
            assert show.page.name_ == name
            assert not acted(show), name
            tally.count("inputs generated")
        await show.press("ctrl+l")
        assert not acted(show), "the log"
        await show.press("escape", "ctrl+o")
        assert not acted(show), "the list of set-ups"
        await show.press("escape")
    assert show.app.return_code in {0, None}


async def test_no_text_acts_on_any_page(stage: Stage) -> None:
    await sweep(stage, EVERYTHING, SOME)


@pytest.mark.slow
async def test_all_texts_together_act_on_no_page(stage: Stage) -> None:
    await sweep(stage, EVERYTHING)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
async def test_each_text_alone_acts_on_no_page(stage: Stage, name: str) -> None:
    await sweep(stage, TEXTS[name])


async def test_a_set_up_with_a_hostile_name_of_its_file_is_listed_and_opened(stage: Stage) -> None:
    made = stage.setup()
    path = made.path.with_name("a\x1b[2J\u202eb.toml")
    made.path.rename(path)
    stage.more["open_first"] = path
    async with curtain(stage) as show:
        assert show.app.session.setup == setup_file.read(path)
        await show.go("storage")
        assert not acted(show)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_spelled_out_does_nothing(name: str) -> None:
    said = one_line(TEXTS[name])
    assert not faults(f"x {said}"), name
    assert said.isprintable()
    assert one_line(said) == said
    said.encode()
    assert lines(f"a\n{TEXTS['escape']}\nb").split("\n") == ["a", one_line(TEXTS["escape"]), "b"]


async def test_a_line_break_is_one_where_it_is_meant_and_spelled_out_where_it_comes_from_elsewhere(
    stage: Stage,
) -> None:
    stage.more["open_first"] = stage.setup().path
    async with curtain(stage, (100, 30), at="record") as show:
        lines_of = Lines(id="lines-of-this-test")
        await show.page.mount(lines_of)
        wallet = Wallet(QUORUM, f"{KEY_ID}\n✓ fine", "SECP256K1")
        lines_of.show([record_words.wallet_row(wallet)])
        await show.settle()
        drawn = [line.strip() for line in show.lines()]
    assert f"· {KEY_ID}\\n✓ fine  SECP256K1" in drawn
    assert "not verified" in drawn


def test_ordinary_texts_stay_as_they_are() -> None:
    for text in ("Zoë’s Schlüssel – 東京 → ✓", "e\u0301a\u0302\u0323", "नमस्ते", "", "z" + "\u0301" * STACKED):
        assert one_line(text) == text
