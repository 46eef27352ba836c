"""Each call of plan, verify and doctor goes wrong, in every way: no line says what was not seen, and no error but one right."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from services.model.operations import OPERATIONS
from services.problems import ProblemError
from tests.fault_kinds import GENERAL, KINDS
from tests.faults import Fault
from tests.services.faults.ground import told_right
from tests.services.faults.stage import Lines, Stage

WAYS = ("plan", "verify", "doctor")
OPEN = frozenset({"unknown", "waiting", "skipped"})
"""Statuses that claim nothing."""

READS_NOTHING = {"access.read"}
"""That a sign-in cannot read a backup is the finding itself, not something that could not be seen."""

BESIDE = "kms:ListKeys"
"""Finds keys beside ours: a plan notes that it could not look, and no line of `verify` says that there are none."""


@pytest.fixture(scope="module")
def truth(stage: Stage) -> Mapping[str, tuple[Lines, tuple[str, ...]]]:
    """What each way says without a fault, and the operations that it asks for."""
    found = {}
    for way in WAYS:
        stage.faults.play("")
        lines = getattr(stage, way)()
        found[way] = lines, tuple(sorted(name for name in stage.faults.seen if ":" in name))
    return found


def looked(stage: Stage, way: str, fault: Fault, lines: Lines) -> None:
    """Looks under a fault that stays: a problem, or lines of which none claims what the truth does not."""
    stage.faults.play([fault])
    try:
        found: Lines = getattr(stage, way)()
    except ProblemError as error:
        told_right(error.problem, [fault.kind], stage.faults.hit)
        return
    if not stage.faults.hit:
        assert found == lines
        return
    claims = {name: status for name, status in found.items() if status not in OPEN}
    denied = "denied" in KINDS[fault.kind].right and fault.where == "s3:GetObject"
    false = {name for name, status in claims.items() if lines.get(name) != status}
    assert false <= (READS_NOTHING if denied else set()), (
        str(fault),
        {n: (claims[n], lines.get(n)) for n in false},
    )
    hidden = any(found[name] in OPEN and lines.get(name) not in OPEN for name in found)
    # Palisade's session is still waited for in the truth: the emulator's history does not tell of it.
    nothing_said = "cloudtrail:LookupEvents", *((BESIDE,) if way == "verify" else ())
    assert hidden or fault.where in nothing_said, str(fault)


def test_all_is_well_without_a_fault(truth: Mapping[str, tuple[Lines, tuple[str, ...]]]) -> None:
    assert not truth["plan"][0]
    for way in ("verify", "doctor"):
        lines, names = truth[way]
        assert len(names) > 30
        assert sum(status == "pass" for status in lines.values()) > 70
        assert "fail" not in lines.values()
    assert truth["verify"][0]["access.read"] == "pass"


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("way", WAYS)
def test_what_stays_wrong_hides_and_never_lies(
    stage: Stage, truth: Mapping[str, tuple[Lines, tuple[str, ...]]], way: str, every: int
) -> None:
    lines, names = truth[way]
    rows = [Fault(name, kind, times=0) for kind in GENERAL for name in names]
    # In the sample each way has faults of its own.
    step = every if every == 1 else every * 13
    for fault in rows[WAYS.index(way) :: step]:
        looked(stage, way, fault, lines)


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_a_denied_read_blocks_and_names_the_action(
    stage: Stage, truth: Mapping[str, tuple[Lines, tuple[str, ...]]], every: int
) -> None:
    """Each single one of the whole set-up."""
    names = truth["plan"][1][::every]
    for name in names:
        stage.faults.play([Fault(name, "denied", times=0)])
        if name == BESIDE:
            assert set(stage.plan().values()) == {"unknown"}
            continue
        with pytest.raises(ProblemError) as caught:
            stage.plan()
        problem = caught.value.problem
        told_right(problem, ["denied"], [name])
        # A look at a bucket is answered without a word.
        said = OPERATIONS[name].actions
        assert re.findall(r"it lacks ([\w:]+)", problem.summary) == [said[-1]], problem


@pytest.mark.parametrize(
    "kind", ["throttle", *(pytest.param(n, marks=pytest.mark.slow) for n in KINDS if KINDS[n].again)]
)
@pytest.mark.parametrize("way", WAYS)
def test_what_passes_at_once_changes_no_line(
    stage: Stage, truth: Mapping[str, tuple[Lines, tuple[str, ...]]], way: str, kind: str
) -> None:
    stage.faults.play([Fault("each", kind, times=3)])
    assert getattr(stage, way)() == truth[way][0]
    assert len(stage.faults.hit) >= 3 * len(truth[way][1])
