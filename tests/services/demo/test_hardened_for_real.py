"""Hardened buckets on a server that evaluates policies, tokens and locks: they are made, stay as they are, and hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from services.answers import Answers
from services.audit import locating
from services.audit.sources import Source
from services.aws.port import Port, Settings
from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.emulator import REGION, Emulator
from services.model.buckets import Hardening, bucket
from services.model.calls import Aws, Call, Refused
from services.model.lifecycle import Keep
from services.model.object_lock import Lock
from services.model.place import Place
from services.model.resource import Blueprint, Resource
from services.model.values import Ref
from services.problems import ProblemError
from tests.ports import Recording
from tests.world import HARD, SETUP, Journey, do, sample

BUCKET = "acme-production-hardened"
LOGS = f"{BUCKET}-access-logs"
TOPIC = "palisade-acme-alarms"


@dataclass(frozen=True)
class Stage:
    """An administrator's AWS and the production set-up's parts, all made."""

    aws: Aws
    parts: Blueprint


@pytest.fixture(scope="module")
def stage(emulator: Emulator, accounts: Accounts) -> Stage:
    keys = accounts.administrator
    settings = Settings(
        region=REGION,
        endpoint_url=emulator.endpoint,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        ca_bundle=str(emulator.ca_bundle),
    )
    aws = Port(settings)
    parts = blueprint(production(accounts), ORGANISATION)
    assert Journey(aws, parts).run().ok
    return Stage(aws, parts)


def production(accounts: Accounts) -> Answers:
    """Everything about buckets as production has it by default."""
    return sample(
        **HARD,
        aws__region=REGION,
        aws__account=ORGANISATION,
        palisade__principal_arn=accounts.principal_arn,
        storage__bucket=BUCKET,
        role__name=None,
    )


def test_all_of_it_is_made_and_a_second_run_writes_nothing(stage: Stage) -> None:
    names = {f"{r.name}.{f.name}" for r in stage.parts for f in r.facets("created")}
    assert {"bucket.object-lock", "bucket.lifecycle", "bucket.access-logs", "log_bucket.lifecycle"} <= names
    recording = Recording(stage.aws)
    journey = Journey(recording, stage.parts)
    assert journey.plan().steps == ()
    assert not [note for note in journey.plan().notes if note.heed]
    assert journey.run().ok
    assert recording.writes == []


def written(stage: Stage, key: str) -> str:
    """The version of a new file, locked by the bucket's default."""
    return str(do(stage.aws, "s3", "PutObject", Bucket=BUCKET, Key=key, Body=b"backup")["VersionId"])


def refused(stage: Stage, op: str, **params: Any) -> str:
    with pytest.raises(Refused) as caught:
        do(stage.aws, "s3", op, Bucket=BUCKET, **params)
    return caught.value.code


def test_a_backup_cannot_be_deleted_for_good_not_even_by_the_administrator(stage: Stage) -> None:
    key = "a/recovery_shard-0.txt"
    version = written(stage, key)
    assert refused(stage, "DeleteObject", Key=key, VersionId=version) == "AccessDenied"
    bypass = {"Key": key, "VersionId": version, "BypassGovernanceRetention": True}
    assert refused(stage, "DeleteObject", **bypass) == "AccessDenied"
    marker = do(stage.aws, "s3", "DeleteObject", Bucket=BUCKET, Key=key)
    assert marker["DeleteMarker"] is True
    assert do(stage.aws, "s3", "GetObject", Bucket=BUCKET, Key=key, VersionId=version)["Body"] == b"backup"


def test_rules_that_others_add_stay_and_ours_come_back(stage: Stage) -> None:
    def rules() -> list[dict[str, Any]]:
        return list(do(stage.aws, "s3", "GetBucketLifecycleConfiguration", Bucket=BUCKET)["Rules"])

    before = rules()
    theirs = {
        "ID": "Theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": "reports/"},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
    }
    configuration = {"Rules": [theirs, before[1]]}
    do(
        stage.aws,
        "s3",
        "PutBucketLifecycleConfiguration",
        Bucket=BUCKET,
        LifecycleConfiguration=configuration,
    )
    journey = Journey(stage.aws, stage.parts)
    (step,) = journey.plan().steps
    assert step.address == "bucket.lifecycle"
    assert journey.run().ok
    assert journey.plan().steps == ()
    assert rules() == [theirs, before[1], before[0]]


def watched(topic: Ref | str | None, **more: Any) -> Resource:
    """The bucket as production has it, and a topic that is told."""
    hardening = Hardening(
        Lock("compliance", 365), Keep(10, 90), access_logs=True, inventory=True, topic=topic, **more
    )
    place = Place(ORGANISATION, REGION, SETUP, {"palisade-wizard:environment": "sandbox"})
    return bucket(place, BUCKET, namespace="global", strict=False, hardening=hardening)


