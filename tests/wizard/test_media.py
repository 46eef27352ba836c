"""A medium that is full, read-only or gone: exit code 7, one sentence with a remedy, and nothing of what was there is lost.

Real ones: a small file system in memory, mounted for the test. Without the right to mount, as for most people who are
not root, these tests are left out.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from tests import tally
from tests.ports import Recording
from tests.wizard.driving import Terminal, contents, refused
from tests.wizard.recorded import HAND

PAGE = 4096
"""Bytes of which a file in memory has a whole number."""


@dataclass(frozen=True)
class Medium:
    """A mounted file system of a megabyte."""

    path: Path

    def mount(self, *options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(("size=1m", *options)), "tmpfs", str(self.path)],
                       check=True, capture_output=True)  # fmt: skip

    def fill(self) -> None:
        """Until there is no room for another byte, nor for another file; not in the last page of a journal either."""
        for journal in self.path.rglob("*.jsonl"):
            with journal.open("ab") as file:
                file.write(b"\n" * (PAGE - journal.stat().st_size % PAGE))
        with (self.path / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(PAGE)):
                    pass
            except OSError:
                return

    def close(self) -> None:
        """From now on it is read-only."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.path)], check=True)

    def take_away(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.path)], check=True)


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Medium]:
    found = Medium(tmp_path / "medium")
    found.path.mkdir()
    try:
        found.mount()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    yield found
    subprocess.run(["umount", "--lazy", str(found.path)], check=False, capture_output=True)


@pytest.fixture
def machine(aws: Aws, medium: Medium) -> Terminal:
    """A finished set-up whose files, state and all, lie on the medium; a record and a diary too."""
    found = Terminal(medium.path, Recording(aws))
    found.with_key()
    assert found("apply", "--config", found.setup, "--yes").status == 0
    assert found("record", "add", *HAND, "--config", found.setup).status == 0
    return found


def writing(machine: Terminal) -> list[tuple[str | Path, ...]]:
    """Commands that write, each another kind of file."""
    on, new = ("--config", machine.setup), machine.folder / "new"
    return [
        ("answers", "new", "--from", machine.setup, "--out", new),
        ("answers", "template", "--from", machine.setup, "--out", new),
        ("record", "change", *HAND[:2], "--kit", "another", *on),
        ("record", "export", "--format", "csv", "--out", new, *on),
        ("lifecycle", "--done", "annual-review", *on),
        ("lifecycle", "--ics", new, *on),
        ("plan", "--out", new, *on),
        ("values", "--out", new, *on),
        ("export", "--format", "terraform", "--out", new, *on),
        ("bundle", "--out", new, *on),
        ("keygen", "--out", machine.folder / "other", "--password-file", machine.password_file),
    ]


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_every_command_that_writes_says_so_and_loses_nothing(
    machine: Terminal, medium: Medium, fault: str
) -> None:
    commands = writing(machine)
    medium.fill() if fault == "full" else medium.close()
    before = contents(machine.folder)
    assert isinstance(machine.aws, Recording)
    machine.aws.calls.clear()
    for words in commands:
        problem = refused(machine(*words, "--json"), "folder")
        assert fault in problem["summary"].lower(), (words, problem)
        assert contents(machine.folder) == before, words
        tally.count("faults injected")
    assert machine.aws.writes == []


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_nothing_is_written_in_aws_that_cannot_be_written_down_before(
    machine: Terminal, medium: Medium, fault: str
) -> None:
    machine("answers", "new", "--from", machine.setup, "--out", machine.folder / "second.toml")
    medium.fill() if fault == "full" else medium.close()
    assert isinstance(machine.aws, Recording)
    machine.aws.calls.clear()
    for command in (("apply", "--yes"), ("destroy", "--yes", "--accept", "delete-backups")):
        setup = machine.folder / "second.toml" if command[0] == "apply" else machine.setup
        problem = refused_at_the_end(machine(*command, "--config", setup, "--json"))
        assert (problem["code"], problem["exit_code"]) == ("folder", 7), problem
        tally.count("faults injected")
    assert machine.aws.writes == []


def refused_at_the_end(ran: object) -> dict[str, object]:
    """The problem of a run that tells events, or of one that did not begin."""
    lines = ran.lines  # type: ignore[attr-defined]
    found = next((line["problem"] for line in lines if "problem" in line), None)
    assert found is not None, lines
    return dict(found)


@dataclass
class Unplugging:
    """The medium is pulled out right before the nth write."""

    aws: Aws
    medium: Medium
    nth: int
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            self.writes += 1
            if self.writes == self.nth:
                self.medium.take_away()
        return self.aws(call)


def test_a_medium_that_is_pulled_out_in_the_middle_stops_the_run_there(
    aws: Aws, medium: Medium, tmp_path: Path
) -> None:
    """What was begun is answered; nothing is begun that cannot be written down; no journal begins anew in its place."""
    home = tmp_path / "home"
    home.mkdir()
    unplugging = Unplugging(aws, medium, 4)
    machine = Terminal(home, unplugging)
    machine.answered()
    ran = machine("--state-dir", medium.path / "state", "apply", "--config", machine.setup, "--yes", "--json")
    assert ran.status == 7
    assert refused_at_the_end(ran)["code"] == "folder"
    assert unplugging.writes == 4
    assert list(medium.path.iterdir()) == []
    again = Terminal(home, aws)("apply", "--config", machine.setup, "--yes")
    assert again.status in {0, 6}, "without its journal, a bucket without tags is asked about"


def test_a_folder_that_is_gone_is_not_made_anew_in_its_place(machine: Terminal, tmp_path: Path) -> None:
    shutil.rmtree(machine.folder / "keys")
    gone = tmp_path / "no" / "stick"
    problem = refused(
        machine("values", "--config", machine.setup, "--out", gone / "values.txt", "--json"),
        "unreadable-file",
    )
    assert problem["exit_code"] == 2
    problem = refused(
        machine("plan", "--config", machine.setup, "--out", gone / "p.json", "--json"), "folder"
    )
    assert not gone.exists()
    assert problem["exit_code"] == 7
