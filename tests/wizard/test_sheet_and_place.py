"""The sheet beside the key, what is said of the folder, and the vendor's tool as a judge."""

from __future__ import annotations

import hashlib
import sys
from functools import partial
from pathlib import Path

import pytest

from services.recovery.vendor_tool import NAME
from tests.planted import PASSWORD
from tests.wizard.driving import Terminal, loses_nothing, refused
from tests.wizard.test_terminal import start

TOOL = f"""#!{sys.executable} -I
import getpass, os, sys
assert os.isatty(0) and not any(name.startswith("AWS") for name in os.environ)
typed = getpass.getpass("Enter password: ")
print("valid" if typed == {PASSWORD!r} else "invalid", sys.argv[1:])
sys.exit(typed != {PASSWORD!r})
"""


def keygen(machine: Terminal, *more: str | Path, keys: str = "keys") -> tuple[str | Path, ...]:
    return ("keygen", "--out", machine.folder / keys, "--password-file", machine.password_file, *more)


def test_the_sheet_names_the_key_and_no_secret(offline: Terminal) -> None:
    setup = offline.answered("--palisade-kit-name", "Acme kit")
    found = offline(*keygen(offline, "--config", setup, "--json")).document
    sheet = Path(found["sheet"])
    assert sheet == offline.folder / "keys" / "recovery.txt"
    text = sheet.read_text()
    assert all(
        word in text for word in ("SANDBOX", "Acme kit", found["sha256"], "wallet-recovery-cli recover")
    )
    assert hashlib.sha256(Path(found["private_file"]).read_bytes()).hexdigest() in text
    assert PASSWORD not in text


def test_a_sheet_is_left_out_never_overwritten_and_made_up_for(offline: Terminal) -> None:
    without = offline(*keygen(offline, "--no-sheet", "--json"))
    assert (without.status, "sheet" in without.document) == (0, False)
    sheet = offline.folder / "keys" / "recovery.txt"
    assert not sheet.exists()
    again = ("keygen", "--out", offline.folder / "keys", "--complete", "--json")
    assert offline(*again).document["sheet"] == str(sheet)
    assert "PALISADE RECOVERY KEY\n" in sheet.read_text()
    assert loses_nothing(offline.folder, partial(offline, *again)).document["sheet"] == str(sheet)
    sheet.chmod(0o600)
    sheet.write_text("of another key")
    other = loses_nothing(offline.folder, partial(offline, *again))
    assert (other.status, other.document["sheet"]) == (0, None)
    assert "not the sheet of this key" in other.err


def test_an_existing_sheet_is_a_reason_to_stop_before_any_work(offline: Terminal) -> None:
    (offline.folder / "keys").mkdir()
    (offline.folder / "keys" / "recovery.txt").write_text("something else")
    ran = loses_nothing(offline.folder, partial(offline, *keygen(offline, "--json")))
    assert "--no-sheet" in refused(ran, "exists")["remedy"][-1]


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_a_folder_beside_the_aws_credentials_is_warned_of(offline: Terminal, environment: str) -> None:
    home = offline.folder / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "credentials").write_text("[default]\n")
    offline.environ["HOME"] = str(home)
    ran = offline(*keygen(offline, "--environment", environment, "--json"))
    warned = [one["says"] for one in ran.document["medium"] if one["level"] == "warn"]
    assert any("same disk as" in says and "credentials" in says for says in warned)
    assert all(says in ran.err for says in warned)
    assert ("This is a production key" in ran.err) is (environment == "production")


def test_a_password_of_a_file_is_judged_without_being_shown(offline: Terminal) -> None:
    offline.password_file.write_text("password1")
    ran = offline(*keygen(offline))
    assert "Weak: whoever copies the sealed file" in ran.err
    assert "password1" not in ran.out + ran.err


def vendor(folder: Path) -> Path:
    tool = folder / "bin" / NAME
    tool.parent.mkdir()
    tool.write_text(TOOL)
    tool.chmod(0o755)
    return tool


def test_without_a_person_the_command_is_printed_and_nothing_is_run(offline: Terminal) -> None:
    offline.with_key()
    sealed = offline.folder / "keys" / "recovery.pke1"
    command = f"wallet-recovery-cli validate-private-key --private-key-file={sealed}"
    assert command in offline("keycheck", sealed, "--vendor-tool").out
    tool = vendor(offline.folder)
    offline.environ["PATH"] = str(tool.parent)
    shown = offline("keycheck", sealed, "--vendor-tool", "--json")
    assert shown.status == 0
    found = shown.document["vendor_tool"]
    assert found["path"] == str(tool)
    assert found["sha256"] == hashlib.sha256(TOOL.encode()).hexdigest()
    assert [found["command"], found["ran"]] == [command, False]
    declined = offline("keycheck", sealed, "--vendor-tool", typed="no\n")
    assert command in declined.out
    assert str(tool) in declined.err
    public = offline("keycheck", offline.folder / "keys" / "recovery.pub.der", "--vendor-tool")
    assert command not in public.out


@pytest.mark.parametrize(
    ("typed", "status", "said"), [(PASSWORD, 0, "accepts the file"), ("wrong", 3, "did not accept")]
)
def test_with_a_person_the_tool_is_shown_agreed_to_and_run(
    offline: Terminal, monkeypatch: pytest.MonkeyPatch, typed: str, status: int, said: str
) -> None:
    offline.with_key()
    tool = vendor(offline.folder)
    monkeypatch.setenv("PATH", str(tool.parent))
    monkeypatch.setenv("AWS_PROFILE", "must-not-arrive")
    screen = start("keycheck", offline.folder / "keys" / "recovery.pke1", "--vendor-tool")
    screen.until("Only 'yes' is taken as consent: ")
    screen.type("yes\n")
    screen.until("Enter password: ")
    screen.type(f"{typed}\r")
    assert screen.end() == status
    assert str(tool) in screen.shown
    assert said in screen.shown
    assert typed not in screen.shown.replace("wrong password", "")
