"""Runs under generated scripts of faults: each ends well or in right problems, and in the end everything is there, once.

A script that failed stands in the assertion; the number in the test's name makes the same ones again.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from services.aws.port import Port
from services.events import Event, Failed, Finished
from services.problems import ProblemError
from tests.fault_kinds import GENERAL, KINDS, LOST
from tests.faults import Fault, Faults
from tests.services.faults.ground import PLAIN, PRODUCTION, Ground, told_right
from tests.simulating import Simulating
from tests.world import ACCOUNT, BUCKET, do

SCRIPTS = 5
"""Scripts for one account, one run each; then a run without a fault must set everything right."""

_WHERE = (
    "any",
    "any",
    "write",
    "write",
    "each",
    "kms:CreateKey",
    "s3:CreateBucket",
    "iam:CreateRole",
    "kms:CreateAlias",
)


def script(rng: random.Random) -> tuple[Fault, ...]:
    """One to four faults, of which some pass and some stay."""
    return tuple(_fault(rng) for _ in range(rng.randint(1, 4)))


def _fault(rng: random.Random) -> Fault:
    where = rng.choice(_WHERE)
    after = rng.random() < 0.3
    kind = rng.choice(LOST if after else tuple(KINDS) if ":" in where else GENERAL)
    nth = {"any": rng.randint(1, 90), "write": rng.randint(1, 9)}.get(where, 1)
    return Fault(where, kind, "after" if after else "at", nth, rng.choice((1, 1, 2, 3, 6, 0)))


def run(ground: Ground, faults: tuple[Fault, ...]) -> None:
    """One run: every problem in it is one that these faults allow."""
    try:
        events: list[Event] = ground.run(faults)
    except ProblemError as error:
        problems = [error.problem]
    else:
        problems = [event.problem for event in events if isinstance(event, Failed)]
        last = events[-1]
        assert isinstance(last, Finished)
        assert last.ok == (not problems)
        assert last.failed == len(problems)
        assert len(problems) <= 1 or last.done == 0, "a run that was begun stops at its first problem"
    for problem in problems:
        told_right(problem, {fault.kind for fault in faults}, ground.faults.hit)


def undo(ground: Ground, rng: random.Random) -> None:
    """Somebody takes something away, so that the next runs have work."""
    ground.faults.play("")
    ways: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("s3", "DeleteBucketPolicy", {"Bucket": BUCKET}),
        ("kms", "DeleteAlias", {"AliasName": "alias/palisade-backup-acme-sandbox"}),
        ("s3", "PutBucketVersioning", {"Bucket": BUCKET, "VersioningConfiguration": {"Status": "Suspended"}}),
    )
    for service, op, params in rng.sample(ways, 2):
        do(ground.below, service, op, **params)


def everything_once(ground: Ground) -> None:
    ground.complete()
    keys = 2 if ground.blueprint is PRODUCTION else 1
    assert len(do(ground.below, "kms", "ListKeys")["Keys"]) == keys
    aliases = [alias["AliasName"] for alias in do(ground.below, "kms", "ListAliases")["Aliases"]]
    assert sum("palisade" in name for name in aliases) == keys


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 630))]
)
def test_whatever_happens_everything_is_there_once_in_the_end(
    faulty: tuple[Faults, Port], tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    faults, port = faulty
    blueprint = PRODUCTION if seed >= 30 and seed % 5 == 0 else PLAIN
    with mock_aws():
        ground = Ground(faults, Simulating(port, ACCOUNT), tmp_path, blueprint)
        for number in range(SCRIPTS):
            faults_now = script(rng)
            said = "\n".join(map(str, faults_now))
            try:
                run(ground, faults_now)
                if number == SCRIPTS - 3:
                    everything_once(ground)
                    undo(ground, rng)
            except AssertionError as error:
                raise AssertionError(f"script {number} of seed {seed}:\n{said}\n{error}") from error
        everything_once(ground)


def test_a_seed_makes_the_same_scripts_again() -> None:
    assert script(random.Random(7)) == script(random.Random(7))
    kinds = {fault.kind for seed in range(300) for fault in script(random.Random(seed))}
    assert kinds == set(KINDS)
