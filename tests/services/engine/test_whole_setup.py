"""The laws over everything that a production set-up consists of, at once: the parts must also stand beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from services.engine.consent import lacking
from services.engine.journal import Journal, written_ahead
from services.engine.order import ordered
from services.events import Finished
from services.model.calls import Aws
from tests import tally
from tests.alarmed import OneOfAName
from tests.ports import Crashed, Crashing, FakeClock, Recording, keeping_rules
from tests.sampling import every, moments
from tests.world import ALARMS, HARD, LOG_GROUP, TRAIL, TRAIL_ARN, Journey, do, sample_blueprint

BLUEPRINT = sample_blueprint(**HARD, **TRAIL, **ALARMS)
WRITES = 60
"""Calls that write, on an AWS that takes the tags of a new trail in a call of their own."""


def test_everything_together_converges_and_a_second_run_writes_nothing(aws: Aws) -> None:
    recording = Recording(keeping_rules(aws))
    journey = Journey(recording, BLUEPRINT)
    assert journey.run().ok
    assert len(recording.writes) == WRITES
    recording.calls.clear()
    assert journey.run() == Finished(0, 0, 0)
    assert recording.writes == []


def test_what_refers_to_something_comes_after_it() -> None:
    found = [part.name for part in ordered(BLUEPRINT)]
    for first, second in (
        ("log_key", "topic"),
        ("topic", "bucket"),
        ("log_bucket", "bucket"),
        ("log_bucket", "trail_bucket"),
        ("bucket", "trail"),
        ("trail", "filter-key"),
    ):
        assert found.index(first) < found.index(second), (first, second)


def test_what_costs_and_what_stays_is_agreed_to_by_name(aws: Aws) -> None:
    found = Journey(aws, BLUEPRINT).plan()
    assert [step.address for step in lacking(found, ())] == ["bucket.object-lock", "trail.selectors"]
    assert lacking(found, ("irreversible:bucket.object-lock", "cost:trail.selectors")) == ()


@pytest.mark.parametrize(
    ("service", "op", "name"),
    [("cloudtrail", "DeleteTrail", "trail"), ("logs", "DeleteLogGroup", "log_group")],
)
def test_a_trail_that_somebody_deleted_is_made_again_in_one_run(
    aws: Aws, service: str, op: str, name: str
) -> None:
    """With the trail gone its log group stays, and so do the filters that count in it."""
    port = OneOfAName(keeping_rules(aws))
    journey = Journey(port, BLUEPRINT)
    assert journey.run().ok
    gone = {"Name": TRAIL_ARN.rpartition("/")[2]} if name == "trail" else {"logGroupName": LOG_GROUP}
    do(port, service, op, **gone)
    created = {step.address for step in journey.plan().steps if step.verb == "create"}
    filters = {part.name for part in BLUEPRINT if part.name.startswith("filter-")}
    assert created - filters == {name}
    if name == "trail":
        assert created == {name}
    assert journey.run().ok
    assert journey.plan().steps == ()


# The parts of a set-up are killed at their writes elsewhere.
@pytest.mark.parametrize(("nth", "when"), every(65, moments(WRITES)))
def test_killed_at_any_write_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    port = keeping_rules(aws)
    journal = Journal(tmp_path / "journal", FakeClock())
    with pytest.raises(Crashed):
        for _ in written_ahead(Journey(Crashing(port, nth, when), BLUEPRINT).events(), journal, "first"):
            pass
    again = Journey(port, BLUEPRINT, begun=journal.begun())
    assert again.run().ok
    assert again.plan().steps == ()
    aliases = do(port, "kms", "ListAliases")["Aliases"]
    assert len(do(port, "kms", "ListKeys")["Keys"]) == 2
    assert sum("palisade" in alias["AliasName"] for alias in aliases) == 2
    tally.count("writes killed")
