"""The list of every version in the backup bucket that S3 itself writes once a day, which `audit` reads of many wallets.

A bucket has any number of inventories, each under an Id. Ours has one of our own, and is the only one that is read and
written: those of others are not touched. What it lists, and where it lies, is `docs/scale.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.model.bucket_sides import Site
from services.model.calls import Call
from services.model.resource import Facet, Withdrawal
from services.model.values import Tree, bare, entries, items

ID = "palisade-wizard-daily"
"""The Id of the one inventory that this program sets."""

FOLDER = "inventory_reports"
"""Under which names the reports are kept. No bucket can be named so, and access logs are kept under buckets' names."""

FIELDS = ("Size", "LastModifiedDate", "EncryptionStatus", "ObjectLockRetainUntilDate", "ObjectLockMode")
"""What an audit asks beyond the names of files and versions, which a report of all versions has by itself."""


def prefix(bucket: str) -> str:
    """Under which names S3 keeps the reports about a bucket, whichever of its inventories they are of."""
    return f"{FOLDER}/{bucket}/"


def inventory(site: Site, target: Tree, *, on: bool) -> Facet:
    """S3 lists every version once a day into the target bucket (its ARN), or not any more if `on` is false.

    The reports are encrypted as the target bucket asks: with S3's own keys, so that no key has to let S3 in.
    """
    want: Mapping[str, Tree] = {
        "Id": ID,
        "IsEnabled": on,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "OptionalFields": FIELDS,
        "Destination": {
            "S3BucketDestination": {
                "AccountId": site.place.account,
                "Bucket": target,
                "Format": "Parquet",
                "Prefix": FOLDER,
            }
        },
    }

    def write(_have: Tree, target: Tree) -> Call:
        call = site.put("PutBucketInventoryConfiguration", Id=ID, InventoryConfiguration=target)
        # A target that was just made is not known everywhere yet.
        return replace(call, transient=call.transient | {"InvalidS3DestinationBucket"})

    read = site.get("GetBucketInventoryConfiguration", "InventoryConfiguration", "NoSuchConfiguration")
    return Facet(
        name="inventory",
        says="has every version in it listed daily, for the audit of many wallets"
        if on
        else "is not listed daily for this set-up",
        want=want,
        read=replace(read, params={**read.params, "Id": ID}),
        write=write,
        normal=normal,
        words=words,
        # A new bucket has none: where none is wanted there is nothing to do.
        born=not on,
        withdraw=Withdrawal(
            lambda _have: None, lambda _have, _target: site.put("DeleteBucketInventoryConfiguration", Id=ID)
        ),
    )


def normal(value: Tree) -> Tree:
    """What matters of an inventory. One that is turned off is as good as none, and S3 tells fields in any order.

    No encryption and S3's own keys are one: the target bucket encrypts with them whatever it gets.
    """
    told = entries(bare(value))
    if told.get("IsEnabled") is not True:
        return None
    to = _target(told)
    return {
        "versions": told.get("IncludedObjectVersions"),
        "schedule": entries(told.get("Schedule")).get("Frequency"),
        "fields": sorted(str(field) for field in items(told.get("OptionalFields"))),
        "filter": told.get("Filter") or None,
        "key": entries(entries(to.get("Encryption")).get("SSEKMS")).get("KeyId"),
        **{name: to.get(name) or "" for name in ("AccountId", "Bucket", "Format", "Prefix")},
    }


def _target(configuration: Mapping[str, Tree]) -> Mapping[str, Tree]:
    return entries(entries(configuration.get("Destination")).get("S3BucketDestination"))


def words(value: Tree) -> str:
    """What is listed, how often, and where to."""
    state = entries(normal(value))
    if not state:
        return "is not listed daily for this set-up"
    which = "all versions" if state["versions"] == "All" else "current versions alone"
    part = (
        f" of files whose names begin with {entries(state['filter']).get('Prefix')!s}"
        if state["filter"]
        else ""
    )
    key = f", encrypted with {state['key']!s}" if state["key"] else ""
    owner = f" of account {state['AccountId']!s}" if state["AccountId"] else ""
    return (
        f"has {which}{part} listed {str(state['schedule']).lower()} as {state['Format']!s} with "
        f"{', '.join(map(str, items(state['fields']))) or 'no fields'}, to {state['Bucket']!s}{owner}, "
        f"under {state['Prefix'] or 'no prefix'!s}{key}"
    )
