"""Gathers the facts of an audit. What one answer names (the bucket's key, the role's policies) is asked about next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.doctor.facts import Fact, Facts, Moot, Subject
from services.doctor.gather_trail import trail, watchers
from services.doctor.looker import Looker, mapping, whole
from services.engine.observe import Ownership, find
from services.engine.tagged import nameless
from services.engine.world import Absent, Have, Present, Unknown, World
from services.model import audit_reads as reads
from services.model.calls import Aws, ask
from services.model.key_search import key_search
from services.model.place import parse_arn
from services.model.resource import Resource

SAMPLE = 20
"""Backup files whose encryption and retention are looked at: the newest ones."""

MOST_PAGES = 5
"""Pages of a thousand versions that are listed."""


def gather(aws: Aws, subject: Subject, now: datetime) -> Facts:
    """Everything that the checks need to know."""
    looker = Looker.over(aws, subject)
    for look in (_bucket, _key, _spare_keys, _role, trail, watchers, _objects):
        look(looker)
    return Facts(looker.subject, now, looker.seen)


def _bucket(looker: Looker) -> None:
    subject = looker.subject
    calls = reads.bucket_reads(subject.bucket, subject.account)
    looker.seen["bucket"] = found = _whose(looker)
    if isinstance(found, Absent) or (isinstance(found, Unknown) and found.problem.code != "denied"):
        why = f"There is no bucket {subject.bucket} of this account to look at."
        looker.none((f"bucket.{name}" for name in calls), Moot(why))
    else:
        looker.keep("bucket", calls)
    region = str(looker.told("bucket").get("region") or "")
    if region and subject.setup is None:
        looker.subject = replace(subject, region=region)
    logging = mapping(looker.told("bucket.access-logs").get("LoggingEnabled"))
    source = looker.seen["bucket.access-logs"]
    otherwise = source if isinstance(source, Unknown | Moot) else Moot("The bucket has no access logs.")
    looker.log_bucket("log_bucket", str(logging.get("TargetBucket") or ""), otherwise)


def _whose(looker: Looker) -> Fact:
    """The bucket, told apart: there, absent, denied, or another account's."""
    subject = looker.subject
    lookup, listed = reads.find_bucket(subject.bucket, subject.account)
    title = f"S3 bucket {subject.bucket}"
    bucket = Resource("bucket", "S3 bucket", title, "", lookup, None, lambda _origin: (), listed=listed)
    match find(bucket, looker.aws, World(), Ownership("")):
        case Present(outputs):
            return Have(outputs)
        case other:
            return other


def _key(looker: Looker) -> None:
    subject = looker.subject
    named = subject.key or _default_key(looker)
    names = ("key.rotation", "key.policy", "key.aliases")
    if not named:
        source = looker.seen["bucket.encryption"]
        why = Moot("The bucket's encryption names no KMS key of a customer, so there is none to look at.")
        looker.none(("key", "key.arn", *names), source if isinstance(source, Unknown | Moot) else why)
        return
    arn = parse_arn(named)
    region = arn.region if arn else subject.region
    found = looker.seen["key"] = looker.ask(reads.key_reads(named, region)[""])
    identifier = str(mapping(looker.told("key").get("KeyMetadata")).get("Arn") or named)
    looker.seen["key.arn"] = Have(identifier) if ":key/" in identifier else found
    if isinstance(found, Absent):
        looker.none(names, Moot(f"There is no KMS key {named} to look at."))
    elif not isinstance(found, Have) and "alias/" in named:
        looker.none(names, found)  # only of the key itself can the rest be asked
    else:
        calls = reads.key_reads(identifier, region)
        looker.keep("key", {name: call for name, call in calls.items() if name})


def _spare_keys(looker: Looker) -> None:
    """What bears the set-up's tags beside its two keys; whose the key is, its own tags say where no set-up's file does."""
    region, setup = looker.subject.region, looker.subject.answer("setup.id")
    if not setup:
        whose = _tags_of_the_key(looker)
        setup = str(mapping(whose.value).get("setup") or "") if isinstance(whose, Have) else ""
        if not setup:
            why = Moot("No tag of the KMS key says which set-up made it, so there is nothing to look for.")
            looker.seen["key.spare"] = why if isinstance(whose, Have | Absent) else whose
            return
    searches = [key_search(setup, name, "", region) for name in ("key", "log_key")]
    looker.seen["key.spare"] = looker.found(
        lambda aws: [arn for search in searches for arn in nameless(search, aws)]
    )


def _tags_of_the_key(looker: Looker) -> Fact:
    arn = looker.seen["key.arn"]
    if not isinstance(arn, Have):
        return arn
    tags = key_search("", "", "", looker.subject.region).tags(str(arn.value))
    return looker.found(lambda aws: ask(aws, tags) or {})