def test_a_topic_is_told_beside_those_that_the_owner_has_told(stage: Stage) -> None:
    arns = [do(stage.aws, "sns", "CreateTopic", Name=name)["TopicArn"] for name in (TOPIC, "theirs")]
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, '
        '"Action": "sns:Publish", "Resource": "*"}]}'
    )
    for arn in arns:
        do(
            stage.aws,
            "sns",
            "SetTopicAttributes",
            TopicArn=arn,
            AttributeName="Policy",
            AttributeValue=policy,
        )
    theirs = {"Id": "Theirs", "TopicArn": arns[1], "Events": ["s3:ObjectRestore:*", "s3:ObjectCreated:Put"]}
    configuration = {"TopicConfigurations": [theirs], "EventBridgeConfiguration": {}}
    do(
        stage.aws,
        "s3",
        "PutBucketNotificationConfiguration",
        Bucket=BUCKET,
        NotificationConfiguration=configuration,
    )
    lookup = Call("sns", "GetTopicAttributes", {"TopicArn": arns[0]}, {"arn": "Attributes.TopicArn"})
    topic = Resource(
        "topic", "SNS topic", f"SNS topic {TOPIC}", "stands in", lookup, None, lambda _origin: ()
    )
    parts = (*(watched(Ref("topic")) if p.name == "bucket" else p for p in stage.parts), topic)
    journey = Journey(stage.aws, parts)
    (step,) = journey.plan().steps
    assert step.address == "bucket.notifications"
    assert journey.run().ok
    after = journey.plan()
    assert after.steps == ()
    assert ["s3:ObjectRestore:Post" in note.says for note in after.notes if note.heed] == [True]
    found = do(stage.aws, "s3", "GetBucketNotificationConfiguration", Bucket=BUCKET)
    assert found["EventBridgeConfiguration"] == {}
    assert [c["TopicArn"] for c in found["TopicConfigurations"]] == [arns[1], arns[0]]
    assert found["TopicConfigurations"][0] == theirs
    configuration = {"TopicConfigurations": [theirs]}
    do(
        stage.aws,
        "s3",
        "PutBucketNotificationConfiguration",
        Bucket=BUCKET,
        NotificationConfiguration=configuration,
    )


def test_an_existing_bucket_gets_the_lock_too(stage: Stage) -> None:
    """Here one that others made, with versions in it: what is there already stays as it is."""
    name = "acme-production-older"
    do(stage.aws, "s3", "CreateBucket", Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    do(stage.aws, "s3", "PutBucketVersioning", Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    do(stage.aws, "s3", "PutObject", Bucket=name, Key="old", Body=b"x")
    place = Place(ORGANISATION, REGION, SETUP, {"palisade-wizard:environment": "sandbox"})
    hardening = Hardening(lock=Lock("governance", 1))
    older = bucket(place, name, namespace="global", strict=False, hardening=hardening)
    parts = (*(p for p in stage.parts if p.name == "key"), replace(older, after=("key",)))
    journey = Journey(stage.aws, parts)
    assert journey.plan().steps[-1].address == "bucket.object-lock"
    assert journey.run().ok
    assert journey.plan().steps == ()
    found = do(stage.aws, "s3", "GetObjectLockConfiguration", Bucket=name)["ObjectLockConfiguration"]
    assert found["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 1}


def test_the_daily_list_is_found_where_s3_was_told_to_write_it(stage: Stage, tmp_path: Path) -> None:
    def found() -> Source:
        return locating.configured(BUCKET, ORGANISATION, stage.aws, tmp_path)

    with pytest.raises(ProblemError) as caught:
        found()
    assert caught.value.problem.code == "not-ready"
    report = f"inventory_reports/{BUCKET}/palisade-wizard-daily/2026-11-22T01-00Z/"
    do(stage.aws, "s3", "PutObject", Bucket=LOGS, Key=f"{report}manifest.json", Body=b"{}")
    assert found().where == f"s3://{LOGS}/{report}"
    assert found().small("manifest.json") == b"{}"


def test_the_log_bucket_is_what_s3_asks_of_one(stage: Stage) -> None:
    logging = do(stage.aws, "s3", "GetBucketLogging", Bucket=BUCKET)["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == (LOGS, f"{BUCKET}/")
    with pytest.raises(Refused) as caught:
        do(stage.aws, "s3", "GetObjectLockConfiguration", Bucket=LOGS)
    assert caught.value.code == "ObjectLockConfigurationNotFoundError"
    rule = do(stage.aws, "s3", "GetBucketEncryption", Bucket=LOGS)["ServerSideEncryptionConfiguration"][
        "Rules"
    ][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
