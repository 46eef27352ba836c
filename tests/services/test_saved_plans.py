"""What a plan that somebody approved still approves after it was begun: its rest, and nothing that a run had done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services import setup_file, teardown, work
from services.events import Failed, Started
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
    return json.dumps(work.saved_json(desk, work.make_plan(desk))).encode()


def apply(desk: Desk, saved: bytes, stop_after: int = 1000) -> None:
    """What `apply --plan` does, until it is asked to stop."""
    planned = work.make_plan(desk)
    approved = work.check_saved(desk, planned, saved)
    begun: list[Started] = []
    events = work.carry_out(desk, planned, stop=lambda: len(begun) >= stop_after, approved=approved)
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


def test_what_a_run_of_the_plan_did_is_not_done_again_by_the_same_plan(desk: Desk) -> None:
    """Though AWS is exactly as the plan saw it: a run has been there since, and somebody after it."""
    apply(desk, saved_of(desk))
    suspend(desk)
    saved = saved_of(desk)
    apply(desk, saved)
    suspend(desk)
    assert refused(desk, saved) == "stale"
    apply(desk, saved_of(desk))  # one that somebody made and looked at after that
    assert not steps(desk)


def test_a_failure_of_another_run_does_not_make_a_done_step_approved(desk: Desk) -> None:
    saved = saved_of(desk)
    apply(desk, saved)
    suspend(desk)
    desk.journal.append(
        {"run": "b", "event": "failed", "address": "bucket.versioning", "problem": {"code": "denied"}}
    )
    assert refused(desk, saved) == "stale"


def test_a_plan_may_be_carried_out_again_after_all_of_it_was_taken_down(desk: Desk) -> None:
    saved = saved_of(desk)
    apply(desk, saved)
    found = teardown.make_teardown(desk)
    assert [event for event in teardown.tear_down(desk, found) if isinstance(event, Failed)] == []
    apply(desk, saved)
    assert not steps(desk)


@pytest.mark.parametrize(
    "how", [{"id": 7}, {"id": None}, {"id": []}, {"fingerprint": {}}, {"fingerprint": None}]
)
def test_a_plan_that_says_who_it_is_in_no_text_is_no_plan(desk: Desk, how: dict[str, object]) -> None:
    saved = {**json.loads(saved_of(desk)), **how}
    assert refused(desk, json.dumps(saved).encode()) == "unreadable-file"


def test_a_plan_that_was_saved_without_its_id_is_known_by_its_content(desk: Desk) -> None:
    apply(desk, saved_of(desk))
    suspend(desk)
    saved = json.dumps(work.plan_json(desk, work.make_plan(desk))).encode()
    for _ in range(2):
        apply(desk, saved)
        assert not steps(desk)
        suspend(desk)


BEGUN = {"event": "plan", "fingerprint": "a"}
GOING = {"event": "started", "verb": "delete", "address": "bucket", "run": "down"}
DONE = {"event": "succeeded", "run": "down"}


@pytest.mark.parametrize(
    ("entries", "done"),
    [
        ([], None),
        ([{**BEGUN, "fingerprint": "b"}], None),
        ([BEGUN, "bucket", "role"], {"bucket", "role"}),
        (["bucket", BEGUN, "role"], {"role"}),
        ([BEGUN, "bucket", BEGUN], set()),
        ([BEGUN, "bucket", {**BEGUN, "rest": True}, "role"], {"bucket", "role"}),
        ([BEGUN, "bucket", {**BEGUN, "fingerprint": "b"}, "role"], {"bucket", "role"}),
        ([{**BEGUN, "rest": True}, "role"], {"role"}),
        ([BEGUN, {"event": "skipped", "address": "role"}], {"role"}),
        # Somebody wrote the same list at the same moment: what the run had written is missing again.
        ([BEGUN, "role", {"event": "failed", "address": "role", "problem": {"code": "stale"}}], set()),
        ([BEGUN, "role", {"event": "failed", "address": "role", "problem": {"code": "denied"}}], {"role"}),
        (
            [BEGUN, "role", {"event": "failed", "address": "role", "problem": {"code": "stale"}, "run": "2"}],
            {"role"},
        ),
        # A run without a plan takes down.
        ([BEGUN, "bucket", "bucket.tags", "role", {**DONE, "address": "bucket"}], {"role"}),
        ([BEGUN, "bucket", "bucket_x", {**DONE, "event": "skipped", "address": "bucket"}], {"bucket_x"}),
        ([BEGUN, "role.policy", "role", {**DONE, "address": "role.policy"}], {"role"}),
        ([BEGUN, "bucket", {**DONE, "address": "bucket"}, {**BEGUN, "rest": True}, "bucket"], {"bucket"}),
        # Nobody answered it, or AWS refused it: what a run did may still be there.
        ([BEGUN, "bucket", "bucket.tags", GOING], {"bucket", "bucket.tags"}),
        ([BEGUN, "bucket", GOING, {**GOING, "event": "failed", "problem": {"code": "denied"}}], {"bucket"}),
    ],
)
def test_what_counts_as_done(desk: Desk, entries: list[object], done: set[str] | None) -> None:
    """A text stands for the success of its address."""
    for entry in entries:
        told = {"event": "succeeded", "address": entry} if isinstance(entry, str) else entry
        assert isinstance(told, dict)
        desk.journal.append({"run": "1", **told})
    assert desk.journal.done_of("a") == done


def test_another_plan_of_the_same_content_is_another_plan(desk: Desk) -> None:
    for entry in (
        {**BEGUN, "id": "1"},
        {"event": "succeeded", "address": "bucket"},
        {**BEGUN, "id": "2", "rest": True},
        {"event": "succeeded", "address": "role"},
    ):
        desk.journal.append({"run": "r", **entry})
    assert desk.journal.done_of("a", "1") == {"bucket", "role"}
    assert desk.journal.done_of("a", "2") == {"role"}
    assert desk.journal.done_of("a", "3") is None
    assert desk.journal.done_of("a") == {"bucket", "role"}
