"""Every file and folder that a command makes, with its mode, under the widest and the narrowest mask.

The table is whole: what a command makes and the table does not know fails the test.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.wizard.driving import Terminal
from tests.wizard.test_custody_commands import apart

MODES: Mapping[str, int] = {
    # Secrets: nobody but the owner, and not even the owner by mistake.
    "keys/recovery.pke1": 0o400,
    "plain/recovery.private.hex": 0o400,
    "new.private.hex": 0o400,
    "split/recovery.pke1": 0o400,
    "stick-?/recovery.share-?-of-3.txt": 0o400,
    # Public by their nature.
    "*/recovery.pub.der": 0o444,
    "*/recovery.pub.hex": 0o444,
    "*/recovery.txt": 0o444,
    "*/recovery.custody.json": 0o444,
    "palisade-wizard.1": 0o644,
    # Confidential: account, names, external ID; what the program keeps for itself.
    "setup.toml": 0o600,
    "template.toml": 0o600,
    "log": 0o600,
    "plan.json": 0o600,
    "values.*": 0o600,
    "export.*": 0o600,
    "record.*": 0o600,
    "duties.ics": 0o600,
    "bundle.zip": 0o600,
    "setup.record.json": 0o600,
    "setup.lifecycle.json": 0o600,
    "state/errors.jsonl": 0o600,
    "state/setups/*.journal.jsonl": 0o600,
    "state/setups/*.lock": 0o600,
    "state/setups/*.drafts.json": 0o600,
    "state/setups/*.path": 0o600,
    "state/setups/*.record.json": 0o600,
    "state/setups/*.lifecycle.json": 0o600,
    # Folders.
    "state": 0o700,
    "state/setups": 0o700,
    "keys": 0o700,
    "plain": 0o700,
    "split": 0o700,
}


@pytest.fixture(
    params=[0o000, pytest.param(0o077, marks=pytest.mark.slow)], ids=lambda mask: f"umask-{mask:03o}"
)
def masked(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _every_command_that_writes(terminal: Terminal) -> None:
    """One run of each."""
    folder, log = terminal.folder, ("--log-file", terminal.folder / "log")

    def run(*words: str | Path, status: int = 0) -> None:
        ran = terminal(*words, *log)
        assert ran.status == status, (words, ran.err, ran.out)

    setup = terminal.answered()
    password = ("--password-file", terminal.password_file)
    run("keygen", "--config", setup, "--out", folder / "keys", *password)
    run("keygen", "--out", folder / "plain", "--format", "hex")
    sticks = [word for n in "abc" for word in ("--share-dir", folder / f"stick-{n}")]
    names = ("--custodian", "Ada", "--custodian", "Ben", "--custodian", "Cleo")
    run("keygen", "--out", folder / "split", "--shares", "3", "--threshold", "2", *sticks, *names)
    sealed = folder / "keys" / "recovery.pke1"
    run("keycheck", sealed, *password, "--convert-to", "hex", "--out", folder / "new.private.hex")
    run("answers", "template", "--from", setup, "--out", folder / "template.toml")
    run("plan", "--config", setup, "--out", folder / "plan.json")
    run("apply", "--config", setup, "--yes", "--plan", folder / "plan.json")
    run("apply", "--config", folder / "none", status=2)
    for form in ("text", "json", "markdown"):
        run("values", "--config", setup, "--format", form, "--out", folder / f"values.{form}")
    for form in ("aws-cli", "cloudformation", "terraform", "markdown"):
        run("export", "--config", setup, "--format", form, "--out", folder / f"export.{form}")
    ids = ("--quorum-id", "20b7aefb-0000-4000-8000-00000000000b", "--algorithm", "SECP256K1")
    run("record", "add", "--config", setup, "--key-id", "c4b083d4-0000-4000-8000-00000000000a", *ids)
    for form in ("text", "json", "csv", "markdown"):
        run("record", "export", "--config", setup, "--format", form, "--out", folder / f"record.{form}")
    run("lifecycle", "--config", setup, "--done", "personnel-change")
    run("lifecycle", "--config", setup, "--ics", folder / "duties.ics")
    run("bundle", "--config", setup, "--yes", "--out", folder / "bundle.zip")
    run("manual", "--out", folder / "palisade-wizard.1")


def test_every_file_has_the_mode_that_was_decided_whatever_the_mask(terminal: Terminal, masked: int) -> None:
    terminal.disk = apart
    for name in "abc":
        (terminal.folder / f"stick-{name}").mkdir()
    given = {terminal.password_file, *terminal.folder.iterdir()}
    _every_command_that_writes(terminal)
    unseen = set(MODES)
    for path in sorted(set(terminal.folder.rglob("*")) - given):
        name = str(path.relative_to(terminal.folder))
        rows = [row for row in MODES if fnmatch(name, row)]
        assert rows, f"{name} is in no row of the table"
        unseen -= set(rows)
        assert stat.S_IMODE(path.stat().st_mode) == MODES[rows[0]], f"{name} under the mask {masked:o}"
    assert unseen <= {"state/setups/*.drafts.json"}, "a row of the table that no command makes"
