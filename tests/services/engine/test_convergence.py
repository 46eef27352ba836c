"""Laws 1, 3 and 13: a plan that was carried out is empty, whatever killed the program on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from services.engine.journal import Journal, written_ahead
from services.engine.plan import Note
from services.events import Finished, Started
from services.model.calls import Aws, Reply
from tests import tally
from tests.ports import Crashed, Crashing, FakeClock, Recording, Replying
from tests.sampling import every, moments
from tests.world import BUCKET, ROLE, SETUP, Journey, addresses, do, sample_blueprint

WRITES = (
    "kms:CreateKey",
    "kms:EnableKeyRotation",
    "kms:CreateAlias",
    "s3:CreateBucket",
    "s3:PutBucketTagging",
    "s3:PutPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutBucketEncryption",
    "s3:PutBucketPolicy",
    "iam:CreateRole",
    "iam:PutRolePolicy",
)
"""Every write of a new set-up; the crash tests count through them."""

ADOPTING_WRITES = 11
"""Tags and rotation of a key; tags and the five settings of a bucket; tags, trust and policy of a role."""

ONCE = frozenset({"kms:CreateKey", "kms:CreateAlias", "s3:CreateBucket", "iam:CreateRole"})


def test_a_complete_apply_leaves_nothing_to_do(aws: Aws) -> None:
    journey = Journey(Recording(aws))
    assert journey.run() == Finished(len(WRITES), 0, 0)
    assert isinstance(journey.aws, Recording)
    assert sorted(journey.aws.writes) == sorted(WRITES)
    assert journey.plan().steps == ()

    journey.aws.calls.clear()
    assert journey.run() == Finished(0, 0, 0)
    assert journey.aws.writes == []


def test_the_plan_is_the_same_for_the_same_world(aws: Aws) -> None:
    journey = Journey(aws)
    assert journey.plan().fingerprint == journey.plan().fingerprint
    empty = journey.plan().fingerprint
    journey.run()
    assert journey.plan().fingerprint != empty


def test_every_step_of_the_plan_is_reported_in_its_order(aws: Aws) -> None:
    journey = Journey(aws)
    planned = addresses(journey.plan())
    events = list(journey.events())
    assert [event.address for event in events if isinstance(event, Started)] == planned


def killed(journey: Journey, journal: Journal, port: Aws) -> None:
    """Runs until the port kills the program; what was written down stays written down."""
    crashing = Journey(port, journey.blueprint, begun=journal.begun())
    for _ in written_ahead(crashing.events(), journal, "first"):
        pass


def resumed(aws: Aws, journal: Journal, journey: Journey) -> Journey:
    return Journey(aws, journey.blueprint, begun=journal.begun())


def assert_complete(aws: Aws, journal: Journal, journey: Journey, origin: str = "created") -> None:
    again = resumed(aws, journal, journey)
    asked = {step.address for step in again.plan().steps if step.verb == "adopt"}
    assert origin == "adopted" or not asked, "what the set-up made itself needs no consent"
    *_, last = written_ahead(again.events(), journal, "second")
    assert isinstance(last, Finished)
    assert last.ok
    assert resumed(aws, journal, journey).plan().steps == ()
    tags = do(aws, "s3", "GetBucketTagging", Bucket=BUCKET)["TagSet"]
    assert {"Key": "palisade-wizard:origin", "Value": origin} in tags
    assert len(do(aws, "kms", "ListKeys")["Keys"]) == 1
    assert len(do(aws, "s3", "ListBuckets")["Buckets"]) == 1
    assert len(do(aws, "iam", "ListRoles")["Roles"]) == 1
    assert len(do(aws, "iam", "ListRolePolicies", RoleName=ROLE)["PolicyNames"]) == 1


@pytest.mark.parametrize(("nth", "when"), every(3, moments(len(WRITES))))
def test_killed_at_any_write_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    effects = Recording(aws)
    journey = Journey(effects)
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    with pytest.raises(Crashed):
        killed(journey, journal, Crashing(effects, nth, when))
    assert_complete(effects, journal, journey)
    made = [name for name in effects.writes if name in ONCE]
    assert sorted(made) == sorted(ONCE)
    tally.count("writes killed")


@pytest.mark.parametrize(("nth", "when"), every(3, moments(ADOPTING_WRITES), start=1))
def test_killed_while_adopting_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    journey = adopting(aws)
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    with pytest.raises(Crashed):
        killed(journey, journal, Crashing(aws, nth, when))
    assert_complete(aws, journal, journey, "adopted")
    tally.count("writes killed")


def test_adopting_makes_as_many_writes_as_the_crash_test_counts(aws: Aws) -> None:
    journey = adopting(Recording(aws))
    assert isinstance(journey.aws, Recording)
    journey.aws.calls.clear()
    assert journey.run().ok
    assert len(journey.aws.writes) == ADOPTING_WRITES


def adopting(aws: Aws) -> Journey:
    """A key, a bucket and a role that others made, and a set-up that is to use them."""
    kind = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
    arn = do(aws, "kms", "CreateKey", **kind)["KeyMetadata"]["Arn"]
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=place)
    nobody = '{"Version": "2012-10-17", "Statement": []}'
    do(aws, "iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=nobody)
    return Journey(aws, sample_blueprint(storage__kms_key=arn))


@pytest.mark.parametrize("seen", every(3, range(1, 2 * len(WRITES) + 1)))
def test_killed_between_any_two_events_the_next_run_completes(aws: Aws, tmp_path: Path, seen: int) -> None:
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    journey = Journey(aws)
    events = written_ahead(journey.events(), journal, "first")
    for _ in range(seen):
        next(events)
    del events
    assert_complete(aws, journal, journey)


def test_the_key_is_found_again_by_its_tags_alone(aws: Aws) -> None:
    journey = Journey(aws)
    journey.run()
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    assert addresses(journey.plan()) == ["alias"]


def test_a_key_that_is_being_deleted_is_not_found_again(aws: Aws) -> None:
    journey = Journey(aws)
    journey.run()
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    key = do(aws, "kms", "ListKeys")["Keys"][0]["KeyId"]
    do(aws, "kms", "ScheduleKeyDeletion", KeyId=key)
    assert addresses(journey.plan())[0] == "key"
    assert journey.plan().steps[0].verb == "create"


def test_without_a_journal_an_untagged_bucket_is_somebody_elses(aws: Aws) -> None:
    """moto drops the tags of CreateBucket: exactly what an old tool would leave."""
    with pytest.raises(Crashed):
        list(Journey(Crashing(aws, WRITES.index("s3:CreateBucket") + 1, "after")).events())
    steps = {step.address: step.verb for step in Journey(aws).plan().steps}
    assert steps["bucket"] == "adopt"


def test_a_bucket_older_than_the_journals_line_is_somebody_elses(aws: Aws, tmp_path: Path) -> None:
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    late = FakeClock(seconds=3600)
    journal = Journal(tmp_path / "journal.jsonl", late)
    journal.append({"run": "first", "event": "started", "address": "bucket", "verb": "create"})
    steps = {step.address: step.verb for step in Journey(aws, begun=journal.begun()).plan().steps}
    assert steps["bucket"] == "adopt"


def without_region(reply: Reply) -> Reply:
    return {name: value for name, value in reply.items() if name != "BucketRegion"}


def test_what_aws_does_not_report_is_a_note_and_no_difference(aws: Aws) -> None:
    journey = Journey(Replying(aws, "s3:HeadBucket", without_region))
    journey.run()
    found = journey.plan()
    assert found.steps == ()
    assert [note.address for note in found.notes] == ["key.rotation", "bucket.region"]
    assert all(isinstance(note, Note) and note.says.endswith(".") for note in found.notes)
    assert SETUP not in "".join(note.says for note in found.notes)
