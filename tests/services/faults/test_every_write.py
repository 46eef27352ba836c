"""Each write of a production set-up goes wrong, in every way: one right problem, and the next run goes on from there."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

import pytest

from services.engine.patience import PATIENCE
from services.events import Waiting
from tests.fault_kinds import GENERAL, KINDS, LOST, SETTLES
from tests.faults import Fault, When, parse
from tests.services.faults.ground import Ground, Untroubled, ended, told_right

WRITES = 60
"""As the tests of the whole set-up count them."""


def chain(ground: Ground, kinds: tuple[str, ...], when: When, stride: int) -> int:
    """Runs until all is done; every run stops at a write that goes wrong for as long as it lasts. The number of stops."""
    at = 1
    for stops, kind in enumerate(itertools.cycle(kinds)):
        fault = Fault("write", kind, when, nth=at, times=0)
        problem = ended(ground.applied([fault]))
        if problem is None:
            return stops
        told_right(problem, [kind], ground.faults.hit)
        # The next run makes good what stopped this one, if it was not done, and goes a few writes further.
        at = stride + (when == "at")
    raise AssertionError


@pytest.mark.parametrize(
    ("first", "stride"),
    [(0, 8), *(pytest.param(n, 1, marks=pytest.mark.slow) for n in range(len(GENERAL)))],
)
def test_whatever_stays_wrong_at_a_write_is_said_and_gone_on_from(
    ground: Ground, untroubled: Untroubled, first: int, stride: int
) -> None:
    stops = chain(ground, GENERAL[first:] + GENERAL[:first], "at", stride)
    assert stops == -(-WRITES // stride)
    ground.complete()
    assert ground.listing() == untroubled.listing


@pytest.mark.parametrize(
    ("first", "stride"), [(0, 15), *(pytest.param(n, 1, marks=pytest.mark.slow) for n in range(len(LOST)))]
)
def test_an_answer_that_is_lost_after_its_effect_is_said_and_nothing_is_made_twice(
    ground: Ground, untroubled: Untroubled, first: int, stride: int
) -> None:
    assert chain(ground, LOST[first:] + LOST[:first], "after", stride) == -(-WRITES // stride)
    ground.complete()
    assert ground.listing() == untroubled.listing


AGAIN = tuple(name for name, kind in KINDS.items() if kind.again)
ONCE = ("kms:CreateKey", "kms:CreateAlias", "s3:CreateBucket", "iam:CreateRole", "logs:CreateLogGroup")


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("at", "throttle"),
        ("after", "dropped"),
        *(pytest.param("at", kind, marks=pytest.mark.slow) for kind in AGAIN[1:]),
        *(pytest.param("after", kind, marks=pytest.mark.slow) for kind in LOST[1:]),
    ],
)
def test_what_passes_at_once_is_not_even_noticed(
    ground: Ground, untroubled: Untroubled, when: When, kind: str
) -> None:
    """Every call of the run goes wrong three times before it goes well, but those that are made once."""
    assert ended(ground.run([Fault("each", kind, when, times=3)])) is None
    assert len(ground.faults.hit) > 3 * WRITES
    assert not ground.clock.slept
    ground.complete()
    assert ground.listing() == untroubled.listing


def test_what_makes_something_is_asked_for_again_when_it_only_came_too_fast(ground: Ground) -> None:
    """Below the run nobody repeats such a call, because a lost answer would make a second one."""
    names = (*ONCE, "cloudtrail:CreateTrail")
    events = ground.run([Fault(name, "throttle", times=3) for name in names])
    assert ended(events) is None
    waits = [event for event in events if isinstance(event, Waiting)]
    assert len(waits) == 3 * len(names)
    ground.complete()


def particular(asked: tuple[str, ...]) -> list[tuple[str, Fault]]:
    """What can happen to some calls alone, in the order in which a run comes to them."""
    # The first role trusts a service, which is never new.
    rows = [
        (name, Fault(op, name, nth=2 if name == "new-principal" else 1))
        for name, kind in KINDS.items()
        for op in kind.only
    ]

    def comes(row: tuple[str, Fault]) -> int:
        return [at for at, name in enumerate(asked) if name == row[1].where][row[1].nth - 1]

    return sorted(rows, key=comes)


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_what_can_happen_to_some_calls_alone_is_told_for_what_it_is(
    ground: Ground, untroubled: Untroubled, every: int
) -> None:
    done = Counter[str]()
    for name, fault in particular(untroubled.asked)[::every]:
        ground.clock.slept.clear()
        # What an earlier run made is not asked for again.
        nth = max(1, fault.nth - done[fault.where])
        problem = ended(ground.applied([replace(fault, times=0, nth=nth)]))
        done += Counter(ground.faults.asked) - Counter(ground.faults.hit)
        assert problem is not None, fault
        told_right(problem, [name], ground.faults.hit)
        waited = sum(ground.clock.slept)
        assert PATIENCE <= waited <= PATIENCE + 5 if name in SETTLES else waited == 0
    ground.complete()
    assert ground.listing() == untroubled.listing


def test_what_settles_by_itself_is_waited_for(ground: Ground, untroubled: Untroubled) -> None:
    settling: list[Fault] = []
    for name, fault in particular(untroubled.asked):
        if name in SETTLES:  # one trouble after another, where a call has several
            before = sum(each.where == fault.where for each in settling)
            settling.append(replace(fault, nth=fault.nth + 3 * before, times=3))
    events = ground.run(settling)
    assert ended(events) is None
    waits = [event for event in events if isinstance(event, Waiting)]
    assert len(waits) >= 3 * len({fault.where for fault in settling})
    assert {KINDS[fault.kind].codes[fault.where][0] for fault in settling} == {
        code for event in waits for code in re.findall(r"AWS answers (\w+)", event.reason)
    }
    ground.complete()
    assert ground.listing() == untroubled.listing


def test_a_script_reads_back_as_it_was_written() -> None:
    text = """
        at kms:CreateKey: throttle x3
        after iam:CreateRole: dropped
        at s3:PutBucketPolicy request 2: denied for ever
        at any request 40: expired for ever
        at each: throttle x2
    """
    assert [str(fault) for fault in parse(text)] == [line.strip() for line in text.strip().splitlines()]
    assert len(parse("\n".join(f"at any: {name}" for name in KINDS))) == len(KINDS)
    with pytest.raises(ValueError, match="no fault"):
        parse("at kms:CreateKey: gremlins")
