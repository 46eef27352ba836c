"""CloudTrail's records of who wrote a backup and who assumed the role, read from text that nobody vouches for.

Records hold what callers chose to send (object keys, session names, user agents), so every text is made one short
printable line as it is read: nothing in a record can restyle the output of this program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.backups.encoding import NotJson, parse_json

WRITES = frozenset({"PutObject", "PostObject", "CopyObject", "CompleteMultipartUpload"})
"""The data events by which an object comes into being."""

LONGEST = 1024 * 1024
"""Characters of a record that are read at most; CloudTrail's own limit is 256 KB."""

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_DENIED = re.compile(r"AccessDenied|Unauthorized|Forbidden", re.IGNORECASE)


@dataclass(frozen=True)
class Actor:
    """Who called. `arn` is the session's own; `role` the ARN of the role behind a session, else empty.

    `access_key` is the public identifier of the session's key; `service` names an AWS service that called. Of a
    caller from another account CloudTrail tells that account and `principal_id`, and no ARN.
    """

    kind: str = ""
    account: str = ""
    arn: str = ""
    role: str = ""
    access_key: str = ""
    principal_id: str = ""
    began: datetime | None = None
    service: str = ""

    @property
    def name(self) -> str:
        """The words by which a person knows the caller."""
        if self.arn:
            return self.arn
        if self.account:
            return f"account {self.account}" + (f" ({self.principal_id})" if self.principal_id else "")
        return self.service or self.kind or "somebody whom the record does not name"


@dataclass(frozen=True)
class TrailEvent:
    """One record. Empty text and None stand for what the record does not tell.

    `tls` is the version as CloudTrail writes it ("TLSv1.3"); `encryption` and `kms_key` are what S3 answered to a
    write; `role_arn`, `external_id` and `issued_key` belong to an AssumeRole.
    """

    id: str
    name: str
    source: str
    time: datetime
    region: str
    actor: Actor
    address: str
    tls: str = ""
    error: str = ""
    bucket: str = ""
    key: str = ""
    version_id: str = ""
    encryption: str = ""
    kms_key: str = ""
    role_arn: str = ""
    external_id: str = field(default="", repr=False)
    issued_key: str = ""

    @property
    def wrote(self) -> bool:
        """Whether an object came into being by it."""
        return self.source == "s3.amazonaws.com" and self.name in WRITES and not self.error

    @property
    def denied(self) -> bool:
        return _DENIED.search(self.error) is not None


def read_event(text: str) -> TrailEvent | None:
    """A record out of its JSON; None for what is no readable record of CloudTrail."""
    if len(text) > LONGEST:
        return None
    parsed = parse_json(text.encode("utf-8", "replace"))
    if isinstance(parsed, NotJson) or parsed.ambiguous:
        return None
    return event_of(parsed.value)


def event_of(record: object) -> TrailEvent | None:
    """As `read_event`, for a record that is parsed already."""
    fields = _object(record)
    time = _moment(fields.get("eventTime"))
    if time is None or not _text(fields.get("eventID")) or not _text(fields.get("eventName")):
        return None
    asked, answered = _object(fields.get("requestParameters")), _object(fields.get("responseElements"))
    return TrailEvent(
        id=_text(fields.get("eventID")),
        name=_text(fields.get("eventName")),
        source=_text(fields.get("eventSource")),
        time=time,
        region=_text(fields.get("awsRegion")),
        actor=_actor(_object(fields.get("userIdentity"))),
        address=_text(fields.get("sourceIPAddress")),
        tls=_text(_object(fields.get("tlsDetails")).get("tlsVersion")),
        error=_text(fields.get("errorCode")),
        bucket=_text(asked.get("bucketName")),
        key=_text(asked.get("key"), 1024),
        version_id=_text(answered.get("x-amz-version-id")),
        encryption=_text(answered.get("x-amz-server-side-encryption")),
        kms_key=_text(answered.get("x-amz-server-side-encryption-aws-kms-key-id"), 512),
        role_arn=_text(asked.get("roleArn"), 512),
        external_id=_text(asked.get("externalId"), 1224),
        issued_key=_text(_object(answered.get("credentials")).get("accessKeyId")),
    )


def _actor(identity: Mapping[str, object]) -> Actor:
    session = _object(identity.get("sessionContext"))
    issuer = _object(session.get("sessionIssuer"))
    return Actor(
        kind=_text(identity.get("type")),
        account=_text(identity.get("accountId")),
        arn=_text(identity.get("arn"), 512),
        role=_text(issuer.get("arn"), 512) if issuer.get("type") == "Role" else "",
        access_key=_text(identity.get("accessKeyId")),
        principal_id=_text(identity.get("principalId")),
        began=_moment(_object(session.get("attributes")).get("creationDate")),
        service=_text(identity.get("invokedBy")),
    )


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object, longest: int = 256) -> str:
    """One printable ASCII line; what is not ASCII becomes U+FFFD, so it equals no name of ours."""
    if not isinstance(value, str):
        return ""
    cut = value if len(value) <= longest else value[: longest - 1] + "…"
    return "".join(char if " " <= char <= "~" else "\N{REPLACEMENT CHARACTER}" for char in cut)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value) or not value.isascii():
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
