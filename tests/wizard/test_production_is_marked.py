"""Production is told in capitals at the head of every report and beside all other work on it; sandbox never is."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest

from tests.wizard.driving import ANSWERS, BUCKET, Ran, Terminal
from wizard.cli import main_group
from wizard.manual.page import commands

OFF = ("--hardening-trail", "off", "--storage-access-logs", "false", "--hardening-alarms", "false",
       "--storage-object-lock", "off", "--storage-object-lock-days", "0",
       "--storage-noncurrent-versions", "0", "--storage-noncurrent-days", "0")  # fmt: skip
WALLET = "c4b083d4-0000-4000-8000-00000000000a"
HEAD = "Set-up acme-production (PRODUCTION), account 123456789012, region eu-west-1"
ROWS: dict[str, tuple[str, ...]] = {
    "keygen": ("--out", "new-keys", "--password-file", "password.txt"),
    "token store": (
        "keys/recovery.pke1",
        "--token",
        "none",
        "--pin-file",
        "password.txt",
        "--module",
        "none.so",
    ),
    "answers check": (),
    "plan": (),
    "apply": ("--yes",),
    "values": (),
    "verify": (),
    "doctor": (),
    "audit": (),
    "policy": (),
    "export": ("--format", "markdown"),
    "bundle": ("--out", "bundle.zip"),
    "destroy": ("--yes",),
    "lifecycle": (),
    "record add": ("--key-id", WALLET, "--quorum-id", WALLET, "--algorithm", "SECP256K1"),
    "record change": ("--key-id", WALLET, "--kit", "acme"),
    "record export": (),
    "record list": (),
    "record remove": ("--key-id", WALLET, "--yes"),
    "record restore": ("--key-id", WALLET),
}
"""How each command that works on a setup file is run here, beyond --config."""


def environment(terminal: Terminal, name: str) -> Path:
    """A setup file with its key, for sandbox or production."""
    setup = terminal.with_key()
    if name == "sandbox":
        return setup
    path = terminal.folder / "production.toml"
    flags = ("--environment", "production", "--setup-name", "acme-production", *OFF)
    assert terminal("answers", "new", "--out", path, *ANSWERS, *flags).status == 0
    setup.unlink()
    return path


def with_config() -> list[str]:
    """Every command that can work on a setup file."""
    group = main_group()
    tree = commands(group, click.Context(group))
    return [name for name, command, _ in tree if any(param.name == "config" for param in command.params)]


def test_every_command_that_works_on_a_setup_file_has_its_row() -> None:
    assert sorted(with_config()) == sorted(ROWS), (
        "say in ROWS how it is run, and see that it names production"
    )


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_command_marks_production(terminal: Terminal, name: str) -> None:
    setup = environment(terminal, "production")
    flags = ("--recovery-key-public-files", str(terminal.folder / "keys" / "recovery.pub.der"))
    if name in {"values", "verify", "audit"}:
        assert terminal("apply", "--config", setup, "--yes").status == 0
    here = {"new-keys", "password.txt", "keys/recovery.pke1", "none.so", "bundle.zip"}
    more = [str(terminal.folder / word) if word in here else word for word in ROWS[name]]
    answers = flags if name in {"values", "verify", "doctor", "audit"} else ()
    ran = terminal(*name.split(), "--config", setup, *more, *answers)
    assert "PRODUCTION" in ran.out + ran.err, ran
    assert ran.status != 2 or name in {"token store", "record change", "record remove", "record restore"}


@pytest.mark.parametrize("name", ["plan", "verify", "doctor"])
def test_the_head_of_a_report_says_it_even_in_a_file(terminal: Terminal, name: str) -> None:
    setup = environment(terminal, "production")
    flags = ("--recovery-key-public-files", str(terminal.folder / "keys" / "recovery.pub.der"))
    ran = terminal(name, "--config", setup, *flags)
    assert ran.out.startswith(HEAD), ran.out[:200]


def test_the_values_say_for_which_console_they_are(terminal: Terminal) -> None:
    setup = environment(terminal, "production")
    flags = ("--recovery-key-public-files", str(terminal.folder / "keys" / "recovery.pub.der"))
    assert terminal("apply", "--config", setup, "--yes").status == 0
    for style in ("text", "markdown"):
        ran: Ran = terminal("values", "--config", setup, *flags, "--format", style)
        assert "Palisade PRODUCTION, https://app.palisade.co," in ran.out


def test_an_audit_by_names_says_that_it_does_not_know(terminal: Terminal) -> None:
    ran = terminal(
        "doctor", "--bucket", BUCKET, "--role", "PalisadeS3BackupRole-sandbox", "--region", "eu-west-1"
    )
    assert ran.out.startswith(
        f"Bucket {BUCKET} and role PalisadeS3BackupRole-sandbox, account 123456789012: no set-up"
    )


@pytest.mark.parametrize("name", ["plan", "apply", "doctor", "policy"])
def test_sandbox_is_never_told_in_capitals(terminal: Terminal, name: str) -> None:
    ran = terminal(name, "--config", environment(terminal, "sandbox"), *ROWS[name])
    assert "(sandbox)" in ran.out + ran.err
    assert "PRODUCTION" not in ran.out + ran.err


def test_the_plan_warns_of_what_both_environments_have(terminal: Terminal) -> None:
    sandbox = terminal.with_key()
    path = terminal.folder / "production.toml"
    flags = (
        "--environment",
        "production",
        "--setup-name",
        "acme-production",
        "--storage-bucket",
        "acme-production",
    )
    assert terminal("answers", "new", "--out", path, *ANSWERS, *flags, *OFF).status == 0
    shutil.copy(sandbox, terminal.folder / "kept.toml")
    text = terminal("plan", "--config", path)
    assert "! The external ID is also that of the sandbox set-up acme-sandbox" in text.out
    warned = terminal("plan", "--config", path, "--json").document["warnings"]
    assert [one["topic"] for one in warned] == ["principal", "external_id"]
    assert "! The external ID is also that of" in terminal("apply", "--config", path, "--yes").err
    keys = ("--recovery-key-public-files", str(terminal.folder / "keys" / "recovery.pub.der"))
    checks = terminal("verify", "--config", path, *keys, "--json").document["checks"]
    apart = {check["id"]: check["status"] for check in checks if check["id"].endswith(".apart")}
    assert apart == {
        "config.recovery_key.apart": "warn",
        "config.principal.apart": "warn",
        "config.external_id.apart": "warn",
    }
