"""What can happen to hardened buckets behind the set-up's back, as direct calls: one drift a facet."""

from __future__ import annotations

import json
from typing import Any

from services.model.calls import Aws
from services.model.inventories import ID
from services.model.lifecycle import OURS
from tests.drifts import EXPIRING, Change
from tests.world import BUCKET, LOG_BUCKET, do


def on(name: str, op: str, **params: Any) -> Change:
    return lambda aws: do(aws, "s3", op, Bucket=name, **params)


def lock(**retention: Any) -> dict[str, Any]:
    rule = {"Rule": {"DefaultRetention": retention}} if retention else {}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **rule}}


def rules(name: str, *more: dict[str, Any], without: str = "", **changed: Any) -> Change:
    """Changes the lifecycle rules that are there: one left out, all changed alike, others added."""

    def drift(aws: Aws) -> None:
        found = do(aws, "s3", "GetBucketLifecycleConfiguration", Bucket=name)["Rules"]
        kept = [{**rule, **changed} for rule in found if rule["ID"] != without]
        on(name, "PutBucketLifecycleConfiguration", LifecycleConfiguration={"Rules": [*kept, *more]})(aws)

    return drift


def listed(to: dict[str, Any] | None = None, **changed: Any) -> Change:
    """Changes the daily list that is there; `to` is what of its destination is changed."""

    def drift(aws: Aws) -> None:
        found = do(aws, "s3", "GetBucketInventoryConfiguration", Bucket=BUCKET, Id=ID)[
            "InventoryConfiguration"
        ]
        bucket = {**found["Destination"]["S3BucketDestination"], **(to or {})}
        configuration = {**found, **changed, "Destination": {"S3BucketDestination": bucket}}
        on(BUCKET, "PutBucketInventoryConfiguration", Id=ID, InventoryConfiguration=configuration)(aws)

    return drift


def fewer_statements(aws: Aws) -> None:
    policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=LOG_BUCKET)["Policy"])
    policy["Statement"] = [s for s in policy["Statement"] if s["Effect"] == "Deny"]
    do(aws, "s3", "PutBucketPolicy", Bucket=LOG_BUCKET, Policy=json.dumps(policy))


def another_source(aws: Aws) -> None:
    policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=LOG_BUCKET)["Policy"])
    policy["Statement"][0]["Condition"]["ArnLike"] = {"aws:SourceArn": "arn:aws:s3:::another"}
    do(aws, "s3", "PutBucketPolicy", Bucket=LOG_BUCKET, Policy=json.dumps(policy))


def fewer_tags(aws: Aws) -> None:
    tags = do(aws, "s3", "GetBucketTagging", Bucket=LOG_BUCKET)["TagSet"]
    left = [tag for tag in tags if tag["Key"] != "palisade-wizard:resource"]
    do(aws, "s3", "PutBucketTagging", Bucket=LOG_BUCKET, Tagging={"TagSet": left})


KMS = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]
}

HARD_DRIFTS: tuple[tuple[str, str, Change], ...] = (
    ("bucket.lifecycle", "change", rules(BUCKET, without=f"{OURS}old-versions")),
    ("bucket.lifecycle", "change", rules(BUCKET, Status="Disabled")),
    ("bucket.access-logs", "set", on(BUCKET, "PutBucketLogging", BucketLoggingStatus={})),
    ("bucket.inventory", "set", on(BUCKET, "DeleteBucketInventoryConfiguration", Id=ID)),
    ("bucket.inventory", "change", listed(IsEnabled=False)),
    ("bucket.inventory", "change", listed(Schedule={"Frequency": "Weekly"})),
    ("bucket.inventory", "change", listed(OptionalFields=["Size", "ETag"])),
    ("bucket.inventory", "change", listed(Filter={"Prefix": "a"})),
    ("bucket.inventory", "change", listed({"Prefix": "elsewhere"})),
    ("bucket.inventory", "change", listed({"Bucket": "arn:aws:s3:::elsewhere"})),
    ("bucket.inventory", "change", listed({"Format": "CSV"})),
    (
        "bucket.object-lock",
        "change",
        on(BUCKET, "PutObjectLockConfiguration", **lock(Mode="GOVERNANCE", Days=365)),
    ),
    (
        "bucket.object-lock",
        "change",
        on(BUCKET, "PutObjectLockConfiguration", **lock(Mode="COMPLIANCE", Days=364)),
    ),
    ("log_bucket.tags", "change", fewer_tags),
    ("log_bucket.public-access", "set", on(LOG_BUCKET, "DeletePublicAccessBlock")),
    ("log_bucket.ownership", "set", on(LOG_BUCKET, "DeleteBucketOwnershipControls")),
    (
        "log_bucket.versioning",
        "change",
        on(LOG_BUCKET, "PutBucketVersioning", VersioningConfiguration={"Status": "Suspended"}),
    ),
    (
        "log_bucket.encryption",
        "change",
        on(LOG_BUCKET, "PutBucketEncryption", ServerSideEncryptionConfiguration=KMS),
    ),
    ("log_bucket.policy", "change", fewer_statements),
    ("log_bucket.policy", "change", another_source),
    (
        "log_bucket.lifecycle",
        "change",
        rules(LOG_BUCKET, Expiration={"Days": 1}),
    ),
    ("log_bucket.lifecycle", "change", rules(LOG_BUCKET, without=f"{OURS}inventory")),
)

HARD_NO_RETURN: tuple[tuple[str, Change], ...] = (
    ("bucket.lifecycle", rules(BUCKET, EXPIRING)),
    (
        "bucket.object-lock",
        on(BUCKET, "PutObjectLockConfiguration", **lock(Mode="GOVERNANCE", Days=366)),
    ),
)
