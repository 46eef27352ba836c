"""Object Lock: for how long nobody can delete a version after it was written.

What is there is never shortened or weakened. A rule that is stricter than wanted stays; one of which it cannot be
said which of the two is stricter is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.model.bucket_sides import Site
from services.model.resource import Facet, Remark
from services.model.values import Tree, entries
from services.problems import Problem

_DAYS_OF_A_YEAR = 365
"""As S3 counts."""


@dataclass(frozen=True)
class Lock:
    """The default retention of new versions."""

    mode: Literal["governance", "compliance"]
    days: int

    def covers(self, other: Lock) -> bool:
        """Whether this is at least as strict as the other in both ways."""
        return self.days >= other.days and (self.mode == "compliance" or other.mode == "governance")

    @property
    def words(self) -> str:
        return f"Object Lock in {self.mode} mode for {self.days} day{'s' * (self.days != 1)}"


def object_lock(site: Site, lock: Lock) -> Facet:
    """Every new version is locked as wanted, or more strictly where that is so already."""

    def merge(have: Tree, want: Tree) -> Tree:
        found = _lock(have)
        return have if found is not None and found.covers(lock) else want

    def undecided(have: Tree, _target: Tree) -> Problem | None:
        found = _lock(have)
        if found is None or found.covers(lock) or lock.covers(found):
            return None
        both = Lock("compliance", max(found.days, lock.days))
        return Problem(
            "unfit",
            f"The bucket {site.name} has {found.words}, this set-up wants {lock.words}, and neither is the stricter one: "
            "nothing is shortened or weakened without you.",
            (
                f"For what contains both, answer storage.object_lock with {both.mode} and its days with {both.days}.",
                f"To leave it as it is, answer {found.mode} and {found.days}.",
            ),
        )

    def remark(have: Tree, target: Tree) -> Remark | None:
        found = _lock(have)
        if found is None or found != _lock(target):
            return _cannot_be_undone(lock)
        if found == lock:
            return None
        return Remark(
            f"The bucket {site.name} has {found.words}, which is stricter than {lock.words}: it stays, because a lock is "
            "never shortened or weakened here.",
            "Set the answers to what it is, and nothing is left to say.",
        )

    return Facet(
        name="object-lock",
        says=f"keeps {_whom(lock)} from deleting a new backup for {lock.days} day{'s' * (lock.days != 1)}",
        want={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": lock.mode.upper(), "Days": lock.days}},
        },
        read=site.get(
            "GetObjectLockConfiguration", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"
        ),
        write=lambda _have, target: site.put("PutObjectLockConfiguration", ObjectLockConfiguration=target),
        merge=merge,
        normal=_normal,
        words=_words,
        risk=lambda _have, _target: "irreversible",
        refuse=undecided,
        remark=remark,
    )


def no_object_lock(site: Site) -> Facet:
    """A bucket that S3 writes access logs to must not lock them: it would get none."""

    def locked(have: Tree, _target: Tree) -> Problem | None:
        if _lock(have) is None:
            return None
        return Problem(
            "unfit",
            f"The bucket {site.name} has Object Lock with a default retention, and S3 delivers no access logs to such a one.",
            (f"Choose another bucket name under {site.answer}.",),
        )

    return Facet(
        name="no-object-lock",
        says="has no Object Lock, which would keep access logs out",
        want=None,
        read=site.get(
            "GetObjectLockConfiguration", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"
        ),
        write=None,
        born=True,
        normal=lambda _value: None,
        words=_words,
        refuse=locked,
    )


def _cannot_be_undone(lock: Lock) -> Remark:
    said = (
        "Object Lock can never be turned off again, and versioning never suspended; the bucket can only be deleted when "
        "nothing in it is locked any more. It protects versions, not names: a delete marker can still hide a backup, and "
        "deleting the KMS key defeats it."
    )
    mode = (
        "In governance mode, whoever has s3:BypassGovernanceRetention can still delete a version."
        if lock.mode == "governance"
        else "In compliance mode nobody can shorten the time of a backup that is written, root included: "
        "only closing the AWS account would."
    )
    return Remark(
        f"{said} {mode}",
        "The writer must send a checksum with every upload, and whether Palisade does is not confirmed: see one backup "
        "arrive in a sandbox bucket with Object Lock first.",
    )


def _whom(lock: Lock) -> str:
    return (
        "everybody, root included,"
        if lock.mode == "compliance"
        else "everybody without the right to bypass it"
    )


def _retention(value: Tree) -> Mapping[str, Tree]:
    return entries(entries(entries(value).get("Rule")).get("DefaultRetention"))


def _lock(value: Tree) -> Lock | None:
    """The default retention; None if there is no Object Lock, or one without a default."""
    found = _retention(value)
    days = _number(found.get("Days")) + _DAYS_OF_A_YEAR * _number(found.get("Years"))
    match found.get("Mode"):
        case "COMPLIANCE":
            return Lock("compliance", days)
        case "GOVERNANCE":
            return Lock("governance", days)
        case _:
            return None


def _number(value: Tree) -> int:
    return value if isinstance(value, int) else 0


def _normal(value: Tree) -> Tree:
    found = _lock(value)
    return None if found is None else {"mode": found.mode, "days": found.days}


def _words(value: Tree) -> str:
    found = _lock(value)
    if found is not None:
        return found.words
    return "no Object Lock" if value is None else "Object Lock, but no default retention"
