"""From answers to buckets: where backups and the records of them are kept, and how they are guarded."""

from __future__ import annotations

import re
from typing import Literal

from services.answers import Answers
from services.model.buckets import Hardening, bucket, log_bucket
from services.model.lifecycle import Keep
from services.model.naming import Names
from services.model.object_lock import Lock
from services.model.place import Place
from services.model.resource import Resource
from services.model.values import Ref

_MODES: dict[str, Literal["governance", "compliance"]] = {
    "governance": "governance",
    "compliance": "compliance",
}


def names(answers: Answers, place: Place) -> Names:
    """The names of everything that watches over the backups."""
    backups = answers.text("storage.bucket")
    return Names(
        place=place,
        setup=answers.text("setup.name"),
        bucket=backups,
        access_log_bucket=answers.text("storage.access_log_bucket"),
        trail_bucket=answers.text("hardening.trail_bucket"),
    )


def backup_bucket(answers: Answers, place: Place) -> Resource:
    """The bucket for the backups, as hard as the answers want it."""
    versions = answers.number("storage.noncurrent_versions")
    mode = _MODES.get(answers.text("storage.object_lock"))
    return bucket(
        place,
        answers.text("storage.bucket"),
        namespace=answers.text("storage.namespace"),
        strict=answers.text("storage.encryption_headers") == "strict",
        hardening=Hardening(
            lock=Lock(mode, answers.number("storage.object_lock_days")) if mode else None,
            keep=Keep(versions, answers.number("storage.noncurrent_days")) if versions else None,
            access_logs=answers.flag("storage.access_logs"),
            inventory=answers.flag("hardening.inventory"),
            topic=Ref("topic") if answers.flag("hardening.alarms") else None,
            topic_arn=names(answers, place).topic_arn,
            mfa_delete=answers.text("hardening.mfa_delete") == "planned",
        ),
    )


def access_log_buckets(answers: Answers, place: Place) -> tuple[Resource, ...]:
    """The bucket for access logs, if there are any."""
    if not answers.flag("storage.access_logs"):
        return ()
    known = names(answers, place)
    sources = {"Backups": known.bucket}
    if answers.text("hardening.trail") == "create":
        sources["Trail"] = known.trail_bucket
    return (
        log_bucket(
            known,
            sources,
            namespace=namespace_of(known.access_log_bucket),
            inventory=answers.flag("hardening.inventory"),
        ),
    )


def namespace_of(name: str) -> Literal["global", "account-regional"]:
    """Whether a bucket's name belongs to its account alone: its form tells."""
    return "account-regional" if re.search(r"-[0-9]{12}-[a-z0-9-]+-an$", name) else "global"
