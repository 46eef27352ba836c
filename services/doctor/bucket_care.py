"""Checks of how the bucket is kept: lifecycle rules, logs, notifications, copies, inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.doctor.bucket import object_lock, s3api
from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, lacking, left_out, remedy, well
from services.doctor.looker import mapping
from services.doctor.reading import statements
from services.model.values import items

_DELIVERY = "logging.s3.amazonaws.com"


def _rules(facts: Facts) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The lifecycle rules in force, each with its name."""
    for number, rule in enumerate(mapping(facts.of("bucket.lifecycle")).get("Rules") or [], 1):
        if rule.get("Status") == "Enabled":
            yield str(rule.get("ID") or f"number {number}"), rule


_LIFECYCLE = (
    "put-bucket-lifecycle-configuration --lifecycle-configuration file://lifecycle.json  (the call replaces every rule: "
    "write down the present ones with get-bucket-lifecycle-configuration first)"
)


def _current(facts: Facts) -> Verdict:
    if facts.of("bucket.lifecycle") is None:
        return well("There are no lifecycle rules, so none expires a backup.")
    for name, rule in _rules(facts):
        expiration = mapping(rule.get("Expiration"))
        if expiration.get("Days") or expiration.get("Date"):
            when = (
                f"after {expiration['Days']} days" if expiration.get("Days") else f"on {expiration['Date']}"
            )
            return bad(
                f"The lifecycle rule {name} expires current versions {when}: the newest backup of a wallet among them.",
                s3api(facts, _LIFECYCLE, managed=False),
            )
    return well("No lifecycle rule expires current versions.")


def _versions(facts: Facts) -> Verdict:
    expiring = [
        (name, mapping(rule["NoncurrentVersionExpiration"]))
        for name, rule in _rules(facts)
        if rule.get("NoncurrentVersionExpiration")
    ]
    how = s3api(facts, _LIFECYCLE, answer="storage.noncurrent_versions")
    if not expiring:
        return lacking(
            facts, "No lifecycle rule limits how many old versions are kept; nothing is lost.", how
        )
    for name, expiration in expiring:
        if not expiration.get("NewerNoncurrentVersions"):
            days = expiration.get("NoncurrentDays")
            return bad(
                f"The lifecycle rule {name} expires old versions after {days} days without keeping any: set "
                "NewerNoncurrentVersions.",
                how,
            )
    kept = min(int(e["NewerNoncurrentVersions"]) for _, e in expiring)
    days = min(int(e.get("NoncurrentDays") or 0) for _, e in expiring)
    return well(f"The newest {kept} old versions are kept; older ones expire after {days} days.")


def _uploads(facts: Facts) -> Verdict:
    for name, rule in _rules(facts):
        days = mapping(rule.get("AbortIncompleteMultipartUpload")).get("DaysAfterInitiation")
        if days:
            return well(f"The lifecycle rule {name} ends unfinished uploads after {days} days.")
    return lacking(facts, "No lifecycle rule ends unfinished uploads, which cost money unseen.", s3api(facts, _LIFECYCLE, answer="storage.noncurrent_versions"))  # fmt: skip


def _access_logs(facts: Facts) -> Verdict:
    found = mapping(mapping(facts.of("bucket.access-logs")).get("LoggingEnabled"))
    target = found.get("TargetBucket")
    how = 'put-bucket-logging --bucket-logging-status \'{"LoggingEnabled":{"TargetBucket":"LOG-BUCKET","TargetPrefix":"backups/"}}\''
    if not target:
        return lacking(
            facts, "The bucket has no access logs.", s3api(facts, how, answer="storage.access_logs")
        )
    if target == facts.subject.bucket:
        return bad("The bucket logs into itself, so that every log makes another.", s3api(facts, how))
    return well(f"Every request is logged into {target}, under {found.get('TargetPrefix') or 'no prefix'}.")


def _log_bucket(facts: Facts) -> Verdict:
    if facts.of("log_bucket.exists") is None:
        return bad(
            "The bucket that the access logs go to does not exist, so they are lost.",
            remedy(facts, "Make it, or name another one with “aws s3api put-bucket-logging”."),
        )
    name = mapping(mapping(facts.of("bucket.access-logs")).get("LoggingEnabled")).get("TargetBucket")
    lock = mapping(mapping(facts.of("log_bucket.object-lock")).get("ObjectLockConfiguration"))
    if mapping(lock.get("Rule")).get("DefaultRetention"):
        return bad(
            f"The log bucket {name} has a default retention, and S3 delivers no logs into such a bucket.",
            remedy(facts, "Name another bucket with “aws s3api put-bucket-logging”."),
        )
    encryption = mapping(mapping(facts.of("log_bucket.encryption")).get("ServerSideEncryptionConfiguration"))
    default = mapping((encryption.get("Rules") or [{}])[0].get("ApplyServerSideEncryptionByDefault"))
    if default.get("SSEAlgorithm") not in {None, "AES256"}:
        return bad(
            f"The log bucket {name} encrypts with {default['SSEAlgorithm']}; S3 delivers access logs with SSE-S3 only.",
            remedy(facts, f"aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration '{{\"Rules\":[{{\"ApplyServerSideEncryptionByDefault\":{{\"SSEAlgorithm\":\"AES256\"}}}}]}}'"),
        )  # fmt: skip
    if not _lets_logs_in(facts):
        return doubtful(
            f"No policy of {name} lets {_DELIVERY} write; unless an access list does, no log arrives.",
            remedy(facts, f"aws s3api put-bucket-policy --bucket {name} --policy file://policy.json"),
        )
    return well(f"{name} takes the logs: SSE-S3, no Object Lock, and {_DELIVERY} may write.")


