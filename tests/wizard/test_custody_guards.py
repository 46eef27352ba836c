"""Who guards the password: a keyring in a sandbox, a token behind its PIN, a person who was shown it once."""

from __future__ import annotations

import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from services.recovery import strength, token
from services.recovery.keyring_copy import Backend
from tests.planted import PASSWORD, PIN
from tests.programs import need
from tests.services.recovery.keyrings import Kept, called
from tests.wizard.driving import Ran, Stream, Terminal, loses_nothing, refused
from wizard.cli import run
from wizard.root import Surroundings


def with_keyring(folder: Path, backend: Backend) -> Terminal:
    return Terminal(folder, keyring=lambda: backend)


@pytest.mark.slow
def test_a_sandbox_key_can_have_its_password_in_the_keyring(tmp_path: Path) -> None:
    backend = called("keyring.backends.macOS.Keyring")
    machine = with_keyring(tmp_path, backend)
    keys, password = tmp_path / "keys", ("--password-file", machine.password_file)
    made = machine("keygen", "--out", keys, *password, "--keyring", "--environment", "sandbox", "--json")
    assert (made.status, made.document["keyring"]) == (0, True)
    assert backend.kept == {("palisade-wizard", made.document["sha256"]): PASSWORD}
    assert PASSWORD not in made.out + made.err
    sealed, public = keys / "recovery.pke1", keys / "recovery.pub.der"
    opened = machine("keycheck", sealed, "--public", public, "--keyring", "--prove", "--json")
    assert (opened.status, opened.document["proven"]) == (0, True)
    backend.kept.clear()
    gone = machine("keycheck", sealed, "--public", public, "--keyring", "--json")
    refused(gone, "unreadable-file")
    refused(machine("keycheck", sealed, "--keyring", "--json"), "usage")


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("keyring.backends.macOS.Keyring", ("--environment", "production"), "refused"),
        ("keyring.backends.macOS.Keyring", (), "usage"),
        ("keyring.backends.macOS.Keyring", ("--environment", "sandbox", "--format", "hex"), "usage"),
        ("keyring.backends.fail.Keyring", ("--environment", "sandbox"), "unfit"),
        ("keyrings.alt.file.PlaintextKeyring", ("--environment", "sandbox"), "unfit"),
    ],
)
def test_every_other_key_and_keyring_is_refused_before_any_work(
    tmp_path: Path, kind: str, options: tuple[str, ...], code: str
) -> None:
    backend = called(kind)
    machine = with_keyring(tmp_path, backend)
    wanted = ("keygen", "--out", tmp_path / "keys", "--password-file", machine.password_file, "--keyring")
    refused(loses_nothing(tmp_path, partial(machine, *wanted, *options, "--json")), code)
    assert backend.kept == {}
    assert not (tmp_path / "keys").exists()


def test_a_keyring_that_fails_later_leaves_a_finished_key(tmp_path: Path) -> None:
    class Forgetful(Kept):
        def get_password(self, service: str, username: str, /) -> str | None:
            return None

    kind = type("Keyring", (Forgetful,), {"__module__": "keyring.backends.macOS"})
    machine = with_keyring(tmp_path, kind())
    wanted = ("keygen", "--out", tmp_path / "keys", "--password-file", machine.password_file, "--keyring")
    made = machine(*wanted, "--environment", "sandbox", "--json")
    assert (made.status, made.document["keyring"]) == (0, False)
    assert "The keyring has no copy" in made.err


def person(folder: Path, *, typo: bool) -> tuple[Ran, str]:
    """Runs `keygen --generate-password` for a person who reads the password from the screen; and that password."""
    out, err = Stream(), Stream(terminal=True)
    letters = re.compile(r"^ {4}([a-z2-9-]{34})$", re.MULTILINE)

    def read(_prompt: str) -> bytearray:
        (shown,) = letters.findall(err.written)
        return bytearray(shown.encode() + (b"x" if typo else b""))

    around = Surroundings(
        environ={}, stdin=Stream(terminal=True), stdout=out, stderr=err, ask_secret=read,
        mounts=lambda: "", pbkdf2_iterations=2,
    )  # fmt: skip
    status = run(["keygen", "--out", str(folder / "keys"), "--generate-password", "--json"], around)
    (shown,) = letters.findall(err.written)
    return Ran(status, out.written, err.written), shown


def test_a_generated_password_is_shown_once_and_typed_back(tmp_path: Path, offline: Terminal) -> None:
    ran, password = person(tmp_path, typo=False)
    assert ran.status == 0
    assert strength.strength(password.encode()).level == "strong"
    assert ran.err.count(password) == 1
    assert password not in ran.out
    sealed = tmp_path / "keys" / "recovery.pke1"
    assert offline("keycheck", sealed, "--password-file", "-", stdin=password.encode()).status == 0
    assert not [path for path in tmp_path.rglob("*.txt") if password in path.read_text()]


def test_a_generated_password_that_nobody_wrote_down_seals_nothing(tmp_path: Path, offline: Terminal) -> None:
    ran, password = person(tmp_path, typo=True)
    assert refused(ran, "bad-password")
    assert password not in ran.out
    assert not (tmp_path / "keys").exists()
    refused(offline("keygen", "--out", tmp_path / "keys", "--generate-password", "--json"), "no-terminal")


