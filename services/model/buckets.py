"""The buckets of a set-up: the one that Palisade writes backups to, and those that keep the records of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.model import (
    bucket_records,
    inventories,
    lifecycle,
    log_policies,
    object_lock,
    policies,
    versions,
)
from services.model.bucket_sides import Site, common, encryption, policy, resource
from services.model.lifecycle import Keep
from services.model.naming import Names
from services.model.object_lock import Lock
from services.model.place import Place
from services.model.removals import bucket_removal
from services.model.resource import Facet, Origin, Resource, Turn
from services.model.values import Ref, Tree

_LOG_BUCKET = Ref("log_bucket", "id")
_NO_RULES = (
    "Set storage.noncurrent_versions to 0, and hardening.mfa_delete to planned: MFA Delete stays as it is."
)


@dataclass(frozen=True)
class Hardening:
    """What keeps backups from being lost or changed unseen. `topic` is the topic to tell, None for none; `topic_arn` is
    what its ARN will be. `inventory`: whether S3 lists the bucket into the access log bucket; without that it cannot.
    """

    lock: Lock | None = None
    keep: Keep | None = None
    access_logs: bool = False
    inventory: bool = False
    topic: Tree = None
    topic_arn: str = ""
    mfa_delete: bool = False


def bucket(
    place: Place, name: str, *, namespace: str, strict: bool, hardening: Hardening = Hardening()
) -> Resource:
    """The bucket for the backups."""
    site = Site(place, "bucket", name, "storage.bucket")
    return resource(
        site,
        "holds the encrypted backups that Palisade writes",
        lambda origin: (
            *common(site, origin),
            versions.versioning(site, without_rules=_NO_RULES if hardening.keep else ""),
            encryption(site, Ref("key"), "encrypts with the KMS key of this set-up"),
            policy(
                site,
                policies.bucket_policy(site.arn, Ref("key"), strict=strict),
                "accepts only TLS 1.2 or newer and only this key",
            ),
            lifecycle.backups(site, hardening.keep),
            *_hardened(site, hardening),
        ),
        bucket_removal(site, Turn.BACKUPS),
        namespace=namespace,
    )


def _hardened(site: Site, hardening: Hardening) -> tuple[Facet, ...]:
    """What was asked for. The lock comes last: it alone can never be taken back."""
    found: list[Facet] = []
    if hardening.access_logs:
        found.append(_logged(site))
        found.append(inventories.inventory(site, Ref("log_bucket"), on=hardening.inventory))
    if hardening.topic is not None:
        found.append(bucket_records.notifications(site, hardening.topic, hardening.topic_arn))
    if hardening.mfa_delete:
        found.append(versions.mfa_delete(site))
    if hardening.lock is not None:
        found.append(object_lock.object_lock(site, hardening.lock))
    return tuple(found)


def _logged(site: Site) -> Facet:
    return bucket_records.access_logs(site, _LOG_BUCKET, log_policies.access_log_prefix(site.name))


def log_bucket(
    names: Names, sources: Mapping[str, str], *, namespace: str, inventory: bool = False
) -> Resource:
    """The bucket for S3's access logs of the sources: what each is (`Backups`, `Trail`), and the bucket's name.

    `inventory`: S3's daily lists of the backup bucket are kept there too.
    """
    site = Site(names.place, "log_bucket", names.access_log_bucket, "storage.access_log_bucket")
    prefixes = {of: log_policies.access_log_prefix(source) for of, source in sources.items()}
    what = "access logs and daily lists" if inventory else "access logs"

    def facets(origin: Origin) -> tuple[Facet, ...]:
        return (
            *common(site, origin),
            object_lock.no_object_lock(site),
            versions.versioning(site, without_rules=f"Choose another bucket name under {site.answer}."),
            # S3 delivers access logs only where its own keys encrypt.
            encryption(site, None, "encrypts with S3's own keys, the only ones that access logs can have"),
            policy(
                site,
                log_policies.access_log_policy(names, sources, inventory=inventory),
                f"accepts {what} of this set-up's buckets, and only over TLS 1.2 or newer",
            ),
            lifecycle.access_logs(site, prefixes, inventories.prefix(names.bucket) if inventory else ""),
        )

    says, removal = f"keeps the {what} of this set-up's buckets", bucket_removal(site, Turn.ACCESS_LOGS)
    return resource(site, says, facets, removal, namespace=namespace)


def trail_bucket(names: Names, *, namespace: str, logged: bool) -> Resource:
    """The bucket for CloudTrail's log files; `logged`: its own access logs go to the access log bucket."""
    site = Site(names.place, "trail_bucket", names.trail_bucket, "hardening.trail_bucket")

    def facets(origin: Origin) -> tuple[Facet, ...]:
        return (
            *common(site, origin),
            versions.versioning(site, without_rules=f"Choose another bucket name under {site.answer}."),
            # The key lets CloudTrail in by the trail's encryption context, which a bucket key would replace by the bucket's.
            encryption(
                site, Ref("log_key"), "encrypts with this set-up's KMS key for records", bucket_key=False
            ),
            policy(
                site,
                log_policies.trail_bucket_policy(names),
                "accepts log files of this set-up's trail, and only over TLS 1.2 or newer",
            ),
            lifecycle.log_files(site),
            *((_logged(site),) if logged else ()),
        )

    removal = bucket_removal(site, Turn.TRAIL_FILES)
    return resource(site, "keeps CloudTrail's log files", facets, removal, namespace=namespace)