def _lets_logs_in(facts: Facts) -> bool:
    policy = mapping(facts.of("log_bucket.policy")).get("Policy")
    if policy is None:
        return False
    return any(
        _DELIVERY in items(mapping(s.get("Principal")).get("Service")) for s in statements(policy, "Allow")
    )


def closed(facts: Facts, about: str, name: str) -> Verdict:
    """Whether a bucket that takes logs is closed to the public."""
    status = mapping(mapping(facts.of(f"{about}.policy-status")).get("PolicyStatus"))
    block = mapping(mapping(facts.of(f"{about}.public-access")).get("PublicAccessBlockConfiguration"))
    on = all(
        block.get(x)
        for x in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    )
    how = remedy(
        facts,
        f"aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,"
        "IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    )
    if status.get("IsPublic"):
        return bad(f"AWS says that the bucket {name} is public.", how)
    if not on:
        return bad(f"Not every public access block of {name} is on.", how)
    return well(f"{name} is not public, and cannot be made so.")


def _log_bucket_closed(facts: Facts) -> Verdict:
    found = mapping(mapping(facts.of("bucket.access-logs")).get("LoggingEnabled"))
    return closed(facts, "log_bucket", str(found.get("TargetBucket")))


def _notifications(facts: Facts) -> Verdict:
    found = mapping(facts.of("bucket.notifications"))
    to = [str(c.get("TopicArn")) for c in found.get("TopicConfigurations") or []]
    to += [str(c.get("QueueArn")) for c in found.get("QueueConfigurations") or []]
    to += [str(c.get("LambdaFunctionArn")) for c in found.get("LambdaFunctionConfigurations") or []]
    to += ["EventBridge"] if found.get("EventBridgeConfiguration") is not None else []
    if to:
        return well(f"The bucket tells {', '.join(to)} what happens to its files.")
    how = "put-bucket-notification-configuration --notification-configuration file://notification.json"
    return lacking(
        facts,
        "The bucket tells nobody what happens to its files.",
        s3api(facts, how, answer="hardening.alarms"),
    )


def _replication(facts: Facts) -> Verdict:
    found = mapping(mapping(facts.of("bucket.replication")).get("ReplicationConfiguration"))
    to = [
        mapping(mapping(rule).get("Destination"))
        for rule in found.get("Rules") or []
        if rule.get("Status") == "Enabled"
    ]
    if not to:
        return well(
            "The bucket is not replicated. Palisade keeps a copy of every backup in a bucket of its own."
        )
    foreign = [str(d["Account"]) for d in to if d.get("Account") not in {None, facts.account}]
    names = ", ".join(sorted({str(d.get("Bucket")) for d in to}))
    if foreign:
        return doubtful(
            f"The bucket is replicated to {names} of account {', '.join(foreign)}.",
            "Make sure that this account is yours and as well guarded as this one.",
        )
    return well(f"The bucket is replicated to {names}.")


def _inventory(facts: Facts) -> Verdict:
    found = mapping(facts.of("bucket.inventory")).get("InventoryConfigurationList") or []
    names = [str(i.get("Id")) for i in found if i.get("IsEnabled")]
    if names:
        return well(f"S3 Inventory lists the bucket's files: {', '.join(names)}.")
    return well("There is no S3 Inventory; it helps where there are very many wallets.")


def _kept_long_enough(facts: Facts) -> Verdict:
    """Old versions under retention outlive their lifecycle rule: said, because the bill shows it."""
    state, mode, days = object_lock(facts)
    if state != "Enabled" or not days:
        return left_out("Object Lock keeps no version, so lifecycle rules act as they say.")
    expiring = [mapping(rule.get("NoncurrentVersionExpiration")) for _, rule in _rules(facts)]
    sooner = [
        int(e["NoncurrentDays"])
        for e in expiring
        if int(e.get("NoncurrentDays") or 0) and int(e["NoncurrentDays"]) < days
    ]
    if sooner:
        return well(
            f"Old versions expire after {min(sooner)} days, but {mode.lower()} mode keeps each {days} days: the longer counts."
        )
    return well("Lifecycle rules and Object Lock do not get in each other's way.")


RULES: tuple[Rule, ...] = (
    Rule("config.bucket.lifecycle", "Lifecycle: never expires the current version of a backup", "critical", ("S3.13",), _current),
    Rule(
        "config.bucket.lifecycle-versions", "Lifecycle: keeps the newest old versions, expires older ones", "medium",
        ("S3.10", "S3.13", "s3_bucket_lifecycle_enabled"), _versions,
    ),
    Rule("config.bucket.lifecycle-uploads", "Lifecycle: ends unfinished uploads", "low", ("S3.13",), _uploads),
    Rule("config.bucket.lifecycle-lock", "Lifecycle: how it goes together with Object Lock", "info", (), _kept_long_enough),
    Rule(
        "config.bucket.access-logs", "Access logs: every request to the bucket is logged", "medium",
        ("S3.9", "s3_bucket_server_access_logging_enabled"), _access_logs,
    ),
    Rule("config.log_bucket.fit", "Access logs: their bucket can take them", "medium", ("S3.9",), _log_bucket),
    Rule("config.log_bucket.public-access", "Access logs: their bucket is not public", "high", ("S3.8",), _log_bucket_closed),
    Rule(
        "config.bucket.notifications", "S3 bucket: tells somebody what happens to its files", "low",
        ("S3.11", "s3_bucket_event_notifications_enabled"), _notifications,
    ),
    Rule("config.bucket.replication", "S3 bucket: where it is copied to", "info", ("s3_bucket_cross_region_replication",), _replication),
    Rule("config.bucket.inventory", "S3 bucket: whether its files are listed daily", "info", (), _inventory),
)  # fmt: skip
