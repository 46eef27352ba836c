"""Answers that are AWS's and are not whole: each call of each way to look, and of taking down, gets every spoilt body in turn.

Always one whole problem or a result, never an unforeseen error, never an end that does not come; and what a spoilt answer hid
is there for the next run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services import work
from services.aws.port import Port
from services.doctor.audit import audit, of_setup
from services.events import Failed
from services.model.calls import Call, Reply
from services.problems import KINDS, Problem, ProblemError
from tests.account import everything
from tests.fault_kinds import SPOILT
from tests.faults import Fault
from tests.services.faults.ground import Ground
from tests.services.faults.test_taking_down import OF_FILES
from tests.services.teardowns import GOVERNED, HARDENED, Site, finished
from tests.shelves import files
from tests.spoilt import KINDS_OF_VALUES, Hearing, Spoilt
from tests.world import BUCKET, do


def _audit(site: Site) -> object:
    desk = site.desk()
    return audit(site.aws, of_setup(desk.setup, desk.identity, ()), site.clock.wall())


LOOKS: dict[str, Callable[[Site], object]] = {
    "destroy": lambda site: site.found(),
    "plan": lambda site: work.make_plan(site.desk()),
    "doctor": _audit,
}


def whole(problem: Problem) -> None:
    assert problem.exit_code == KINDS[problem.code]
    assert problem.remedy
    for sentence in (problem.summary, *problem.remedy):
        assert sentence[0].isupper(), sentence
        assert sentence.endswith((".", ")", "…")), sentence
        assert sentence.isprintable()


def tried(run: Callable[[], Any]) -> Any:
    """What comes of it, if it is not a problem, which is a whole one."""
    try:
        return run()
    except ProblemError as error:
        whole(error.problem)
        return None


@pytest.fixture
def site(request: pytest.FixtureRequest, ground: Ground, port: Port, tmp_path: Path) -> Site:
    """A sandbox with backups in it, on an AWS whose answers are spoilt as a script says."""
    folder = tmp_path / "site"
    folder.mkdir()

    def below(call: Call) -> Reply:
        return port(call) if call.name in OF_FILES else ground.below(call)

    return Site(below, folder, getattr(request, "param", {})).made()


def calls_of(site: Site, ground: Ground, way: str) -> list[str]:
    """The operations that a way to look asks for."""
    ground.faults.play("")
    LOOKS[way](site)
    return sorted(name for name in ground.faults.seen if ":" in name)


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        ("DescribeKey", "spoilt-numbers"),  # a moment that no calendar has
        ("DescribeKey", "spoilt-one-level"),
        ("ListAliases", "spoilt-lists"),
        ("ListKeys", "spoilt-numbers"),  # where it goes on is no text
        ("ListKeys", "spoilt-halved"),
    ],
)
def test_what_is_left_of_an_answer_is_not_taken_for_one(ground: Ground, op: str, kind: str) -> None:
    ground.faults.play("")
    key = str(do(ground.below, "kms", "CreateKey")["KeyMetadata"]["KeyId"])
    do(ground.below, "kms", "CreateAlias", AliasName="alias/a", TargetKeyId=key)
    ground.faults.play([Fault(f"kms:{op}", kind, times=0)])
    with pytest.raises(ProblemError) as raised:
        do(ground.below, "kms", op, **({"KeyId": key} if op == "DescribeKey" else {}))
    whole(raised.value.problem)
    assert (raised.value.problem.code, raised.value.problem.where) == ("network", f"kms:{op}")


HALVES = (tuple(SPOILT)[::2], tuple(SPOILT)[1::2])


@pytest.mark.parametrize(
    ("site", "way", "kinds", "every"),
    [
        ({}, "destroy", tuple(SPOILT), 29),
        *(pytest.param(HARDENED, way, half, 1, marks=pytest.mark.slow) for way in LOOKS for half in HALVES),
    ],
    indirect=["site"],
)
def test_whoever_looks_tells_one_problem_or_what_there_is(
    site: Site, ground: Ground, way: str, kinds: tuple[str, ...], every: int
) -> None:
    names = calls_of(site, ground, way)
    rows = [(name, kind) for name in names for kind in kinds]
    before = everything(ground.below)
    for name, kind in rows[::every]:
        ground.faults.play([Fault(name, kind, times=0)])
        tried(lambda: LOOKS[way](site))
        assert site.aws.writes == []
    ground.faults.play("")
    after = everything(ground.below)
    logs = {key for key in after if key.endswith(" versions")}  # moto's access logs
    assert {k: after[k] for k in after.keys() - logs} == {k: before[k] for k in before.keys() - logs}


@pytest.mark.parametrize(
    ("kind", "every"), [("spoilt-nulls", 15), *(pytest.param(k, 1, marks=pytest.mark.slow) for k in SPOILT)]
)
def test_what_a_spoilt_answer_hid_goes_with_the_next_run(
    site: Site, ground: Ground, kind: str, every: int
) -> None:
    """Each run takes down under one fault; what it leaves, the next one that is left alone takes."""
    ground.faults.play("")
    site.destroy()
    names = sorted(name for name in ground.faults.seen if ":" in name)
    for name in names[::every]:
        site.made()
        ground.faults.play([Fault(name, kind, times=0)])
        events = tried(site.destroy)
        for event in events or ():
            if isinstance(event, Failed):
                whole(event.problem)
        ground.faults.play("")
        assert finished(site.destroy()).ok
        assert site.listing() == {}, name
        assert files(site.shelves) == {}, name


@pytest.mark.parametrize(
    ("site", "every"), [(GOVERNED, 40), pytest.param(GOVERNED, 1, marks=pytest.mark.slow)], indirect=["site"]
)
def test_whatever_is_told_of_files_is_told_or_refused(site: Site, every: int) -> None:
    """Versions, what keeps them, unfinished uploads: one value of one answer at a time."""
    site.shelves.lock(BUCKET, 0, mode="GOVERNANCE", until=site.clock.wall())
    site.aws.calls.clear()
    told: dict[str, int] = {}
    site.found(Hearing(site.aws, told))
    names = sorted(name for name in told if name in OF_CONTENTS)
    assert len(names) == len(OF_CONTENTS) - 1  # nothing is held
    rows = [(n, place, kind) for n in names for place in range(told[n]) for kind in KINDS_OF_VALUES]
    for row in rows[::every]:
        spoilt = Spoilt(site.aws, *row)
        tried(partial(site.found, spoilt))
        assert spoilt.reached
    assert site.aws.writes == []
    assert finished(site.destroy()).ok


OF_CONTENTS = {
    "s3:ListObjectVersions",
    "s3:ListMultipartUploads",
    "s3:GetObjectRetention",
    "s3:GetObjectLegalHold",
}
