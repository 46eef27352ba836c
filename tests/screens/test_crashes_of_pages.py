"""No crash of the pages shows or keeps a secret: on every page that has one, in its handlers, its threads and its child.

What is raised has every local variable as its text, and wants to be shown in a way of its own. Searched are what is
printed at the end, the logs, the clipboard, the screen and all files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from textual.widgets import Input

from screens.password import Password
from screens.widgets.action import Action
from screens.widgets.secret import SecretInput
from services.problems import KINDS
from services.recovery import pke1
from services.recovery.token import Driver, Token
from tests import keys, planted
from tests.crashes import Crash, UnforeseenError, arm, at_stage, disarm, watch_threads
from tests.crashing_child import stand_in
from tests.sampling import every
from tests.screens.stage import Show, Stage, curtain
from tests.screens.test_handing_out import answer, to_first_cover, words_of
from tests.search import Search, files_below, key_secrets, private_marks, word_runs
from tests.services.recovery import forms
from tests.services.recovery.keyrings import known

pytestmark = pytest.mark.each_frame


@dataclass
class At:
    """Where a test is: its folder, and secrets that it saw on the way."""

    folder: Path
    seen: list[str] = field(default_factory=list)

    @property
    def evidence(self) -> Path:
        return self.folder / "backstage" / "evidence"


Reach = Callable[[Show, At], Awaitable[None]]


def type_in(show: Show, **texts: str) -> None:
    """Types secrets into the fields of a page."""
    for name, text in texts.items():
        show.page.query_one(f"#{name.replace('_', '-')}", SecretInput).value = text


async def password(show: Show, _: At) -> None:
    await show.go("password")
    type_in(show, password=planted.PASSWORD, password_again=planted.PASSWORD)


async def typing(show: Show, at: At) -> None:
    await password(show, at)
    show.page.query_one("#password", SecretInput).focus()


async def generated(show: Show, _: At) -> None:
    await show.go("password")
    show.page.query_one("#generate", Action).focus()


async def shown(show: Show, at: At) -> None:
    await generated(show, at)
    await show.press("enter")
    page = show.page
    assert isinstance(page, Password)
    assert page.made is not None
    at.seen.append(page.made.decode())


async def typed_back(show: Show, at: At) -> None:
    await shown(show, at)
    await show.press("ctrl+n")
    type_in(show, typed_back=planted.PASSWORD)


async def own_key(show: Show, at: At) -> None:
    await show.go("own-key")
    show.page.query_one("#key-file", Input).value = str(at.folder / "own.pem")


async def resealing(show: Show, at: At) -> None:
    await own_key(show, at)
    await show.press("ctrl+n")
    await show.press("ctrl+n")
    type_in(
        show, old_password=planted.OLD_PASSWORD, password=planted.PASSWORD, password_again=planted.PASSWORD
    )


async def cover(show: Show, _: At) -> None:
    await show.go("split")
    await to_first_cover(show)


async def words(show: Show, at: At) -> None:
    await cover(show, at)
    await show.press("ctrl+n")
    at.seen.append(" ".join(words_of(show)))


async def asked(show: Show, at: At) -> None:
    await words(show, at)
    await show.press("ctrl+n")
    answer(show, at.seen[-1].split())


async def pin(show: Show, at: At) -> None:
    show.app.session.record({"recovery_key.private_file": str(at.folder / "sealed.pke1")})
    show.app.session.token = (Driver(at.folder / "none.so"), Token("safe", "1", "maker", "model", ready=True))
    await show.go("pin")
    type_in(show, pin=planted.PIN, file_password=planted.PASSWORD)


async def opening(show: Show, at: At) -> None:
    show.app.session.record({"recovery_key.private_file": str(at.folder / "sealed.pke1")})
    await show.go("opening")
    type_in(show, password=planted.PASSWORD)


async def made(show: Show, at: At) -> None:
    await password(show, at)
    await show.press("ctrl+n")
    assert show.app.session.held is not None
    show.page.query_one("#keyring", Action).focus()


HANDLERS = [
    (typing, Crash("screens/password.py", "_typing"), "x"),
    (password, Crash("screens/password.py", "_begin"), "ctrl+n"),
    (password, Crash("screens/key_work.py", "start"), "ctrl+n"),
    (shown, Crash("screens/password.py", "_turn"), "ctrl+n"),
    (typed_back, Crash("screens/password.py", "_take_back"), "ctrl+n"),
    (resealing, Crash("screens/key_work.py", "__init__"), "ctrl+n"),
    (words, Crash("screens/shares.py", "_show_check"), "ctrl+n"),
    (asked, Crash("recovery/wordcheck.py", "wrong"), "ctrl+n"),
    (pin, Crash("screens/pin.py", "_start"), "ctrl+n"),
    (opening, Crash("screens/opening.py", "_begin"), "ctrl+n"),
    (made, Crash("screens/making.py", "_keep"), "enter"),
]
THREADS = [
    (password, Crash("recovery/process.py", "send", "panic"), "ctrl+n", "key"),
    (password, Crash("recovery/sheet.py", "render"), "ctrl+n", "key"),
    (own_key, Crash("recovery/check.py", "checking"), "ctrl+n", "look"),
    (resealing, Crash("recovery/keypair.py", "completing"), "ctrl+n", "key"),
    (pin, Crash("recovery/token.py", "storing"), "ctrl+n", "token"),
    (opening, Crash("services/kit.py", "recovery_keys", "panic"), "ctrl+n", "open-key"),
    (made, Crash("recovery/keyring_copy.py", "_kept", nth=2), "enter", "keyring"),
]
CHILDREN = [
    (password, at_stage("prove"), "ctrl+n"),
    (resealing, at_stage("seal", "kill"), "ctrl+n"),
    (asked, Crash("recovery/split_operations.py", "ask", nth=2), "ctrl+n"),
    (asked, Crash("recovery/split_operations.py", "ask", "kill", nth=2), "ctrl+n"),
]


@pytest.fixture
def staged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A set-up without a key; private files of a person's own; a keyring, and a key for the child to “make”."""
    monkeypatch.setattr(sys, "executable", str(stand_in(stage.folder / "backstage")))
    key = keys.key()
    (stage.folder / "backstage" / "maker.key").write_bytes(forms.private(key))
    child_crashes(stage, None)
    (stage.folder / "own.pem").write_bytes(forms.private(key, Encoding.PEM))
    sealed = pke1.seal(forms.hexed(forms.private(key)), planted.PASSWORD.encode(), iterations=2)
    (stage.folder / "sealed.pke1").write_bytes(sealed)
    backend = known()
    stage.keyless()
    stage.more["keyring"] = lambda: backend
    return stage


