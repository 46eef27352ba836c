"""One backup file, read and judged: what is in it, what protects it, and whether this sign-in can read it at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from services.aws.translate import problem_of
from services.backups.findings import Finding
from services.backups.shards import ShardKey, ShardReport, check_id, check_shard, parse_key, unread
from services.model.calls import Aws, Call, Refused, Reply
from services.problems import Problem
from services.verify.checks import Check, check_of
from services.verify.retention import OFF, Lock, retention
from services.verify.search import FoundFile

NOBODY_READS_IT: Mapping[str, str] = MappingProxyType(
    {
        "KMS.NotFoundException": "Its KMS key is not there any more.",
        "KMS.DisabledException": "Its KMS key is disabled.",
        "KMS.KMSInvalidStateException": "Its KMS key cannot be used, as one that waits for its deletion.",
        "InvalidRequest": "It needs a key in each request, as its writer gave one with it (SSE-C).",
    }
)
"""What S3 says of a file whose KMS key is gone or stands still, or that was encrypted with a key in the request: it is not
the look's fault.
"""

ARCHIVED = "InvalidObjectState"
"""What S3 says of a file whose storage class is an archive's, and that was not restored."""

_ARCHIVED = "It is in an archive and must be restored before anybody can read it."
RESTORE = (
    "Restore what is archived ('aws s3api restore-object', which takes up to two days; where that is under way, wait for "
    "it), then verify again. Find out what moves backups there (a lifecycle rule, S3 Intelligent-Tiering, whoever wrote "
    "them), and have it stopped: in a recovery those days are lost."
)


@dataclass(frozen=True)
class Wanted:
    """Which backups to look at: those of `key_ids` (all if empty), written since a moment (any time if None).

    `reader` is who looks, in short; `quorum_id` may be empty; `address` is one that the person gave for the one wallet.
    """

    bucket: str
    account: str
    region: str
    key_arn: str
    recovery_keys: tuple[bytes, ...]
    reader: str
    key_ids: tuple[str, ...] = ()
    since: datetime | None = None
    quorum_id: str = ""
    lock: Lock = OFF
    address: str = ""

    def where(self, key: str) -> dict[str, str]:
        """The parameters that name one of the bucket's files."""
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account, "Key": key}


@dataclass(frozen=True)
class Judged:
    """A file with its checks. `report` is None if nothing of it could be read, and `refused` says why.

    `version_id` is what AWS told with the file. `archived`: nobody can read it before it is restored.
    """

    file: FoundFile
    named: ShardKey
    checks: tuple[Check, ...]
    report: ShardReport | None = None
    refused: Problem | None = None
    archived: bool = False
    read: bool = False
    version_id: str = ""


@dataclass
class Memory:
    """The files that earlier looks of one watch read; what has not changed since is not fetched again."""

    judged: dict[tuple[Wanted, FoundFile], Judged] = field(default_factory=dict)


def judge(aws: Aws, wanted: Wanted, file: FoundFile, now: datetime, memory: Memory) -> Judged | None:
    """Reads and judges a file; None for a name that is no backup's. Its content is let go at once."""
    named = parse_key(file.key)
    if named is None:
        return None
    known = memory.judged.get((wanted, file))
    if known is not None:
        return known
    judged = _judge(aws, wanted, file, named, now)
    if judged.refused is None and not any(one.status in {"waiting", "unknown"} for one in judged.checks):
        memory.judged[(wanted, file)] = judged
    return judged


def _judge(aws: Aws, wanted: Wanted, file: FoundFile, named: ShardKey, now: datetime) -> Judged:
    refused_unread = unread(file.size, named.key_id, named.file)
    if refused_unread is not None:
        return Judged(file, named, tuple(_findings(named, refused_unread)), refused_unread)
    try:
        reply = aws(Call("s3", "GetObject", wanted.where(file.key)))
    except Refused as refused:
        problem = problem_of(refused)
        line = check_of(_id(named, "present"), f"{file.key}: it can be read", problem)
        if refused.code in NOBODY_READS_IT:
            line = replace(line, status="fail")
        archived = refused.code == ARCHIVED
        if archived:  # no wait brings it back: somebody has to restore it
            line = replace(line, status="unknown", evidence=_ARCHIVED, remedy=RESTORE)
        return Judged(file, named, (line,), refused=problem, archived=archived)
    report = check_shard(reply["Body"], named.key_id, named.file, wanted.recovery_keys, wanted.quorum_id)
    words = Check(_id(named, "retention"), f"{named.file}: It cannot be deleted yet", "skipped", "")
    checks = (
        *_findings(named, report),
        _encryption(named, reply, wanted),
        _version(named, reply),
        retention(
            aws, wanted.lock, wanted.where(file.key), reply, written=file.written, now=now, words=words
        ),
    )
    version = str(reply.get("VersionId") or "")
    return Judged(file, named, checks, report, read=True, version_id=version)


def _id(named: ShardKey, what: str) -> str:
    return check_id(named.key_id, named.file, what)


def _findings(named: ShardKey, report: ShardReport) -> Iterator[Check]:
    for each in report.findings:
        yield as_check(_id(named, each.what), f"{named.file}: {each.title}", each)


def as_check(identifier: str, title: str, finding: Finding) -> Check:
    """A finding as a line of the checklist."""
    return Check(identifier, title, finding.status, finding.evidence, finding.remedy)


def _encryption(named: ShardKey, reply: Reply, wanted: Wanted) -> Check:
    identifier, title = _id(named, "encryption"), f"{named.file}: It is encrypted with your KMS key"
    key = reply.get("SSEKMSKeyId")
    if reply.get("ServerSideEncryption") == "aws:kms" and key == wanted.key_arn:
        return Check(identifier, title, "pass", f"aws:kms with {key}.", "", ("S3.17",))
    seen = f"{reply.get('ServerSideEncryption') or 'no encryption reported'}{f' with {key}' if key else ''}"
    remedy = "Check the bucket's encryption with 'palisade-wizard plan --config S', then have Palisade write it anew."
    return Check(identifier, title, "fail", f"It is not: {seen}.", remedy, ("S3.17",))


def _version(named: ShardKey, reply: Reply) -> Check:
    identifier, title = _id(named, "version-id"), f"{named.file}: It is versioned"
    version = reply.get("VersionId")
    if version and version != "null":
        return Check(identifier, title, "pass", f"Version {version}.", "", ("S3.14",))
    remedy = "Turn versioning on with 'palisade-wizard apply --config S', then have Palisade write it anew."
    evidence = "The file has no version id, so overwriting it loses it."
    return Check(identifier, title, "fail", evidence, remedy, ("S3.14",))
