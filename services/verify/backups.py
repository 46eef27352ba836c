"""What Palisade wrote: finds backup files, reads them, and says for each wallet whether its backup is whole.

It needs no private key, so it never claims that a backup can be opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.aws.translate import problem_of
from services.backups.coverage import by_wallet, coverage, coverage_id, shared_root_keys
from services.backups.findings import Finding
from services.backups.findings import shown as safe
from services.backups.shards import ShardReport, check_id, check_shard, parse_key
from services.model.calls import Aws, Call, Refused
from services.verify.checks import Check, check_of

MOST_FILES = 30
"""Backup files that one pass reads; more are counted and named, not read."""

PAGE = 1000
MOST_PAGES = 5
"""Pages of names that one pass looks at."""


@dataclass(frozen=True)
class Wanted:
    """Which backups to look at: those of `key_ids` (all if empty), written since a moment (any time if None)."""

    bucket: str
    account: str
    key_arn: str
    recovery_keys: tuple[bytes, ...]
    reader: str
    key_ids: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass
class _Found:
    files: list[tuple[str, datetime]] = field(default_factory=list)
    others: int = 0
    truncated: bool = False


def backups(aws: Aws, wanted: Wanted) -> tuple[Check, ...]:
    """The checks of every backup file found, of every wallet, and of the sign-in's right to read them."""
    try:
        found = _list(aws, wanted)
    except Refused as refused:
        problem = problem_of(refused)
        return (check_of("backup.arrived", "A backup arrived", problem), _waiting_to_read())
    if not found.files:
        return (_nothing(wanted, found), *_missing(wanted, set()), _waiting_to_read())
    checks: list[Check] = [_arrived(found)]
    reports: list[ShardReport] = []
    readable: list[bool] = []
    for key, _ in found.files[:MOST_FILES]:
        checks += _file(aws, wanted, key, reports, readable)
    checks += _wallets(reports)
    checks += _missing(wanted, {key.split("/", 1)[0] for key, _ in found.files})
    return (*checks, _readable(wanted, readable))


def _list(aws: Aws, wanted: Wanted) -> _Found:
    found = _Found()
    for prefix in [f"{key_id}/" for key_id in wanted.key_ids] or [""]:
        params = {"Bucket": wanted.bucket, "ExpectedBucketOwner": wanted.account, "Prefix": prefix}
        _pages(aws, params | {"MaxKeys": PAGE}, wanted.since, found)
    found.files.sort(key=lambda file: (-file[1].timestamp(), file[0]))
    return found


def _pages(aws: Aws, params: dict[str, str | int], since: datetime | None, found: _Found) -> None:
    for _ in range(MOST_PAGES):
        reply = aws(Call("s3", "ListObjectsV2", params))
        for item in reply.get("Contents", []):
            written = datetime.fromisoformat(item["LastModified"])
            if parse_key(item["Key"]) is None:
                found.others += 1
            elif since is None or written >= since:
                found.files.append((item["Key"], written))
        token = reply.get("NextContinuationToken")
        if not reply.get("IsTruncated") or not token:
            return
        params = params | {"ContinuationToken": str(token)}
    found.truncated = True


def _arrived(found: _Found) -> Check:
    newest, when = found.files[0]
    evidence = f"{len(found.files)} backup file{'s' * (len(found.files) > 1)}; the newest is {newest}, written {when:%Y-%m-%d %H:%M:%S} UTC."
    if len(found.files) > MOST_FILES:
        evidence += f" The {MOST_FILES} newest are read."
    if found.truncated:
        evidence += (
            f" The bucket holds more than {PAGE} files and only the first {PAGE} names were looked at."
        )
        return Check("backup.arrived", "A backup arrived", "warn", evidence, _NAME_IT)
    return Check("backup.arrived", "A backup arrived", "pass", evidence)


def _nothing(wanted: Wanted, found: _Found) -> Check:
    evidence = "No backup file is in the bucket yet"
    if wanted.since:
        evidence += f" that was written since {wanted.since:%Y-%m-%d %H:%M:%S} UTC"
    if found.others:
        evidence += f" ({found.others} other file{'s' * (found.others > 1)})"
    if found.truncated:
        return Check("backup.arrived", "A backup arrived", "waiting", f"{evidence}. {_more()}", _NAME_IT)
    remedy = (
        "Create an MPC wallet on the new quorum in Palisade. If nothing arrives within a few minutes, compare every "
        "value of the kit with 'palisade-wizard values --config S', and see whether the quorum has the kit."
    )
    return Check("backup.arrived", "A backup arrived", "waiting", evidence + ".", remedy)


