"""The printed sheet: one page, right checksums, commands that a shell reads as they were meant, and no secret."""

from __future__ import annotations

import hashlib
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.backups.command import ANY_FILE, recovery_command
from services.problems import ProblemError
from services.recovery import custodians, keyfiles, operations, sheet, slip39
from services.recovery.keyfiles import Format, KeyFiles
from services.recovery.proof import Bench
from services.recovery.stages import silent
from tests.services.recovery.forms import ROUNDS, hexed, private

SECRET = bytes(range(100, 132))
PASSWORD = SECRET.hex().encode()
WHEN = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
LONG = "x" * 64


@pytest.fixture(scope="session")
def made(key: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> dict[str, KeyFiles]:
    folder = tmp_path_factory.mktemp("sheet")
    wanted: list[tuple[str, Format]] = [("acme", "pke1"), ("open", "hex"), (LONG, "pke1")]
    return {
        name: operations.generate(
            keyfiles.paths(folder, name), format_, PASSWORD, Bench(silent, ROUNDS), lambda: key
        )
        for name, format_ in wanted
    }


def command(key: KeyFiles) -> str:
    return recovery_command(
        "KEY-ID", "ALGORITHM", ANY_FILE, key.private_file.name, "", output_file="recovered.txt"
    )


def page(key: KeyFiles, kit: str = "Acme production", names: tuple[str, ...] = (), label: str = "") -> str:
    custody = custodians.custody(4711, 2, names) if names else None
    return sheet.render(
        sheet.sheet(
            key,
            environment="production",
            kit=kit,
            moment=WHEN,
            recovery=command(key),
            custody=custody,
            token=label,
        )
    )


def secrets_of(key: rsa.RSAPrivateKey) -> list[str]:
    words = slip39.split(SECRET, 2, 3)
    return [PASSWORD.decode(), hexed(private(key)).decode()[:60], *words, "BEGIN"]


NAME = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=80)


@given(
    kit=NAME,
    names=st.lists(NAME, min_size=2, max_size=16, unique_by=str.casefold),
    which=st.sampled_from(["acme", "open", LONG]),
)
@settings(deadline=None, max_examples=60)
def test_any_sheet_fits_on_one_page_and_holds_no_secret(
    made: dict[str, KeyFiles], key: rsa.RSAPrivateKey, kit: str, names: list[str], which: str
) -> None:
    text = page(made[which], kit, tuple(names))
    lines = text.splitlines()
    assert len(lines) <= 60
    assert all(len(line) <= 78 for line in lines), [line for line in lines if len(line) > 78]
    assert not any(secret in text for secret in secrets_of(key))


@pytest.mark.parametrize("which", ["acme", "open", LONG])
def test_checksums_and_fingerprint_are_those_of_the_files(made: dict[str, KeyFiles], which: str) -> None:
    key = made[which]
    text = page(key)
    for path in (key.private_file, key.public_der, key.public_hex):
        assert path.name in text
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert key.sha256 in text
    assert "2026-11-05" in text
    assert "PRODUCTION" in text


@pytest.mark.parametrize("which", ["acme", LONG])
def test_its_commands_are_read_by_a_shell_as_they_were_meant(made: dict[str, KeyFiles], which: str) -> None:
    key = made[which]
    lines = page(key, names=("Ada", "Bob", "Zoë")).splitlines()
    found, current = [], ""
    for line in lines:
        if line.startswith("    ") and ("wallet-recovery-cli" in line or "wizard" in line or current):
            current += (line if current.endswith("\\\n") else line.strip()) + "\n"
            if not line.endswith("\\"):
                found.append(shlex.split(unfolded(current)))
                current = ""
    assert shlex.split(command(key)) in found
    assert [
        "wallet-recovery-cli",
        "validate-private-key",
        f"--private-key-file={key.private_file.name}",
    ] in found
    assert [
        "palisade-wizard",
        "shares",
        "combine",
        "SHARE-1",
        "SHARE-2",
        "--sealed",
        key.private_file.name,
        "--reveal",
    ] in found


def unfolded(text: str) -> str:
    """What a shell does with a backslash at the end of a line; the indent of the next line only separates words."""
    return text.replace("\\\n    ", "").replace("\\\n", "")


def test_the_sheet_says_who_guards_the_key(made: dict[str, KeyFiles]) -> None:
    assert "any 2 of 3 shares (set 4711)" in " ".join(page(made["acme"], names=("Ada", "Bob", "Zoë")).split())
    assert "Ada" in page(made["acme"], names=("Ada", "Bob"))
    assert "OPEN" in page(made["open"])
    assert "token safe guards" in page(made["acme"], label="safe")


@pytest.mark.parametrize("bad", ["two\nlines", "x" * 101, "\x1b[2J"])
def test_free_text_is_one_short_line(made: dict[str, KeyFiles], bad: str) -> None:
    for kit, label in ((bad, ""), ("", bad)):
        with pytest.raises(ProblemError) as refused:
            page(made["acme"], kit, label=label)
        assert refused.value.problem.code == "invalid-answer"


def test_a_file_that_went_offline_is_asked_for(made: dict[str, KeyFiles], tmp_path: Path) -> None:
    key = made["acme"]
    gone = KeyFiles(key.public_der, key.public_hex, tmp_path / "gone.pke1", "pke1", key.sha256, 4096, 65537)
    with pytest.raises(ProblemError) as refused:
        page(gone)
    assert refused.value.problem.code == "unreadable-file"
