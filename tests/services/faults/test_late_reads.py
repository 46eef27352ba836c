"""AWS shows late what was written: every look at every side, for a while or for longer than anybody waits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from services.engine.journal import Journal, written_ahead
from services.engine.patience import PATIENCE
from services.events import Waiting
from services.model.calls import Aws
from services.model.resource import Blueprint
from tests.ports import Behind, FakeClock, Recording
from tests.services.faults.ground import PLAIN, PRODUCTION, Ground, Untroubled, ended
from tests.world import Journey


@pytest.mark.parametrize("lag", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_reads_that_lag_behind_every_write_are_waited_for(
    ground: Ground, untroubled: Untroubled, lag: int
) -> None:
    recording = Recording(ground.aws)
    behind = Behind(recording, lag)
    events = list(replace(ground.journey, aws=behind).events())
    assert ended(events) is None
    steps = {event.address for event in events if isinstance(event, Waiting)}
    assert len(steps) > 50, "nearly every step has something to wait for"
    assert len(behind.late) >= lag * len(steps)
    writes = [
        json.dumps([c.name, c.params], default=str) for c in recording.calls if c.name in recording.writes
    ]
    assert len(writes) == len(set(writes)), "nothing is written twice because it did not show"
    ground.complete()
    assert ground.listing() == untroubled.listing


def never(aws: Aws, journal: Journal, blueprint: Blueprint, nth: int) -> str | None:
    """A run in which nothing shows from its nth write on: the address at which it gives up; None if all is done."""
    clock = FakeClock()
    behind = Behind(aws, 10**9, nth)
    journey = Journey(behind, blueprint, begun=journal.begun(), clock=clock)
    problem = ended(list(written_ahead(journey.events(), journal, "run")))
    if problem is None:
        return None
    assert problem.code == "not-ready"
    assert problem.exit_code == 7
    assert f"within {PATIENCE:.0f} seconds" in problem.summary
    assert PATIENCE <= clock.seconds <= PATIENCE + 5
    return problem.where


@pytest.mark.parametrize("blueprint", [PLAIN, pytest.param(PRODUCTION, marks=pytest.mark.slow)])
def test_what_never_shows_is_told_step_by_step_and_is_not_made_again(
    ground: Ground, blueprint: Blueprint
) -> None:
    """Each run gives up at its first write; the next one finds it done."""
    ground = Ground(ground.faults, ground.below, ground.folder, blueprint)
    recording = Recording(ground.aws)
    gave_up = []
    while (address := never(recording, ground.journal, blueprint, 1)) is not None:
        gave_up.append(address)
    assert len(gave_up) == len(set(gave_up))
    # A new key is asked for by an id that nobody knew before, so nothing old can be shown of it.
    assert not {"key", "trail_key"} & set(gave_up)
    assert len(gave_up) == len([name for name in recording.writes if name != "kms:CreateKey"])
    ground.complete()
