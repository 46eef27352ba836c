"""What keeps a set-up from being taken down: all of it is said before the first change, and nothing is changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services import setup_file, teardown
from services.clock import stamp
from services.events import Failed, Progressed, Waiting
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.problems import ProblemError
from services.setups import State
from services.work import open_desk
from tests.ports import Denying, FakeClock, Replying
from tests.services.teardowns import GOVERNED, HARDENED, Site, finished
from tests.world import BUCKET, LOG_BUCKET, ROLE, do, sample

MANY = 2500


def locked(aws: Aws, folder: Path, **more: Any) -> Site:
    """A set-up with Object Lock and many versions, the lock of which has run out but for one on the last page."""
    site = Site(aws, folder, GOVERNED)
    site.apply()
    past = site.clock.wall() - timedelta(days=1)
    for number in range(MANY):
        site.shelves.put(BUCKET, f"wallet/{number:05}", mode="GOVERNANCE", until=past)
    if more:
        site.shelves.lock(BUCKET, MANY - 2, **more)
    return site


def test_governance_retention_of_one_version_among_many_refuses_everything(aws: Aws, tmp_path: Path) -> None:
    until = FakeClock().wall() + timedelta(days=3)
    site = locked(aws, tmp_path, until=until)
    problem = site.refused()
    assert (problem.code, problem.exit_code) == ("unfit", 6)
    assert f"1 of {MANY} versions" in problem.summary
    assert "wallet/02498" in problem.summary
    assert f"governance retention until {stamp(until)}" in problem.summary
    assert stamp(until) in problem.remedy[0]


def test_a_legal_hold_of_one_version_among_many_refuses_everything(aws: Aws, tmp_path: Path) -> None:
    site = locked(aws, tmp_path, hold=True)
    problem = site.refused()
    assert (problem.code, problem.exit_code) == ("unfit", 6)
    assert "wallet/02498" in problem.summary
    assert "legal hold" in problem.summary
    assert "takes it off" in " ".join(problem.remedy)


def test_the_first_is_named_all_are_counted_and_the_last_day_is_told(aws: Aws, tmp_path: Path) -> None:
    site = locked(aws, tmp_path, hold=True)
    late, now = site.clock.wall() + timedelta(days=9), site.clock.wall()
    site.shelves.lock(BUCKET, 7, mode="COMPLIANCE", until=now + timedelta(days=1))
    site.shelves.lock(BUCKET, 1200, mode="COMPLIANCE", until=late)
    problem = site.refused()
    assert f"3 of {MANY} versions" in problem.summary
    assert "wallet/00007" in problem.summary
    assert "compliance retention" in problem.summary
    assert stamp(late) in problem.remedy[0]
    assert "legal hold" in problem.remedy[1]


def test_what_was_locked_once_and_is_free_goes(aws: Aws, tmp_path: Path) -> None:
    site = locked(aws, tmp_path)
    events = site.destroy()
    assert finished(events).ok
    progress = [event.says for event in events if isinstance(event, Progressed)]
    assert progress == ["1000 versions deleted", "2000 versions deleted", "2500 versions deleted"]


def test_a_version_that_came_under_a_lock_meanwhile_stays_with_its_bucket(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, GOVERNED).made()

    def hold(call: Call) -> None:
        if call.op == "DeleteObjects":
            site.shelves.lock(BUCKET, 0, hold=True)

    site.shelves.before = hold
    *_, failed, last = site.destroy()
    assert isinstance(failed, Failed)
    assert failed.problem.code == "unfit"
    assert "a/0" in failed.problem.summary
    assert not finished([last]).ok
    assert f"bucket {BUCKET}" in site.listing()
    site.shelves.before = lambda _call: None
    assert "legal hold" in site.refused().summary


def test_mfa_delete_refuses_everything(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    factor = Replying(site.aws, "s3:GetBucketVersioning", lambda reply: {**reply, "MFADelete": "Enabled"})
    problem = site.refused(factor)
    assert problem.code == "unfit"
    assert "root user" in problem.summary


def test_production_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        teardown.refuse_production(sample(setup__environment="production"))
    assert caught.value.problem.exit_code == 6
    assert "production" in caught.value.problem.summary


def test_what_was_made_as_production_stays_so_whatever_the_file_says_now(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, {"setup__environment": "production", "hardening__trail": "off", **_SOFT})
    site.apply()
    with pytest.raises(ProblemError):
        site.found()
    site.answer(setup__environment="sandbox")
    problem = site.refused()
    assert (problem.code, problem.exit_code) == ("other-environment", 6)


_SOFT = {
    "hardening__alarms": False,
    "hardening__data_events": "off",
    "storage__object_lock": "off",
    "storage__noncurrent_versions": 0,
    "storage__access_logs": False,
}


def test_backups_need_a_consent_of_their_own_and_an_empty_bucket_none(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    with pytest.raises(ProblemError) as caught:
        site.destroy(accepted=())
    assert (caught.value.problem.code, caught.value.problem.exit_code) == ("consent", 6)
    assert "--accept delete-backups" in caught.value.problem.remedy[0]
    assert site.aws.writes == []
    site.shelves.versions.clear()
    assert finished(site.destroy(accepted=())).ok


def test_logs_are_no_backups(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    site.shelves.versions.pop(BUCKET)
    assert site.shelves.versions[LOG_BUCKET]
    assert finished(site.destroy(accepted=())).ok


def reads_of(site: Site) -> list[str]:
    """The names of all reads that one look makes."""
    site.aws.calls.clear()
    site.found()
    return sorted({call.name for call in site.aws.calls if reads(call)} - {"sts:GetCallerIdentity"})


@pytest.mark.parametrize(
    "answers", [GOVERNED, pytest.param(HARDENED, marks=pytest.mark.slow)], ids=["governed", "hardened"]
)
def test_denied_is_not_absent(aws: Aws, tmp_path: Path, answers: dict[str, Any]) -> None:
    site = Site(aws, tmp_path, answers).made()
    names = reads_of(site)
    assert {
        "s3:ListObjectVersions",
        "s3:GetObjectLockConfiguration",
        "kms:DescribeKey",
        "iam:GetRole",
    } <= set(names)
    assert ("s3:GetObjectLegalHold" in names) == ("s3:GetObjectRetention" in names) == (answers is GOVERNED)
    for name in names:
        problem = site.refused(Denying(site.aws, name))
        assert (problem.code, problem.exit_code) == ("denied", 5), name
        assert all(action in problem.summary for action in OPERATIONS[name].actions), name


def test_a_look_that_is_not_awss_is_no_empty_bucket(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    problem_of = site.refused(Replying(site.aws, "s3:ListObjectVersions", lambda _reply: {}))
    assert problem_of.exit_code == 7


@pytest.mark.parametrize("what", ["attached", "inline", "profile"])
def test_a_role_on_which_something_of_others_hangs_refuses_everything(
    aws: Aws, tmp_path: Path, what: str
) -> None:
    site = Site(aws, tmp_path).made()
    match what:
        case "attached":
            policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            doc = (
                '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
            )
            policy = do(aws, "iam", "CreatePolicy", PolicyName="Theirs", PolicyDocument=doc)["Policy"]["Arn"]
            do(aws, "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=policy)
        case "inline":
            doc = (
                '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
            )
            do(aws, "iam", "PutRolePolicy", RoleName=ROLE, PolicyName="Theirs", PolicyDocument=doc)
        case _:
            do(aws, "iam", "CreateInstanceProfile", InstanceProfileName="Theirs")
            do(aws, "iam", "AddRoleToInstanceProfile", InstanceProfileName="Theirs", RoleName=ROLE)
    problem = site.refused()
    assert (problem.code, problem.exit_code) == ("unfit", 6)
    assert "Theirs" in problem.summary


def test_a_permissions_boundary_is_no_obstacle(aws: Aws, tmp_path: Path) -> None:
    doc = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    bound = do(aws, "iam", "CreatePolicy", PolicyName="Bound", PolicyDocument=doc)["Policy"]["Arn"]
    site = Site(aws, tmp_path, {"role__permissions_boundary": bound}).made()
    assert finished(site.destroy()).ok
    assert do(aws, "iam", "ListPolicies", Scope="Local")["Policies"]


def test_more_backups_than_were_agreed_to_are_another_plan(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    desk, found = site.desk(), site.found()
    site.shelves.put(BUCKET, "a/3")
    with pytest.raises(ProblemError) as caught:
        list(teardown.tear_down(desk, found, (teardown.BACKUPS,)))
    assert (caught.value.problem.code, caught.value.problem.exit_code) == ("stale", 6)
    assert site.aws.writes == []


@pytest.mark.slow
def test_more_logs_are_not(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    desk, found = site.desk(), site.found()
    site.shelves.put(LOG_BUCKET, "late")
    assert finished(list(teardown.tear_down(desk, found, (teardown.BACKUPS,)))).ok


@pytest.mark.slow
def test_a_log_that_arrives_late_is_deleted_too(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    late = ["one", "two"]

    def arrive(call: Call) -> None:
        if call.op == "DeleteBucket" and call.params["Bucket"] == LOG_BUCKET and late:
            site.shelves.put(LOG_BUCKET, late.pop())

    site.shelves.before = arrive
    events = site.destroy()
    assert finished(events).ok
    waits = [event.reason for event in events if isinstance(event, Waiting)]
    assert waits == ["something was written into the bucket meanwhile"] * 2


def test_what_writes_for_ever_ends_the_run_and_says_so(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()

    def write(call: Call) -> None:
        if call.op == "DeleteBucket":
            site.shelves.put(BUCKET, "again")

    site.shelves.before = write
    *_, failed, _ = site.destroy()
    assert isinstance(failed, Failed)
    assert (failed.problem.code, failed.problem.exit_code) == ("not-ready", 7)
    assert "still writes into it" in failed.problem.summary


def test_a_bucket_that_became_another_set_ups_meanwhile_is_left_alone(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    before = list(site.shelves.versions[BUCKET])

    def taken(call: Call) -> None:
        if call.op == "DeleteRole":
            tags = [{"Key": "palisade-wizard:setup", "Value": "another"}]
            do(aws, "s3", "PutBucketTagging", Bucket=BUCKET, Tagging={"TagSet": tags})

    site.shelves.before = taken
    *_, failed, _ = site.destroy()
    assert isinstance(failed, Failed)
    assert (failed.address, failed.problem.code) == ("bucket", "stale")
    assert site.shelves.versions[BUCKET] == before


def test_a_key_that_became_another_set_ups_meanwhile_is_left_alone(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()

    def taken(call: Call) -> None:
        if call.op == "DeleteAlias":
            tags = [{"TagKey": "palisade-wizard:setup", "TagValue": "another"}]
            do(aws, "kms", "TagResource", KeyId=do(aws, "kms", "ListKeys")["Keys"][0]["KeyId"], Tags=tags)

    site.shelves.before = taken
    assert finished(site.destroy()).ok
    assert "kms:ScheduleKeyDeletion" not in site.aws.writes


def test_a_delete_that_never_shows_is_not_ready(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()

    def stays(call: Call) -> Reply:
        if call.name == "iam:DeleteRole":
            return {}
        return site.aws(call)

    *_, failed, _ = site.destroy(stays)
    assert isinstance(failed, Failed)
    assert (failed.address, failed.problem.code) == ("role", "not-ready")


def test_what_hangs_on_a_role_for_a_moment_more_is_waited_for(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path).made()
    left = [1, 2, 3]

    def hangs(call: Call) -> Reply:
        if call.name == "iam:DeleteRole" and left:
            left.pop()
            raise Refused(call, "DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
        return site.aws(call)

    assert finished(site.destroy(hangs)).ok


def test_only_one_run_at_a_time(aws: Aws, tmp_path: Path) -> None:
    from services.engine import lock

    site = Site(aws, tmp_path).made()
    desk = site.desk()
    held = lock.held(desk.state.setups, desk.identity.account, "eu-west-1", desk.setup_id)
    with held, pytest.raises(ProblemError) as caught:
        site.destroy()
    assert caught.value.problem.code == "locked"
    assert site.aws.writes == []


def test_looking_cannot_write(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED).made()
    site.found()
    assert site.aws.writes == []
    setup = setup_file.read(site.setup.path)
    assert open_desk(setup, site.aws, State(tmp_path / "state"), site.clock).blueprint