@pytest.fixture
def hsm(tmp_path: Path) -> Terminal:
    """A machine with two tokens of SoftHSM, one of them named twice."""
    program, config = need("softhsm2-util"), tmp_path / "softhsm2.conf"
    (tmp_path / "tokens").mkdir()
    config.write_text(
        f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    environ = {"SOFTHSM2_CONF": str(config)}
    for label in ("safe", "twin", "twin"):
        command = [program, "--init-token", "--free", "--label", label, "--so-pin", "so-pin-1", "--pin", PIN]
        subprocess.run(command, env=environ, check=True, capture_output=True)
    (tmp_path / "pin").write_text(PIN + "\n")
    return Terminal(tmp_path, environ=environ)


def test_a_token_guards_the_sealed_file_or_its_password(hsm: Terminal) -> None:
    setup = hsm.with_key()
    sealed, pin = hsm.folder / "keys" / "recovery.pke1", ("--pin-file", hsm.folder / "pin")
    listed = hsm("token", "list", "--json").document
    assert sorted(one["label"] for one in listed["tokens"]) == ["safe", "twin", "twin"]
    on = ("--token", "safe", *pin, "--json")
    stored = hsm("token", "store", sealed, "--config", setup, *on)
    sheet = sealed.with_name("recovery.hsm.txt")
    assert (stored.status, stored.document) == (
        0,
        {
            "token": "safe",
            "label": "recovery",
            "what": "sealed-file",
            "size": sealed.stat().st_size,
            "sheet": str(sheet),
        },
    )
    assert "The token safe guards recovery.pke1" in sheet.read_text()
    assert "SANDBOX" in sheet.read_text()
    assert 'custody = "hsm"' in setup.read_text()
    refused(hsm("token", "store", sealed, *on), "exists")
    out = hsm.folder / "again.pke1"
    left = out.with_name(f".{out.name}.0123456789abcdef.tmp")
    left.write_bytes(b"what a run that was killed left of it")
    assert hsm("token", "read", "--out", out, *on).document["file"] == str(out)
    assert not left.exists()
    assert out.read_bytes() == sealed.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o400
    refused(loses_nothing(hsm.folder / "keys", partial(hsm, "token", "read", "--out", out, *on)), "exists")
    refused(hsm("token", "read", *on), "usage")

    only = ("--only-password", "--label", "word")
    given = ("--password-file", hsm.password_file)
    assert hsm("token", "store", sealed, *only, *given, *on).document["what"] == "password"
    hidden = hsm("token", "read", "--label", "word", "--out", hsm.folder / "word", *on)
    assert "--reveal" in refused(hidden, "usage")["remedy"][0]
    assert not (hsm.folder / "word").exists()
    shown = hsm("token", "read", "--label", "word", "--reveal", "--token", "safe", secrets=[PIN])
    assert (shown.status, shown.out) == (0, PASSWORD + "\n")


@pytest.mark.slow
def test_what_can_be_wrong_with_a_token_is_told(hsm: Terminal) -> None:
    hsm.with_key()
    sealed, pin = hsm.folder / "keys" / "recovery.pke1", ("--pin-file", hsm.folder / "pin")
    wrong = hsm.folder / "wrong"
    wrong.write_text("0000-zzqx")
    store = ("token", "store", sealed, "--json")
    cases: list[tuple[tuple[str | Path, ...], str]] = [
        ((*store, "--token", "safe", "--pin-file", wrong), "wrong-password"),
        ((*store, "--token", "none", *pin), "unreadable-file"),
        ((*store, "--token", "twin", *pin), "usage"),
        ((*store, "--token", "safe"), "no-terminal"),
        ((*store, "--token", "safe", *pin, "--label", "ü"), "invalid-answer"),
        ((*store, "--token", "safe", *pin, "--module", hsm.folder / "none.so"), "unreadable-file"),
        ((*store, "--token", "safe", *pin, "--module", wrong), "unreadable-file"),
        ((*store, "--token", "safe", *pin, "--password-file", wrong), "usage"),
        ((*store, "--token", "safe", *pin, "--only-password", "--password-file", wrong), "wrong-password"),
        (("token", "store", hsm.folder / "none", "--token", "safe", *pin, "--json"), "unreadable-file"),
        (("token", "store", wrong, "--token", "safe", *pin, "--json"), "unreadable-file"),
        (
            ("token", "read", "--token", "safe", *pin, "--out", hsm.folder / "out", "--json"),
            "unreadable-file",
        ),
    ]
    for arguments, code in cases:
        problem = refused(hsm(*arguments), code)
        assert PIN not in str(problem)
        assert "zzqx" not in str(problem)
        assert PASSWORD not in str(problem)
    assert not (hsm.folder / "out").exists()
    listed = {
        one.serial
        for one in token.listing(token.Driver(token.modules()[0], hsm.environ)).run()
        if one.label == "twin"
    }
    assert hsm(*store, "--token", "twin", "--serial", listed.pop(), *pin).status == 0