def child_crashes(stage: Stage, crash: Crash | None) -> None:
    """How children end from now on."""
    backstage = stage.folder / "backstage"
    spec = {"key": str(backstage / "maker.key"), "evidence": str(backstage / "evidence")}
    (backstage / "spec.json").write_text(json.dumps({**spec, "crash": crash and asdict(crash)}))


@pytest.fixture
def nothing(
    staged: Stage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[..., None]:
    """The search of everything, and of what else was seen."""

    def found_in(show: Show, at: At, *seen: str) -> None:
        assert at.evidence.with_suffix(".json").exists(), "the place of the crash was not reached"
        more = {f"what was seen, {number}": text.encode() for number, text in enumerate(at.seen)}
        search = Search({**planted.ALL, **key_secrets(keys.key()), **more}, at.seen)
        printed = "".join(capsys.readouterr())
        for text in (printed, caplog.text, show.app.clipboard, "".join(show.app.session.log), *seen):
            content = text.encode()
            assert not search.inside(content) + private_marks(content) + word_runs(content)
        for path, content in files_below(staged.folder):
            if path.name not in {"maker.key", "own.pem"}:
                assert not search.inside(content) + private_marks(content) + word_runs(content), path

    return found_in


def named(case: tuple[object, ...]) -> Any:
    reach, crash, *_ = case
    return pytest.param(*case, id=f"{getattr(reach, '__name__', '')}: {crash}")


@pytest.mark.parametrize(("reach", "crash", "key"), every(4, map(named, HANDLERS)))
async def test_a_crash_in_a_handler(
    staged: Stage, nothing: Callable[..., None], reach: Reach, crash: Crash, key: str
) -> None:
    at, shows = At(staged.folder), list[Show]()

    async def crashing() -> None:
        async with curtain(staged) as show:
            shows.append(show)
            await reach(show, at)
            arm(crash, at.evidence)
            await show.pilot.press(key)
            await show.pilot.pause()

    with pytest.raises(UnforeseenError):
        await crashing()
    disarm()
    assert shows[0].app.return_code == KINDS["our-bug"]
    nothing(shows[0], at)


@pytest.mark.parametrize(("reach", "crash", "key", "job"), every(4, map(named, THREADS)))
async def test_a_crash_in_a_thread(
    staged: Stage, nothing: Callable[..., None], reach: Reach, crash: Crash, key: str, job: str
) -> None:
    at = At(staged.folder)
    watch_threads()
    async with curtain(staged) as show:
        await reach(show, at)
        arm(crash, at.evidence)
        await show.press(key)
        disarm()
        found = show.app.runner.jobs[job].problem
        assert found is not None
        assert found.code in {"our-bug", "unfit"}
        nothing(show, at, show.app.export_screenshot(), show.text(), repr(found))
    nothing(show, at)


@pytest.mark.parametrize(("reach", "crash", "key"), every(2, map(named, CHILDREN)))
async def test_a_crash_in_the_child(
    staged: Stage, nothing: Callable[..., None], reach: Reach, crash: Crash, key: str
) -> None:
    at = At(staged.folder)
    child_crashes(staged, crash)
    async with curtain(staged) as show:
        await reach(show, at)
        await show.press(key)
        if not at.evidence.with_suffix(".json").exists():
            await show.press(key)
        assert any(show.shows(remedy) for remedy in ("Try again", "Start again", "Begin again"))
        nothing(show, at, show.app.export_screenshot(), show.text())
    nothing(show, at)
