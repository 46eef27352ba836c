"""The inventories of a bucket on the embedded AWS: as S3 keeps them, for whom its policies let, and gone with the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.demo.accounts import FULL_ACCESS, ORGANISATION, PALISADE, Accounts, Connect
from services.demo.emulator import REGION, Emulator
from services.demo.profile import Keys
from services.model.calls import Aws, Refused
from tests import planted
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


def names(aws: Aws, bucket: str = BUCKET) -> list[str]:
    found = do(aws, "s3", "ListBucketInventoryConfigurations", Bucket=bucket)
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


@pytest.fixture
def guarded(aws: Aws) -> Iterator[str]:
    """An empty bucket that has one inventory."""
    name = f"{BUCKET}-guarded"
    do(aws, "s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=PLACE)
    put(aws, "one", name)
    yield name
    do(aws, "s3", "DeleteBucket", Bucket=name)


def attempts(bucket: str) -> list[tuple[str, dict[str, Any]]]:
    """To put, to delete, to read and to list."""
    one = {"Bucket": bucket, "Id": "one"}
    new = {"Bucket": bucket, "Id": "new", "InventoryConfiguration": ours("new")}
    return [
        ("PutBucketInventoryConfiguration", new),
        ("DeleteBucketInventoryConfiguration", one),
        ("GetBucketInventoryConfiguration", one),
        ("ListBucketInventoryConfigurations", {"Bucket": bucket}),
    ]


def test_who_may_not_is_refused(
    aws: Aws, emulator: Emulator, accounts: Accounts, connect: Connect, guarded: str
) -> None:
    wrong = Keys(accounts.administrator.access_key, planted.AWS_SECRET_KEY)
    unknown = Keys("AKIAEXAMPLE", planted.AWS_SECRET_KEY)
    for keys, codes in (
        (accounts.palisade, {"AccessDenied"}),
        (wrong, {"SignatureDoesNotMatch"}),
        (unknown, {"AccessDenied", "InvalidAccessKeyId"}),
        (Keys(PALISADE, "root"), {"AccessDenied"}),
    ):
        other = connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
        for op, given in attempts(guarded):
            assert code(other, op, **given) in codes
    assert names(aws, guarded) == ["one"]


def test_policies_decide_about_reading_and_writing(
    aws: Aws, emulator: Emulator, accounts: Accounts, connect: Connect, guarded: str
) -> None:
    user = {"UserName": "reads-inventories"}
    do(aws, "iam", "CreateUser", **user)
    made = do(aws, "iam", "CreateAccessKey", **user)["AccessKey"]
    keys = Keys(made["AccessKeyId"], made["SecretAccessKey"])
    reader = connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
    writes, reads = attempts(guarded)[:2], attempts(guarded)[2:]
    for op, given in attempts(guarded):
        assert code(reader, op, **given) == "AccessDenied"
    let(aws, "s3:GetInventoryConfiguration", **user)
    for op, given in reads:
        do(reader, "s3", op, **given)
    for op, given in writes:
        assert code(reader, op, **given) == "AccessDenied"
    let(aws, "s3:PutInventoryConfiguration", **user)
    for op, given in writes:
        do(reader, "s3", op, **given)
    for op, given in reads:
        assert code(reader, op, **given) == "AccessDenied"
    assert names(aws, guarded) == ["new"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutInventoryConfiguration"}
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{**deny, "Resource": f"arn:aws:s3:::{guarded}"}]}
    )
    do(aws, "s3", "PutBucketPolicy", Bucket=guarded, Policy=policy)
    for op, given in writes:
        assert code(aws, op, **given) == "AccessDenied"
    assert names(aws, guarded) == ["new"]


def let(aws: Aws, action: str, **user: str) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    do(aws, "iam", "PutUserPolicy", PolicyName="the-one", PolicyDocument=document, **user)


def test_a_session_may_what_its_role_may(
    aws: Aws, emulator: Emulator, accounts: Accounts, connect: Connect, guarded: str
) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ORGANISATION}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = do(aws, "iam", "CreateRole", RoleName="lists", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    found = do(aws, "sts", "AssumeRole", RoleArn=role, RoleSessionName="someone")["Credentials"]
    keys = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    session = connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
    for op, given in attempts(guarded):
        assert code(session, op, **given) == "AccessDenied"
    do(aws, "iam", "AttachRolePolicy", RoleName="lists", PolicyArn=FULL_ACCESS)
    for op, given in attempts(guarded)[:2]:
        do(session, "s3", op, **given)
    assert names(aws, guarded) == ["new"]


@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_nothing_else_comes_of_it(
    emulator: Emulator, accounts: Accounts, connect: Connect, region: str
) -> None:
    """Neither is a bucket made where there is none, nor one deleted that is empty, wherever it is; no guard is left."""
    keys = accounts.administrator
    aws = connect(keys, region=region, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
    name = f"{BUCKET}-{region}"
    for op, given in attempts(name):
        assert code(aws, op, **given) == "NoSuchBucket"
    assert code(aws, "HeadBucket", Bucket=name) == "404"
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": PLACE}
    do(aws, "s3", "CreateBucket", Bucket=name, **place)
    put(aws, "new", name)
    do(aws, "s3", "DeleteBucketInventoryConfiguration", Bucket=name, Id="new")
    assert names(aws, name) == []
    do(aws, "s3", "DeleteBucket", Bucket=name)
