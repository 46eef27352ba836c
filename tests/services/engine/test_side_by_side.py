"""A read waits for nothing but what its own parameters refer to, and never for a read that merely came before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Condition

import pytest

from services.engine.observe import Ownership, observe
from services.model.calls import Aws, Call, Reply
from services.problems import ProblemError, refuse
from tests.ports import Recording, keeping_rules
from tests.sampling import every
from tests.services.engine.test_whole_setup import BLUEPRINT
from tests.world import SETUP, Journey

LONG = 20.0
"""Seconds until a read that does not come counts as waiting for the one that is held back; nobody waits so long else."""


@dataclass
class Holding:
    """Holds every call of one name back until all those were made that have nothing to do with it."""

    aws: Aws
    held: str
    others: int
    came: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def __call__(self, call: Call) -> Reply:
        with self.changed:
            if call.name == self.held:
                assert self.changed.wait_for(lambda: len(self.came) >= self.others, LONG), sorted(self.came)
            else:
                self.came.append(call.name)
                self.changed.notify_all()
        return self.aws(call)


@pytest.mark.parametrize(
    ("held", "after"),
    every(3, [
        ("logs:DescribeLogGroups", ("logs:ListTagsForResource",)),
        ("cloudtrail:GetTrail", ("cloudtrail:ListTags", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus")),
        ("sns:GetTopicAttributes", ("sns:ListTagsForResource", "sns:ListSubscriptionsByTopic")),
        ("cloudwatch:DescribeAlarms", ("cloudwatch:ListTagsForResource",)),
        ("logs:DescribeMetricFilters", ()),
        ("iam:GetRole", ("iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies")),
    ], start=1),
)  # fmt: skip
def test_a_read_that_takes_long_holds_up_only_what_refers_to_it(
    aws: Aws, held: str, after: tuple[str, ...]
) -> None:
    port = keeping_rules(aws)
    assert Journey(port, BLUEPRINT).run().ok
    free = Recording(port)
    expected = observe(BLUEPRINT, free, Ownership(SETUP))
    others = [call.name for call in free.calls if call.name != held and call.name not in after]
    assert len(others) > 60
    holding = Holding(port, held, len(others))
    assert observe(BLUEPRINT, holding, Ownership(SETUP), workers=100) == expected
    assert sorted(name for name in holding.came if name not in after) == sorted(others)


def test_the_order_of_answers_does_not_show(aws: Aws) -> None:
    port = keeping_rules(aws)
    assert Journey(port, BLUEPRINT).run().ok
    one, many = (observe(BLUEPRINT, port, Ownership(SETUP), workers=workers) for workers in (1, 32))
    assert one == many
    assert list(one.resources) == list(many.resources) == [part.name for part in BLUEPRINT]


def test_what_ends_an_observation_starts_no_further_read(aws: Aws) -> None:
    """A sign-in that has ended is told once, not once a read."""
    made: list[str] = []

    def ended(call: Call) -> Reply:
        made.append(call.name)
        raise refuse("sign-in", "The sign-in has ended.", "Sign in again.")

    with pytest.raises(ProblemError) as raised:
        observe(BLUEPRINT, ended, Ownership(SETUP), workers=2)
    assert raised.value.problem.code == "sign-in"
    assert len(made) <= 4
