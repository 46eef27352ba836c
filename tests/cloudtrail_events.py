"""Events as CloudTrail records them: shaped after the examples in AWS's own documentation, shortened."""

from __future__ import annotations

from typing import Any, TypeAlias

from tests.world import ACCOUNT, BUCKET, ROLE

Event: TypeAlias = dict[str, Any]
KEY = "6f1d0c2e-1111-4222-8333-944455556666/recovery_shard-0.txt"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
OTHER_ACCOUNT = "999988887777"


def session(role_arn: str, name: str = "session") -> Event:
    """A session of a role."""
    account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    issuer = {
        "type": "Role",
        "principalId": "AROAEXAMPLE",
        "arn": role_arn,
        "accountId": account,
        "userName": role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "accountId": account,
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}},
    }


PALISADE = session(ROLE_ARN)
ADMIN = session(f"arn:aws:iam::{ACCOUNT}:role/Admin")
SAME_NAME = session(f"arn:aws:iam::{OTHER_ACCOUNT}:role/{ROLE}")
"""A role of the same name in somebody else's account."""
KIM = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/kim", "accountId": ACCOUNT, "userName": "kim"}
ROOT = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
SERVICE = {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"}
NAMELESS = {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}


def event(source: str, name: str, by: Event, request: Event | None, **more: Any) -> Event:
    """One record. `error` is its error code, `account` the account that got it."""
    account, error = more.pop("account", ACCOUNT), more.pop("error", None)
    failed = {"errorCode": error, "errorMessage": "It was refused."} if error else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": by,
        "eventTime": "2026-11-24T12:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.7",
        "requestParameters": request,
        "responseElements": None,
        "readOnly": False,
        "recipientAccountId": account,
        **failed,
        **more,
    }


def s3(name: str, by: Event = ADMIN, *, bucket: str = BUCKET, key: str = "", **more: Any) -> Event:
    """A call on a bucket, or on a file in it."""
    request = {"bucketName": bucket, "Host": f"{bucket}.s3.eu-west-1.amazonaws.com"}
    resources = [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]
    if key:
        request["key"] = key
        resources.insert(0, {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"})
    request |= more.pop("request", {})
    source = more.pop("source", "s3.amazonaws.com")
    category = "Data" if key else "Management"
    return event(source, name, by, request, resources=resources, eventCategory=category, **more)


def file(name: str, by: Event = ADMIN, **more: Any) -> Event:
    """A call on a backup file."""
    return s3(name, by, key=KEY, **more)


def kms(name: str, key: str, by: Event = ADMIN, **more: Any) -> Event:
    return event("kms.amazonaws.com", name, by, {"keyId": key}, **more)


def iam(name: str, role: str = ROLE, by: Event = ADMIN, **more: Any) -> Event:
    """IAM records in us-east-1, wherever the role is used."""
    request = {"roleName": role, **more.pop("request", {})}
    return event("iam.amazonaws.com", name, by, request, **{"awsRegion": "us-east-1", **more})


def cloudtrail(call: str, by: Event = ADMIN, /, **request: Any) -> Event:
    """A call on a trail, by its own words for the trail."""
    account = request.pop("account", ACCOUNT)
    return event("cloudtrail.amazonaws.com", call, by, request, account=account)
