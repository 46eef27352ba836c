"""`apply` and `destroy` killed before any call that changes the disk: lock, note, recorded account, each line of the journal.

Each run is a real process that SIGKILL ends, on an account that outlives it. The next one goes on: nothing is there twice,
and the journal and the answers are read as if nothing had been.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services import setup_file
from services.clock import SystemClock
from services.engine.journal import Journal
from tests import tally
from tests.killed import NEVER, Ended, at_file_event
from tests.ports import FakeClock
from tests.sampling import every
from tests.wizard.driving import Terminal
from tests.wizard.test_killed_applies import APPLY, DESTROY, Ground, Hasty, on
from tests.world import do

APPLYING, DESTROYING = 93, 43
"""File events of a first `apply` and of the `destroy` after it."""


@pytest.fixture
def sandbox(moto_server: str, tmp_path: Path) -> Ground:
    return on(moto_server, tmp_path)


def killed(sandbox: Ground, command: str, nth: int = NEVER) -> Ended:
    machine = Terminal(sandbox.machine.folder, sandbox.port, clock=Hasty())
    consent = APPLY if command == "apply" else DESTROY
    return at_file_event(lambda: machine(command, "--config", machine.setup, *consent).status, nth)


def readable(sandbox: Ground) -> Journal | None:
    """The journal, if there is one: every line of it is whole, but for a last one; and so are the answers."""
    folder = sandbox.machine.folder
    answers = setup_file.read(sandbox.machine.setup).answers
    assert answers.text("aws.account") in {"", "123456789012"}
    found = list((folder / "state" / "setups").glob("*.journal.jsonl"))
    if not found:
        return None
    (path,) = found
    assert path.name.startswith(answers.text("setup.id"))
    for line in path.read_bytes().split(b"\n")[:-1]:
        assert json.loads(line)["event"]
    return Journal(path, SystemClock())


def there(sandbox: Ground) -> tuple[int, int, int, int]:
    """How many keys that are not being deleted, aliases, buckets and roles the account has."""
    look = sandbox.look
    keys = [do(look, "kms", "DescribeKey", KeyId=key["KeyId"]) for key in do(look, "kms", "ListKeys")["Keys"]]
    aliases = [a for a in do(look, "kms", "ListAliases")["Aliases"] if "palisade" in a["AliasName"]]
    return (
        sum(key["KeyMetadata"]["KeyState"] == "Enabled" for key in keys),
        len(aliases),
        len(do(look, "s3", "ListBuckets")["Buckets"]),
        len(do(look, "iam", "ListRoles")["Roles"]),
    )


def torn(journal: Journal) -> None:
    journal.append({"event": "began"})
    with journal.path.open("ab") as file:
        file.write(b'{"event": "to')


@pytest.mark.parametrize(
    ("before", "events"),
    [(lambda _journal: None, 5), (lambda journal: journal.append({"event": "began"}), 3), (torn, 3)],
    ids=["new", "another", "torn"],
)
def test_a_line_of_the_journal_is_there_or_not(
    tmp_path: Path, before: Callable[[Journal], None], events: int
) -> None:
    """New ones are made with their folder; a line that an earlier crash tore is ended first."""
    journal = Journal(tmp_path / "state" / "setup.journal.jsonl", FakeClock())

    def line() -> None:
        journal.append({"event": "killed"})

    for nth in range(1, events + 2):
        shutil.rmtree(tmp_path / "state", ignore_errors=True)
        before(journal)
        there = [entry["event"] for entry in journal.entries()]
        ended = at_file_event(line, nth)
        assert ended.killed == (nth <= events)
        tally.count("writes killed", ended.killed)
        journal.append({"event": "after"})
        assert [entry["event"] for entry in journal.entries()] in (
            [*there, "after"],
            [*there, "killed", "after"],
        )


@pytest.mark.parametrize("nth", every(APPLYING, range(1, APPLYING + 1), start=41))
def test_a_first_apply_that_is_killed_goes_on(sandbox: Ground, nth: int) -> None:
    assert killed(sandbox, "apply", nth).killed
    tally.count("writes killed")
    readable(sandbox)
    assert sandbox.run("apply") == 0
    journal = readable(sandbox)
    assert journal is not None
    assert len(journal.begun()) == 4
    assert there(sandbox) == (1, 1, 1, 1)
    machine = Terminal(sandbox.machine.folder, sandbox.look, clock=Hasty())
    left = machine("plan", "--config", machine.setup, "--check")
    assert left.status == 0, left.out
    assert setup_file.read(machine.setup).answers.text("aws.account") == "123456789012"


@pytest.mark.slow
@pytest.mark.parametrize("nth", range(1, DESTROYING + 1))
def test_a_taking_down_that_is_killed_goes_on(sandbox: Ground, nth: int) -> None:
    assert sandbox.run("apply") == 0
    assert killed(sandbox, "destroy", nth).killed
    tally.count("writes killed")
    readable(sandbox)
    assert sandbox.run("destroy") == 0
    journal = readable(sandbox)
    assert journal is not None
    assert (journal.begun(), journal.ended()) == ({}, {})
    assert there(sandbox) == (0, 0, 0, 0)
    assert len(do(sandbox.look, "kms", "ListKeys")["Keys"]) == 1


@pytest.mark.slow
def test_both_have_as_many_file_events_as_are_tried(sandbox: Ground) -> None:
    made = killed(sandbox, "apply")
    assert (made.status, made.events) == (0, APPLYING)
    gone = killed(sandbox, "destroy")
    assert (gone.status, gone.events) == (0, DESTROYING)
