"""Two set-ups that add to one trail of others at the same moment: what one of them loses by it is told, never silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.events import Failed, Finished
from services.model.calls import Aws, Call, Reply
from tests.services.engine.test_trail_reuse import ARN, audit, reusing
from tests.world import OTHER_SETUP, Journey, addresses, do

PUT, LOOK = "cloudtrail:PutEventSelectors", "cloudtrail:GetEventSelectors"


@dataclass
class Between:
    """Something else happens right before the nth call of a name."""

    aws: Aws
    name: str
    nth: int
    happens: Callable[[], object]

    def __call__(self, call: Call) -> Reply:
        if call.name == self.name:
            self.nth -= 1
            if self.nth == 0:
                self.happens()
        return self.aws(call)


def beta(aws: Aws) -> Journey:
    return Journey(
        aws, reusing(ARN, "write", setup__id=OTHER_SETUP, storage__bucket="beta-backup"), OTHER_SETUP
    )


def test_what_the_other_one_wrote_over_is_told_before_the_end(aws: Aws) -> None:
    """The other one looked before this one wrote, and writes after this one has read its own back."""
    audit(aws)
    (selectors,) = [do(aws, "cloudtrail", "GetEventSelectors", TrailName=ARN)["EventSelectors"]]

    def written_over() -> None:
        do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, EventSelectors=selectors)

    looks = 2 + 1  # before the write, after it, and the last one
    port = Between(aws, LOOK, 1 + looks, written_over)  # the first is the plan's
    *_, failed, last = Journey(port, reusing()).events()
    assert port.nth == 0
    assert isinstance(failed, Failed)
    assert (failed.address, failed.problem.code, failed.problem.exit_code) == ("trail.selectors", "stale", 6)
    assert last == Finished(1, 1, 0)
    again = Journey(aws, reusing())
    assert again.run().ok
    assert again.plan().steps == ()


def test_who_loses_at_the_very_last_moment_sees_it_in_the_next_plan(aws: Aws) -> None:
    """Between a look and its write there is no way to tell on AWS; the loser's next look does."""
    audit(aws)
    other = beta(aws)
    winner = Journey(Between(aws, PUT, 1, other.run), reusing())
    assert winner.run().ok
    assert winner.plan().steps == ()
    assert addresses(other.plan()) == ["trail.selectors"]
    assert other.run().ok
    assert (winner.plan().steps, other.plan().steps) == ((), ())


def test_a_change_by_hand_between_the_plan_and_the_write_is_left(aws: Aws) -> None:
    audit(aws)
    theirs = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}

    def by_hand() -> None:
        do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, EventSelectors=[theirs])

    journey = Journey(Between(aws, LOOK, 2, by_hand), reusing())
    *_, failed, last = journey.events()
    assert isinstance(failed, Failed)
    assert (failed.problem.code, last) == ("stale", Finished(1, 1, 0))
    found = do(aws, "cloudtrail", "GetEventSelectors", TrailName=ARN)["EventSelectors"]
    assert [one["ReadWriteType"] for one in found] == ["WriteOnly"]
