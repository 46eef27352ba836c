"""Killed before any call that changes the file system, a command leaves what was there or what it wanted, never neither.

A real process and a real SIGKILL for each. Afterwards every file of before has its old content or a whole new one,
nothing half made has a final name, and the same command, given again, goes on or says what it finds.
"""

from __future__ import annotations

import json
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import tally
from tests.killed import at_file_event
from tests.sampling import every
from tests.wizard.driving import Terminal, refused
from tests.wizard.recorded import HAND, KEY_ID

Words = tuple[str | Path, ...]
PUBLIC = {".der", ".hex", ".txt"}
"""Ends of names of files, finished or not, that anybody may read: public keys, and the sheet, which has no secret."""


@dataclass(frozen=True)
class Case:
    """A command, what must be done before it, the file that it writes last, and what it says where that is there."""

    words: Callable[[Terminal], Words]
    before: Callable[[Terminal], object] = lambda terminal: terminal.answered()
    out: str = ""
    says: str = "exists"


def on(*words: str) -> Callable[[Terminal], Words]:
    return lambda terminal: (*words, "--config", terminal.setup)


def into(before: Callable[[Terminal], object], out: str, *words: str) -> Case:
    return Case(lambda terminal: (*on(*words)(terminal), "--out", terminal.folder / out), before, out)


def applied(terminal: Terminal) -> None:
    terminal.with_key()
    assert terminal("apply", "--config", terminal.setup, "--yes").status == 0


def recorded(terminal: Terminal) -> None:
    terminal.answered()
    assert terminal("record", "add", *HAND, "--config", terminal.setup).status == 0


def lacking_id(terminal: Terminal) -> None:
    setup = terminal.answered()
    lines = setup.read_text().splitlines(keepends=True)
    setup.write_text("".join(line for line in lines if not line.startswith("id = ")))


def completing(terminal: Terminal) -> Words:
    return (*on("keygen", "--complete")(terminal), "--out", terminal.folder / "keys")


def unrecorded(terminal: Terminal) -> None:
    """A complete pair that the setup file does not know of."""
    before = terminal.answered().read_bytes()
    terminal.setup.unlink()
    terminal.with_key()
    for paper in (terminal.folder / "keys").glob("*.txt"):
        paper.unlink()
    terminal.setup.write_bytes(before)


CASES = {
    "answers-new": Case(
        lambda terminal: ("answers", "new", "--from", terminal.setup, "--out", terminal.folder / "new.toml"),
        out="new.toml",
    ),
    "keygen-complete": Case(completing, unrecorded),
    "record-add": Case(on("record", "add", *HAND), out="setup.record.json"),
    "record-remove": Case(
        on("record", "remove", "--key-id", KEY_ID, "--yes"), recorded, "setup.record.json", "invalid-answer"
    ),
    "lifecycle": Case(on("lifecycle", "--done", "annual-review"), recorded),
    "refusal": Case(on("values"), recorded),
}
"""What gives a file new content without AWS, and one that publishes."""

PUBLISHING = {
    "plan": Case(on("plan"), lacking_id),
    "plan-out": Case(lambda t: (*on("plan")(t), "--out", t.folder / "plan.json"), out="plan.json"),
    "record-export": into(recorded, "r.csv", "record", "export", "--format", "csv"),
    "lifecycle-ics": Case(lambda t: (*on("lifecycle")(t), "--ics", t.folder / "c.ics"), recorded, "c.ics"),
    "values": into(applied, "values.md", "values", "--format", "markdown"),
    "export": into(applied, "setup.sh", "export", "--format", "aws-cli"),
    "bundle": into(applied, "bundle.zip", "bundle"),
}


def whole(path: Path, wanted: Mapping[Path, bytes]) -> bool:
    """Whether a file is one that its readers take; one whose form tells nothing must be the file of the run that ended."""
    try:
        match path.suffix:
            case ".toml":
                return bool(tomllib.loads(path.read_text()))
            case ".json":
                return bool(json.loads(path.read_text()))
            case ".zip":
                return zipfile.ZipFile(path).testzip() is None
            case ".path":
                return Path(path.read_text()).is_absolute()
            case _:
                return path.read_bytes() == wanted.get(path)
    except (ValueError, zipfile.BadZipFile):
        return False


def contents(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock"}


def settle(terminal: Terminal, kept: Path) -> None:
    shutil.rmtree(terminal.folder)
    shutil.copytree(kept, terminal.folder)


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", every(2, CASES))
def test_killed_before_any_file_event_the_next_run_goes_on(
    terminal: Terminal, tmp_path_factory: pytest.TempPathFactory, name: str, step: int
) -> None:
    kill_everywhere(terminal, CASES[name], tmp_path_factory.mktemp("kept") / "folder", step)


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHING)
def test_killed_before_any_file_event_nothing_half_is_published(
    terminal: Terminal, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    kill_everywhere(terminal, PUBLISHING[name], tmp_path_factory.mktemp("kept") / "folder")


def kill_everywhere(terminal: Terminal, case: Case, kept: Path, step: int = 1) -> None:
    """At every event of the case, or at every third and so on."""
    case.before(terminal)
    words = case.words(terminal)
    shutil.copytree(terminal.folder, kept)
    run = at_file_event(lambda: terminal(*words).status)
    assert run.events > 6, run
    wanted = contents(terminal.folder)
    for nth in range(1, run.events + 1, step):
        settle(terminal, kept)
        before = contents(terminal.folder)
        assert at_file_event(lambda: terminal(*words).status, nth).killed
        left = contents(terminal.folder)
        for path, content in before.items():
            assert left.get(path) == content or whole(path, wanted), (nth, path)
        for path in left.keys() - before.keys():
            assert path.name.startswith(".") or whole(path, wanted), (nth, path)
            assert PUBLIC & {path.suffix, *path.suffixes} or path.stat().st_mode & 0o077 == 0, (nth, path)
        again = terminal(*words, "--json")
        if again.status != run.status:
            out = terminal.folder / case.out
            assert left.get(out, b"") != before.get(out, b""), "it may say so only where the work was done"
            refused(again, case.says)
        assert {p for p in wanted if lasting(p)} <= contents(terminal.folder).keys()
        tally.count("writes killed")


def lasting(path: Path) -> bool:
    """Whether a file is of every run: notes are named after ids, which are made anew."""
    return not path.name.startswith(".") and path.suffix != ".path"
