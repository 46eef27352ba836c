"""A production set-up on an AWS that goes wrong as a script says, and what may be said when it does."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from services.engine.journal import Journal, written_ahead
from services.events import Event, Failed, Finished, Skipped, Succeeded
from services.model.calls import Aws
from services.model.resource import Blueprint
from services.problems import KINDS as CODES
from services.problems import Problem
from tests.account import Listing, everything
from tests.fault_kinds import KINDS
from tests.faults import Fault, Faults
from tests.ports import FakeClock, keeping_rules
from tests.world import ALARMS, HARD, TRAIL, Journey, sample_blueprint

PRODUCTION: Blueprint = sample_blueprint(**HARD, **TRAIL, **ALARMS)
PLAIN: Blueprint = sample_blueprint()


@dataclass
class Ground:
    """One account, one journal; `aws` is what faults happen to."""

    faults: Faults
    below: Aws
    folder: Path
    blueprint: Blueprint = PRODUCTION
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.aws = keeping_rules(self.below)
        self.journal = Journal(self.folder / "journal", self.clock)

    @property
    def journey(self) -> Journey:
        return Journey(self.aws, self.blueprint, begun=self.journal.begun(), clock=self.clock)

    def run(self, script: str | Iterable[Fault] = "") -> list[Event]:
        """Looks, then applies everything under the script. The look itself may end in a `ProblemError`."""
        self.faults.play(script)
        return list(written_ahead(self.journey.events(), self.journal, "run"))

    def applied(self, script: str | Iterable[Fault]) -> list[Event]:
        """Looks without a fault, and applies under the script."""
        self.faults.play("")
        events = self.journey.events()
        first = next(events)  # the look is over when the first event comes
        self.faults.play(script)
        return [*written_ahead((each for part in ((first,), events) for each in part), self.journal, "run")]

    def complete(self) -> None:
        """Without a fault everything comes right, once."""
        events = self.run()
        assert isinstance(events[-1], Finished)
        assert events[-1].ok, events[-2:]
        assert self.journey.plan().steps == ()

    def listing(self) -> dict[str, str]:
        """Everything in the account, without what no two accounts have in common."""
        self.faults.play("")
        return alike(everything(self.below))


@dataclass(frozen=True)
class Untroubled:
    """A run without a fault: what is in the account after it, and the operations in their order, one entry a request."""

    listing: dict[str, str]
    asked: tuple[str, ...]


# moto counts a metric filter that is put twice as two, though it has one name.
_ONE_OF_ITS_KIND = re.compile(
    r"(?<=metricFilterCount\": )\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|AROA\w+|\d{4}-\d\d-\d\dT[0-9:.+]+|\b1[78]\d{11}\b"
)


def alike(listing: Listing) -> dict[str, str]:
    """The listing with marks in place of ids and times; what is there twice is there twice in the names."""
    found: dict[str, str] = {}
    for name, told in listing.items():
        if name.endswith(" versions"):  # moto writes access logs of every request
            continue
        same = _ONE_OF_ITS_KIND.sub("*", name)
        while same in found:
            same += " again"
        found[same] = _ONE_OF_ITS_KIND.sub("*", json.dumps(told, default=str, sort_keys=True))
    return found


def ended(events: list[Event]) -> Problem | None:
    """How a run ended: None if all of it is done, else the one thing that stopped it."""
    last = events[-1]
    assert isinstance(last, Finished)
    failures = [event for event in events if isinstance(event, Failed)]
    assert last.done == sum(isinstance(event, Succeeded | Skipped) for event in events)
    if last.ok:
        assert failures == []
        return None
    assert last.failed == len(failures)
    problems = {failure.problem.code: failure.problem for failure in failures}
    assert len(problems) == 1 if last.done else problems, problems
    (problem,) = problems.values()
    return problem


def _wordless(kinds: Collection[str], hit: Collection[str]) -> set[str]:
    """What may be said of a refusal that has no words, only a status: the answer to a HEAD."""
    if not any(":Head" in name for name in hit):
        return set()
    general = [KINDS[kind] for kind in kinds if "*" in KINDS[kind].codes]
    statuses = {kind.answer("s3:HeadBucket")[1] for kind in general}
    return {{400: "refused", 403: "denied"}.get(status, "busy") for status in statuses}


def told_right(problem: Problem, kinds: Collection[str], hit: Collection[str]) -> None:
    """The problem is one that these faults allow, in whole sentences, and names a call that went wrong."""
    right = {code for kind in kinds for code in KINDS[kind].right} | _wordless(kinds, hit)
    assert problem.code in right, problem
    assert problem.exit_code == CODES[problem.code]
    assert any(name in problem.where for name in hit), (problem.where, set(hit))
    for sentence in (problem.summary, *problem.remedy):
        assert sentence[0].isupper(), sentence
        assert sentence.endswith((".", ")", "…")), sentence
        assert sentence.isprintable()
        assert "None" not in sentence
    assert problem.remedy
