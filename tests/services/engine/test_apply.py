"""What happens while a plan is carried out when AWS is slow, busy or changed, or the person stops it."""

from __future__ import annotations

import pytest

from services.engine.apply import apply
from services.engine.patience import PATIENCE
from services.engine.plan import plan
from services.events import Event, Failed, Finished, Skipped, Started, Waiting, event_json
from services.model.calls import Aws
from tests.ports import Denying, FakeClock, Lagging, Recording, Throttling
from tests.world import BUCKET, EXTERNAL_ID, ROLE, Journey, do, sample_blueprint


def failed(events: list[Event]) -> Failed:
    """The one failure, right before the end."""
    *_, failure, last = events
    assert isinstance(failure, Failed)
    assert isinstance(last, Finished)
    assert not last.ok
    return failure


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("iam:CreateRole", "MalformedPolicyDocument"),
        ("iam:PutRolePolicy", "NoSuchEntity"),
        ("s3:PutBucketPolicy", "OperationAborted"),
        ("s3:PutBucketEncryption", "NoSuchBucket"),
        ("s3:CreateBucket", "OperationAborted"),
        ("kms:EnableKeyRotation", "NotFoundException"),
        ("kms:CreateAlias", "NotFoundException"),
    ],
)
def test_what_passes_by_itself_is_waited_for(aws: Aws, name: str, code: str) -> None:
    clock = FakeClock()
    journey = Journey(Throttling(aws, name, 3, code), clock=clock)
    events = list(journey.events())
    waits = [event for event in events if isinstance(event, Waiting)]
    assert [wait.seconds for wait in waits] == clock.slept == [0.2, 0.5, 1.0]
    assert all(code in wait.reason for wait in waits)
    assert isinstance(events[-1], Finished)
    assert events[-1].ok
    assert journey.plan().steps == ()


def test_a_new_principal_is_waited_for_when_the_trust_changes_too(aws: Aws) -> None:
    Journey(aws).run()
    clock = FakeClock()
    port = Throttling(aws, "iam:UpdateAssumeRolePolicy", 3, "MalformedPolicyDocument")
    other = sample_blueprint(palisade__principal_arn="arn:aws:iam::444455556666:role/new")
    journey = Journey(port, other, clock=clock)
    assert journey.run() == Finished(1, 0, 0)
    assert clock.slept == [0.2, 0.5, 1.0]


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("iam:CreateRole", "MalformedPolicyDocument", "refused"),
        ("s3:PutBucketPolicy", "OperationAborted", "busy"),
        ("kms:EnableKeyRotation", "NotFoundException", "not-ready"),
    ],
)
def test_patience_ends(aws: Aws, name: str, code: str, kind: str) -> None:
    clock = FakeClock()
    events = list(Journey(Denying(aws, name, code, "Not yet.", 400), clock=clock).events())
    assert failed(events).problem.code == kind
    assert PATIENCE <= clock.seconds <= PATIENCE + 5
    assert Journey(aws, begun={f"S3 bucket {BUCKET}": clock.began}).run().ok


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("s3:GetBucketVersioning", 4),
        ("s3:GetBucketPolicy", 2),
        ("iam:GetRolePolicy", 3),
        ("iam:GetRole", 3),
        ("s3:HeadBucket", 3),
        ("kms:ListAliases", 3),
    ],
)
def test_stale_reads_are_waited_for(aws: Aws, name: str, times: int) -> None:
    clock = FakeClock()
    recording = Recording(aws)
    journey = Journey(Lagging(recording, name, times), clock=clock)
    events = list(journey.events())
    assert isinstance(events[-1], Finished)
    assert events[-1].ok
    assert any(isinstance(event, Waiting) for event in events)
    assert len(recording.writes) == len(set(recording.writes))
    assert Journey(aws).plan().steps == ()


def test_what_never_shows_is_not_ready(aws: Aws) -> None:
    clock = FakeClock()
    events = list(Journey(Lagging(aws, "s3:GetBucketVersioning", 999), clock=clock).events())
    failure = failed(events)
    assert failure.address == "bucket.versioning"
    assert failure.problem.code == "not-ready"
    assert failure.problem.exit_code == 7
    assert PATIENCE <= clock.seconds <= PATIENCE + 5


def test_throttled_is_a_failure_that_says_to_come_back(aws: Aws) -> None:
    events = list(Journey(Throttling(aws, "s3:PutBucketVersioning", 9)).events())
    failure = failed(events)
    assert (failure.address, failure.problem.code) == ("bucket.versioning", "throttled")
    last = events[-1]
    assert isinstance(last, Finished)
    started = [event for event in events if isinstance(event, Started)]
    assert last.done == len(started) - 1
    assert last.failed == 1
    assert last.remaining > 0


