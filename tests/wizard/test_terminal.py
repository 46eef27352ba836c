"""On a real terminal: passwords are asked twice and never shown, consent is typed, Ctrl-C ends."""

from __future__ import annotations

import errno
import io
import os
import pty
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.problems import ProblemError, refuse
from tests.planted import PASSWORD
from tests.wizard.driving import ROOT, Stream
from wizard.carrying_out import typed
from wizard.passwords import given
from wizard.plain.lines import Lines
from wizard.plain.person import Leave, Person
from wizard.root import Program, Surroundings
from wizard.terminal import agreed


@dataclass
class Screen:
    """A program on a terminal of its own, and everything that it showed."""

    descriptor: int
    pid: int
    shown: str = ""

    def until(self, words: str) -> None:
        """Reads until the words are there that are new."""
        begin = len(self.shown)
        while words not in self.shown[begin:]:
            self.shown += os.read(self.descriptor, 4096).decode()

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def end(self) -> int:
        """Reads to the end; the exit status."""
        try:
            while piece := os.read(self.descriptor, 4096):
                self.shown += piece.decode()
        except OSError:  # how Linux says that nobody holds the other end any more
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


def start(*arguments: str | Path) -> Screen:
    return started(sys.executable, "-m", "wizard", *map(str, arguments))


def started(*words: str) -> Screen:
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execv(words[0], words)
    return Screen(descriptor, pid)


def test_a_password_is_asked_twice_and_never_shown(tmp_path: Path) -> None:
    screen = start("keygen", "--out", tmp_path / "keys")
    for prompt in ("New password: ", "New password, again: "):
        screen.until(prompt)
        screen.type(f"{PASSWORD}\n")
    assert screen.end() == 0
    assert PASSWORD not in screen.shown
    assert "✓ Sealing" in screen.shown
    assert (tmp_path / "keys" / "recovery.pub.der").exists()


def test_ctrl_c_at_the_password_ends_with_a_sentence_and_writes_nothing(tmp_path: Path) -> None:
    screen = start("keygen", "--out", tmp_path / "keys")
    screen.until("New password: ")
    screen.type("\x03")
    assert screen.end() == 130
    assert "You stopped the program" in screen.shown
    assert "Traceback" not in screen.shown
    assert not (tmp_path / "keys").exists()


ASKS = """
import sys
sys.path.insert(0, sys.argv[1])
from services.problems import ProblemError, refuse
from wizard.terminal import ask_secret
try:
    print("taken", len(ask_secret("Secret: ")))
except ProblemError as refusal:
    print(refusal.problem.code, "with", refusal.__context__, refusal.__cause__)
"""


def test_a_secret_that_is_no_text_is_refused_and_goes_nowhere() -> None:
    """The error of the decoder holds what was typed, so nothing that lives on may lead to it."""
    screen = started(sys.executable, "-c", ASKS, str(ROOT))
    screen.until("Secret: ")
    os.write(screen.descriptor, f"{PASSWORD}\xe9\n".encode("latin-1"))
    assert screen.end() == 0
    assert "bad-password with None None" in screen.shown


LINES = [
    (b"yes\n", True),
    (b" yes \r\n", True),
    (b"yes", True),
    (b"", False),
    (b"\n", False),
    (b"no\n", False),
    (b"Yes\n", False),
    (b"y\xe9s\n", False),
    (b"yes\xff\n", False),
    (b"\x80" * 9000 + b"\n", False),
]


@pytest.mark.parametrize(("line", "consent"), LINES, ids=range(len(LINES)))
def test_a_typed_line_is_the_word_or_no_consent(line: bytes, consent: bool) -> None:
    around = Surroundings(stdin=Stream(line, terminal=True), stdout=Stream(), stderr=Stream(terminal=True))
    assert agreed(around, "Agreed? ") == consent
    program = Program.start(around, json=False)
    if not consent:
        with pytest.raises(ProblemError) as refusal:
            typed(program, "Agreed? ", "yes")
        assert refusal.value.problem.code == "consent"


def gone() -> Stream:
    class Gone(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        read1 = read

    return Stream(terminal=True, raw=Gone())


def test_a_terminal_that_is_gone_is_no_consent() -> None:
    around = Surroundings(stdin=gone(), stdout=Stream(), stderr=Stream())
    assert not agreed(around, "Agreed? ")


def test_line_by_line_a_terminal_that_is_gone_is_the_end() -> None:
    around = Surroundings(stdin=gone(), stdout=Stream(), stderr=Stream(terminal=True))
    with pytest.raises(Leave):
        Person(around, Lines(around.stdout, around.stderr)).ask("Name")


def test_a_standard_input_that_cannot_be_read_is_told() -> None:
    around = Surroundings(stdin=gone(), stdout=Stream(), stderr=Stream())
    with pytest.raises(ProblemError) as refusal:
        given(Program.start(around, json=False), Path("-"))
    assert refusal.value.problem.code == "unreadable-file"


def test_lines_are_asked_for_in_these_places_alone() -> None:
    """Every other one would have to know what a line can be."""
    asking = {
        str(path.relative_to(ROOT))
        for folder in ("wizard", "screens")
        for path in (ROOT / folder).rglob("*.py")
        if "stdin.readline(" in path.read_text()
    }
    assert asking == {"wizard/terminal.py", "wizard/plain/person.py"}


def test_line_by_line_such_a_secret_is_asked_for_again() -> None:
    tries = iter([None, PASSWORD])

    def once_wrong(_prompt: str) -> bytearray:
        text = next(tries)
        if text is None:
            raise refuse("bad-password", "It is no text.", "Type it again.")
        return bytearray(text.encode())

    err = Stream(terminal=True)
    around = Surroundings(stdin=Stream(terminal=True), stdout=Stream(), stderr=err, ask_secret=once_wrong)
    person = Person(around, Lines(around.stdout, err, width=80))
    assert person.secret("Password") == PASSWORD.encode()
    assert "✗ It is no text." in err.written
