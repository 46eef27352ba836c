"""The trail's bucket, with a key standing in for the one of the records: a bucket like the others, for CloudTrail."""

from __future__ import annotations

from services.model.buckets import log_bucket, trail_bucket
from services.model.calls import Aws, Call
from services.model.naming import Names
from services.model.place import Place
from services.model.resource import Facet, Resource, needs
from services.model.values import entries
from tests.ports import keeping_rules
from tests.world import ACCOUNT, BUCKET, LOG_BUCKET, SETUP, Journey, addresses, do

TRAIL_BUCKET = f"{BUCKET}-trail"
NAMES = Names(Place(ACCOUNT, "eu-west-1", SETUP), "acme-sandbox", BUCKET, LOG_BUCKET, TRAIL_BUCKET)
SOURCES = {"Backups": BUCKET, "Trail": TRAIL_BUCKET}


def made(*, logged: bool) -> Resource:
    return trail_bucket(NAMES, namespace="global", logged=logged)


def side(name: str) -> Facet:
    return next(facet for facet in made(logged=True).facets("created") if facet.name == name)


def test_it_needs_the_key_for_records_and_where_it_is_logged_the_bucket_for_that() -> None:
    assert needs(made(logged=False)) == {"log_key"}
    assert needs(made(logged=True)) == {"log_key", "log_bucket"}
    assert entries(side("encryption").want)["BucketKeyEnabled"] is False
    assert entries(side("access-logs").want)["TargetPrefix"] == f"{TRAIL_BUCKET}/"


def test_it_converges_and_is_logged(aws: Aws) -> None:
    port = keeping_rules(aws)
    arn = do(aws, "kms", "CreateKey")["KeyMetadata"]["Arn"]
    lookup = Call("kms", "DescribeKey", {"KeyId": arn}, {"arn": "KeyMetadata.Arn"})
    key = Resource("log_key", "KMS key", "KMS key", "stands in", lookup, None, lambda _origin: ())
    parts = (key, log_bucket(NAMES, SOURCES, namespace="global"), made(logged=True))
    journey = Journey(port, parts)
    assert addresses(journey.plan())[-1] == "trail_bucket.access-logs"
    assert journey.run().ok
    assert journey.plan().steps == ()
    rule = do(aws, "s3", "GetBucketEncryption", Bucket=TRAIL_BUCKET)["ServerSideEncryptionConfiguration"][
        "Rules"
    ][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    target = do(aws, "s3", "GetBucketLogging", Bucket=TRAIL_BUCKET)["LoggingEnabled"]
    assert (target["TargetBucket"], target["TargetPrefix"]) == (LOG_BUCKET, f"{TRAIL_BUCKET}/")
    assert do(aws, "s3", "GetBucketVersioning", Bucket=TRAIL_BUCKET)["Status"] == "Enabled"
