"""`apply` of everything that production has, killed by SIGKILL around every write over a real connection, and resumed.

Each run is a real process with the whole program in it. It ends before or after the effect of one write, and leaves the
journal, the lock and the account as they are then. The next run goes on from there.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from services.aws.port import Port, Settings
from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from tests import planted, tally
from tests.killed import copy
from tests.ports import FakeClock
from tests.wizard.driving import Terminal
from tests.world import do

PRODUCTION = (
    "--setup-environment", "production", "--hardening-alarm-email", "security@example.com",
    "--storage-noncurrent-days", "90", "--set", "storage.noncurrent_versions=0",
)  # fmt: skip
APPLY = ("--yes", "--accept", "irreversible", "--accept", "cost")
DESTROY = ("--yes", "--accept", "delete-backups")
WRITES = 59
When = Literal["before", "after"]


@dataclass
class Killing:
    """Ends the process for real at its nth write that AWS does not refuse: before it is sent, or when it was answered."""

    aws: Aws
    nth: int
    when: When
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if reads(call):
            return self.aws(call)
        if self.writes + 1 == self.nth and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        reply = self.aws(call)
        self.writes += 1
        if self.writes == self.nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return reply


@dataclass
class Hasty(FakeClock):
    """What waits a minute for a key that may still show waits no longer than two looks."""

    def sleep(self, seconds: float) -> None:
        super().sleep(30 * seconds)


@dataclass
class Ground:
    """A set-up on an empty account; `port` has its clients and no connection, so that copies of the process can use it."""

    machine: Terminal
    port: Port
    look: Port

    def run(self, command: Literal["apply", "destroy"], nth: int = 0, when: When = "after") -> int:
        """One run as a process of its own; its exit status."""
        machine = Terminal(self.machine.folder, Killing(self.port, nth, when), clock=Hasty())
        consent = APPLY if command == "apply" else DESTROY
        return copy(lambda: machine(command, "--config", machine.setup, *consent).status)

    def finished(self) -> None:
        """Law 3: nothing is left to do, and nothing is there twice."""
        left = Terminal(self.machine.folder, self.look, clock=Hasty())(
            "plan", "--config", self.machine.setup, "--check"
        )
        assert left.status == 0, left.out
        keys = do(self.look, "kms", "ListKeys")["Keys"]
        aliases = [a for a in do(self.look, "kms", "ListAliases")["Aliases"] if "palisade" in a["AliasName"]]
        assert (len(keys), len(aliases)) == (2, 2)
        assert len(do(self.look, "s3", "ListBuckets")["Buckets"]) == 3
        assert len(do(self.look, "iam", "ListRoles")["Roles"]) == 2
        assert len(do(self.look, "cloudtrail", "DescribeTrails")["trailList"]) == 1


@pytest.fixture
def ground(moto_server: str, tmp_path: Path) -> Ground:
    return on(moto_server, tmp_path, *PRODUCTION)


@pytest.fixture
def sandbox(moto_server: str, tmp_path: Path) -> Ground:
    return on(moto_server, tmp_path)


def on(moto_server: str, folder: Path, *flags: str) -> Ground:
    machine = Terminal(folder)
    machine.answered(*flags)
    settings = Settings(
        region="eu-west-1", endpoint_url=moto_server, access_key="a", secret_key=planted.AWS_SECRET_KEY
    )
    made = Ground(machine, Port(settings), Port(settings))
    assert made.port.endpoint == moto_server
    return made


@pytest.mark.parametrize(("nth", "when"), [(20, "before"), pytest.param(48, "after", marks=pytest.mark.slow)])
def test_killed_once_the_next_run_completes(ground: Ground, nth: int, when: When) -> None:
    assert ground.run("apply", nth, when) == -signal.SIGKILL
    tally.count("writes killed")
    assert ground.run("apply") == 0
    ground.finished()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_before_and_after_every_write_each_next_run_goes_on(ground: Ground) -> None:
    """One set-up that dies 118 times: each run does one write, or none."""
    for _ in range(WRITES):
        assert ground.run("apply", 1, "before") == -signal.SIGKILL
        assert ground.run("apply", 1, "after") == -signal.SIGKILL
        tally.count("writes killed", 2)
    assert ground.run("apply", 1, "before") == 0, "there is no other write"
    ground.finished()


def test_taking_down_that_dies_around_every_write_goes_on(sandbox: Ground) -> None:
    assert sandbox.run("apply") == 0
    dead = 0
    while (status := sandbox.run("destroy", 1, "after")) == -signal.SIGKILL:
        dead += 1
    tally.count("writes killed", dead)
    assert (status, dead) == (0, 5), "the role's policy, the role, the bucket, the alias, the key"
    assert do(sandbox.look, "s3", "ListBuckets")["Buckets"] == []
    assert do(sandbox.look, "iam", "ListRoles")["Roles"] == []
    (key,) = do(sandbox.look, "kms", "ListKeys")["Keys"]
    told = do(sandbox.look, "kms", "DescribeKey", KeyId=key["KeyId"])["KeyMetadata"]
    assert told["KeyState"] == "PendingDeletion"
    assert sandbox.run("destroy", 1, "before") == 0, "and again it finds nothing to do"
