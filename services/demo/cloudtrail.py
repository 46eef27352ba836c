"""A stand-in for CloudTrail's delivery, which the embedded AWS lacks: it records Palisade's writes where a trail wants them.

It acts from outside, as the account's root, after the writes: a log file in each trail's bucket and lines in its log
group, as CloudTrail leaves them. A trail gets what its selectors ask for and nothing else, and only while it logs;
without a trail nothing is written. The records tell what was really done: the session, the version, the key.
"""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.clock import stamp
from services.demo.accounts import PALISADE, SERVICE
from services.demo.palisade import SESSION
from services.demo.profile import Keys
from services.model.calls import Call, Refused

if TYPE_CHECKING:
    from services.demo.accounts import Connect
    from services.demo.palisade import Kit, Service, Written
    from services.model.calls import Aws, Reply
    from services.model.values import Tree

ADDRESS = "192.0.2.10"  # of the block that is kept for documentation
AGENT = "palisade-mpc-stand-in"
_EXISTS = "ResourceAlreadyExistsException"


@dataclass(frozen=True)
class Delivered:
    """How many records a trail got; `log_file` is the key of the file in its bucket, `log_group` may be empty."""

    trail: str
    records: int
    bucket: str
    log_file: str
    log_group: str


@dataclass(frozen=True)
class _Batch:
    """The events of one delivery; `region` is where they happened."""

    events: tuple[dict[str, Any], ...]
    account: str
    region: str
    now: datetime


def deliver(
    connect: Connect, service: Service, kit: Kit, written: Sequence[Written], now: datetime
) -> tuple[Delivered, ...]:
    """Brings the records of some writes to every trail of the organisation that asks for them."""

    def root(region: str) -> Aws:
        keys = Keys(kit.account, "root")
        return connect(keys, region=region, endpoint=service.endpoint, ca_bundle=service.ca_bundle)

    batch = _Batch(tuple(_events(kit, written, now)), kit.account, kit.region, now)
    found = root(kit.region)(Call("cloudtrail", "DescribeTrails")).get("trailList", [])
    sent = (_to_trail(root(str(trail["HomeRegion"])), trail, batch) for trail in found)
    return tuple(each for each in sent if each is not None)


def _events(kit: Kit, written: Sequence[Written], now: datetime) -> Iterable[dict[str, Any]]:
    for session in dict.fromkeys(each.session_key for each in written):
        yield _assumed(kit, session, now)
    for each in written:
        yield _put(kit, each, now)


def _common(kit: Kit, now: datetime) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "eventTime": stamp(now),
        "awsRegion": kit.region,
        "sourceIPAddress": ADDRESS,
        "userAgent": AGENT,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "eventType": "AwsApiCall",
        "recipientAccountId": kit.account,
        "tlsDetails": {"tlsVersion": "TLSv1.3"},
    }


def _assumed(kit: Kit, session: str, now: datetime) -> dict[str, Any]:
    """As the organisation sees it: of a caller from another account its account alone is told."""
    return _common(kit, now) | {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "userIdentity": {"type": "AWSAccount", "principalId": SERVICE, "accountId": PALISADE},
        "requestParameters": {
            "roleArn": kit.role_arn,
            "roleSessionName": SESSION,
            "externalId": kit.external_id,
        },
        "responseElements": {"credentials": {"accessKeyId": session}},
        "readOnly": True,
        "managementEvent": True,
        "eventCategory": "Management",
    }


def _put(kit: Kit, written: Written, now: datetime) -> dict[str, Any]:
    partition, name = kit.role_arn.split(":")[1], kit.role_arn.rsplit("/", 1)[-1]
    bucket = f"arn:{partition}:s3:::{kit.bucket}"
    issuer = {"type": "Role", "arn": kit.role_arn, "accountId": kit.account, "userName": name}
    return _common(kit, now) | {
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutObject",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:{partition}:sts::{kit.account}:assumed-role/{name}/{SESSION}",
            "accountId": kit.account,
            "accessKeyId": written.session_key,
            "sessionContext": {"sessionIssuer": issuer, "attributes": {"creationDate": stamp(now)}},
        },
        "requestParameters": {"bucketName": kit.bucket, "key": written.key},
        "responseElements": {
            "x-amz-server-side-encryption": written.encryption,
            "x-amz-server-side-encryption-aws-kms-key-id": written.kms_key_arn,
            "x-amz-version-id": written.version_id,
        },
        "resources": [
            {"type": "AWS::S3::Object", "ARN": f"{bucket}/{written.key}"},
            {"type": "AWS::S3::Bucket", "ARN": bucket, "accountId": kit.account},
        ],
        "readOnly": False,
        "managementEvent": False,
        "eventCategory": "Data",
    }


