"""What a plan that somebody approved still approves after it was begun: its rest, and nothing that a run had done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services import setup_file, work
from services.engine.journal import Journal
from services.events import Started
from services.model.calls import Aws
from services.problems import ProblemError
from services.setups import State
from services.work import Desk
from tests import keys
from tests.ports import FakeClock
from tests.world import BUCKET, ROLE, do, sample


@pytest.fixture
def desk(aws: Aws, tmp_path: Path) -> Desk:
    (tmp_path / "recovery.pub.der").write_bytes(keys.public_der())
    setup = setup_file.create(tmp_path / "s.toml", sample(recovery_key__public_files=["recovery.pub.der"]))
    return work.open_desk(setup, aws, State(tmp_path / "state"), FakeClock())


def saved_of(desk: Desk) -> bytes:
    return json.dumps(work.plan_json(desk, work.make_plan(desk))).encode()


def apply(desk: Desk, saved: bytes, stop_after: int = 1000) -> None:
    """What `apply --plan` does, until it is asked to stop."""
    planned = work.make_plan(desk)
    work.check_saved(desk, planned, saved)
    begun: list[Started] = []
    events = work.carry_out(
        desk, planned, stop=lambda: len(begun) >= stop_after, approved=json.loads(saved)["fingerprint"]
    )
    begun.extend(event for event in events if isinstance(event, Started))


def suspend(desk: Desk) -> None:
    """Somebody switches versioning off by hand."""
    do(desk.aws, "s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})


def refused(desk: Desk, saved: bytes) -> str:
    with pytest.raises(ProblemError) as caught:
        work.check_saved(desk, work.make_plan(desk), saved)
    return caught.value.problem.code


def steps(desk: Desk) -> int:
    return len(work.make_plan(desk).plan.steps)


def test_a_plan_that_was_done_approves_nothing_any_more(desk: Desk) -> None:
    saved = saved_of(desk)
    apply(desk, saved)
    work.check_saved(desk, work.make_plan(desk), saved)  # there is nothing to do
    suspend(desk)
    assert refused(desk, saved) == "stale"


def test_the_rest_of_a_plan_is_done_run_by_run(desk: Desk) -> None:
    saved, runs = saved_of(desk), 0
    while steps(desk):
        apply(desk, saved, stop_after=3)
        runs += 1
    assert runs > 3
    suspend(desk)
    assert refused(desk, saved) == "stale"


def test_the_rest_does_not_hold_what_an_earlier_run_did(desk: Desk) -> None:
    saved = saved_of(desk)
    while not any(
        each.get("event") == "succeeded" and each.get("address") == "bucket.versioning"
        for each in desk.journal.entries()
    ):
        apply(desk, saved, stop_after=2)
    assert steps(desk)
    suspend(desk)
    assert refused(desk, saved) == "stale"


def test_a_step_that_is_left_is_refused_once_it_would_write_over_something_else(desk: Desk) -> None:
    """The plan said what was there before; that another value is replaced, nobody has seen."""
    apply(desk, saved_of(desk))
    suspend(desk)
    do(desk.aws, "iam", "UpdateRole", RoleName=ROLE, MaxSessionDuration=7200)
    saved = saved_of(desk)
    assert len(json.loads(saved)["steps"]) == 2
    apply(desk, saved, stop_after=1)
    (left,) = work.make_plan(desk).plan.steps
    assert left.resource.name == "role"
    work.check_saved(desk, work.make_plan(desk), saved)
    do(desk.aws, "iam", "UpdateRole", RoleName=ROLE, MaxSessionDuration=10800)
    assert refused(desk, saved) == "stale"


def test_what_is_not_in_the_plan_and_a_plan_that_was_never_begun_are_refused(desk: Desk) -> None:
    apply(desk, saved_of(desk))
    suspend(desk)
    do(desk.aws, "iam", "UpdateRole", RoleName=ROLE, MaxSessionDuration=7200)
    saved = saved_of(desk)
    enabled = {"Status": "Enabled"}
    do(desk.aws, "s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration=enabled)
    assert refused(desk, saved) == "stale", "nothing was begun, and AWS is not as the plan saw it"
    suspend(desk)
    apply(desk, saved, stop_after=1)
    do(desk.aws, "s3", "DeletePublicAccessBlock", Bucket=BUCKET)
    assert refused(desk, saved) == "stale", "public access was in no plan"


def test_the_same_plan_may_be_approved_anew(desk: Desk) -> None:
    """What a run did before the whole was taken down does not count for the run that begins again."""
    journal = Journal(desk.journal.path, desk.clock)
    assert journal.done_of("a") is None
    for entry in (
        {"event": "plan", "fingerprint": "a"},
        {"event": "succeeded", "address": "bucket"},
        {"event": "plan", "fingerprint": "b"},
        {"event": "plan", "fingerprint": "a", "rest": True},
        {"event": "skipped", "address": "role"},
        {"event": "succeeded", "address": "bucket.policy"},
        {
            "event": "failed",
            "address": "bucket.policy",
        },  # another one wrote it at the same moment: it is to be done again
    ):
        journal.append(entry)
    assert journal.done_of("a") == {"bucket", "role"}
    assert journal.done_of("b") == {"role"}
    assert journal.done_of("c") is None
    journal.append({"event": "plan", "fingerprint": "a"})
    assert journal.done_of("a") == set()
