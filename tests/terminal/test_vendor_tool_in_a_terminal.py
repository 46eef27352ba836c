"""The vendor's own tool under the pages that step aside: it gets the keyboard, and the wizard gets the terminal back."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from screens import flow
from services import setup_file
from services.recovery import vendor_tool
from services.setups import State
from tests.keys import public_der
from tests.sampling import every
from tests.tally import count
from tests.terminal.test_journey import ROOT, fits
from tests.terminal.tmux import Terminal, terminal
from tests.world import sample

PASSWORD = "violet-Typewriter 41"
HEARD = hashlib.sha256(PASSWORD.encode()).hexdigest()

TOOL = f"""#!{sys.executable} -I
import getpass, hashlib, os, pathlib, sys
assert sys.argv[1] == "validate-private-key", sys.argv
assert not any(name.startswith("AWS") for name in os.environ)
print("stand-in for", sys.argv[2])
typed = getpass.getpass("Enter password: ")
heard = hashlib.sha256(typed.encode()).hexdigest()
pathlib.Path(__file__).with_name("heard").write_text(heard)
valid = heard == {HEARD!r}
print("VALID KEY" if valid else "INVALID KEY")
sys.exit(0 if valid else 4)
"""

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]


@dataclass
class Watched:
    """A terminal on the page of the proof; `seen` keeps all that ever stood on it, scrolled away or not."""

    screen: Terminal
    tool: vendor_tool.Tool
    key: Path
    state: Path
    seen: list[str] = field(default_factory=list)

    @property
    def heard(self) -> Path:
        """Where the tool leaves the digest of what was typed."""
        return self.tool.path.with_name("heard")

    def wait(self, pattern: str) -> str:
        found = self.screen.wait(pattern)
        self.seen.append(self.screen.run("capture-pane", "-p", "-S", "-"))
        return found

    def run_tool(self) -> None:
        """Looks at the program, agrees, and comes to its question."""
        self.screen.focus("Run it on this file")
        self.screen.keys("Enter")
        question = "Run this program on the private key"
        self.wait(question)
        self.screen.settle()  # a terminal shows a dialog from its first line on
        asked = squeezed(dialog(fits(self.wait(question))))
        for shown in (str(self.tool.path), self.tool.owner, self.tool.sha256):
            assert shown in asked
        assert not self.heard.exists(), "nothing runs before the yes"
        self.screen.focus("Run it")
        self.screen.keys("Enter")
        told = self.wait("stand-in for --private-key-file=.*Enter password:")
        assert f"stand-infor--private-key-file={self.key}" in squeezed(told)
        assert self.screen.flag("alternate_on") == "0"

    def back(self, said: str) -> str:
        """The wizard's page, whole, after the tool."""
        self.wait("Press Enter to go back to the wizard")
        self.screen.keys("Enter")
        page = fits(self.wait(said))
        assert self.screen.flag("alternate_on") == "1"
        for part in ("Step 3 of 9", "Private key file", "With the vendor's own tool", "Enter its password"):
            assert part in page
        assert "Ctrl+N Next" in page.splitlines()[-1]
        assert "VALID KEY" not in page, "nothing of the tool is left between the lines"
        return page

    def leave(self) -> None:
        """The shell afterwards has an ordinary terminal: it echoes, edits lines, shows the cursor."""
        self.screen.keys("C-q")
        self.wait("Leave the wizard")
        self.screen.focus("Leave")
        self.screen.keys("Enter")
        self.wait("ended with 0")
        flags = [self.screen.flag(name) for name in ("alternate_on", "mouse_any_flag", "cursor_flag")]
        assert flags == ["0", "0", "1"]
        self.screen.type("stty -a")
        self.screen.keys("Enter")
        settings = self.wait("icanon.* echo ").split()
        assert {"icanon", "echo", "isig", "icrnl"} <= set(settings)


def squeezed(screen: str) -> str:
    return re.sub(r"[\s│]+", "", screen)


def dialog(screen: str) -> str:
    """What stands inside the frame, without the page behind it."""
    return "".join(re.findall("│(.*)│", screen))


