"""Where a set-up's inventory lies: in a place that somebody names, or where the bucket's configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.audit.manifest import FIELDS
from services.audit.sources import BucketSource, FolderSource, Source, is_report_name, newest, newest_below
from services.aws.translate import problem_of
from services.model.calls import Aws, Refused
from services.model.coverage_reads import inventories
from services.problems import ProblemError, refuse

FIRST = (
    "The first report takes up to 48 hours after an inventory is configured.",
    "Until then list the bucket: --engine list.",
)


def named(place: str, account: str, aws: Aws, cache: Path) -> Source:
    """The newest report in a folder, or below `s3://BUCKET/PREFIX`. Errors: `not-ready` where there is none."""
    if place.startswith("s3://"):
        where, _, prefix = place.removeprefix("s3://").partition("/")
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        if is_report_name(folder):
            return BucketSource(aws, where, account, folder, cache)
        return _found(newest(aws, where, account, folder, cache), place)
    found = newest_below(Path(place))
    return _found(FolderSource(found) if found is not None else None, place)


def configured(bucket: str, account: str, aws: Aws, cache: Path) -> Source:
    """The newest report of the bucket's own inventory. Errors: `unfit` where it has none, `not-ready` before the first."""
    try:
        reply = aws(inventories(bucket, account))
    except Refused as refused:
        raise ProblemError(problem_of(refused)) from None
    fitting = [each for each in reply.get("InventoryConfigurationList", []) if _fits(each)]
    if not fitting:
        raise refuse(
            "unfit",
            f"The bucket {bucket} has no inventory that covers all of it as CSV or Parquet.",
            "List the bucket: --engine list.",
            "Or set hardening.inventory to true and apply: S3 then lists the bucket daily, for the first time within 48 hours.",
            where="s3:ListBucketInventoryConfigurations",
        )
    best, *others = (_Place.of(each, bucket, account) for each in sorted(fitting, key=_lacks))
    found = newest(aws, best.bucket, best.account, best.folder, cache)
    if found is None:  # it may have been configured a moment ago, and another one long before
        reported = (_reported(other, aws, cache) for other in others)
        found = next((each for each in reported if each is not None), None)
    return _found(found, f"s3://{best.bucket}/{best.folder}")


@dataclass(frozen=True)
class _Place:
    """Where the reports of an inventory lie: a folder, with its slash, of a bucket that `account` owns."""

    bucket: str
    account: str
    folder: str

    @classmethod
    def of(cls, each: Mapping[str, Any], bucket: str, account: str) -> _Place:
        to = each["Destination"]["S3BucketDestination"]
        prefix = str(to.get("Prefix") or "").rstrip("/")
        folder = "/".join(part for part in (prefix, bucket, str(each["Id"])) if part) + "/"
        return cls(str(to["Bucket"]).rpartition(":")[2], str(to.get("AccountId") or account), folder)


def _lacks(each: Mapping[str, Any]) -> tuple[bool, int]:
    """How little an inventory tells: whether old versions are not in it, and how many fields of an audit."""
    told = set(each.get("OptionalFields") or ())
    return each.get("IncludedObjectVersions") != "All", len(set(FIELDS) - told)


def _reported(place: _Place, aws: Aws, cache: Path) -> BucketSource | None:
    """The newest report of an inventory that is only the next best: one that may not be read is passed over."""
    try:
        return newest(aws, place.bucket, place.account, place.folder, cache)
    except ProblemError:
        return None


def _fits(each: Mapping[str, Any]) -> bool:
    to = each.get("Destination", {}).get("S3BucketDestination", {})
    return bool(each.get("IsEnabled")) and not each.get("Filter") and to.get("Format") in {"CSV", "Parquet"}


def _found(source: BucketSource | FolderSource | None, place: str) -> Source:
    if source is None:
        raise refuse("not-ready", f"No inventory report is in {place} yet.", *FIRST, where=place)
    return source
