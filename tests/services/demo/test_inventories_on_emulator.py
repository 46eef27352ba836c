"""The inventories of a bucket on the embedded AWS: as S3 keeps them, for whom its policies let, and gone with the bucket."""

from __future__ import annotations

from typing import Any

import pytest

from services.demo.accounts import Accounts, Connect
from services.demo.emulator import REGION, Emulator
from services.demo.profile import Keys
from services.model.calls import Aws, Refused
from tests.world import do

BUCKET = "acme-listed-daily"
PLACE = {"LocationConstraint": REGION}


def ours(name: str, **more: Any) -> dict[str, Any]:
    to = {"Bucket": "arn:aws:s3:::acme-lists", "Format": "Parquet", "Prefix": "a/b"}
    return {
        "Id": name,
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "OptionalFields": ["Size", "ObjectLockMode"],
        "Destination": {"S3BucketDestination": to},
        **more,
    }


@pytest.fixture
def aws(emulator: Emulator, accounts: Accounts, connect: Connect) -> Aws:
    keys = accounts.administrator
    return connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)


def code(aws: Aws, op: str, **params: Any) -> str:
    with pytest.raises(Refused) as caught:
        do(aws, "s3", op, **params)
    return caught.value.code


def put(aws: Aws, name: str, bucket: str = BUCKET, **more: Any) -> None:
    told = {"Id": name, "InventoryConfiguration": ours(name, **more)}
    do(aws, "s3", "PutBucketInventoryConfiguration", Bucket=bucket, **told)


def names(aws: Aws) -> list[str]:
    found = do(aws, "s3", "ListBucketInventoryConfigurations", Bucket=BUCKET)
    assert found["IsTruncated"] is False
    return [each["Id"] for each in found.get("InventoryConfigurationList", [])]


def test_they_are_kept_as_they_are_put_and_end_with_the_bucket(aws: Aws) -> None:
    one = {"Bucket": BUCKET, "Id": "one"}
    assert code(aws, "GetBucketInventoryConfiguration", **one) == "NoSuchBucket"
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=PLACE)
    assert code(aws, "GetBucketInventoryConfiguration", **one) == "NoSuchConfiguration"
    assert names(aws) == []
    put(aws, "one")
    put(aws, "two", IsEnabled=False)
    found = do(aws, "s3", "GetBucketInventoryConfiguration", **one)["InventoryConfiguration"]
    assert found == ours("one")
    assert names(aws) == ["one", "two"]
    do(aws, "s3", "DeleteBucketInventoryConfiguration", **one)
    assert code(aws, "DeleteBucketInventoryConfiguration", **one) == "NoSuchConfiguration"
    assert names(aws) == ["two"]
    do(aws, "s3", "HeadBucket", Bucket=BUCKET)  # it is not what was deleted
    do(aws, "s3", "DeleteBucket", Bucket=BUCKET)
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=PLACE)
    assert names(aws) == []
    do(aws, "s3", "DeleteBucket", Bucket=BUCKET)


def test_who_may_not_is_refused(aws: Aws, emulator: Emulator, accounts: Accounts, connect: Connect) -> None:
    name = f"{BUCKET}-guarded"
    do(aws, "s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=PLACE)
    told = {"Bucket": name, "Id": "one", "InventoryConfiguration": ours("one")}
    for keys in (accounts.palisade, Keys(accounts.administrator.access_key, "wrong")):
        other = connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
        for op in ("PutBucketInventoryConfiguration", "GetBucketInventoryConfiguration"):
            given = told if op.startswith("Put") else {"Bucket": name, "Id": "one"}
            assert code(other, op, **given) in {"AccessDenied", "SignatureDoesNotMatch"}
    put(aws, "one", name)
    do(aws, "s3", "DeleteBucketInventoryConfiguration", Bucket=name, Id="one")
    do(aws, "s3", "DeleteBucket", Bucket=name)
