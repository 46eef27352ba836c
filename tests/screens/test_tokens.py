"""The token as the guard: listed, chosen, given the sealed file or its password, and read back. SoftHSM is the token."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from textual.widgets import OptionList

from screens.widgets.choice import Radio
from screens.widgets.secret import SecretInput
from services import setup_file
from services.recovery import keypair, token
from services.recovery.keyfiles import KeyFiles
from services.recovery.token import Driver
from tests.planted import PASSWORD, PIN
from tests.programs import need
from tests.screens.stage import Show, Stage, curtain, cut


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    program = need("softhsm2-util")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    found = {"SOFTHSM2_CONF": str(config)}
    command = [
        program,
        "--init-token",
        "--free",
        "--label",
        "[/x] safe",
        "--so-pin",
        "so-pin-1234",
        "--pin",
        PIN,
    ]
    subprocess.run(command, env=found, check=True, capture_output=True)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    folder = tmp_path_factory.mktemp("keys")
    return keypair.generate(keypair.Request(folder, "acme", iterations=2), bytearray(PASSWORD.encode()))


@pytest.fixture
def keyed(stage: Stage, environment: Mapping[str, str], made: KeyFiles) -> Stage:
    setup = setup_file.record(
        stage.setup(),
        {
            "recovery_key.public_files": [str(made.public_der)],
            "recovery_key.fingerprint": made.sha256,
            "recovery_key.private_file": str(made.private_file),
        },
    )
    stage.more = {
        "open_first": setup.path,
        "token_drivers": token.modules,
        "driver_environment": lambda: environment,
    }
    return stage


async def to_pin(show: Show, keeps: str) -> None:
    await show.go("token")
    assert show.page.query_one("#tokens", OptionList).option_count == 1
    assert "[/x] safe" in show.text()
    assert await cut(show) == []
    show.page.query_one(f"#{keeps}", Radio).value = True
    await show.pilot.pause()
    await show.press("ctrl+n")
    assert show.page.name_ == "pin"
    assert await cut(show) == []


async def store(show: Show, pin: str, password: str = "") -> None:
    show.page.query_one("#pin", SecretInput).value = pin
    show.page.query_one("#file-password", SecretInput).value = password
    await show.press("ctrl+n")


async def test_the_sealed_file_is_stored_and_comes_out_again_and_then_its_password_is_not_stored(
    keyed: Stage, made: KeyFiles, environment: Mapping[str, str]
) -> None:
    async with curtain(keyed) as show:
        await to_pin(show, "sealed-file")
        assert not show.page.query_one("#line-file-password").display
        await store(show, "")
        assert show.shows("Type the PIN of the token.")
        await store(show, "0000-wrong")
        assert show.page.query_one("#ask-pin").display
        assert any("✗" in line for line in show.lines())
        await store(show, PIN)
        assert show.shows("The token [/x] safe keeps the sealed file, gave it back bit by bit")
        assert await cut(show) == []
        assert show.app.session.answers.text("recovery_key.custody") == "hsm"
        assert "[/x] safe" in made.private_file.with_name("acme.hsm.txt").read_text()
        await show.press("enter")
        assert show.page.name_ == "storage"

        await to_pin(show, "password")
        await store(show, PIN, "not the password")
        assert show.shows("The sealed key does not open"), (
            "the token never gets a password that opens nothing"
        )
        await store(show, PIN, PASSWORD)
        problem = show.app.runner.jobs["token"].problem
        assert problem is not None
        assert problem.code == "exists", "the label is taken by the file"
        assert show.shows(problem.summary)
        picture, log = show.app.export_screenshot(), "".join(show.app.session.log)
    for secret in (PIN, PASSWORD):
        assert secret not in picture + log
        assert secret.encode() not in keyed.everything_on_disk()

    driver = Driver(token.modules()[0], environment)
    (safe,) = token.listing(driver).run()
    held = token.reading(driver, safe, "acme", bytearray(PIN.encode())).run()
    assert held.what == "sealed-file"
    assert bytes(held.content) == made.private_file.read_bytes()


async def test_without_the_extra_one_sentence_says_how_to_get_it(stage: Stage) -> None:
    stage.more = {"tokens_possible": lambda: False}
    stage.keyless()
    async with curtain(stage) as show:
        await show.choose("hsm")
        assert show.page.name_ == "recovery-key"
        assert show.shows("-m pip install --require-hashes -r requirements/all.txt")
        assert await cut(show) == []
        await show.go("token")
        assert show.shows("-m pip install --require-hashes -r requirements/all.txt")
        assert not show.page.can_next()


async def test_a_module_that_is_none_is_a_sentence(keyed: Stage) -> None:
    module = keyed.folder / "module.so"
    module.write_text("no driver")
    keyed.more["token_drivers"] = lambda: (module,)
    async with curtain(keyed, at="token") as show:
        problem = show.app.runner.jobs["tokens"].problem
        assert problem is not None
        assert show.shows(problem.summary)
        assert not show.page.can_next()
        assert Path(str(module)).exists()
