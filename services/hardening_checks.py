"""What must hold between the answers about hardening: each check gives the problem, or nothing."""

from __future__ import annotations

import re
from typing import Protocol

from services.problems import Problem

_REGIONAL = re.compile(r".+-(?P<account>[0-9]{12})-(?P<region>[a-z0-9-]+)-an")


class Answered(Protocol):
    """The answers, as far as the checks ask them."""

    def text(self, key: str) -> str: ...

    def number(self, key: str) -> int: ...

    def flag(self, key: str) -> bool: ...


def lock_days(answers: Answered) -> Problem | None:
    """A lock without a time would lock nothing."""
    mode = answers.text("storage.object_lock")
    if mode == "off" or answers.number("storage.object_lock_days") > 0:
        return None
    return Problem(
        "invalid-answer",
        f"Object Lock is in {mode} mode, but for how many days is not answered.",
        (
            "Set storage.object_lock_days: 1 is enough to try a write in sandbox, 365 is what production proposes.",
            "Or set storage.object_lock to off.",
        ),
        "storage.object_lock_days",
    )


def days_of_old_versions(answers: Answered) -> Problem | None:
    """S3 has no rule for a number of versions without a number of days."""
    versions = answers.number("storage.noncurrent_versions")
    if versions == 0 or answers.number("storage.noncurrent_days") > 0:
        return None
    return Problem(
        "invalid-answer",
        f"The newest {versions} old versions are to stay, but after how many days others expire is not answered.",
        (
            "Set storage.noncurrent_days: 90 is what production proposes.",
            "Or set storage.noncurrent_versions to 0, so that nothing expires.",
        ),
        "storage.noncurrent_days",
    )


def mfa_or_lifecycle(answers: Answered) -> Problem | None:
    """S3 takes MFA Delete or lifecycle rules, never both."""
    if answers.text("hardening.mfa_delete") == "off" or answers.number("storage.noncurrent_versions") == 0:
        return None
    return Problem(
        "invalid-answer",
        "MFA Delete and lifecycle rules exclude each other: S3 does not take both on one bucket.",
        (
            "For MFA Delete, set storage.noncurrent_versions to 0: old versions then never expire.",
            "For lifecycle rules, set hardening.mfa_delete to off: Object Lock protects the backups too.",
        ),
        "hardening.mfa_delete",
    )


def access_log_bucket(answers: Answered) -> Problem | None:
    """Access logs go to a bucket of their own, in the same account and region."""
    if not answers.flag("storage.access_logs"):
        return None
    key = "storage.access_log_bucket"
    name = answers.text(key)
    if name and name == answers.text("storage.bucket"):
        return Problem(
            "invalid-answer",
            "The access logs would go into the bucket that they are about, beside the backups.",
            (f"Choose another bucket under {key}, or leave it out to have one proposed.",),
            key,
        )
    return _of_another_place(
        answers,
        key,
        "access log bucket",
        "S3 delivers access logs only within the account and region of the bucket that they are about",
    )


def inventory(answers: Answered) -> Problem | None:
    """S3's daily list goes into the access log bucket, the one bucket whose policy this set-up can open for it."""
    if not answers.flag("hardening.inventory") or answers.flag("storage.access_logs"):
        return None
    return Problem(
        "invalid-answer",
        "S3 is to list the bucket daily, but there is no access log bucket for the lists.",
        (
            "Set storage.access_logs to true: the lists are kept in the bucket of the access logs.",
            "Or set hardening.inventory to false: an inventory that you configure yourself is read by the audit too.",
        ),
        "hardening.inventory",
    )


def trail_bucket(answers: Answered) -> Problem | None:
    """The bucket of a trail that is made is made in the same account and region."""
    if answers.text("hardening.trail") != "create":
        return None
    return _of_another_place(
        answers,
        "hardening.trail_bucket",
        "bucket of the trail",
        "it is made in the account and region of this set-up",
    )


def _of_another_place(answers: Answered, key: str, what: str, why: str) -> Problem | None:
    """A name that AWS keeps for the buckets of one account and region, and this is another."""
    name = answers.text(key)
    found = _REGIONAL.fullmatch(name)
    here = (answers.text("aws.account"), answers.text("aws.region"))
    there = found.groups() if found else here
    if all(mine in {"", theirs} for mine, theirs in zip(here, there, strict=True)):
        return None
    return Problem(
        "invalid-answer",
        f"The {what} {name} has the name of one in account {there[0]} and region {there[1]}, but {why}.",
        (f"Choose another name under {key}, or leave it out to have one proposed.",),
        key,
    )


def log_buckets(answers: Answered) -> Problem | None:
    """S3 delivers no access logs into a bucket that CloudTrail fills under a key, and each would log the other."""
    key = "hardening.trail_bucket"
    name = answers.text(key)
    if answers.text("hardening.trail") != "create" or not answers.flag("storage.access_logs") or not name:
        return None
    if name != answers.text("storage.access_log_bucket"):
        return None
    return Problem(
        "invalid-answer",
        "CloudTrail's log files and the access logs would go into one bucket, and S3 delivers no access logs there.",
        (f"Choose another name under {key}, or leave it out to have one proposed.",),
        key,
    )


CHECKS = (
    lock_days,
    days_of_old_versions,
    mfa_or_lifecycle,
    access_log_bucket,
    inventory,
    trail_bucket,
    log_buckets,
)
