"""Two computers apply the same setup file to one account at the same moment, and no lock is between them.

One stops before (or right after) one of its writes, the other one runs whole, then the first goes on. In the end both plans
are empty and nothing exists twice. What AWS cannot prevent, a second KMS key, is told by the run that made it, by every
plan of either computer, by verification, and by the audit; and it is nobody's but theirs to delete.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from services import setup_file, teardown, work
from services.aws.guards import ReadOnly
from services.aws.port import Port
from services.doctor.audit import audit, of_setup
from services.events import Failed, Finished
from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from services.problems import Problem, ProblemError
from services.setups import State
from services.verify.configuration import configuration
from services.work import Desk
from tests import tally
from tests.account import everything
from tests.alarmed import OneOfAName
from tests.ports import Denying, FakeClock, Recording, keeping_rules
from tests.sampling import every, moments
from tests.services.faults.ground import alike
from tests.services.teardowns import HARDENED, finished
from tests.simulating import Simulating
from tests.world import ACCOUNT, SETUP, do, sample


@dataclass
class Pausing:
    """Lets something happen before or after the nth write."""

    aws: Aws
    nth: int
    when: Literal["before", "after"]
    happens: Callable[[], object]
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if reads(call):
            return self.aws(call)
        self.writes += 1
        mine = self.writes == self.nth
        if mine and self.when == "before":
            self.happens()
        reply = self.aws(call)
        if mine and self.when == "after":
            self.happens()
        return reply


@dataclass
class Computer:
    """One of them: its own copy of the setup file, its own state folder."""

    folder: Path
    answers: dict[str, Any]
    clock: FakeClock = field(default_factory=FakeClock)

    def desk(self, aws: Aws) -> Desk:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / "setup.toml"
        if not path.exists():
            setup_file.create(path, sample(**self.answers))
        return work.open_desk(setup_file.read(path), aws, State(self.folder / "state"), self.clock)

    def apply(self, aws: Aws) -> Problem | None:
        """Plans, agrees to everything, applies: what stopped it, if anything did."""
        try:
            desk = self.desk(aws)
            planned = work.make_plan(desk)
            accepted = tuple(f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk)
            *events, last = work.carry_out(desk, planned, accepted)
        except ProblemError as error:
            return error.problem
        failures = [event.problem for event in events if isinstance(event, Failed)]
        assert isinstance(last, Finished)
        assert (last.ok, len(failures)) in {(True, 0), (False, 1)}
        return failures[0] if failures else None

    def notes(self, aws: Aws) -> list[str]:
        """The notes of its plan, which has no steps."""
        found = work.make_plan(self.desk(ReadOnly(aws))).plan
        assert found.steps == ()
        return [note.says for note in found.notes if note.heed]


@dataclass
class Two:
    """Both computers, and AWS."""

    aws: Aws
    above: Path
    answers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.aws = keeping_rules(OneOfAName(self.aws))
        self.first, self.second = (Computer(self.above / name, self.answers) for name in ("one", "two"))

    def at_once(self, nth: int, when: Literal["before", "after"]) -> Problem | None:
        """How the first one ended, that the second one overtook at its nth write."""
        others: list[Problem | None] = []
        pausing = Pausing(self.aws, nth, when, lambda: others.append(self.second.apply(self.aws)))
        mine = self.first.apply(pausing)
        assert others == [None], others
        return mine

    def keys(self) -> set[str]:
        """The ARNs of all keys that no alias names."""
        named = {each.get("TargetKeyId") for each in do(self.aws, "kms", "ListAliases")["Aliases"]}
        every_key = do(self.aws, "kms", "ListKeys")["Keys"]
        return {str(key["KeyArn"]) for key in every_key if key["KeyId"] not in named}


@dataclass(frozen=True)
class Alone:
    """What is in the account when one computer has set up alone."""

    answers: dict[str, Any]
    keys: frozenset[int]
    listing: dict[str, str]


@pytest.fixture(scope="module")
def alone(request: pytest.FixtureRequest, port: Port, tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """Made before the account of the test itself."""
    from moto import mock_aws

    answers, _, keys = KINDS[request.param]
    with mock_aws():
        one = Two(Simulating(port, ACCOUNT), tmp_path_factory.mktemp(request.param), answers)
        assert one.first.apply(one.aws) is None
        return Alone(answers, frozenset(keys), alike(everything(one.aws)))


KINDS: dict[str, tuple[dict[str, Any], int, tuple[int, ...]]] = {
    "plain": ({}, 11, (1,)),
    "hardened": (HARDENED, 59, (1, 10)),
}
"""Answers, how many writes it takes to set them up, and which of them make a key: AWS makes one each time it is asked."""

ROWS = [
    row
    for (kind, (_, writes, _)), nth in zip(KINDS.items(), (22, 1_000), strict=True)
    for row in every(nth, [(kind, *moment) for moment in moments(writes)], start=6 if nth == 22 else -1)
]
"""One of the plain ones in every run, all others at night."""


def told(problem: Problem, arn: str) -> None:
    assert arn in problem.summary
    assert problem.exit_code == 6
    assert "Run the same command again" in problem.remedy[0]
    assert f"schedule-key-deletion --key-id {arn}" in problem.remedy[1]


@pytest.mark.parametrize(("alone", "nth", "when"), ROWS, indirect=["alone"])
def test_whoever_is_overtaken_goes_on_and_nothing_is_there_twice(
    alone: Alone, aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    two = Two(aws, tmp_path, alone.answers)
    problem = two.at_once(nth, when)
    spare = two.keys()
    if when == "before" and nth in alone.keys:
        (arn,) = spare
        assert problem is not None
        told(problem, arn)
    else:
        assert not spare
        assert problem is None or problem.code in {"stale", "taken"}
    assert two.first.apply(two.aws) is None
    for computer in (two.first, two.second):
        notes = [note for note in computer.notes(two.aws) if "Another KMS key" in note]
        assert len(notes) == len(spare)
        assert all(any(arn in note for note in notes) for arn in spare)
        assert computer.desk(two.aws).setup.answers.text("aws.account")
    now = everything(two.aws)
    for arn in spare:
        identifier = arn.rpartition("/")[2]
        used = [name for name, says in now.items() if identifier in json.dumps(says, default=str)]
        assert all(name.startswith(f"key {identifier} ") for name in used), used
        now = {name: says for name, says in now.items() if not name.startswith(f"key {identifier} ")}
    assert alike(now) == alone.listing
    tally.count("faults injected")


def test_the_key_that_is_left_over_is_told_by_whatever_looks_and_goes_with_a_sandbox(
    aws: Aws, tmp_path: Path
) -> None:
    two = Two(aws, tmp_path)
    problem = two.at_once(1, "before")
    assert problem is not None
    (spare,) = two.keys()
    told(problem, spare)
    assert two.first.apply(two.aws) is None
    # Each computer's journal names the key that the set-up has, whoever made it.
    used = {computer.desk(two.aws).state.keys_made(SETUP)["key"] for computer in (two.first, two.second)}
    assert len(used) == 1
    assert used != {spare}
    desk = two.second.desk(ReadOnly(two.aws))
    world = work.make_plan(desk).world
    (line,) = [check for check in configuration(desk.blueprint, world) if check.id == "config.key.exists"]
    assert (line.status, spare in line.evidence) == ("warn", True)
    report = audit(two.aws, of_setup(desk.setup, desk.identity, ()), two.second.clock.wall())
    (line,) = [check for check in report.checks if check.id == "config.key.alone"]
    assert (line.status, spare in line.evidence, spare in line.remedy) == ("warn", True, True)
    # A look at what is left over is one that may be denied: then that is said, and holds up nothing.
    denied = work.make_plan(two.first.desk(Denying(two.aws, "kms:ListKeys"))).plan
    assert denied.steps == ()
    assert any("kms:ListKeys" in note.says for note in denied.notes)
    for number in (1, 2):
        at = two.first.desk(two.aws)
        found = teardown.make_teardown(at)
        assert any(spare in note.says for note in found.plan.notes) == (number == 1)
        assert finished(list(teardown.tear_down(at, found, (teardown.BACKUPS,)))).ok
    states = [
        do(two.aws, "kms", "DescribeKey", KeyId=arn)["KeyMetadata"]["KeyState"] for arn in (spare, *used)
    ]
    assert states == ["PendingDeletion"] * 2


def test_two_keys_without_an_alias_are_not_chosen_between(aws: Aws, tmp_path: Path) -> None:
    """Both computers died before one of them had the alias: which key the bucket may have, a person must say."""
    two = Two(aws, tmp_path)
    two.at_once(1, "before")
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    recording = Recording(two.aws)
    problem = two.first.apply(recording)
    assert problem is not None
    assert (problem.code, recording.writes) == ("unfit", [])
    keys = two.keys()
    assert len(keys) == 2
    assert all(arn in problem.summary for arn in keys)
    assert "aws kms create-alias --alias-name alias/palisade-backup-acme-sandbox" in problem.remedy[1]
    right = two.first.desk(two.aws).state.keys_made(SETUP)["key"]
    do(aws, "kms", "CreateAlias", AliasName="alias/palisade-backup-acme-sandbox", TargetKeyId=right)
    assert two.first.apply(two.aws) is None


def test_a_key_that_shows_before_its_alias_does_is_not_made_twice(aws: Aws, tmp_path: Path) -> None:
    """The other computer is between its key and its alias when this one comes to make its own."""
    two = Two(aws, tmp_path)

    def key_alone() -> None:
        stopped = Pausing(two.aws, 2, "before", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            two.second.apply(stopped)

    looks = 0

    def port(call: Call) -> Reply:
        nonlocal looks
        if call.name == "kms:DescribeKey" and call.params["KeyId"] == "alias/palisade-backup-acme-sandbox":
            looks += 1
            if looks == 3:  # the plan, the look under the lock, and the one right before the key
                key_alone()
        return two.aws(call)

    problem = two.first.apply(port)
    assert problem is not None
    assert problem.code == "stale"
    assert len(do(aws, "kms", "ListKeys")["Keys"]) == 1
    assert two.first.apply(two.aws) is None
    assert len(do(aws, "kms", "ListKeys")["Keys"]) == 1
