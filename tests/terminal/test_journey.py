"""The journey of an administrator who has never seen the program: a real terminal of 80x24, the keyboard alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from services import setup_file
from tests.planted import PASSWORD
from tests.terminal.tmux import Terminal, terminal

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]


def demo(folder: Path) -> list[str]:
    return [sys.executable, "-m", "wizard", "demo", "--dir", str(folder)]


def fits(screen: str) -> str:
    lines = screen.splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines) <= 80
    return screen


def to_account(terminal: Terminal) -> None:
    fits(terminal.wait("Set-ups on this computer"))
    terminal.keys("Enter")
    fits(terminal.wait("Name of the set-up"))
    terminal.type("acme-demo")
    terminal.wait("Name of the set-up +acme-demo")
    terminal.keys("C-n")
    fits(terminal.wait("You have all .* rights"))


def make_key(terminal: Terminal) -> None:
    terminal.keys("C-n")
    fits(terminal.wait("Only this key opens the backups"))
    terminal.keys("C-n")
    fits(terminal.wait("Password.*Again"))
    for again in (False, True):
        terminal.type(PASSWORD)
        terminal.wait("Password +•{28} Again +•{28}" if again else "Password +•{28}")
        if not again:
            terminal.tab()
    terminal.keys("C-n")
    fits(terminal.wait("The key is made, sealed, read back"))


def create(terminal: Terminal) -> None:
    terminal.keys("C-n")
    fits(terminal.wait("Step 4 of 9"))
    terminal.keys("C-n")
    fits(terminal.wait("This is what that role can do"))
    terminal.keys("C-n")
    fits(terminal.wait("Nobody should be able to delete a backup"))
    terminal.keys("C-n")
    fits(terminal.wait("should not go unnoticed"))
    terminal.keys("C-n")
    fits(terminal.wait("2 things need a typed word"))
    terminal.keys("C-n")  # does nothing here: only the action itself writes
    for word in ("irreversible", "cost"):
        terminal.tab()
        fits(terminal.wait(f"type the word {word} here"))
        terminal.type(word)
    terminal.focus("Create these")
    terminal.keys("Enter")
    fits(terminal.wait("Everything is there and was read back"))


def test_from_nothing_to_the_green_list(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with terminal(demo(folder), ROOT) as screen:
        to_account(screen)
        make_key(screen)
        create(screen)
        screen.keys("C-n")
        fits(screen.wait("Use own AWS configuration.*KMS key ARN"))
        screen.keys("C-n")
        fits(screen.wait("A new quorum has the kit"))
        screen.keys("C-n")
        fits(screen.wait("Everything in AWS is as planned: ([0-9]+) of \\1 pass"))
        screen.wait("No backup file is in the bucket yet")
        screen.focus("Play Palisade")
        screen.keys("Enter")
        seen = fits(screen.wait("Verified: the backup path works"))
        assert "✗" not in seen
        screen.keys("C-q")
        screen.wait("Leave the wizard")
        screen.focus("Leave")
        screen.keys("Enter")
        screen.wait("ended with 0")
        assert screen.flag("alternate_on") == "0"
        assert screen.flag("mouse_any_flag") == "0"
        assert screen.flag("cursor_flag") == "1"
    written = list(folder.rglob("*"))
    setups = [path for path in written if path.name == "acme-demo.toml"]
    assert setup_file.read(setups[0]).answers.text("recovery_key.fingerprint")
    assert {p.name for p in written if "recovery" in p.name} >= {
        "acme-demo-recovery.pke1",
        "acme-demo-recovery.pub.der",
        "acme-demo-recovery.pub.hex",
    }
    for path in written:
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_the_terminal_is_too_plain_for_pages(tmp_path: Path) -> None:
    command = ["sh", "-c", f"{sys.executable} -m wizard --state-dir {tmp_path} </dev/null"]
    with terminal(command, ROOT) as screen:
        seen = screen.wait("ended with ([0-9]+)")
        assert re.search("needs a terminal", " ".join(seen.split()))
        assert "ended with 2" in seen
