"""Pipes: a command takes one where a person gives it one on purpose, and nothing else ever waits at one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tally
from tests.obstacles import OBSTACLES
from tests.planted import PASSWORD
from tests.wizard.driving import ROOT, Terminal, refused
from tests.wizard.test_custody_commands import Kept, kept  # noqa: F401 - the fixture

SCRIPT = """import sys
from wizard.cli import run
from wizard.root import Surroundings
sys.exit(run(sys.argv[1:], Surroundings(pbkdf2_iterations=2)))
"""


def shell(line: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        timeout=100,
        check=False,
    )


def test_a_password_comes_through_a_process_substitution_or_the_standard_input(offline: Terminal) -> None:
    made = offline("keygen", "--out", offline.folder / "keys", "--password-file", offline.password_file)
    assert made.status == 0, made.err
    (offline.folder / "program.py").write_text(SCRIPT)
    check = f'"{sys.executable}" program.py keycheck'
    for line, given in (
        (f"{check} keys/recovery.pke1 --prove --password-file <(cat password.txt)", b""),
        (f"{check} <(cat keys/recovery.pke1) --prove --password-file password.txt", b""),
        (f"{check} keys/recovery.pke1 --prove --password-file /dev/stdin", PASSWORD.encode()),
    ):
        ran = shell(line, offline.folder, given)
        assert ran.returncode == 0, ran.stderr
        assert b"it decrypts what its public key encrypts" in ran.stdout + ran.stderr


@pytest.mark.slow
def test_shares_come_through_process_substitutions(tmp_path: Path, kept: Kept) -> None:  # noqa: F811
    first, second, _ = kept.shares
    (tmp_path / "program.py").write_text(SCRIPT)
    line = f'"{sys.executable}" program.py shares combine <(cat "{first}") <(cat "{second}") --sealed "{kept.sealed}"'
    assert shell(line, tmp_path).returncode == 0


@pytest.mark.parametrize("kind", ["fifo", "socket", "folder", "dangling-link"])
@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--config", "IT"),
        ("answers", "check", "--config", "IT"),
        ("answers", "new", "--out", "new.toml", "--template", "IT"),
        ("answers", "new", "--out", "new.toml", "--from", "IT"),
        ("answers", "compare", "IT", "SETUP"),
        ("shares", "combine", "a", "b", "--sealed", "IT"),
        ("record", "list", "--config", "IT"),
        ("bundle", "--config", "IT", "--yes", "--out", "b.zip"),
        ("export", "--config", "SETUP", "--format", "markdown", "--offline", "--also", "IT", "--out", "x.md"),
        ("values", "--config", "KEYED"),
    ],
    ids=" ".join,
)
def test_what_a_command_opens_by_itself_is_refused_where_it_is_no_file(
    offline: Terminal, words: tuple[str, ...], kind: str
) -> None:
    it = offline.folder / "it"
    next(one for one in OBSTACLES if one.name == kind).place(it, offline.folder / "victim")
    setup = offline.answered()
    keyed = offline.folder / "keyed.toml"
    keyed.write_text(setup.read_text().replace("[recovery_key]", '[recovery_key]\npublic_files = ["it"]'))
    given = {"IT": it, "SETUP": setup, "KEYED": keyed}
    ran = offline("--json", *(given.get(word, word) for word in words))
    assert ran.status in {2, 6, 7}, ran.out + ran.err
    assert ran.problem["code"] != "usage", ran.problem
    tally.count("faults injected")
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize("kind", [one.name for one in OBSTACLES if one.name != "device"])
@pytest.mark.parametrize("word", ["--log-file", "--out"])
def test_what_a_command_writes_is_refused_where_something_stands(
    offline: Terminal, kind: str, word: str
) -> None:
    it = offline.folder / "it"
    seen = next(one for one in OBSTACLES if one.name == kind).place(it, offline.folder / "victim")
    before = seen()
    setup = offline.answered()
    if word == "--out":
        for command in (("export", "--config", setup, "--format", "markdown", "--offline"), ("manual",)):
            refused(offline(*command, "--out", it, "--json"), "exists")
    else:
        offline.aws = lambda _call: {"Account": "1", "Arn": "x", "UserId": "x"}
        refused(offline("plan", "--config", setup, "--log-file", it, "--json"), "folder")
    assert seen() == before
