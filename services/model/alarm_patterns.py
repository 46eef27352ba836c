"""What the alarms watch for: one table of filter patterns over the trail's log group, a sentence for each.

Each is scoped to this set-up by names and ARNs, so an organisation's shared trail rings for it alone. In China an
event's source ends in `.amazonaws.com.cn`, so sources are compared by their beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from services.model.filter_patterns import (
    all_of,
    any_of,
    begins,
    calls,
    ends,
    equal,
    missing,
    other_than,
    pattern,
    there,
)
from services.model.values import Ref, Text, Tree

DataEvents: TypeAlias = Literal["off", "write", "all"]
"""Which accesses to files the trail records."""

_SEES: Mapping[DataEvents, int] = MappingProxyType({"off": 0, "write": 1, "all": 2})


@dataclass(frozen=True)
class Scene:
    """What the patterns are about: names and ARNs that are known before anything exists."""

    account: str
    bucket: str
    role_name: str
    role_arn: str
    trail_name: str


@dataclass(frozen=True)
class Watch:
    """One alarm. `what` ends the names of its filter, its metric and itself.

    `says` completes "The alarm rings when …", `then` says what to do. `needs`: the data events without which it could
    never ring. `blind`: what it does not see with fewer than all of them.
    """

    what: str
    says: str
    then: str
    pattern: Callable[[Scene], Tree]
    needs: DataEvents = "off"
    blind: Mapping[DataEvents, str] = field(default_factory=lambda: MappingProxyType({}))

    def works_with(self, recorded: DataEvents) -> bool:
        """Whether it can ring when the trail records these data events."""
        return _SEES[recorded] >= _SEES[self.needs]


_FROM_S3 = begins("eventSource", "s3.amazonaws.com")
_SUCCEEDED = missing("errorCode")


def _on_bucket(scene: Scene) -> str:
    return equal("requestParameters.bucketName", scene.bucket)


def _in_account(scene: Scene) -> str:
    """The trail of an organisation also has the events of other accounts, whose roles may have the same names."""
    return equal("recipientAccountId", scene.account)


def _denied(scene: Scene) -> str:
    writes = (
        "PutObject",
        "PostObject",
        "CopyObject",
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPartCopy",
        "CompleteMultipartUpload",
    )
    refused = begins("errorCode", "AccessDenied")
    return pattern(_FROM_S3, _on_bucket(scene), any_of(refused, all_of(there("errorCode"), calls(*writes))))


def _key(scene: Scene) -> Tree:
    """Whoever calls may give the key's id or its ARN, which ends with the id."""
    one_of_ours = ends("requestParameters.keyId", "/id/")
    filled = pattern(
        begins("eventSource", "kms.amazonaws.com"),
        _in_account(scene),
        calls("DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"),
        any_of(one_of_ours, one_of_ours),
    )
    template = filled.replace("{", "{{").replace("}", "}}").replace("/id/", "{}")
    return Text(template, (Ref("key", "id"), Ref("log_key", "id")))


def _bucket(scene: Scene) -> str:
    return pattern(
        _FROM_S3,
        _on_bucket(scene),
        calls(
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            "PutBucketObjectLockConfiguration",
            "PutBucketVersioning",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
            "PutBucketLogging",
            "PutBucketNotification",
            "DeleteBucket",
        ),
    )