def test_denied_halfway_keeps_what_is_made(aws: Aws) -> None:
    journey = Journey(Denying(aws, "iam:CreateRole"))
    assert failed(list(journey.events())).problem.code == "denied"
    recording = Recording(aws)
    assert Journey(recording).run().ok
    assert recording.writes == ["iam:CreateRole", "iam:PutRolePolicy"]


def test_a_change_after_the_plan_stops_the_run(aws: Aws) -> None:
    journey = Journey(aws)
    journey.run()
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    world = journey.observe()
    found = plan(journey.blueprint, world)
    theirs = '{"Version": "2012-10-17", "Statement": []}'
    do(aws, "s3", "PutBucketPolicy", Bucket=BUCKET, Policy=theirs)
    recording = Recording(aws)
    failure = failed(list(apply(found, world, recording, FakeClock())))
    assert (failure.address, failure.problem.code) == ("bucket.policy", "stale")
    assert recording.writes == []


def test_a_bucket_that_came_after_the_plan_is_not_created_again(aws: Aws) -> None:
    """S3 would answer with success and reset the bucket's access lists."""
    journey = Journey(aws)
    world = journey.observe()
    found = plan(journey.blueprint, world)
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=place)
    recording = Recording(aws)
    failure = failed(list(apply(found, world, recording, FakeClock())))
    assert (failure.address, failure.problem.code) == ("bucket", "stale")
    assert "s3:CreateBucket" not in recording.writes


def test_a_bucket_name_that_another_account_took_after_the_plan_is_told_as_taken(aws: Aws) -> None:
    """S3 answers 403 about it, as for a missing right; it is in nobody's list but the other's."""
    journey = Journey(aws)
    world = journey.observe()
    recording = Recording(Denying(aws, "s3:HeadBucket", "403", "Forbidden"))
    failure = failed(list(apply(plan(journey.blueprint, world), world, recording, FakeClock())))
    assert (failure.address, failure.problem.code) == ("bucket", "taken")
    assert "s3:CreateBucket" not in recording.writes


def test_what_somebody_did_meanwhile_is_skipped(aws: Aws) -> None:
    journey = Journey(aws)
    journey.run()
    do(aws, "iam", "UpdateRole", RoleName=ROLE, MaxSessionDuration=7200)
    world = journey.observe()
    found = plan(journey.blueprint, world)
    do(aws, "iam", "UpdateRole", RoleName=ROLE, MaxSessionDuration=3600)
    recording = Recording(aws)
    skipped, last = apply(found, world, recording, FakeClock())
    assert isinstance(skipped, Skipped)
    assert skipped.address == "role.session"
    assert last == Finished(1, 0, 0)
    assert recording.writes == []


@pytest.mark.parametrize("steps", range(1, 11))
def test_a_stop_ends_between_two_calls_and_the_next_run_completes(aws: Aws, steps: int) -> None:
    begun: list[Started] = []
    journey = Journey(aws)
    world = journey.observe()
    run = apply(plan(journey.blueprint, world), world, aws, FakeClock(), lambda: len(begun) >= steps)
    events: list[Event] = []
    for event in run:
        events.append(event)
        if isinstance(event, Started):
            begun.append(event)
    failure = failed(events)
    assert failure.problem.code == "interrupted"
    assert failure.problem.exit_code == 130
    assert len(begun) == steps
    # The step that was begun is complete: a stop is never in the middle of one.
    assert [e.address for e in events if not isinstance(e, Started | Failed | Finished)][-1] == begun[
        -1
    ].address
    assert Journey(aws, begun={f"S3 bucket {BUCKET}": FakeClock().wall()}).run().ok


def test_a_stop_ends_a_wait(aws: Aws) -> None:
    waited: list[Event] = []
    port = Denying(aws, "iam:CreateRole", "MalformedPolicyDocument", "Invalid principal in policy.", 400)
    journey = Journey(port)
    world = journey.observe()
    clock = FakeClock()
    events = []
    for event in apply(plan(journey.blueprint, world), world, port, clock, lambda: len(waited) >= 2):
        events.append(event)
        waited.extend([event] if isinstance(event, Waiting) else [])
    assert failed(events).problem.code == "interrupted"
    assert clock.seconds < PATIENCE


def test_no_event_holds_the_external_id(aws: Aws) -> None:
    events = [event_json(event) for event in Journey(aws).events()]
    assert EXTERNAL_ID not in str(events)
    assert {str(event["event"]) for event in events} == {"started", "succeeded", "finished"}
