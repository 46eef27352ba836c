"""The laws of the engine for a trail of the set-up's own and all that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from services.blueprint import blueprint
from services.engine.consent import lacking
from services.engine.journal import Journal, written_ahead
from services.engine.order import ordered
from services.events import Finished
from services.model.calls import Aws, Reply
from services.model.values import Ref
from tests.drifts import NOTHING, Change
from tests.ports import Crashed, Crashing, FakeClock, Recording, Replying
from tests.sampling import every, moments
from tests.trail_drifts import GROUP_ARN, TRAIL_DRIFTS, TRAIL_NO_RETURN, log_key_id
from tests.world import (
    ACCOUNT,
    LOG_GROUP,
    LOG_ROLE,
    TRAIL,
    TRAIL_ARN,
    TRAIL_BUCKET,
    Journey,
    addresses,
    do,
    sample,
    sample_blueprint,
    tagged,
)

PARTS = ("log_key", "log_alias", "log_group", "log_role", "trail")
BLUEPRINT = tuple(part for part in sample_blueprint(**TRAIL) if part.name in PARTS)
"""What watches, alone: the laws of the rest are held elsewhere, and these tests are many."""

WRITES = (
    "kms:CreateKey",
    "kms:EnableKeyRotation",
    "kms:CreateAlias",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "iam:CreateRole",
    "iam:PutRolePolicy",
    "cloudtrail:CreateTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StartLogging",
)
KEY_REFS = {"key": Ref("key"), "log_key": Ref("log_key")}
ONCE = {"kms:CreateKey", "kms:CreateAlias", "logs:CreateLogGroup", "iam:CreateRole", "cloudtrail:CreateTrail"}


@pytest.fixture
def trails(aws: Aws) -> Aws:
    """An account in which a new trail finds its bucket, and nothing else."""
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=TRAIL_BUCKET, CreateBucketConfiguration=place)
    return aws


def test_a_complete_apply_leaves_nothing_to_do(trails: Aws) -> None:
    journey = Journey(Recording(trails), BLUEPRINT)
    # The trail's tags are a step of their own, which a create call that takes them makes needless.
    assert journey.run() == Finished(len(WRITES) + 1, 0, 0)
    assert isinstance(journey.aws, Recording)
    assert tuple(journey.aws.writes) == WRITES
    assert journey.plan().steps == ()

    journey.aws.calls.clear()
    assert journey.run() == Finished(0, 0, 0)
    assert journey.aws.writes == []


def test_each_part_comes_after_what_cloudtrail_tries_when_a_trail_is_made() -> None:
    found = [part.name for part in ordered(sample_blueprint(**TRAIL))]
    assert found.index("log_key") < found.index("log_group") < found.index("log_role") < found.index("trail")
    assert found[-1] == "trail"


def test_what_is_made_is_what_was_planned(trails: Aws) -> None:
    assert Journey(trails, BLUEPRINT).run().ok
    found = do(trails, "cloudtrail", "GetTrail", Name=TRAIL_ARN)["Trail"]
    key = do(trails, "kms", "DescribeKey", KeyId=log_key_id(trails))["KeyMetadata"]["Arn"]
    wanted = {
        "S3BucketName": TRAIL_BUCKET,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "LogFileValidationEnabled": True,
        "KmsKeyId": key,
        "CloudWatchLogsLogGroupArn": f"{GROUP_ARN}:*",
        "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{LOG_ROLE}",
    }
    assert {name: found[name] for name in wanted} == wanted
    (group,) = do(trails, "logs", "DescribeLogGroups", logGroupNamePrefix=LOG_GROUP)["logGroups"]
    assert (group["kmsKeyId"], group["retentionInDays"]) == (key, 400)
    assert do(trails, "cloudtrail", "GetTrailStatus", Name=TRAIL_ARN)["IsLogging"] is True


def test_the_data_events_of_a_new_trail_need_consent(trails: Aws) -> None:
    found = Journey(trails, BLUEPRINT).plan()
    assert [(s.address, s.risk) for s in found.steps if s.risk] == [("trail.selectors", "cost")]
    assert lacking(found, ["cost"]) == ()
    quiet = sample_blueprint(hardening__trail="create")
    assert [s.address for s in Journey(trails, quiet).plan().steps if s.risk == "cost"] == []


def resumed(aws: Aws, journal: Journal) -> Journey:
    return Journey(aws, BLUEPRINT, begun=journal.begun())


@pytest.mark.parametrize(("nth", "when"), every(3, moments(len(WRITES))))
def test_killed_at_any_write_the_next_run_completes(
    trails: Aws, tmp_path: Path, nth: int, when: Literal["before", "after"]
) -> None:
    effects = Recording(trails)
    journal = Journal(tmp_path / "journal.jsonl", FakeClock())
    with pytest.raises(Crashed):
        for _ in written_ahead(resumed(Crashing(effects, nth, when), journal).events(), journal, "first"):
            pass
    again = resumed(effects, journal)
    assert [step.address for step in again.plan().steps if step.verb in {"adopt", "blocked"}] == []
    *_, last = written_ahead(again.events(), journal, "second")
    assert last == Finished(last.done, 0, 0) if isinstance(last, Finished) else False
    assert resumed(effects, journal).plan().steps == ()
    assert sorted(name for name in effects.writes if name in ONCE) == sorted(ONCE)
    assert len(do(trails, "kms", "ListKeys")["Keys"]) == 1


@pytest.mark.parametrize("days", [731, 3653])
def test_records_that_somebody_has_kept_for_longer_are_not_cut_short(trails: Aws, days: int) -> None:
    journey = Journey(trails, BLUEPRINT)
    assert journey.run().ok
    do(trails, "logs", "PutRetentionPolicy", logGroupName=LOG_GROUP, retentionInDays=days)
    assert addresses(journey.plan()) == []


def test_two_keys_of_one_set_up_are_each_found_again_by_their_tags(trails: Aws) -> None:
    journey = Journey(trails, sample_blueprint(**TRAIL))
    assert journey.run().ok
    keys = {name: journey.observe().output(ref) for name, ref in KEY_REFS.items()}
    for name in ("backup", "logs"):
        do(trails, "kms", "DeleteAlias", AliasName=f"alias/palisade-{name}-acme-sandbox")
    assert addresses(journey.plan()) == ["alias", "log_alias"]
    assert {name: journey.observe().output(ref) for name, ref in KEY_REFS.items()} == keys
    assert len(set(keys.values())) == 2


# Drift


@pytest.fixture
def done(trails: Aws) -> Journey:
    do(trails, "iam", "CreatePolicy", PolicyName="Bound", PolicyDocument=NOTHING)
    answers = tagged(sample(**TRAIL), team="treasury")
    parts = tuple(part for part in blueprint(answers, ACCOUNT) if part.name in PARTS)
    journey = Journey(trails, parts)
    assert journey.run().ok
    assert journey.plan().steps == ()
    return journey


@pytest.mark.parametrize(("address", "verb", "drift"), every(4, TRAIL_DRIFTS))
def test_drift_is_one_step_and_one_write(done: Journey, address: str, verb: str, drift: Change) -> None:
    drift(done.aws)
    (step,) = done.plan().steps
    assert (step.address, step.verb) == (address, verb)
    assert step.before
    assert step.after
    assert step.before != step.after
    for words in (step.before, step.after, step.says):
        assert "{" not in words
        assert "None" not in words

    recording = Recording(done.aws)
    assert Journey(recording, done.blueprint).run().ok
    assert len(recording.writes) == 1
    assert done.plan().steps == ()


@pytest.mark.parametrize(("address", "drift"), TRAIL_NO_RETURN)
def test_drift_that_only_a_person_can_undo_is_one_blocked_step(
    done: Journey, address: str, drift: Change
) -> None:
    drift(done.aws)
    (step,) = done.plan().steps
    assert (step.address, step.verb) == (address, "blocked")
    assert step.problem is not None
    assert step.problem.code == "unfit"
    recording = Recording(done.aws)
    assert not Journey(recording, done.blueprint).run().ok
    assert recording.writes == []


def test_a_log_group_that_lost_its_key_gets_it_back(done: Journey) -> None:
    """The emulator takes no key away, so its answer is changed."""

    def plain(reply: Reply) -> Reply:
        groups = [{k: v for k, v in group.items() if k != "kmsKeyId"} for group in reply["logGroups"]]
        return {"logGroups": groups}

    recording = Recording(Replying(done.aws, "logs:DescribeLogGroups", plain))
    (step,) = Journey(recording, done.blueprint).plan().steps
    assert (step.address, step.verb) == ("log_group.encryption", "set")
    assert step.call is not None
    assert step.call.name == "logs:AssociateKmsKey"


def test_every_facet_has_a_drift_or_cannot_drift(done: Journey) -> None:
    elsewhere = {"log_group.encryption"}
    never = {"log_key.kind", "log_alias.target"}
    facets = {f"{r.name}.{f.name}" for r in done.blueprint for f in r.facets("created")}
    assert facets - never - elsewhere == {row[0] for row in (*TRAIL_DRIFTS, *TRAIL_NO_RETURN)}


def test_less_is_recorded_when_the_answer_says_so(done: Journey) -> None:
    for events, says in (("write", "not reads"), ("off", "no accesses")):
        less = sample_blueprint(hardening__trail="create", hardening__data_events=events)
        journey = Journey(done.aws, tuple(part for part in less if part.name in PARTS))
        (step,) = [step for step in journey.plan().steps if step.address == "trail.selectors"]
        assert says in str(step.after)
        assert step.risk is None
        assert journey.run().ok
