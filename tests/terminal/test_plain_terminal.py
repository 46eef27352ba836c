"""The whole demo line by line on a dumb terminal, with a Textual that cannot be loaded: from nothing to verified."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services import setup_file
from tests.planted import PASSWORD
from tests.terminal.lines import Line, start

pytestmark = pytest.mark.timeout(240)

TO_THE_REVIEW = (
    ("Name of the set-up [", "acme-demo"),
    *((f"{label} [", "") for label in ("Environment", "AWS profile", "Region")),
    ("Palisade's writer: ", ""),
    *((f"{label} [", "") for label in ("External ID", "How is the key kept")),
    ("Folder", ""),
    *((f"{label} [", "") for label in ("Name", "Yes or no")),
    ("New password (not shown)", PASSWORD),
    ("The same again (not shown)", PASSWORD),
    *((f"{label} [", "") for label in ("Name space", "Bucket", "KMS key", "Uploads without headers")),
    *((f"{label} [", "") for label in ("Role name", "Yes or no")),
    *(
        (f"{label} [", "")
        for label in ("Object Lock", "Object Lock days", "Old versions kept", "Old version days")
    ),
    *((f"{label} [", "") for label in ("MFA Delete", "CloudTrail", "Data events", "Bucket of the trail")),
    *((f"{label} [", "") for label in ("Alarms", "Alarm e-mail", "Access logs", "Access log bucket")),
    ("Daily list [", ""),
)
TO_THE_END = (
    ("Do you agree?", "irreversible"),
    ("Do you agree?", "cost"),
    ("Carry all of this out?", "yes"),
    ("Kit name [", ""),
    ("The kit [", "created"),
    ("Yes or no [", "yes"),
    ("Quorum ID [", "20b7aefb-0000-4000-8000-00000000000b"),
    ("What now [", "play"),
    ("What now [leave]", ""),
)


@pytest.fixture
def without_pages(tmp_path: Path) -> dict[str, str]:
    """An environment in which what draws the pages cannot be loaded."""
    for name in ("textual", "rich"):
        package = tmp_path / "blocked" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError('{name} is loaded')\n")
    return {"PYTHONPATH": str(tmp_path / "blocked")}


@pytest.mark.slow
def test_from_nothing_to_verified_line_by_line(tmp_path: Path, without_pages: dict[str, str]) -> None:
    folder = tmp_path / "demo"
    screen = start("demo", "--plain", "--dir", folder, environ=without_pages)
    for label, text in (*TO_THE_REVIEW, *TO_THE_END):
        screen.answer(label, text)
    assert screen.end() == 0, screen.shown[-3000:]
    told_all_of_it(" ".join(screen.shown.split()))
    plain_lines_alone(screen)
    kept_what_was_made(folder)


def told_all_of_it(shown: str) -> None:
    for number in range(1, 10):
        assert f"Step {number} of 9: " in shown
    assert re.search(r"✓ Done: [6-9]\d steps\.", shown)
    assert shown.count("✓ refused: ") >= 5
    assert "NOT refused" not in shown
    assert "✗" not in shown
    assert "✓ Verified: the backup path works." in shown
    assert "Everything that you answered and everything that was made is kept." in shown


def plain_lines_alone(screen: Line) -> None:
    """No cursor, no colour, no box, no secret; and nothing longer than the terminal but single words to copy."""
    assert all(sign.isprintable() or sign in "\r\n" for sign in screen.shown)
    assert not any(0x2500 <= ord(sign) < 0x25A0 for sign in screen.shown)
    assert "\r\r" not in screen.shown.replace("\r\n", "")
    assert PASSWORD not in screen.shown
    # A long command goes on in the next line, so a backslash may stand behind a word; in a sentence it is one word.
    long = [line for line in screen.lines() if len(line) > 80 and len(_words(line)) > 1]
    assert long == []


def _words(line: str) -> list[str]:
    """The words of a line without its sign and without a backslash at its end."""
    bare = re.sub(r"^\s*[!✗✓·→~+-]\s", "", line.removesuffix(" \\"))
    return re.sub("“[^”]*”|'[^']*'", "X", bare).split()


def kept_what_was_made(folder: Path) -> None:
    (file,) = (folder / "state" / "setups").glob("*.toml")
    assert setup_file.read(file).answers.text("recovery_key.fingerprint")
    assert {path.name for path in (folder / "keys").iterdir()} >= {
        "acme-demo-recovery.pke1",
        "acme-demo-recovery.txt",
    }
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in written if PASSWORD.encode() in path.read_bytes()]


def test_it_fits_a_narrow_terminal_too(tmp_path: Path, without_pages: dict[str, str]) -> None:
    screen = start("--plain", "--state-dir", tmp_path, environ=without_pages, columns=50)
    screen.until("in AWS.")  # the question is explained under the same words that it is asked with
    screen.answer("Name of the set-up", "acme-sandbox")
    screen.answer("Environment [", "?")
    screen.answer("Environment [", "quit")
    assert screen.end() == 0
    assert "--setup-environment" in screen.shown
    assert [line for line in screen.lines() if len(line) > 50 and len(line.split()) > 1] == []
