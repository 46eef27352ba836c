"""The calls of an audit of all wallets, as data: pages of versions, files, their retention, and the inventory's place."""

from __future__ import annotations

from services.model import inventories as own
from services.model.audit_reads import bucket_reads, object_reads, versions
from services.model.calls import Call


def page(bucket: str, account: str, prefix: str, key: str = "", version: str = "") -> Call:
    """A page of the versions below a prefix, after a name (and a version of it)."""
    first = versions(bucket, account)
    after = {name: given for name, given in (("KeyMarker", key), ("VersionIdMarker", version)) if given}
    return Call(first.service, first.op, {**first.params, "Prefix": prefix, **after})


def get(bucket: str, account: str, key: str, slice_: str = "") -> Call:
    """A file, or a slice of it (`bytes=0-99`)."""
    params = {"Bucket": bucket, "ExpectedBucketOwner": account, "Key": key}
    return Call("s3", "GetObject", {**params, **({"Range": slice_} if slice_ else {})})


def folders(bucket: str, account: str, prefix: str, token: str = "") -> Call:
    """A page of the folders below a prefix."""
    params = {"Bucket": bucket, "ExpectedBucketOwner": account, "Prefix": prefix, "Delimiter": "/"}
    return Call("s3", "ListObjectsV2", {**params, **({"ContinuationToken": token} if token else {})})


def inventories(bucket: str, account: str) -> Call:
    """The bucket's inventory configurations."""
    return bucket_reads(bucket, account)["inventory"]


def coverage_calls(bucket: str, account: str, lists: str = "") -> tuple[Call, ...]:
    """Every call that an audit makes on the backup bucket, and on the bucket `lists` for the set-up's own daily lists of it.

    Where an inventory that others configured lies, only its configuration names.
    """
    one = "*"
    _, retention = object_reads(bucket, account, one)
    whole = (page(bucket, account, ""), get(bucket, account, one), retention, inventories(bucket, account))
    if not lists:
        return whole
    below = own.prefix(bucket)
    return (*whole, folders(lists, account, below), get(lists, account, f"{below}*"))