_NAME_IT = "Name the wallet with --key-id: then only its folder is looked at."


def _more() -> str:
    return f"The bucket holds more than {PAGE * MOST_PAGES} files, and only so many names were looked at."


def _missing(wanted: Wanted, found: set[str]) -> Iterator[Check]:
    for key_id in wanted.key_ids:
        if key_id not in found:
            yield Check(
                coverage_id(key_id),
                f"Wallet {safe(key_id)} has a backup",
                "waiting",
                f"No file {safe(key_id + '/recovery_shard-*.txt', 200)} is in the bucket yet.",
                "Check the key ID in Palisade, and that the wallet's quorum has the kit.",
            )


def _file(
    aws: Aws, wanted: Wanted, key: str, reports: list[ShardReport], readable: list[bool]
) -> Iterator[Check]:
    named = parse_key(key)
    if named is None:
        return
    where = {"Bucket": wanted.bucket, "ExpectedBucketOwner": wanted.account, "Key": key}

    def identifier(what: str) -> str:
        return check_id(named.key_id, named.file, what)

    try:
        reply = aws(Call("s3", "GetObject", where))
    except Refused as refused:
        readable.append(False)
        yield check_of(identifier("present"), f"{key}: it can be read", problem_of(refused))
        return
    readable.append(True)
    report = check_shard(reply["Body"], named.key_id, named.file, wanted.recovery_keys)
    reports.append(report)
    for finding in report.findings:
        yield _check(identifier(finding.what), f"{named.file}: {finding.title}", finding)
    yield _encryption(identifier("encryption"), named.file, reply, wanted)
    yield _version(identifier("version-id"), named.file, reply)


def _check(identifier: str, title: str, finding: Finding) -> Check:
    return Check(identifier, title, finding.status, finding.evidence, finding.remedy)


def _encryption(identifier: str, file: str, reply: Any, wanted: Wanted) -> Check:
    title = f"{file}: It is encrypted with your KMS key"
    key = reply.get("SSEKMSKeyId")
    if reply.get("ServerSideEncryption") == "aws:kms" and key == wanted.key_arn:
        return Check(identifier, title, "pass", f"aws:kms with {key}.", "", ("S3.17",))
    seen = f"{reply.get('ServerSideEncryption') or 'no encryption reported'}{f' with {key}' if key else ''}"
    remedy = "Check the bucket's encryption with 'palisade-wizard plan --config S', then have Palisade write it anew."
    return Check(identifier, title, "fail", f"It is not: {seen}.", remedy, ("S3.17",))


def _version(identifier: str, file: str, reply: Any) -> Check:
    title = f"{file}: It is versioned"
    version = reply.get("VersionId")
    if version and version != "null":
        return Check(identifier, title, "pass", f"Version {version}.", "", ("S3.14",))
    remedy = "Turn versioning on with 'palisade-wizard apply --config S', then have Palisade write it anew."
    return Check(
        identifier,
        title,
        "fail",
        "The file has no version id, so overwriting it loses it.",
        remedy,
        ("S3.14",),
    )


def _wallets(reports: list[ShardReport]) -> Iterator[Check]:
    for key_id, files in by_wallet(reports).items():
        found = coverage(files)
        yield _check(coverage_id(key_id), f"Wallet {key_id} has a whole backup for your recovery key", found)
    for key_id, found in shared_root_keys(reports).items():
        if found.status != "pass":
            yield _check(f"backup.shared-root-key.{key_id}", f"Wallet {key_id}: {found.title}", found)


def _readable(wanted: Wanted, readable: list[bool]) -> Check:
    title = "You can read the backups"
    if all(readable):
        return Check(
            "access.read",
            title,
            "pass",
            f"Read as {wanted.reader}: {len(readable)} file{'s' * (len(readable) > 1)}.",
        )
    remedy = (
        "Somebody must be able to read and decrypt them (s3:GetObject, kms:Decrypt), or no recovery is possible: "
        "'palisade-wizard policy --config S --for recover' prints the policy for that person."
    )
    return Check("access.read", title, "unknown", f"{wanted.reader} could not read every file.", remedy)


def _waiting_to_read() -> Check:
    return Check("access.read", "You can read the backups", "waiting", "Nothing to read yet.")