def _to_trail(aws: Aws, trail: Mapping[str, Any], batch: _Batch) -> Delivered | None:
    arn = str(trail["TrailARN"])
    if not aws(Call("cloudtrail", "GetTrailStatus", {"Name": arn})).get("IsLogging"):
        return None
    selectors = aws(Call("cloudtrail", "GetEventSelectors", {"TrailName": arn}))
    chosen = replace(batch, events=tuple(event for event in batch.events if recorded(selectors, event)))
    if not chosen.events:
        return None
    log_file = _file(aws, trail, chosen)
    group = str(trail.get("CloudWatchLogsLogGroupArn") or "").removesuffix(":*").split(":log-group:")[-1]
    if group:
        _lines(aws, group, chosen)
    return Delivered(arn, len(chosen.events), str(trail["S3BucketName"]), log_file, group)


def _file(aws: Aws, trail: Mapping[str, Any], batch: _Batch) -> str:
    account, region, now = batch.account, batch.region, batch.now
    prefix = f"{trail['S3KeyPrefix']}/" if trail.get("S3KeyPrefix") else ""
    name = f"{account}_CloudTrail_{region}_{now:%Y%m%dT%H%MZ}_{uuid.uuid4().hex[:16]}.json.gz"
    key = f"{prefix}AWSLogs/{account}/CloudTrail/{region}/{now:%Y/%m/%d}/{name}"
    body = gzip.compress(json.dumps({"Records": list(batch.events)}).encode())
    aws(Call("s3", "PutObject", {"Bucket": str(trail["S3BucketName"]), "Key": key, "Body": body}))
    return key


def _lines(aws: Aws, group: str, batch: _Batch) -> None:
    stream = f"{batch.account}_CloudTrail_{batch.region}"
    where: dict[str, Tree] = {"logGroupName": group, "logStreamName": stream}
    try:
        aws(Call("logs", "CreateLogStream", where))
    except Refused as refused:
        if refused.code != _EXISTS:
            raise
    lines: list[Tree] = [
        {"timestamp": int(batch.now.timestamp() * 1000), "message": json.dumps(event)}
        for event in batch.events
    ]
    aws(Call("logs", "PutLogEvents", {**where, "logEvents": lines}))


def recorded(selectors: Reply, event: Mapping[str, Any]) -> bool:
    """Whether a trail's selectors, basic or advanced, ask for an event."""
    advanced = selectors.get("AdvancedEventSelectors") or []
    if advanced:
        return any(_advanced(each.get("FieldSelectors", []), event) for each in advanced)
    return any(_basic(each, event) for each in selectors.get("EventSelectors") or [])


def _arns(event: Mapping[str, Any]) -> list[str]:
    return [str(each["ARN"]) for each in event.get("resources", []) if each["type"] == "AWS::S3::Object"]


def _basic(selector: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    kind = selector.get("ReadWriteType", "All")
    if kind != "All" and (kind == "ReadOnly") != event["readOnly"]:
        return False
    if event["managementEvent"]:
        return bool(selector.get("IncludeManagementEvents", True))
    wanted = [
        str(value)
        for each in selector.get("DataResources", [])
        if each["Type"] == "AWS::S3::Object"
        for value in each["Values"]
    ]
    return any(arn.startswith(value) for arn in _arns(event) for value in wanted)


def _advanced(fields: Sequence[Mapping[str, Any]], event: Mapping[str, Any]) -> bool:
    told: dict[str, list[str]] = {
        "eventCategory": [event["eventCategory"]],
        "readOnly": [str(event["readOnly"]).lower()],
        "eventName": [event["eventName"]],
        "eventSource": [event["eventSource"]],
        "resources.type": ["AWS::S3::Object"] if _arns(event) else [],
        "resources.ARN": _arns(event),
    }
    return all(_fits(field, told.get(str(field["Field"]), [])) for field in fields)


def _fits(field: Mapping[str, Any], values: Sequence[str]) -> bool:
    """Every operator of a field must hold; one operator holds if one of its words does, a negated one if none does."""

    def holds(operator: str, value: str) -> bool:
        words = tuple(str(word) for word in field.get(operator, ()))
        match operator.removeprefix("Not"):
            case "Equals":
                return value in words
            case "StartsWith":
                return value.startswith(words)
            case _:
                return value.endswith(words)

    kinds = [name for name in ("Equals", "StartsWith", "EndsWith") if field.get(name)]
    negated = [name for name in ("NotEquals", "NotStartsWith", "NotEndsWith") if field.get(name)]
    return all(any(holds(kind, value) for value in values) for kind in kinds) and not any(
        holds(kind, value) for kind in negated for value in values
    )
