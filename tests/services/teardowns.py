"""A set-up to take down: made in moto, with files in its buckets, and a desk to do it from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services import setup_file, teardown, work
from services.events import Event, Finished
from services.model.calls import Aws
from services.problems import Problem, ProblemError
from services.setups import State
from services.teardown import Teardown
from services.work import Desk
from tests.account import Listing, everything
from tests.alarmed import OneOfAName
from tests.ports import FakeClock, Recording, keeping_rules
from tests.shelves import Shelves
from tests.world import ALARMS, BUCKET, HARD, LOG_BUCKET, TRAIL, TRAIL_BUCKET, sample

HARDENED = {**HARD, **TRAIL, **ALARMS, "storage__object_lock": "off"}
"""Everything that a set-up can have, but what keeps its files."""

GOVERNED = {"storage__object_lock": "governance", "storage__object_lock_days": 30}


@dataclass
class Site:
    """One set-up in an account; `answers` as they are given to `sample`."""

    below: Aws
    folder: Path
    answers: dict[str, Any] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.shelves = Shelves(OneOfAName(keeping_rules(self.below)), now=self.clock.wall())
        self.aws = Recording(self.shelves)
        self.setup = setup_file.create(self.folder / "setup.toml", sample(**self.answers))

    def desk(self, aws: Aws | None = None) -> Desk:
        """The desk, opened anew, perhaps at an AWS that misbehaves."""
        setup = setup_file.read(self.setup.path)
        return work.open_desk(setup, aws or self.aws, State(self.folder / "state"), self.clock)

    def answer(self, **values: object) -> None:
        """Other answers."""
        given = setup_file.read(self.setup.path)
        setup_file.record(given, {key.replace("__", ".", 1): value for key, value in values.items()})

    def apply(self) -> None:
        desk = self.desk()
        planned = work.make_plan(desk)
        accepted = tuple(f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk)
        assert finished(list(work.carry_out(desk, planned, accepted))).ok

    def made(self) -> Site:
        """Applied, with three versions and a marker of two backups, and a log in each bucket for logs."""
        self.apply()
        for key, more in (("a/0", {}), ("a/1", {}), ("a/1", {}), ("a/0", {"marker": True})):
            self.shelves.put(BUCKET, key, **more)
        names = {
            part.removal.bucket["Bucket"]
            for part in self.desk().blueprint
            if part.removal and part.removal.bucket
        }
        for bucket in names & {LOG_BUCKET, TRAIL_BUCKET}:
            self.shelves.put(str(bucket), "log")
        self.shelves.uploads[BUCKET] = ["a/2"]
        self.aws.calls.clear()
        return self

    def found(self, aws: Aws | None = None) -> Teardown:
        return teardown.make_teardown(self.desk(aws))

    def destroy(
        self, aws: Aws | None = None, *, accepted: tuple[str, ...] = (teardown.BACKUPS,)
    ) -> list[Event]:
        desk = self.desk(aws)
        return list(teardown.tear_down(desk, teardown.make_teardown(desk), accepted))

    def refused(self, aws: Aws | None = None) -> Problem:
        """Why nothing is deleted; that nothing is, is sure afterwards."""
        files = {bucket: list(there) for bucket, there in self.shelves.versions.items()}
        self.aws.calls.clear()
        try:
            self.destroy(aws)
        except ProblemError as error:
            assert self.aws.writes == []
            assert self.shelves.versions == files
            return error.problem
        raise AssertionError("nothing was refused")

    def listing(self) -> Listing:
        """Everything in the account but keys that wait for their deletion."""
        return {k: v for k, v in everything(self.below).items() if not k.endswith(" PendingDeletion")}


def finished(events: list[Event]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished), last
    return last


def beside(aws: Aws, above: Path, **values: Any) -> Site:
    """Another set-up in the same account, with names of its own; made."""
    folder = above / "beside"
    folder.mkdir()
    own = {
        "setup__id": None,
        "setup__name": "other",
        "storage__bucket": "other-backups",
        "role__name": "Other",
    }
    other = Site(aws, folder, {**own, **values})
    other.apply()
    return other
