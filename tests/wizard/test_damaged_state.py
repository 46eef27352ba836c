"""What a power cut or a bad medium leaves of each file that the program keeps: told with a way out, and nothing is lost.

No command may end in a fault of its own, and what it refuses to read it does not write over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tally
from tests.wizard.driving import Terminal, contents, refused
from tests.wizard.recorded import HAND

Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "empty": lambda _content: b"",
    "nul": lambda content: bytes(len(content)),
    "half": lambda content: content[: len(content) // 2],
    "tail of nul": lambda content: content[: len(content) // 2] + bytes(len(content) // 2),
    "noise": lambda content: b"\xff\xfe" + content[::-1],
    "a list": lambda _content: b"[[[]]]",
}


@pytest.fixture
def machine(terminal: Terminal) -> Terminal:
    """A set-up with everything that the program keeps of one."""
    terminal.with_key()
    assert terminal("apply", "--config", terminal.setup, "--yes").status == 0
    assert terminal("record", "add", *HAND, "--config", terminal.setup).status == 0
    assert terminal("lifecycle", "--config", terminal.setup, "--done", "annual-review").status == 0
    assert terminal("plan", "--config", terminal.setup, "--out", terminal.folder / "plan.json").status == 0
    assert terminal("keycheck", terminal.folder / "nothing").status == 2  # for the list of the last errors
    return terminal


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("plan",), ("apply", "--yes"), ("record", "list"), ("lifecycle",), ("values",), ("bundle",),
)  # fmt: skip
KEPT = {
    "setup.toml": {"unreadable-file", "invalid-answer", "missing-answer"},
    "setup.record.json": {"unreadable-file"},
    "setup.lifecycle.json": {"unreadable-file"},
    "plan.json": {"unreadable-file"},
    "*.journal.jsonl": set(),
    "*.path": set(),
    "errors.jsonl": set(),
    "setups/*.lock": set(),
}
"""Every file that is kept, and with which codes a damaged one may be refused; none where the program goes on without."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in {"setup.toml", "*.path"} else pytest.mark.slow) for n in KEPT]
)
def test_a_damaged_file_is_told_and_not_written_over(machine: Terminal, name: str) -> None:
    (path,) = machine.folder.rglob(name)
    whole = path.read_bytes()
    told = 0
    for damage in DAMAGES.values():
        path.write_bytes(damage(whole))
        damaged = path.read_bytes()
        for number, command in enumerate(COMMANDS):
            words: tuple[str | Path, ...] = (*command, "--config", machine.setup)
            words += ("--out", machine.folder / f"{number}.zip") if command == ("bundle",) else ()
            words += ("--plan", machine.folder / "plan.json") if command[0] == "apply" else ()
            before = contents(machine.folder)
            ran = machine(*words, "--json")
            (machine.folder / f"{number}.zip").unlink(missing_ok=True)
            tally.count("faults injected")
            if ran.status in {0, 3}:
                continue
            told += 1
            problem = refused(ran, json.loads(ran.out.splitlines()[-1]).get("problem", {}).get("code", ""))
            assert problem["code"] in KEPT[name], (command, damaged[:40], problem)
            assert ran.status == 2
            assert contents(machine.folder) == before
        if KEPT[name]:
            assert path.read_bytes() == damaged, "what cannot be read stays as it is"
    assert bool(told) is bool(KEPT[name])
    path.write_bytes(whole)
    assert machine("plan", "--config", machine.setup, "--check").status == 0


def test_a_setup_file_of_zeros_says_how_the_set_up_knows_its_own_again(machine: Terminal) -> None:
    identifier = machine("plan", "--config", machine.setup, "--json").document["setup"]
    machine.setup.write_bytes(bytes(machine.setup.stat().st_size))
    problem = refused(machine("plan", "--config", machine.setup, "--json"), "unreadable-file")
    assert "nothing but zeros" in problem["summary"]
    assert "palisade-wizard:setup" in " ".join(problem["remedy"])
    machine.setup.unlink()
    machine.answered("--set", f"setup.id={identifier}")
    assert machine("plan", "--config", machine.setup, "--check").status == 0


def test_without_its_journal_a_finished_set_up_is_the_same(machine: Terminal) -> None:
    """Two computers with one setup file: only one has the journal, and the tags say whose everything is."""
    other = Terminal(machine.folder, machine.aws)
    ran = other("--state-dir", machine.folder / "other", "apply", "--config", machine.setup, "--yes")
    assert ran.status == 0
    assert other("plan", "--config", machine.setup, "--check").status == 0


def test_a_conflicting_copy_of_a_cloud_drive_is_no_set_up_of_its_own(machine: Terminal) -> None:
    copy = machine.folder / "setup (conflicted copy).toml"
    copy.write_bytes(machine.setup.read_bytes().replace(b"acme-4f1c2d3e-external", b"acme-other-external"))
    before = Path(machine.setup).read_bytes()
    ran = machine("plan", "--config", copy, "--json")
    assert ran.status == 0
    assert {step["address"] for step in ran.document["steps"]} == {"role.trust"}
    assert machine.setup.read_bytes() == before