@contextmanager
def on_the_page(folder: Path) -> Iterator[Watched]:
    program = folder / "bin" / vendor_tool.NAME
    program.parent.mkdir()
    program.write_text(TOOL)
    program.chmod(0o755)
    key, public, state = folder / "acme.pke1", folder / "acme.pub.der", State(folder / "state")
    key.write_bytes(b"PKE1: the tool is the one to judge it")
    public.write_bytes(public_der())
    answers = sample(recovery_key__public_files=[str(public)], recovery_key__private_file=str(key))
    setup = setup_file.create(folder / "acme.toml", answers)
    state.keep_drafts(answers.text("setup.id"), {flow.AT: "recovery-key"})
    command = [sys.executable, "-m", "wizard", "--state-dir", str(state.folder)]
    command += ["--log-file", str(state.folder / "log"), "-v", "--config", str(setup.path)]
    environ = {
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with terminal(command, ROOT, environ=environ) as screen:
        watched = Watched(screen, vendor_tool.look(program), key, state.folder)
        watched.wait("This set-up has its recovery key")
        screen.focus("Prove that it still opens")
        screen.keys("Enter")
        offered = squeezed(fits(watched.wait("With the vendor's own tool It is on this computer")))
        for shown in (str(watched.tool.path), watched.tool.owner, watched.tool.sha256):
            assert shown in offered
        yield watched


def test_the_tool_gets_what_is_typed_and_the_wizard_comes_back(tmp_path: Path) -> None:
    with on_the_page(tmp_path) as watched:
        watched.run_tool()
        watched.screen.type(PASSWORD)
        watched.screen.keys("Enter")
        watched.wait("(?<!IN)VALID KEY")
        assert watched.heard.read_text() == HEARD, "the tool got what was typed"
        watched.back("The recovery tool ended well")
        watched.leave()
        everything = "".join(watched.seen)
    for part in (PASSWORD, "violet", "Typewriter"):
        assert part not in everything
    written = [path for path in watched.state.rglob("*") if path.is_file()]
    assert written
    for path in (*written, tmp_path / "acme.toml"):
        assert b"Typewriter" not in path.read_bytes(), path


def test_ctrl_c_stops_the_tool_and_not_the_wizard(tmp_path: Path) -> None:
    with on_the_page(tmp_path) as watched:
        watched.run_tool()
        watched.screen.type(PASSWORD[:8])
        watched.screen.keys("C-c")
        watched.wait("Press Enter to go back to the wizard")
        assert not watched.heard.exists()
        watched.screen.keys("C-c")
        watched.back("The recovery tool was stopped")
        watched.run_tool()
        watched.screen.type("another password")
        watched.screen.keys("Enter")
        watched.back("The recovery tool ended with status 4")
        watched.leave()
        assert PASSWORD[:8] not in "".join(watched.seen)


@pytest.mark.parametrize("number", every(2, [signal.SIGTERM, signal.SIGHUP]))
def test_a_signal_under_the_tool_ends_both_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, number: signal.Signals
) -> None:
    with on_the_page(tmp_path) as watched:
        watched.run_tool()
        shell = watched.screen.run("display-message", "-p", "#{pane_pid}").strip()
        (wizard,) = subprocess.run(
            ["pgrep", "-P", shell], capture_output=True, text=True, check=True
        ).stdout.split()
        tools = subprocess.run(
            ["pgrep", "-P", wizard], capture_output=True, text=True, check=True
        ).stdout.split()
        count("signals sent")
        os.kill(int(wizard), number)
        watched.wait(f"ended with {128 + number}")
        flags = [watched.screen.flag(name) for name in ("alternate_on", "mouse_any_flag", "cursor_flag")]
        assert flags == ["0", "0", "1"]
        watched.screen.type("stty -a")
        watched.screen.keys("Enter")
        assert {"icanon", "echo", "isig", "icrnl"} <= set(watched.wait("icanon.* echo ").split())
        assert not watched.heard.exists()
        assert tools
        assert not [each for each in tools if Path(f"/proc/{each}").exists()]
