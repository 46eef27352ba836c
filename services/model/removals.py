"""How keys, roles and buckets go that this set-up made: as data, beside how they are made.

A key goes by the shortest wait that AWS has, so that a slip can still be taken back. A role goes only if nothing but
ours hangs on it. A bucket goes after its files, each version of them by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.model.bucket_sides import Site
from services.model.calls import Call
from services.model.resource import Facet, Removal, Turn
from services.model.role_sides import Only, nothing_else
from services.model.values import Ref, Tree, items
from services.problems import Problem

WAIT_DAYS = 7
"""Between the request and the deletion of a KMS key: the shortest that AWS takes."""

_NO_ROLE = frozenset({"NoSuchEntity"})
# What was just taken off a role hangs on it for a moment more.
_STILL_HANGS = frozenset({"DeleteConflict", "ConcurrentModification"})


def key_removal(resource: str, keeps: tuple[str, ...]) -> Removal:
    """The key's deletion. `keeps` names what is encrypted with it: as long as that stays, so does the key."""
    by_id: Mapping[str, Tree] = {"KeyId": Ref(resource, "id")}
    schedule = {**by_id, "PendingWindowInDays": WAIT_DAYS}
    return Removal(
        turn=Turn.KEY,
        calls=(Call("kms", "ScheduleKeyDeletion", schedule, absent=frozenset({"NotFoundException"})),),
        says=f"is deleted in {WAIT_DAYS} days, the shortest wait that AWS has; whatever it encrypted cannot be read then",
        gone=Call(
            "kms",
            "DescribeKey",
            by_id,
            {"arn": "[KeyMetadata][?KeyState!='PendingDeletion']|[0].Arn"},
            frozenset({"NotFoundException"}),
        ),
        keeps=keeps,
    )


def alias_removal(name: str, of: str) -> Removal:
    """The alias of a key goes before its key, and stays with it."""
    delete = Call("kms", "DeleteAlias", {"AliasName": name}, absent=frozenset({"NotFoundException"}))
    return Removal(Turn.ALIAS, (delete,), keeps=(of,), proof=(of,))


def bucket_removal(site: Site, turn: Turn) -> Removal:
    """A bucket with everything in it."""
    delete = Call(
        "s3",
        "DeleteBucket",
        site.named,
        absent=frozenset({"NoSuchBucket"}),
        transient=frozenset({"OperationAborted"}),
    )
    return Removal(turn, (delete,), bucket=site.named, backups=turn == Turn.BACKUPS)


def emptying_calls(bucket: Mapping[str, Tree]) -> tuple[Call, ...]:
    """The kinds of calls by which a bucket is looked through and emptied, for whoever is to be allowed them."""
    version: Mapping[str, Tree] = {**bucket, "Key": "key", "VersionId": "version"}
    objects: Tree = [{"Key": "key", "VersionId": "version"}]
    return (
        Call("s3", "GetObjectLockConfiguration", bucket),
        Call("s3", "GetBucketVersioning", bucket),
        Call("s3", "ListObjectVersions", bucket),
        Call("s3", "GetObjectRetention", version),
        Call("s3", "GetObjectLegalHold", version),
        Call("s3", "ListMultipartUploads", bucket),
        Call("s3", "DeleteObjects", {**bucket, "Delete": {"Objects": objects}}),
        Call("s3", "AbortMultipartUpload", {**bucket, "Key": "key", "UploadId": "upload"}),
    )


def role_removal(role: str, policy: str, turn: Turn) -> Removal:
    """A role and its one inline policy, whose end takes the rights from open sessions too."""
    named: Mapping[str, Tree] = {"RoleName": role}
    only = Only(
        role,
        policy,
        harm="deleting the role would delete what others gave it",
        instead="Then run the command again.",
    )
    return Removal(
        turn=turn,
        calls=(
            Call(
                "iam",
                "DeleteRolePolicy",
                {**named, "PolicyName": policy},
                absent=_NO_ROLE,
                transient=_STILL_HANGS,
            ),
            Call("iam", "DeleteRole", named, absent=_NO_ROLE, transient=_STILL_HANGS),
        ),
        looks=(*nothing_else(only), _instance_profiles(role)),
    )


def _instance_profiles(role: str) -> Facet:
    def refuse(have: Tree, _target: Tree) -> Problem | None:
        if not items(have):
            return None
        return Problem(
            "unfit",
            f"The role {role} is in instance profiles ({', '.join(map(str, items(have)))}), so machines of yours use it, "
            "and it is not deleted.",
            ("Take the role out of them if nothing needs it, then run the command again.",),
        )

    profiles = "InstanceProfiles[].InstanceProfileName"
    read = Call("iam", "ListInstanceProfilesForRole", {"RoleName": role}, {"have": profiles}, _NO_ROLE)
    return Facet("instance-profiles", "is in no instance profile", [], read, None, refuse=refuse)
