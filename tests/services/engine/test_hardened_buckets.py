"""The laws for hardened buckets: converges, one step a drift, denied is unknown, consent for what cannot be undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from services.engine.consent import lacking
from services.engine.journal import Journal, written_ahead
from services.events import Finished
from services.model.calls import Aws, Call, Reply
from services.model.lifecycle import OURS
from services.model.operations import reads
from services.model.resource import calls_of
from tests.bucket_drifts import HARD_DRIFTS, HARD_NO_RETURN, lock
from tests.drifts import Change
from tests.ports import Crashed, Crashing, Denying, FakeClock, Recording, Throttling, keeping_rules
from tests.sampling import every, moments
from tests.world import BUCKET, HARD, LOG_BUCKET, Journey, addresses, do, sample_blueprint

HARDENED = sample_blueprint(**HARD)
WRITES_OF_LOGS = (
    "s3:CreateBucket",
    "s3:PutBucketTagging",
    "s3:PutPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutBucketEncryption",
    "s3:PutBucketPolicy",
    "s3:PutBucketLifecycleConfiguration",
)
WRITES = 11 + len(WRITES_OF_LOGS) + len(("lifecycle", "access-logs", "inventory", "object-lock"))
READS = sorted(
    {c.name for r in HARDENED for c in calls_of(r) if reads(c)}
    - {c.name for r in sample_blueprint() for c in calls_of(r)}
)


@pytest.fixture
def done(aws: Aws) -> Journey:
    """Hardened buckets, complete."""
    journey = Journey(keeping_rules(aws), HARDENED)
    assert journey.run().ok
    assert journey.plan().steps == ()
    return journey


def test_a_complete_apply_leaves_nothing_to_do(aws: Aws) -> None:
    recording = Recording(keeping_rules(aws))
    journey = Journey(recording, HARDENED)
    assert journey.run() == Finished(WRITES, 0, 0)
    on_logs = [c.name for c in recording.calls if not reads(c) and c.params.get("Bucket") == LOG_BUCKET]
    assert sorted(on_logs) == sorted(WRITES_OF_LOGS)
    assert journey.plan().steps == ()
    recording.calls.clear()
    assert journey.run() == Finished(0, 0, 0)
    assert recording.writes == []


def test_the_lock_is_the_last_thing_that_is_done_to_the_bucket(aws: Aws) -> None:
    found = [address for address in addresses(Journey(aws, HARDENED).plan()) if address.startswith("bucket.")]
    assert found[-1] == "bucket.object-lock"
    assert found.index("bucket.versioning") < found.index("bucket.lifecycle")


@pytest.mark.parametrize(
    ("nth", "when"),
    every(9, moments(WRITES)),
)
def test_killed_at_any_write_the_next_run_completes(
    aws: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    effects = Recording(keeping_rules(aws))
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    crashing = Journey(Crashing(effects, nth, when), HARDENED)
    with pytest.raises(Crashed):
        list(written_ahead(crashing.events(), journal, "first"))
    again = Journey(effects, HARDENED, begun=journal.begun())
    assert not [step for step in again.plan().steps if step.verb == "adopt"]
    assert again.run().ok
    assert Journey(effects, HARDENED, begun=journal.begun()).plan().steps == ()
    assert effects.writes.count("s3:CreateBucket") == 2
    assert len(do(aws, "s3", "ListBuckets")["Buckets"]) == 2


@pytest.mark.parametrize("nth", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_every_drift_is_one_step_and_one_write(done: Journey, nth: int) -> None:
    """One after the other in one account: at the end of each everything is as it was. At night all, else every other."""
    for address, verb, drift in HARD_DRIFTS[::nth]:
        _drifted(done, address, verb, drift)


def _drifted(done: Journey, address: str, verb: str, drift: Change) -> None:
    drift(done.aws)
    (step,) = done.plan().steps
    assert (step.address, step.verb) == (address, verb)
    assert step.before
    assert step.after
    assert step.before != step.after
    assert not any(word in f"{step.before}{step.after}{step.says}" for word in ("{", "None"))
    recording = Recording(done.aws)
    assert Journey(recording, done.blueprint).run().ok
    assert len(recording.writes) == 1
    assert done.plan().steps == ()


@pytest.mark.parametrize(("address", "drift"), HARD_NO_RETURN)
def test_what_only_a_person_can_undo_is_one_blocked_step(done: Journey, address: str, drift: Change) -> None:
    drift(done.aws)
    (step,) = done.plan().steps
    assert (step.address, step.verb) == (address, "blocked")
    assert step.problem is not None
    assert step.problem.code == "unfit"
    assert step.problem.remedy
    recording = Recording(done.aws)
    assert not Journey(recording, done.blueprint).run().ok
    assert recording.writes == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("s3:PutObjectLockConfiguration", "InvalidBucketState"),
        ("s3:PutBucketLogging", "InvalidTargetBucketForLogging"),
        ("s3:PutBucketInventoryConfiguration", "InvalidS3DestinationBucket"),
    ],
)
def test_what_s3_does_not_know_everywhere_yet_is_waited_for(aws: Aws, name: str, code: str) -> None:
    """The versioning that a lock needs, and the target that access logs and lists need, were made a moment ago."""
    waiting = Throttling(keeping_rules(aws), name, 2, code)
    assert Journey(waiting, HARDENED).run().ok
    assert waiting.refused == 2


def test_a_log_bucket_that_locks_what_it_gets_is_refused(done: Journey) -> None:
    def locked(call: Call) -> Reply:
        if call.name == "s3:GetObjectLockConfiguration" and call.params["Bucket"] == LOG_BUCKET:
            return lock(Mode="GOVERNANCE", Days=1)
        return done.aws(call)

    (step,) = Journey(locked, HARDENED).plan().steps
    assert (step.address, step.verb) == ("log_bucket.no-object-lock", "blocked")


def test_every_hardened_facet_has_a_drift_or_cannot_drift(done: Journey) -> None:
    never = {"log_bucket.region", "log_bucket.no-object-lock"}
    plain = {f"{r.name}.{f.name}" for r in sample_blueprint() for f in r.facets("created")}
    facets = {f"{r.name}.{f.name}" for r in HARDENED for f in r.facets("created")}
    assert facets - plain - never == {row[0] for row in (*HARD_DRIFTS, *HARD_NO_RETURN)} - {
        "bucket.lifecycle"
    }


@pytest.mark.parametrize("name", READS)
def test_a_read_that_is_denied_blocks_and_nothing_is_written(done: Journey, name: str) -> None:
    do(done.aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    recording = Recording(done.aws)
    journey = Journey(Denying(recording, name), HARDENED)
    blocked = [step.problem.code for step in journey.plan().blocked if step.problem]
    assert set(blocked) == {"denied"}
    assert not journey.run().ok
    assert recording.writes == []


def test_only_the_lock_needs_consent_and_it_is_named(aws: Aws) -> None:
    found = Journey(aws, HARDENED).plan()
    assert [(step.address, step.risk) for step in lacking(found, ())] == [
        ("bucket.object-lock", "irreversible")
    ]
    assert lacking(found, ["irreversible:bucket.object-lock"]) == ()
    (note,) = [note for note in found.notes if note.address == "bucket.object-lock"]
    assert note.heed
    assert "never be turned off" in note.says
    assert "root included" in found.steps[-2].says or any(
        "root included" in step.says for step in found.steps
    )


def test_once_it_is_locked_nothing_is_left_to_heed(done: Journey) -> None:
    assert not [note for note in done.plan().notes if note.heed]


def test_a_lock_that_is_stricter_stays_and_is_told(done: Journey) -> None:
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 2}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    do(done.aws, "s3", "PutObjectLockConfiguration", Bucket=BUCKET, ObjectLockConfiguration=configuration)
    found = done.plan()
    assert found.steps == ()
    assert ["730 days" in note.says for note in found.notes if note.heed] == [True]


def existing(aws: Aws, name: str) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=place)


RULE: dict[str, Any] = {
    "ID": "Theirs",
    "Status": "Enabled",
    "Filter": {"Prefix": "reports/"},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
}


def test_a_bucket_that_exists_is_hardened_and_keeps_what_is_its_owners(aws: Aws) -> None:
    port = keeping_rules(aws)
    existing(aws, BUCKET)
    existing(aws, "central-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::central-logs/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    do(aws, "s3", "PutBucketPolicy", Bucket="central-logs", Policy=policy)
    target = {"TargetBucket": "central-logs", "TargetPrefix": "x"}
    do(aws, "s3", "PutBucketLogging", Bucket=BUCKET, BucketLoggingStatus={"LoggingEnabled": target})
    do(port, "s3", "PutBucketLifecycleConfiguration", Bucket=BUCKET, LifecycleConfiguration={"Rules": [RULE]})
    journey = Journey(port, HARDENED)
    assert journey.run().ok
    assert journey.plan().steps == ()
    assert do(aws, "s3", "GetBucketLogging", Bucket=BUCKET)["LoggingEnabled"] == target
    rules = do(port, "s3", "GetBucketLifecycleConfiguration", Bucket=BUCKET)["Rules"]
    assert [rule["ID"] for rule in rules] == ["Theirs", f"{OURS}old-versions", f"{OURS}unfinished-uploads"]
    assert rules[0] == RULE


def test_a_log_bucket_that_lets_others_in_is_refused(aws: Aws) -> None:
    existing(aws, LOG_BUCKET)
    statement = {
        "Sid": "Guests",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    do(aws, "s3", "PutBucketPolicy", Bucket=LOG_BUCKET, Policy=policy)
    blocked = {step.address: step.problem for step in Journey(aws, HARDENED).plan().blocked}
    problem = blocked["log_bucket.policy"]
    assert problem is not None
    assert "Guests" in problem.summary
    assert "storage.access_log_bucket" in problem.remedy[0]


def test_what_is_turned_off_again_is_left_as_it_is_but_for_our_rules(done: Journey) -> None:
    """Nothing is undone behind the owner's back: only a rule of ours that deletes is turned off."""
    off = Journey(done.aws, sample_blueprint())
    assert addresses(off.plan()) == ["bucket.lifecycle"]
    assert off.run().ok
    assert off.plan().steps == ()
    assert (
        do(done.aws, "s3", "GetBucketLogging", Bucket=BUCKET)["LoggingEnabled"]["TargetBucket"] == LOG_BUCKET
    )
