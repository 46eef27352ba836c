"""The watch over the test run bites: a run whose tests pass fails, where one left a secret behind."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONFTEST = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.conftest import _watched, pytest_configure
"""
LEAKING = """
import logging
from tests import planted
from tests.watch import WATCH
from shamir_mnemonic import generate_mnemonics

def test_that_types(tmp_path):
    (tmp_path / "password.txt").write_text(planted.PASSWORD)

def test_that_leaves_a_file(tmp_path):
    (tmp_path / "state.json").write_text(planted.PIN.encode().hex())

def test_that_prints():
    print("Sealed with", planted.OLD_PASSWORD)

def test_that_logs():
    logging.getLogger("x").warning(planted.AWS_SECRET_KEY)

def test_that_says():
    WATCH.printed(planted.NEVER)

def test_that_shows():
    WATCH.screen(planted.NEW_PASSWORD.replace(" ", "\\n"))

def test_that_keeps_a_key(tmp_path):
    (tmp_path / "journal").write_text("-----BEGIN PRIVATE KEY-----")

def test_that_keeps_a_share(tmp_path):
    (tmp_path / "drafts").write_text(generate_mnemonics(1, [(2, 3)], bytes(32))[0][0])
"""
FOUND = [
    r"PIN, spelt as hex in .*/state.json",
    r"old password, spelt as it is in texts of .*",
    r"AWS secret key, spelt as it is in texts of .*",
    r"hidden value, spelt as it is in texts of .*::test_that_says",
    r"new password, spelt as it is in screens of .*::test_that_shows",
    r"a PEM label in .*/journal",
    r"words of a share in .*/drafts",
]


def watched(folder: Path, tests: str, *options: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(tests)
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--basetemp",
        str(folder / "base"),
        *options,
    ]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    # What these tests leave is theirs to leave, and no find of the run around them.
    subprocess.run(["rm", "-r", str(folder)], check=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "spread"])
def test_what_is_left_behind_fails_the_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "inner").mkdir()
    status, said = watched(tmp_path / "inner", LEAKING, *options)
    assert "8 passed" in said
    assert status == 1
    finds = re.findall(r"^  SECRET (.*)$", said, re.MULTILINE)
    assert len(finds) == len(FOUND), finds
    for pattern in FOUND:
        assert any(re.fullmatch(pattern, find) for find in finds), (pattern, finds)
