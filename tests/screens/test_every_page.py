"""Laws of the frame: they hold on every page."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from screens import flow
from screens.dialogs import Help, Leave, help_text
from screens.frame import Page
from screens.widgets.secret import SecretInput
from services import setup_file
from tests.sampling import every
from tests.screens.stage import ENDPOINT, Show, Stage, curtain, cut, refusal, squeezed

PAGES = (
    *(
        "welcome",
        "new",
        "compare",
        "account",
        "recovery-key",
        "password",
        "storage",
        "access",
        "retention",
        "watching",
        "review",
        "who-can",
        "picture",
        "teardown",
    ),
    *("by-hand", "palisade", "quorum", "verify", "audit", "record", "duties"),
    *("own-key", "split", "shares", "gather", "type-share", "making"),
    *("token", "pin", "prove", "opening"),
)
WITHOUT_A_SET_UP = {"welcome", "new"}
LONGEST = "a" * 31
LONG_WRITER = (
    "arn:aws:iam::444455556666:role/a-path/that-is-long/palisade-mpc-backup-writer-of-the-sandbox-environment"
)


@pytest.mark.parametrize("name", every(5, PAGES))
async def test_the_frame_keeps_its_promises(stage: Stage, name: str) -> None:
    stage.endpoint = ENDPOINT
    stage.setup(setup__name=LONGEST, palisade__principal_arn=LONG_WRITER, setup__environment="production")
    async with curtain(_at(stage, name, LONGEST), at=name) as show:
        assert await cut(show) == [], "a sentence cannot be read whole at 80x24"
        assert f"every call goes to {ENDPOINT}" in show.text()
        _marked(show, name)
        _few_keys(show)
        _secrets_alone(show)
        await show.press("f1")
        assert isinstance(show.app.screen, Help)
        _marked(show, name)
        await show.pilot.resize_terminal(60, 20)
        await show.settle()
        _marked(show, name)
        await show.press("escape")
        assert show.page.name_ == name
        assert await cut(show) == [], "a sentence cannot be read whole at 60x20"
        _marked(show, name)
        if name != "welcome":
            await show.press("escape")
            assert show.page.name_ == flow.before(name)


def _at(stage: Stage, name: str, setup: str) -> Stage:
    """The stage with its set-up opened, for the pages that have one."""
    if name not in WITHOUT_A_SET_UP:
        stage.more["open_first"] = stage.state.path_of(setup)
    return stage


def _marked(show: Show, name: str) -> None:
    """Production is told in words, on the page and on what stands in front of it."""
    if name not in WITHOUT_A_SET_UP:
        assert f"{LONGEST} · PRODUCTION" in show.lines()[0]


def _few_keys(show: Show) -> None:
    """At most five keys are named, each of them whole, and no letter is a key: it would be eaten while typing."""
    shown = [b for b in show.page.active_bindings.values() if b.binding.show and b.enabled]
    assert len(shown) <= 5
    assert all(squeezed(b.binding.description) in squeezed(show.lines()[-1]) for b in shown)
    keys = [*show.page._bindings.key_to_bindings, *show.app._bindings.key_to_bindings]
    assert not [key for key in keys if len(key) == 1]


def _secrets_alone(show: Show) -> None:
    """What is typed ahead of Tab must not land in the open."""
    inputs = list(show.page.query(Input))
    secret = [box for box in inputs if isinstance(box, SecretInput)]
    assert not secret or secret == inputs


@pytest.mark.parametrize("name", every(8, PAGES, start=1))
async def test_every_sentence_can_be_read_whole_on_a_narrow_terminal(stage: Stage, name: str) -> None:
    stage.setup(setup__name=LONGEST, setup__environment="production")
    stage.more = {"no_colour": True}
    async with curtain(_at(stage, name, LONGEST), (60, 20), at=name) as show:
        assert await cut(show) == []
        _marked(show, name)
        await show.press("f1")
        _marked(show, name)


def test_no_page_is_left_out_of_these_tests() -> None:
    # Without a plan that was agreed to, there is nothing to look at on that page.
    assert sorted([*PAGES, "applying"]) == sorted(page for step in flow.STEPS for page in step.pages)


async def test_leaving_asks_and_staying_stays(stage: Stage) -> None:
    async with curtain(stage) as show:
        for key in ("ctrl+q", "ctrl+c"):
            await show.press(key)
            assert isinstance(show.app.screen, Leave)
            await show.press("escape")
            assert isinstance(show.app.screen, Page)
        await show.press("ctrl+q")
        await show.pilot.press("tab", "enter")
    assert show.app.return_code == 0


async def test_the_palette_takes_no_picture_of_the_screen(stage: Stage) -> None:
    stage.setup()
    async with curtain(stage) as show:
        await _open(show, "storage")
        titles = [command.title for command in show.app.get_system_commands(show.app.screen)]
        assert titles
        assert "Screenshot" not in titles


@pytest.mark.parametrize("name", PAGES)
def test_every_help_text_says_something(name: str) -> None:
    assert len(help_text(name).split()) > 60


async def test_names_that_look_like_markup_are_shown_as_they_are(stage: Stage) -> None:
    stage.more = {"key_folder": stage.folder / "[/x]" / "[bold]"}
    async with curtain(stage) as show:
        stage.setup(palisade__kit_name="[/x] [prod] kit", aws__profile="[prod]")
        show.app.session.open(setup_file.read(stage.state.path_of("acme-sandbox")))
        for name in ("account", "recovery-key", "password", "storage", "review", "palisade", "verify"):
            await show.go(name)
            assert show.page.name_ == name
        stage.account.broken["kms:DescribeKey"] = refusal("AccessDenied", "[/x] is [not] closed")
        await show.go("review")
        assert show.shows("[/x] is [not] closed") or "[/x] is [not] closed" in show.text()


async def _open(show: Show, name: str) -> None:
    if name not in {"welcome", "new"}:
        found = show.app.host.state.found()[0]
        assert isinstance(found, setup_file.SetupFile)
        show.app.session.open(found)
    if name != "welcome":
        await show.go(name)


@pytest.mark.parametrize("name", ["welcome", "review", "verify"])
async def test_a_signal_while_a_page_is_made_still_ends_cleanly(stage: Stage, name: str) -> None:
    stage.setup()
    async with curtain(stage) as show:
        await _open(show, name)
        show.app.go("storage")
        show.app.end(143)
    assert show.app.return_code == 143
