"""Checks of the backups themselves: a sample of the newest files, and every delete marker that was listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from shlex import quote
from typing import Any

from services.backups.findings import shown
from services.backups.shards import parse_key
from services.doctor.bucket import object_lock
from services.doctor.facts import Facts
from services.doctor.gather import newest
from services.doctor.judging import Rule, Verdict, bad, doubtful, left_out, remedy, well
from services.doctor.looker import mapping

SOON = timedelta(days=90)
"""How long before the end of a retention somebody should prolong it."""


def _listed(facts: Facts) -> Mapping[str, Any]:
    return mapping(facts.of("objects"))


def _sample(facts: Facts) -> str:
    """What was looked at, in words."""
    listed = _listed(facts)
    latest = sum(1 for v in listed.get("Versions", []) if v.get("IsLatest"))
    looked = len(newest(listed))
    part = f"the newest {looked} of {latest}" if looked < latest else f"{looked}"
    more = ", and there are more than were listed" if listed.get("IsTruncated") else ""
    return f"Looked at {part} file{'s' * (latest != 1)}{more}"


def _none(facts: Facts) -> Verdict | None:
    return None if newest(_listed(facts)) else left_out("There is no file to look at.")


def _arrived(facts: Facts) -> Verdict:
    latest = [str(v["Key"]) for v in _listed(facts).get("Versions", []) if v.get("IsLatest")]
    backups = [key for key in latest if parse_key(key) is not None]
    if not backups:
        return doubtful(
            f"No backup file is among the {len(latest)} files that were listed.",
            "Create an MPC wallet on a quorum that has the kit, then run “palisade-wizard verify --config S”.",
        )
    count = len(backups)
    return well(
        f"{count} backup file{'s' * (count > 1)} of {len({key.split('/')[0] for key in backups})} wallets."
    )


def _encryption(facts: Facts) -> Verdict:
    heads = mapping(facts.of("objects.heads"))
    key = facts.key_arn
    wrong = [
        f"{shown(name, 200)} ({head.get('ServerSideEncryption') or 'none'}{', ' + str(head['SSEKMSKeyId']) if head.get('SSEKMSKeyId') else ''})"
        for name, head in heads.items()
        if head.get("ServerSideEncryption") not in {"aws:kms", "aws:kms:dsse"} or head.get("SSEKMSKeyId") != key
    ]  # fmt: skip
    if wrong:
        how = "Set the bucket's encryption right, then ask Palisade to write these backups anew."
        return bad(
            f"Not encrypted with the KMS key: {_few(wrong)}. {_sample(facts)}.",
            remedy(facts, how, managed=False),
        )
    return _none(facts) or well(f"{_sample(facts)}: all encrypted with {key}.")


def _versioned(facts: Facts) -> Verdict:
    bare = [shown(str(v["Key"]), 200) for v in newest(_listed(facts)) if v.get("VersionId") in {None, "null"}]
    if bare:
        command = f"aws s3api put-bucket-versioning --bucket {facts.subject.bucket} --versioning-configuration Status=Enabled"
        return bad(f"Without a version: {_few(bare)}. Overwriting them loses them.", remedy(facts, command))
    return _none(facts) or well(f"{_sample(facts)}: all have a version.")


def _marked(facts: Facts) -> Verdict:
    markers = [
        m for m in _listed(facts).get("DeleteMarkers", []) if m.get("IsLatest") and parse_key(str(m["Key"]))
    ]
    if markers:
        first = markers[0]
        command = (
            f"aws s3api delete-object --bucket {facts.subject.bucket} --key {quote(str(first['Key']))} --version-id "
            f"{first.get('VersionId')}  (removes the marker, so that the backup shows again)"
        )
        names = [f"{shown(str(m['Key']), 200)} (since {m.get('LastModified')})" for m in markers]
        return bad(
            f"Deleted, with the old version still there: {_few(names)}. Find out who did it.",
            remedy(facts, command, managed=False),
        )
    return well(
        f"No delete marker hides a backup{' among those listed' if _listed(facts).get('IsTruncated') else ''}."
    )


def _retention(facts: Facts) -> Verdict:
    if facts.of("bucket.object-lock") is None:
        return left_out("Object Lock is off, so no version has a retention.")
    kept = mapping(facts.of("objects.retentions"))
    if nothing := _none(facts):
        return nothing
    ends = {name: _end(mapping(kept.get(name))) for name in (str(v["Key"]) for v in newest(_listed(facts)))}
    bare = [name for name, end in ends.items() if end is None]
    over = [name for name, end in ends.items() if end is not None and end <= facts.now]
    soon = [name for name, end in ends.items() if end is not None and facts.now < end <= facts.now + SOON]
    if bare:
        return bad(f"Without retention: {_few(_shown(bare))}. {_sample(facts)}.", _extend(facts, bare))
    if over:
        return bad(
            f"The retention is over, so whoever may delete versions can delete: {_few(_shown(over))}. {_sample(facts)}.",
            _extend(facts, over),
        )
    first = min(end for end in ends.values() if end is not None)
    if soon:
        return doubtful(
            f"The retention ends within {SOON.days} days (first on {first:%Y-%m-%d}): {_few(_shown(soon))}. A backup is "
            f"written once and is not kept longer by itself. {_sample(facts)}.",
            _extend(facts, soon),
        )
    return well(f"{_sample(facts)}: kept until {first:%Y-%m-%d} at least.")


def _end(retention: Mapping[str, Any]) -> datetime | None:
    until = retention.get("RetainUntilDate")
    return datetime.fromisoformat(str(until)) if until else None


def _extend(facts: Facts, keys: list[str]) -> str:
    """The command that keeps a version longer; each file needs it once."""
    _, mode, days = object_lock(facts)
    until = facts.now + timedelta(days=days or 365)
    versions = {str(v["Key"]): v.get("VersionId") for v in newest(_listed(facts))}
    command = (
        f"aws s3api put-object-retention --bucket {facts.subject.bucket} --key {quote(keys[0])} --version-id "
        f"{versions.get(keys[0])} --retention 'Mode={mode or 'COMPLIANCE'},RetainUntilDate={until:%Y-%m-%dT%H:%M:%SZ}'"
    )
    others = len(keys) - 1
    more = f"  (and the same for the other {others})" if others else ""
    return remedy(facts, command + more, managed=False)


def _shown(keys: list[str]) -> list[str]:
    return [shown(key, 200) for key in keys]


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


RULES: tuple[Rule, ...] = (
    Rule("backup.arrived", "Backups: they arrive", "medium", (), _arrived),
    Rule("backup.objects.encryption", "Backups: the newest are encrypted with the KMS key", "high", ("S3.17",), _encryption),
    Rule("backup.objects.versioned", "Backups: the newest have versions", "high", ("S3.14",), _versioned),
    Rule("backup.objects.delete-marker", "Backups: none was deleted", "critical", (), _marked),
    Rule("backup.objects.retention", "Backups: the newest are kept long enough", "high", ("S3.15",), _retention),
)  # fmt: skip
