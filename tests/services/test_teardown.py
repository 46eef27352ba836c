"""Taking a set-up down: all that it made goes, nothing else is touched, and a run that was killed can be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from services import setup_file, work
from services.events import Failed, Finished, Skipped, Started
from services.model.calls import Aws, Call, Refused, Reply
from tests import tally
from tests.account import everything
from tests.ports import Crashed, Crashing, Denying
from tests.sampling import every, moments
from tests.services.teardowns import HARDENED, Site, beside, finished
from tests.shelves import files
from tests.world import BUCKET, ROLE, do

EVERYTHING: list[dict[str, Any]] = [{}, HARDENED]
WRITES = (
    "iam:DeleteRolePolicy",
    "iam:DeleteRole",
    "s3:DeleteObjects",
    "s3:AbortMultipartUpload",
    "s3:DeleteBucket",
    "kms:DeleteAlias",
    "kms:ScheduleKeyDeletion",
)
"""Every write of taking a plain set-up down, in its order: the writer first, then what was written, the key last."""

HARDENED_WRITES = (
    "logs:DeleteMetricFilter",
    "cloudwatch:DeleteAlarms",
    "sns:Unsubscribe",
    "sns:DeleteTopic",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "iam:DeleteRolePolicy",
    "iam:DeleteRole",
    "s3:DeleteObjects",
    "s3:AbortMultipartUpload",
    "s3:DeleteBucket",
    "logs:DeleteLogGroup",
    "kms:DeleteAlias",
    "kms:ScheduleKeyDeletion",
)
"""The same of a hardened one, each kind once, in the order in which each is first made."""

HARDENED_COUNT = 36
"""All of its writes."""


@pytest.mark.parametrize("answers", every(2, EVERYTHING), ids=["plain", "hardened"])
def test_all_of_it_goes_and_apply_makes_it_anew(aws: Aws, tmp_path: Path, answers: dict[str, Any]) -> None:
    site = Site(aws, tmp_path, answers)
    empty = everything(aws)
    for _ in range(2):
        site.made()
        assert finished(site.destroy()).ok
        assert site.listing() == empty
        assert files(site.shelves) == {}
        assert site.desk().journal.begun() == site.desk().journal.ended() == {}
    site.aws.calls.clear()
    assert site.destroy() == [Finished(0, 0, 0)]
    assert site.aws.writes == []


def test_what_writes_goes_first_and_keys_last(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    site.destroy()
    assert tuple(site.aws.writes) == WRITES
    hard = Site(aws, _folder(tmp_path, "hard"), HARDENED).made()
    hard.destroy()
    assert tuple(dict.fromkeys(hard.aws.writes)) == HARDENED_WRITES
    assert len(hard.aws.writes) == HARDENED_COUNT
    waits = [
        call.params["PendingWindowInDays"] for call in hard.aws.calls if call.op == "ScheduleKeyDeletion"
    ]
    assert waits == [7, 7]


def _folder(above: Path, name: str) -> Path:
    (above / name).mkdir()
    return above / name


def test_every_call_on_a_bucket_names_its_owner_and_no_lock_is_ever_bypassed(
    aws: Aws, tmp_path: Path
) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    site.destroy()
    on_bucket = [call for call in site.aws.calls if call.service == "s3" and call.op != "ListBuckets"]
    assert {call.params.get("ExpectedBucketOwner") for call in on_bucket} == {"123456789012"}
    assert not [call for call in site.aws.calls if "BypassGovernanceRetention" in str(call.params)]
    deleting = [call for call in on_bucket if call.op == "DeleteObjects"]
    assert deleting
    assert all(each["VersionId"] for call in deleting for each in _objects(call))


def _objects(call: Call) -> list[dict[str, str]]:
    named: Any = call.params["Delete"]
    return list(named["Objects"])


@pytest.mark.parametrize(
    ("nth", "when"),
    every(5, moments(len(WRITES))),
)
def test_killed_at_any_write_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    site = Site(aws, tmp_path)
    theirs = beside(aws, tmp_path)
    before = site.listing()
    site.made()
    with pytest.raises(Crashed):
        site.destroy(Crashing(site.aws, nth, when))
    tally.count("writes killed")
    assert finished(site.destroy()).ok
    assert site.listing() == before
    assert files(site.shelves) == {}
    assert work.make_plan(theirs.desk()).plan.steps == ()
    site.apply()
    assert work.make_plan(site.desk()).plan.steps == ()


@dataclass
class KilledAt:
    """Kills the program at its first call of an operation, before or after it has its effect."""

    aws: Aws
    name: str
    when: str

    def __call__(self, call: Call) -> Reply:
        if call.name == self.name:
            if self.when == "after":
                self.aws(call)
            raise Crashed
        return self.aws(call)


@pytest.mark.slow
@pytest.mark.parametrize("both", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_killed_before_and_after_each_kind_of_write_of_a_hardened_one(
    aws: Aws, tmp_path: Path, both: bool
) -> None:
    """One run after the other on what the one before left; before the one and after the next, or both at each."""
    site = Site(aws, tmp_path, HARDENED)
    before = everything(aws)
    site.made()
    for number, name in enumerate(HARDENED_WRITES):
        for when in ("before", "after") if both else (("before", "after")[number % 2],):
            with pytest.raises(Crashed):
                site.destroy(KilledAt(site.aws, name, when))
            tally.count("writes killed")
    assert finished(site.destroy()).ok
    assert site.listing() == before
    assert list(dict.fromkeys(site.aws.writes)) == list(HARDENED_WRITES)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, HARDENED_COUNT + 1))
def test_killed_at_any_write_of_a_hardened_one_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    with pytest.raises(Crashed):
        site.destroy(Crashing(site.aws, nth, when))
    assert finished(site.destroy()).ok
    assert site.listing() == {}


@pytest.mark.parametrize("seen", every(2, range(2, 11, 2)))
def test_killed_between_two_events_the_next_run_completes(aws: Aws, tmp_path: Path, seen: int) -> None:
    from services import teardown

    site = Site(aws, tmp_path)
    before = everything(aws)
    site.made()
    desk = site.desk()
    events = teardown.tear_down(desk, teardown.make_teardown(desk), (teardown.BACKUPS,))
    for _ in range(seen):
        next(events)
    del events
    assert finished(site.destroy()).ok
    assert site.listing() == before


def test_a_stop_ends_between_two_calls(aws: Aws, tmp_path: Path) -> None:
    from services import teardown

    site = Site(aws, tmp_path).made()
    desk, begun = site.desk(), list[Started]()
    run = teardown.tear_down(desk, teardown.make_teardown(desk), (teardown.BACKUPS,), lambda: len(begun) == 1)
    events = []
    for event in run:
        events.append(event)
        begun.extend([event] if isinstance(event, Started) else [])
    assert isinstance(events[-2], Failed)
    assert events[-2].problem.code == "interrupted"
    assert [name for name in WRITES if name in site.aws.writes] == ["iam:DeleteRolePolicy", "iam:DeleteRole"]
    assert finished(site.destroy()).ok


def test_a_half_made_set_up_goes_too(aws: Aws, tmp_path: Path) -> None:
    """A bucket without tags is known by the journal alone: moto drops the tags of CreateBucket."""
    site = Site(aws, tmp_path)
    with pytest.raises(Crashed):
        list(work.carry_out(desk := site.desk(Crashing(site.aws, 4, "after")), work.make_plan(desk)))
    assert do(aws, "s3", "ListBuckets")["Buckets"]
    assert finished(site.destroy(accepted=())).ok
    assert site.listing() == {}


def test_a_key_that_somebody_else_had_deleted_already_holds_nothing_up(aws: Aws, tmp_path: Path) -> None:
    """Its alias still names it, so the next apply would find it, and it is of no use any more."""
    site = Site(aws, tmp_path).made()
    (key,) = do(aws, "kms", "ListKeys")["Keys"]
    do(aws, "kms", "ScheduleKeyDeletion", KeyId=key["KeyId"])
    assert finished(site.destroy()).ok
    assert "kms:ScheduleKeyDeletion" not in site.aws.writes
    assert site.listing() == {}
    site.apply()
    assert work.make_plan(site.desk()).plan.steps == ()


def test_without_a_journal_the_tags_are_enough(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    site.desk().journal.path.unlink()
    assert finished(site.destroy()).ok
    assert site.listing() == {}


@pytest.mark.slow
def test_what_the_answers_do_not_name_any_more_goes_by_the_journal(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    off = {"hardening__trail": "off", "hardening__alarms": False, "hardening__data_events": "off"}
    site.answer(**off, storage__access_logs=False, hardening__inventory=False)
    assert finished(site.destroy()).ok
    assert site.listing() == {}


def test_what_was_made_under_another_name_is_told(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    site.answer(role__name="AnotherName")
    assert any(f"once made the IAM role {ROLE}" in note.says for note in site.found().plan.notes)
    site.destroy()
    assert f"role {ROLE}" in site.listing()
    site.answer(role__name=ROLE)
    assert finished(site.destroy()).ok
    assert site.listing() == {}


def test_the_marks_of_what_was_done_are_reset(aws: Aws, tmp_path: Path) -> None:
    from screens import flow
    from services.progress import DEEDS

    assert {flow.APPLIED, flow.KIT, flow.QUORUM, flow.VERIFIED, flow.VERIFIED_AT} == DEEDS
    site = Site(aws, tmp_path).made()
    desk = site.desk()
    desk.state.keep_drafts(desk.setup_id, {**dict.fromkeys(DEEDS, "x"), flow.ACCESS: "yes"})
    site.destroy()
    assert desk.state.drafts(desk.setup_id) == {flow.ACCESS: "yes"}
    assert setup_file.read(site.setup.path).answers.text("setup.id") == desk.setup_id


class Lost:
    """AWS whose answer to one call is lost, though the call has its effect, and which is then asked again."""

    def __init__(self, aws: Aws, op: str) -> None:
        self.aws, self.op = aws, op

    def __call__(self, call: Call) -> Reply:
        if call.op == self.op:
            self.aws(call)
            if call.op == "ScheduleKeyDeletion":  # as AWS does, and moto does not
                raise Refused(call, "KMSInvalidStateException", "is pending deletion", 400)
        return self.aws(call)


@pytest.mark.parametrize(
    "op", ["ScheduleKeyDeletion", "DeleteAlias", "DeleteRole", "DeleteRolePolicy", "DeleteBucket"]
)
def test_what_was_deleted_by_a_try_whose_answer_was_lost_is_deleted(
    aws: Aws, tmp_path: Path, op: str
) -> None:
    site = Site(aws, tmp_path).made()
    assert finished(site.destroy(Lost(site.aws, op))).ok


def test_what_is_gone_when_its_turn_comes_is_skipped(aws: Aws, tmp_path: Path) -> None:
    from services import teardown

    site = Site(aws, tmp_path).made()
    desk = site.desk()
    run = teardown.tear_down(desk, teardown.make_teardown(desk), (teardown.BACKUPS,))
    first = next(run)
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    events = [first, *run]
    assert [event.address for event in events if isinstance(event, Skipped)] == ["alias"]
    assert finished(events).ok


def test_denied_halfway_says_so_and_the_next_run_goes_on(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    *_, failed, last = site.destroy(Denying(site.aws, "s3:DeleteBucket"))
    assert isinstance(failed, Failed)
    assert (failed.address, failed.problem.code) == ("bucket", "denied")
    assert isinstance(last, Finished)
    assert (last.done, last.failed, last.remaining) == (1, 1, 2)
    assert f"bucket {BUCKET}" in site.listing()
    assert finished(site.destroy()).ok
