"""The ways of keeping the key: what is said of each, of the medium and of the password, stricter in production."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from screens import custody_words
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.secret import Secret, SecretInput
from screens.widgets.words import Words
from services.recovery import check
from services.recovery.medium import Finding
from tests.screens.stage import Stage, curtain, cut
from tests.services.recovery.keyrings import known


@pytest.mark.parametrize("environment", ["sandbox", "production"])
async def test_every_way_says_what_speaks_for_it_and_against_it(stage: Stage, environment: str) -> None:
    stage.keyless(setup__environment=environment)
    production = environment == "production"
    async with curtain(stage, at="recovery-key") as show:
        assert show.page.query_one("#make", Radio).value, (
            "Ctrl+N leads to a password unless another way is chosen"
        )
        for way in custody_words.WAYS:
            show.page.query_one(f"#{way.kind}", Radio).value = True
            await show.settle()
            assert show.shows(way.good)
            assert show.shows(custody_words.against(way, production)[0])
            assert show.shows(custody_words.label(way, production))
            assert await cut(show) == []
        recommended = [
            way.kind for way in custody_words.WAYS if "recommended" in custody_words.label(way, production)
        ]
        assert recommended == (["split", "hsm"] if production else [])


async def test_the_medium_of_the_folder_is_judged_as_it_is_typed(stage: Stage) -> None:
    def findings(folder: Path) -> tuple[Finding, ...]:
        return (
            Finding("note", f"{folder} can be taken away."),
            Finding("warn", f"{folder} is the [/x] AWS disk."),
        )

    stage.more = {"findings": findings}
    stage.keyless()
    async with curtain(stage, at="recovery-key") as show:
        assert show.shows(f"{stage.folder / 'keys'} is the [/x] AWS disk.")
        show.page.query_one("#key-folder", Input).value = "/media/usb0"
        await show.settle()
        said = list(show.page.query("#findings Words").results(Words))
        assert [(words.kind, words.text) for words in said] == [
            ("warn", "/media/usb0 is the [/x] AWS disk."),
            ("ok", "/media/usb0 can be taken away."),
        ]
        assert await cut(show) == []


async def test_the_strength_is_said_as_the_password_is_typed(stage: Stage) -> None:
    stage.keyless(setup__environment="production")
    async with curtain(stage) as show:
        await show.choose("make")
        box, words = show.page.query_one("#password", SecretInput), show.page.query_one("#strength", Words)
        for password, kind in (
            ("password1", "bad"),
            ("k7#mQ9x!pL2v", "warn"),
            ("k7#mQ9x!pL2v" * 2 + "Zq8&wE", "ok"),
        ):
            box.value = password
            await show.pilot.pause()
            assert words.kind == kind, password
            assert password not in words.text
            assert kind != "bad" or "Let the program generate one." in words.text
        box.value = ""
        await show.pilot.pause()
        assert not words.text


async def test_a_generated_password_is_shown_once_and_typed_back(stage: Stage) -> None:
    keyring = known()
    stage.more = {"keyring": lambda: keyring}
    stage.keyless()
    async with curtain(stage) as show:
        await show.choose("make")
        show.page.query_one("#password", SecretInput).value = "something typed before"
        show.page.query_one("#generate", Action).press()
        await show.settle()
        password = str(show.page.query_one("#generated", Secret).render())
        assert password in show.text()
        assert await cut(show) == []
        assert not any(box.value for box in show.page.query(SecretInput))
        await show.press("ctrl+n")
        assert password not in show.app.export_screenshot()
        back = show.page.query_one("#typed-back", SecretInput)
        assert show.app.focused is back
        back.value = password[:-1]
        await show.press("ctrl+n")
        assert show.shows("This is not the password that was shown.")
        assert not back.value
        await show.press("escape")
        assert password in show.text(), "Back shows it again, for one who wrote it down wrongly"
        await show.press("ctrl+n")
        show.page.query_one("#typed-back", SecretInput).value = password
        await show.press("ctrl+n")
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        assert password not in show.app.export_screenshot()
        assert await cut(show) == []
        show.page.query_one("#keyring", Action).press()
        await show.settle()
        assert show.shows("keeps a copy of the password. It is a convenience and no backup")
        assert list(keyring.kept.values()) == [password]
        assert show.app.session.held is None
        sealed = Path(show.app.session.answers.text("recovery_key.private_file"))
        assert check.keycheck(
            sealed.read_bytes(), password=bytearray(password.encode()), iterations=2
        ).acceptable
        sheet = sealed.with_suffix(".txt").read_text()
        assert show.app.session.answers.text("recovery_key.fingerprint") in sheet
        log = "".join(show.app.session.log)
    assert password not in log
    for place in (stage.everything_on_disk(), sheet.encode()):
        assert password.encode() not in place


async def test_going_back_forgets_a_generated_password(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage) as show:
        await show.choose("make")
        shown = []
        for _ in range(2):
            show.page.query_one("#generate", Action).press()
            await show.settle()
            shown.append(str(show.page.query_one("#generated", Secret).render()))
            await show.press("escape")
            assert show.page.name_ == "password"
            assert shown[-1] not in show.app.export_screenshot()
        assert shown[0] != shown[1]
        await show.press("escape")
        assert show.page.name_ == "recovery-key"
        assert not any(password in show.app.export_screenshot() for password in shown)


async def test_a_copy_in_the_keyring_is_never_offered_in_production(stage: Stage) -> None:
    stage.more = {"keyring": known}
    stage.keyless(setup__environment="production")
    async with curtain(stage) as show:
        await show.choose("make")
        for name in ("password", "password-again"):
            show.page.query_one(f"#{name}", SecretInput).value = "correct horse 7"
        await show.press("ctrl+n")
        assert show.app.session.held is None
        assert show.shows("The key is made")
        assert not show.page.query_one("#keyring", Action).display


async def test_a_sheet_that_exists_is_refused_before_a_password_is_asked(stage: Stage) -> None:
    stage.keyless()
    (stage.folder / "keys").mkdir()
    sheet = stage.folder / "keys" / "acme-sandbox-recovery.txt"
    sheet.write_text("mine")
    async with curtain(stage) as show:
        await show.choose("make")
        assert show.page.name_ == "recovery-key"
        assert show.shows(f"{sheet} exists already and is never overwritten")
    assert sheet.read_text() == "mine"