def _trail(scene: Scene) -> str:
    """CloudTrail's calls take the trail's name or its ARN, and call it `name` or `trailName`."""

    def named(field_name: str) -> str:
        at = f"requestParameters.{field_name}"
        return any_of(equal(at, scene.trail_name), ends(at, f"/{scene.trail_name}"))

    return pattern(
        begins("eventSource", "cloudtrail.amazonaws.com"),
        _in_account(scene),
        any_of(
            all_of(
                calls("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
                named("name"),
            ),
            all_of(calls("PutEventSelectors", "PutInsightSelectors"), named("trailName")),
        ),
    )


def _role(scene: Scene) -> str:
    return pattern(
        begins("eventSource", "iam.amazonaws.com"),
        _in_account(scene),
        equal("requestParameters.roleName", scene.role_name),
        calls(
            "CreateRole",
            "DeleteRole",
            "UpdateRole",
            "UpdateAssumeRolePolicy",
            "PutRolePolicy",
            "DeleteRolePolicy",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRolePermissionsBoundary",
        ),
    )


def _deleted(scene: Scene) -> str:
    return pattern(
        _FROM_S3,
        _on_bucket(scene),
        _SUCCEEDED,
        calls(
            "DeleteObject",
            "DeleteObjects",
            "PutObjectRetention",
            "PutObjectLegalHold",
            "UpdateObjectEncryption",
        ),
    )


def _read(scene: Scene) -> str:
    """A copy into another bucket reads as well, and is recorded as a call on that bucket."""
    source = "requestParameters.x-amz-copy-source"
    return pattern(
        _FROM_S3,
        _SUCCEEDED,
        any_of(
            all_of(_on_bucket(scene), calls("GetObject", "GetObjectTorrent", "SelectObjectContent")),
            begins(source, f"{scene.bucket}/"),
            begins(source, f"/{scene.bucket}/"),
        ),
    )


def _foreign_write(scene: Scene) -> str:
    """A session of the role names the role as its issuer; a user, or the account's root, has no issuer."""
    return pattern(
        _FROM_S3,
        _on_bucket(scene),
        _SUCCEEDED,
        calls("PutObject", "PostObject", "CopyObject", "CompleteMultipartUpload"),
        other_than("userIdentity.sessionContext.sessionIssuer.arn", scene.role_arn),
    )


WATCHES: tuple[Watch, ...] = (
    Watch(
        "denied",
        "a write of a backup failed, or AWS denied a call on the bucket",
        "If it was Palisade's role, new wallets have no backup: run 'palisade-wizard verify'. If it was not, find "
        "out who tried.",
        _denied,
        blind={
            "off": "Without data events it sees calls on the bucket itself, and none on its files.",
            "write": "Without data events for reads it does not see that a read was denied.",
        },
    ),
    Watch(
        "key",
        "a KMS key of this set-up was disabled or scheduled for deletion, or its policy was changed, or somebody "
        "tried to",
        "Without the key no backup can be written or read. Cancel it ('aws kms cancel-key-deletion', 'aws kms "
        "enable-key') and find out who it was.",
        _key,
    ),
    Watch(
        "bucket",
        "the bucket's policy, access, lifecycle, Object Lock, versioning, encryption, replication, logging or "
        "notifications were changed, or somebody tried to",
        "If nobody meant it, run 'palisade-wizard plan' to see what differs, then 'apply'.",
        _bucket,
    ),
    Watch(
        "trail",
        "the trail was stopped, started, changed, deleted or told to record something else, or somebody tried to",
        "While it does not record, no alarm can ring. Run 'palisade-wizard plan' to see what differs, then 'apply'.",
        _trail,
    ),
    Watch(
        "role",
        "the role's trust, policies or permissions boundary were changed, or the role was deleted, or somebody "
        "tried to",
        "If nobody meant it, take away the role's policies first, then run 'palisade-wizard plan' and 'apply'.",
        _role,
    ),
    Watch(
        "deleted",
        "a backup was deleted or encrypted anew, or its retention or legal hold was changed",
        "Old versions are kept: remove the delete marker to have the file back. Find out who it was before "
        "anything else goes.",
        _deleted,
        needs="write",
    ),
    Watch(
        "read",
        "a backup was read",
        "Backups are read for a recovery, a rehearsal or 'palisade-wizard verify' only. If it was none of these, "
        "find out who it was; the files are sealed with the recovery key.",
        _read,
        needs="all",
    ),
    Watch(
        "foreign-write",
        "somebody other than Palisade's role wrote into the bucket",
        "Compare the file's versions: the one that Palisade wrote is still there. Find out who it was.",
        _foreign_write,
        needs="write",
    ),
)
"""Every alarm, in the order of docs/hardening.md."""


def unwatched(recorded: DataEvents) -> tuple[Watch, ...]:
    """The alarms that could never ring with the data events that the trail records."""
    return tuple(watch for watch in WATCHES if not watch.works_with(recorded))
