"""Each call that takes a set-up down goes wrong, in every way: what is gone is gone, what is left goes with the next run."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from services.aws.port import Port
from services.model.calls import Call, Reply
from services.model.operations import reads
from services.problems import ProblemError
from tests.account import everything
from tests.fault_kinds import GENERAL, LOST
from tests.faults import Fault, Faults, When
from tests.services.faults.ground import Ground, ended, told_right
from tests.services.teardowns import HARDENED, Site, finished
from tests.shelves import files

WRITES = 31
"""Of a hardened set-up; five more are about files, which are no part of moto here."""


OF_FILES = frozenset({"s3:DeleteObject", "s3:ListObjectVersions", "s3:ListObjectsV2"})
"""Calls that only the stand-in for files makes of moto."""


@pytest.fixture
def site(ground: Ground, port: Port, tmp_path: Path) -> Site:
    """A hardened sandbox with backups and logs in it, on an AWS that goes wrong as a script says."""
    folder = tmp_path / "site"
    folder.mkdir()

    def below(call: Call) -> Reply:
        return port(call) if call.name in OF_FILES else ground.below(call)

    return Site(below, folder, HARDENED).made()


def chain(site: Site, faults: Faults, kinds: tuple[str, ...], when: When, stride: int) -> int:
    """Runs until all is gone; each run stops at a write that goes wrong for as long as it lasts. The number of stops.

    A run that goes on turns the trail off again before it deletes it, and one that stops there each time would never end:
    after a run that began with the same write as the one before it, the next one stops a write later.
    """
    at, first = 1, None
    for stops, kind in enumerate(itertools.islice(itertools.cycle(kinds), 3 * WRITES)):
        faults.play([Fault("write", kind, when, nth=at, times=0)])
        site.aws.calls.clear()
        problem = ended(site.destroy())
        if problem is None:
            return stops
        told_right(problem, [kind], faults.hit)
        before, first = first, next(call for call in site.aws.calls if not reads(call))
        at = stride + (when == "at") + (first == before)
    raise AssertionError


@pytest.mark.parametrize(
    ("when", "first", "stride"),
    [
        ("at", 0, 16),
        pytest.param("after", 0, 16, marks=pytest.mark.slow),
        *(pytest.param("at", n, 1, marks=pytest.mark.slow) for n in range(len(GENERAL))),
        *(pytest.param("after", n, 1, marks=pytest.mark.slow) for n in range(len(LOST))),
    ],
)
def test_whatever_stays_wrong_at_a_deletion_is_said_and_gone_on_from(
    site: Site, ground: Ground, when: When, first: int, stride: int
) -> None:
    kinds = GENERAL if when == "at" else LOST
    # Much of what is asked for again after a lost answer is found gone, and the same run goes on.
    least = WRITES // stride if when == "at" else WRITES // stride // 2 or 1
    assert chain(site, ground.faults, kinds[first:] + kinds[:first], when, stride) >= least
    ground.faults.play("")
    assert site.listing() == {}
    assert files(site.shelves) == {}
    assert finished(site.destroy()).ok


@pytest.mark.parametrize(
    ("when", "kind"), [("after", "dropped"), pytest.param("at", "unavailable", marks=pytest.mark.slow)]
)
def test_what_passes_at_once_is_not_even_noticed(site: Site, ground: Ground, when: When, kind: str) -> None:
    """A deletion whose answer was lost is asked for again, and finds nothing left."""
    ground.faults.play([Fault("each", kind, when, times=2)])
    assert ended(site.destroy()) is None
    assert len(ground.faults.hit) > 2 * WRITES
    ground.faults.play("")
    assert site.listing() == {}


@pytest.mark.parametrize("every", [97, pytest.param(1, marks=pytest.mark.slow)])
def test_nothing_goes_while_something_cannot_be_seen(site: Site, ground: Ground, every: int) -> None:
    ground.faults.play("")
    site.found()
    names = sorted(name for name in ground.faults.seen if ":" in name)
    assert len(names) > 20
    before = everything(ground.below)
    for name, kind in list(itertools.product(names, GENERAL))[::every]:
        ground.faults.play([Fault(name, kind, times=0)])
        site.aws.calls.clear()
        try:
            site.destroy()
        except ProblemError as error:
            told_right(error.problem, [kind], ground.faults.hit)
        else:
            raise AssertionError((name, kind))
        assert site.aws.writes == []
    ground.faults.play("")
    now = everything(ground.below)
    logs = {key for key in now if key.endswith(" versions")}  # moto's access logs
    assert {key: now[key] for key in now.keys() - logs} == {key: before[key] for key in before.keys() - logs}