def _default_key(looker: Looker) -> str:
    """The key of the bucket's default encryption, if it is a customer's."""
    found = mapping(looker.told("bucket.encryption").get("ServerSideEncryptionConfiguration"))
    for rule in found.get("Rules", []):
        key = str(mapping(rule.get("ApplyServerSideEncryptionByDefault")).get("KMSMasterKeyID") or "")
        if key and not key.endswith("alias/aws/s3"):
            return key
    return ""


def _role(looker: Looker) -> None:
    name = looker.subject.role
    looker.keep("role", reads.role_reads(name))
    role, inline, attached = (looker.seen[n] for n in ("role", "role.inline", "role.attached"))
    if isinstance(role, Absent):
        gone = Moot(f"There is no role {name} to look at.")
        looker.none(("role.inline", "role.attached", "role.boundary"), gone)
        return
    if isinstance(inline, Have):
        names = [str(n) for n in looker.told("role.inline").get("PolicyNames", [])]
        found = looker.ask_all(reads.inline_policy(name, n) for n in names)
        looker.seen["role.inline"] = whole(dict(zip(names, found, strict=True)), "PolicyDocument")
    if isinstance(attached, Have):
        policies = looker.told("role.attached").get("AttachedPolicies", [])
        looker.seen["role.attached"] = _managed(looker, [str(p["PolicyArn"]) for p in policies])
    bound = mapping(mapping(looker.told("role").get("Role")).get("PermissionsBoundary"))
    if arn := str(bound.get("PermissionsBoundaryArn") or ""):
        looker.seen["role.boundary"] = _managed(looker, [arn])
    else:
        looker.seen["role.boundary"] = role if isinstance(role, Unknown) else Absent()


def _managed(looker: Looker, arns: list[str]) -> Fact:
    """The documents in force of managed policies."""
    heads = dict(zip(arns, looker.ask_all(reads.managed_policy(arn) for arn in arns), strict=True))
    versions = whole(heads, "Policy", "DefaultVersionId")
    if not isinstance(versions, Have):
        return versions
    named = {arn: str(version) for arn, version in mapping(versions.value).items()}
    found = looker.ask_all(reads.policy_version(arn, version) for arn, version in named.items())
    return whole(dict(zip(named, found, strict=True)), "PolicyVersion", "Document")


def _objects(looker: Looker) -> None:
    subject = looker.subject
    names = ("objects", "objects.heads", "objects.retentions")
    if isinstance(looker.seen["bucket.versioning"], Moot):
        looker.none(names, looker.seen["bucket.versioning"])
        return
    looker.seen["objects"] = listed = _versions(looker)
    if not isinstance(listed, Have):
        looker.none(names[1:], listed)
        return
    keys = list(dict.fromkeys(str(v["Key"]) for v in newest(looker.told("objects"))))
    calls = {key: reads.object_reads(subject.bucket, subject.account, key) for key in keys}
    heads = dict(zip(keys, looker.ask_all(head for head, _ in calls.values()), strict=True))
    looker.seen["objects.heads"] = whole(heads)
    lock = looker.seen["bucket.object-lock"]
    if not isinstance(lock, Have):  # without Object Lock there is no retention to ask for
        looker.seen["objects.retentions"] = lock
        return
    # What HeadObject leaves out may be absent or hidden: that is asked for by itself.
    told = {key: mapping(head.value) for key, head in heads.items() if isinstance(head, Have)}
    kept: dict[str, Fact] = {
        key: Have({"Retention": {"RetainUntilDate": head["ObjectLockRetainUntilDate"]}})
        for key, head in told.items()
        if head.get("ObjectLockRetainUntilDate")
    }
    open_ = [key for key in keys if key not in kept]
    kept.update(zip(open_, looker.ask_all(calls[key][1] for key in open_), strict=True))
    looker.seen["objects.retentions"] = whole(kept, "Retention")


def newest(listed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The newest versions in force among those listed, at most `SAMPLE`."""
    latest = [v for v in listed["Versions"] if v.get("IsLatest")]
    return sorted(latest, key=lambda v: (str(v["LastModified"]), str(v["Key"])), reverse=True)[:SAMPLE]


def _versions(looker: Looker) -> Fact:
    """The first pages of the bucket's versions and delete markers as one list."""
    call = reads.versions(looker.subject.bucket, looker.subject.account)
    every: dict[str, Any] = {"Versions": [], "DeleteMarkers": [], "IsTruncated": False}
    for _ in range(MOST_PAGES):
        page = looker.ask(call)
        if not isinstance(page, Have):
            return page
        told = mapping(page.value)
        every["Versions"] += told.get("Versions", [])
        every["DeleteMarkers"] += told.get("DeleteMarkers", [])
        if not told.get("IsTruncated"):
            return Have(every)
        marks = {"KeyMarker": told.get("NextKeyMarker"), "VersionIdMarker": told.get("NextVersionIdMarker")}
        more = {name: str(mark) for name, mark in marks.items() if mark}
        call = replace(call, params={**call.params, **more})
    return Have({**every, "IsTruncated": True})
