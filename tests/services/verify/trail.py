"""CloudTrail in memory: records as AWS writes them, delivered to a log group or to log files, and an event history."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.clock import stamp
from services.model.calls import Call, Refused, Reply
from services.verify.trail_source import Expected, Trail
from tests.services.verify.bucket import FILE, NOW
from tests.world import ACCOUNT, BUCKET, EXTERNAL_ID, KEY_ARN, PRINCIPAL, ROLE

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
SESSION = "ASIAEXAMPLESESSION01"
HOME = "eu-central-1"
TRAIL = Trail(
    f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/palisade-acme", HOME, ACCOUNT, "palisade/acme/cloudtrail"
)
EXPECTED = Expected(BUCKET, "eu-west-1", KEY_ARN, ROLE_ARN, PRINCIPAL, EXTERNAL_ID)


def written(key: str = FILE, at: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """The data event of a write by Palisade's session; `changes` replace its fields."""
    session = {
        "sessionIssuer": {"type": "Role", "arn": ROLE_ARN, "accountId": ACCOUNT},
        "attributes": {"creationDate": stamp(at), "mfaAuthenticated": "false"},
    }
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/palisade-mpc",
            "accountId": ACCOUNT,
            "accessKeyId": SESSION,
            "sessionContext": session,
        },
        "eventTime": stamp(at),
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutObject",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {"bucketName": BUCKET, "key": key},
        "responseElements": {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN,
            "x-amz-version-id": "v1",
        },
        "eventID": f"11111111-0000-4000-8000-{abs(hash((key, at))) % 10**12:012d}",
        "readOnly": False,
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "tlsDetails": {"tlsVersion": "TLSv1.3"},
        **changes,
    }


def by(arn: str, role: str = "", access_key: str = "AKIAOTHER") -> dict[str, Any]:
    """The identity of somebody else in this account."""
    issuer = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}} if role else {}
    return {"type": "IAMUser", "arn": arn, "accountId": ACCOUNT, "accessKeyId": access_key, **issuer}


def session_opened(at: datetime = NOW - timedelta(minutes=1), **changes: Any) -> dict[str, Any]:
    """The management event of Palisade assuming the role, as it shows in the role's account."""
    return {
        "userIdentity": {
            "type": "AWSAccount",
            "principalId": "AROAPALISADE:writer",
            "accountId": "444455556666",
        },
        "eventTime": stamp(at),
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {
            "roleArn": ROLE_ARN,
            "roleSessionName": "palisade-mpc",
            "externalId": EXTERNAL_ID,
        },
        "responseElements": {"credentials": {"accessKeyId": SESSION, "sessionToken": "secret-token"}},
        "eventID": "22222222-0000-4000-8000-000000000001",
        "readOnly": True,
        **changes,
    }


def log_file(records: Iterable[dict[str, Any]]) -> bytes:
    return gzip.compress(json.dumps({"Records": list(records)}).encode())


@dataclass
class CloudTrail:
    """`group` holds what was delivered to the log group, `files` log files by key, `history` events by region."""

    group: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=lambda: {"IsLogging": True})
    denied: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    page: int = 2
    """Events on a page of the log group; every other page is empty, as AWS's may be."""
    late: timedelta = timedelta(0)
    """How long after each event it was delivered: that is the time which the log group knows."""
    prefix: str = ""
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.name in self.denied or f"{call.name} {call.region}" in self.denied:
            raise Refused(call, "AccessDeniedException", "no", 400)
        if call.name in self.gone:
            raise Refused(call, "ResourceNotFoundException", "no such thing", 400)
        match call.name:
            case "cloudtrail:GetTrailStatus":
                return self.status
            case "cloudtrail:GetTrail":
                return {"Trail": {"S3BucketName": "trail-logs", "S3KeyPrefix": self.prefix}}
            case "cloudtrail:LookupEvents":
                return self._history(call)
            case "logs:FilterLogEvents":
                return self._filter(call)
            case "s3:ListObjectsV2":
                return self._list(call)
            case "s3:GetObject":
                return {"Body": self.files[str(call.params["Key"])]}
            case _:
                raise AssertionError(call.name)

    def _history(self, call: Call) -> Reply:
        found = [{"CloudTrailEvent": json.dumps(event)} for event in self.history.get(str(call.region), [])]
        begin = int(str(call.params.get("NextToken", 0)))
        more = {"NextToken": str(begin + 50)} if len(found) > begin + 50 else {}
        return {"Events": found[begin : begin + 50], **more}

    def _filter(self, call: Call) -> Reply:
        assert call.region == HOME
        start, end = (int(str(call.params[name])) / 1000 for name in ("startTime", "endTime"))
        moments = [(_time(event) + self.late).timestamp() for event in self.group]
        found = [event for event, moment in zip(self.group, moments, strict=True) if start <= moment <= end]
        step = int(str(call.params.get("nextToken", 0)))
        if step % 2 == 0:
            return {"events": [], "nextToken": str(step + 1)}
        begin = step // 2 * self.page
        page = [{"message": json.dumps(event)} for event in found[begin : begin + self.page]]
        more = {"nextToken": str(step + 1)} if len(found) > begin + self.page else {}
        return {"events": page, **more}

    def _list(self, call: Call) -> Reply:
        assert call.params["Bucket"] == "trail-logs"
        assert call.params["ExpectedBucketOwner"] == ACCOUNT
        prefix, after = str(call.params["Prefix"]), str(call.params.get("StartAfter", ""))
        after = str(call.params.get("ContinuationToken", after))
        keys = [key for key in sorted(self.files) if key.startswith(prefix) and key > after]
        more = {"NextContinuationToken": keys[1]} if len(keys) > 2 else {}
        return {"Contents": [{"Key": key} for key in keys[:2]], "IsTruncated": bool(more), **more}

    def count(self, name: str) -> int:
        return sum(call.name == name for call in self.calls)


def _time(event: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(event["eventTime"])
    except ValueError:
        return NOW


def file_name(at: datetime, region: str = "eu-west-1", account: str = ACCOUNT) -> str:
    """The key of a log file that was delivered at a moment."""
    at = at.astimezone(UTC)
    return (
        f"AWSLogs/{account}/CloudTrail/{region}/{at:%Y/%m/%d}/"
        f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%M}Z_a1B2c3D4e5F6g7H8.json.gz"
    )
