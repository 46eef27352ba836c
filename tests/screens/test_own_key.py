"""A key that exists: its file is named for what it is, and is taken, converted or refused with a reason."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from textual.widgets import Checkbox, Input

from screens.widgets.action import Action
from screens.widgets.secret import SecretInput
from services.recovery import check, hsm
from tests import keys, planted
from tests.keys import public_der
from tests.screens.stage import Show, Stage, curtain, cut
from tests.services.recovery import forms

OLD, NEW = planted.OLD_PASSWORD, planted.NEW_PASSWORD


async def look_at(show: Show, path: Path) -> None:
    assert show.page.name_ == "own-key"
    show.page.query_one("#key-file", Input).value = str(path)
    await show.press("ctrl+n")


async def reseal(show: Show, old: str) -> None:
    show.page.query_one("#old-password", SecretInput).value = old
    for name in ("password", "password-again"):
        show.page.query_one(f"#{name}", SecretInput).value = NEW
    await show.press("ctrl+n")


async def test_a_public_key_is_taken_or_refused_with_a_sentence(stage: Stage) -> None:
    stage.keyless()
    bad, good = stage.folder / "bad.pem", stage.folder / "good.hex"
    bad.write_text("no key at all")
    good.write_text(public_der().hex())
    async with curtain(stage, at="own-key") as show:
        await look_at(show, bad)
        assert show.page.name_ == "own-key"
        assert not show.app.session.answers.texts("recovery_key.public_files")
        assert any("✗" in line for line in show.lines())
        show.page.query_one("#key-file", Input).value = str(good)
        await show.press("ctrl+n")
        assert show.app.session.answers.texts("recovery_key.public_files") == (str(good),)
        assert show.page.name_ == "recovery-key"
        await show.press("ctrl+n")
        assert show.page.name_ == "storage"


async def test_a_private_key_is_brought_into_the_tools_form(stage: Stage) -> None:
    stage.keyless()
    path = stage.folder / "recovery.key"
    pem = forms.private(keys.key(), Encoding.PEM)
    path.write_bytes(pem)
    async with curtain(stage, at="own-key") as show:
        await look_at(show, path)
        assert show.shows("The recovery tool refuses PEM files, also those that openssl writes.")
        assert await cut(show) == []
        await show.press("ctrl+n")
        assert show.page.name_ == "password"
        assert not show.page.query_one("#line-old-password").display
        await reseal(show, "")
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        sealed = Path(show.app.session.answers.text("recovery_key.private_file"))
        log = "".join(show.app.session.log)
    found = check.keycheck(
        sealed.read_bytes(), public_der(), bytearray(NEW.encode()), prove=True, iterations=2
    )
    assert found.recovery_tool_accepts
    assert found.matches_public
    assert found.proven
    assert sealed.with_suffix(".txt").exists()
    assert path.read_bytes() == pem, "the person's own file stays as it is"
    everything = stage.everything_on_disk() + log.encode()
    assert NEW.encode() not in everything
    assert pem[40:80] not in everything


async def test_the_password_of_the_own_key_is_asked_and_a_wrong_one_leaves_nothing(stage: Stage) -> None:
    stage.keyless()
    path = stage.folder / "recovery.key"
    path.write_bytes(forms.private(keys.key(), Encoding.PEM, PrivateFormat.PKCS8, OLD.encode()))
    async with curtain(stage, at="own-key") as show:
        await look_at(show, path)
        await show.press("ctrl+n")
        assert await cut(show) == []
        await reseal(show, "not this")
        problem = show.app.runner.jobs["key"].problem
        assert problem is not None
        assert problem.code == "wrong-password"
        assert show.shows(problem.summary)
        assert list((stage.folder / "keys").iterdir()) == []
        show.page.query_one("#again", Action).press()
        await show.settle()
        await reseal(show, OLD)
        assert show.shows("The key is made, sealed, read back from the medium, and proven")
        log = "".join(show.app.session.log)
    everything = stage.everything_on_disk() + log.encode()
    assert NEW.encode() not in everything
    assert OLD.encode() not in everything


async def test_a_weak_key_is_refused(stage: Stage) -> None:
    stage.keyless()
    path = stage.folder / "weak.pem"
    path.write_bytes(forms.private(keys.weak_key(), Encoding.PEM))
    async with curtain(stage, at="own-key") as show:
        await look_at(show, path)
        assert show.shows("This RSA key has 2048 bits")
        await show.press("ctrl+n")
        assert show.page.name_ == "own-key"


async def test_a_key_that_cannot_leave_its_hsm_needs_its_phrase(stage: Stage) -> None:
    stage.keyless()
    path = stage.folder / "hsm.pub.der"
    path.write_bytes(public_der())
    async with curtain(stage, at="own-key") as show:
        show.page.query_one("#in-hsm", Checkbox).value = True
        await look_at(show, path)
        await show.press("ctrl+n")
        session = show.app.session
        assert not session.answers.texts("recovery_key.public_files")
        assert show.shows("backups for this key open nothing")
        assert await cut(show) == []
        show.page.query_one("#phrase", Input).value = hsm.phrase(check.keycheck(public_der()).sha256 or "")
        await show.press("ctrl+n")
        assert session.answers.texts("recovery_key.public_files") == (str(path),)
        assert session.answers.text("recovery_key.custody") == "hsm"


async def test_back_and_a_restart_keep_what_was_typed(stage: Stage) -> None:
    stage.keyless()
    async with curtain(stage, at="own-key") as show:
        await look_at(show, stage.folder / "nowhere.pem")
        assert show.page.name_ == "own-key"
        show.page.query_one("#in-hsm", Checkbox).value = True
        await show.press("escape")
        assert show.page.name_ == "recovery-key"
    async with curtain(stage, at="own-key") as again:
        assert again.page.query_one("#key-file", Input).value == str(stage.folder / "nowhere.pem")
        assert again.page.query_one("#in-hsm", Checkbox).value
