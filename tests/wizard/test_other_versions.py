"""Files that a newer or an older version of the program wrote: read for what is known, or refused with a way out; never rewritten without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.wizard.driving import Terminal, contents, refused
from tests.wizard.recorded import HAND

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("plan", "--check"), ("apply", "--yes"), ("record", "list"), ("lifecycle",), ("values",),
)  # fmt: skip


@pytest.fixture
def machine(terminal: Terminal) -> Terminal:
    """A finished set-up with its record, its lifecycle and a saved plan of nothing to do."""
    terminal.with_key()
    assert terminal("apply", "--config", terminal.setup, "--yes").status == 0
    assert terminal("record", "add", *HAND, "--config", terminal.setup).status == 0
    assert terminal("lifecycle", "--config", terminal.setup, "--done", "annual-review").status == 0
    assert terminal("plan", "--config", terminal.setup, "--out", terminal.folder / "plan.json").status == 0
    return terminal


@pytest.mark.parametrize(
    "newer",
    [
        "\n[setup.more]\nformat = 2\n",
        "\n[replicas]\nregion = 'eu-west-3'\n",
        "\n[[kits]]\nname = 'second'\n",
    ],
)
def test_an_answer_that_only_a_newer_version_knows_is_refused_and_kept(machine: Terminal, newer: str) -> None:
    machine.setup.write_text(machine.setup.read_text() + newer)
    before = contents(machine.folder)
    for command in COMMANDS:
        problem = refused(machine(*command, "--config", machine.setup, "--json"), "invalid-answer")
        assert any("newer version" in line for line in problem["remedy"]), problem
        assert contents(machine.folder) == before


def test_answers_that_an_older_version_did_not_ask_for_have_their_defaults(machine: Terminal) -> None:
    asked = ("name", "environment", "id", "region", "principal_arn", "external_id", "bucket")
    lines = [
        line
        for line in machine.setup.read_text().splitlines()
        if line.startswith("[") or line.partition(" = ")[0] in (*asked, "public_files")
    ]
    machine.setup.write_text("\n".join(lines) + "\n")
    for command in COMMANDS:
        assert machine(*command, "--config", machine.setup).status == 0, command


def changed(path: Path, change: Callable[[Any], Any]) -> bytes:
    content = json.dumps(change(json.loads(path.read_bytes()))).encode()
    path.write_bytes(content)
    return content


def more(content: Any) -> Any:
    """The same with something that nobody knows yet, at every level."""
    match content:
        case dict():
            return {**{key: more(value) for key, value in content.items()}, "later": {"format": 2}}
        case list():
            return [more(each) for each in content]
        case _:
            return content


LATER: Mapping[str, object] = {
    "event": "paused",
    "at": "2031-01-01T00:00:00Z",
    "format": 2,
    "address": "bucket",
}


def test_a_journal_is_read_for_the_lines_that_are_known(machine: Terminal) -> None:
    (journal,) = machine.folder.rglob("*.journal.jsonl")
    old = [json.loads(line) for line in journal.read_text().splitlines()]
    lines = [json.dumps(more(line)) for line in old]
    lines = [text for line in lines for text in (line, json.dumps(LATER))]
    lines.insert(0, json.dumps({"format": 2}))
    journal.write_text("\n".join(lines) + "\n")
    before = journal.read_bytes()
    assert machine("apply", "--config", machine.setup, "--yes").status == 0
    assert machine("plan", "--config", machine.setup, "--check").status == 0
    assert journal.read_bytes().startswith(before)


def test_a_journal_of_an_older_version_without_runs_is_as_good(machine: Terminal) -> None:
    (journal,) = machine.folder.rglob("*.journal.jsonl")
    old = [json.loads(line) for line in journal.read_text().splitlines()]
    kept = ("at", "event", "verb", "address", "title", "arn")
    journal.write_text("".join(json.dumps({k: line[k] for k in kept if k in line}) + "\n" for line in old))
    assert machine("plan", "--config", machine.setup, "--check").status == 0


def test_a_plan_of_a_newer_version_is_applied_if_it_is_still_what_would_be_done(machine: Terminal) -> None:
    plan = machine.folder / "plan.json"
    changed(plan, more)
    assert machine("apply", "--config", machine.setup, "--plan", plan, "--yes").status == 0


@pytest.mark.parametrize("gone", ["wants", "fingerprint", "setup", "steps"])
def test_a_plan_of_another_version_is_refused_and_made_anew(machine: Terminal, gone: str) -> None:
    plan = machine.folder / "plan.json"
    changed(plan, lambda content: {key: value for key, value in content.items() if key != gone})
    ran = machine("apply", "--config", machine.setup, "--plan", plan, "--yes", "--json")
    problem = refused(ran, "unreadable-file")
    assert any("plan --out" in line for line in problem["remedy"])


@pytest.mark.parametrize(
    ("name", "command"), [("setup.record.json", ("record", "list")), ("setup.lifecycle.json", ("lifecycle",))]
)
def test_what_a_newer_version_wrote_down_is_never_lost(
    machine: Terminal, name: str, command: tuple[str, ...]
) -> None:
    path = machine.folder / name
    content = changed(path, more)
    ran = machine(*command, "--config", machine.setup, "--json")
    if ran.status:
        problem = refused(ran, json.loads(ran.out)["problem"]["code"])
        assert problem["remedy"]
    assert path.read_bytes() == content
    add = ("record", "add", *HAND) if name == "setup.record.json" else ("lifecycle", "--done", "retention")
    machine(*add, "--config", machine.setup)
    assert path.read_bytes().count(b"later") >= content.count(b"later")
