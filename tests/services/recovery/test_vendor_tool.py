"""The vendor's tool is found, shown, and run in a terminal of its own in which a person types; a script plays the tool."""

from __future__ import annotations

import hashlib
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from services.problems import ProblemError
from services.recovery import vendor_tool
from services.recovery.vendor_tool import Tool

PRIVATE = Path("/media/stick/my key.pke1")

# Like the real one, it reads the password from a terminal without echo, and takes no other input.
TOOL = f"""#!{sys.executable} -I
import getpass, os, sys
assert sys.argv[1] == "validate-private-key", sys.argv
assert os.isatty(0) and os.isatty(1) and os.isatty(2)
columns = os.get_terminal_size(1).columns
print("tool sees", sys.argv[2], columns, sorted(os.environ), flush=True)
answer = getpass.getpass("Enter password to validate: ")
print("Validation successful" if answer == "typed by a person" else "Validation failed", flush=True)
sys.exit(0 if answer == "typed by a person" else 1)
"""

# The program under test, in a terminal: it runs the tool, then shows how the terminal was left.
OURS = """
import os, sys, termios
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from services.recovery import vendor_tool
tool = vendor_tool.find(sys.argv[2])
before = termios.tcgetattr(0)
status = vendor_tool.run(
    tool, vendor_tool.validate_argv(tool, Path(sys.argv[3])), keyboard=0, screen=1, environment={"TERM": "dumb"}
)
print("status", status, "restored", termios.tcgetattr(0) == before, flush=True)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / vendor_tool.NAME
    program.parent.mkdir(mode=0o755)
    program.write_text(TOOL)
    program.chmod(0o755)
    return program.parent


def found(place: Path) -> Tool:
    tool = vendor_tool.find(f"/nowhere:{place}")
    assert tool is not None
    return tool


def test_it_is_found_on_the_path_and_shown_with_links_followed(place: Path, tmp_path: Path) -> None:
    link = tmp_path / "links"
    link.mkdir()
    (link / vendor_tool.NAME).symlink_to(place / vendor_tool.NAME)
    for path in (str(place), f"relative::{link}"):
        tool = vendor_tool.find(path)
        assert tool is not None
        assert tool.path == place / vendor_tool.NAME
        assert tool.sha256 == hashlib.sha256(TOOL.encode()).hexdigest()
        assert tool.owner
    for path in ("", ":", "relative", str(tmp_path / "none")):
        assert vendor_tool.find(path) is None


def test_it_is_said_who_could_have_changed_it(place: Path) -> None:
    assert found(place).notes == ()
    (place / vendor_tool.NAME).chmod(0o777)
    place.chmod(0o777)
    assert found(place).notes == (
        f"Every user of this computer can change {place / vendor_tool.NAME}.",
        f"Every user of this computer can replace what is in {place}.",
    )


def test_the_command_to_print_is_exact_and_quoted(place: Path) -> None:
    words = ["wallet-recovery-cli", "validate-private-key", f"--private-key-file={PRIVATE}"]
    assert shlex.split(vendor_tool.validate_command(PRIVATE)) == words
    assert vendor_tool.validate_argv(found(place), PRIVATE) == [str(place / vendor_tool.NAME), *words[1:]]


def test_a_program_that_changed_after_it_was_shown_is_not_run(place: Path) -> None:
    tool = found(place)
    (place / vendor_tool.NAME).write_text("#!/bin/sh\ntouch ran\n")
    with pytest.raises(ProblemError) as refused:
        vendor_tool.run(tool, [str(tool.path)], keyboard=0, screen=1, environment={})
    assert refused.value.problem.code == "stale"
    (place / vendor_tool.NAME).unlink()
    with pytest.raises(ProblemError) as refused:
        vendor_tool.run(tool, [str(tool.path)], keyboard=0, screen=1, environment={})
    assert refused.value.problem.code == "unreadable-file"


class Person:
    """Sits at a terminal in which the program under test runs."""

    def __init__(self, place: Path) -> None:
        self.terminal, theirs = pty.openpty()
        root = str(Path(vendor_tool.__file__).parents[2])
        command = [sys.executable, "-c", textwrap.dedent(OURS), root, str(place), str(PRIVATE)]
        self.program = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.seen = b""

    def reads_until(self, text: bytes) -> None:
        end = time.monotonic() + 20
        while text not in self.seen:
            assert select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))[0], self.seen
            self.seen += os.read(self.terminal, 4096)

    def types(self, keys: bytes) -> None:
        os.write(self.terminal, keys)

    def waits(self) -> int:
        status = self.program.wait(20)
        os.close(self.terminal)
        return status

    def leaves(self) -> int:
        os.close(self.terminal)
        return self.program.wait(20)


@pytest.mark.parametrize(
    ("typed", "status"), [(b"typed by a person\r", 0), (b"wrong\r", 1), (b"\x03", -signal.SIGINT)]
)
def test_a_person_types_the_password_into_the_tool_itself(place: Path, typed: bytes, status: int) -> None:
    person = Person(place)
    person.reads_until(b"Enter password to validate: ")
    person.types(typed)
    person.reads_until(b"restored True")
    shown = person.seen.decode()
    assert f"tool sees --private-key-file={PRIVATE} " in shown
    assert typed.decode().strip() not in shown.replace("^C", "") or typed == b"\x03"
    assert ("Validation successful" in shown) is (status == 0)
    expected = {0: "status 0", 1: "status 1"}.get(status, "status ")
    assert expected in shown
    assert "status 0" not in shown or status == 0
    assert "AWS" not in shown
    assert person.waits() == 0


def test_a_terminal_that_is_closed_ends_the_tool(place: Path) -> None:
    person = Person(place)
    person.reads_until(b"Enter password to validate: ")
    person.leaves()
