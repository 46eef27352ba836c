"""The manifest of an S3 Inventory report: which files it has, with which checksums, and which fields they hold.

Format: Amazon S3 User Guide, "Locating your inventory list". `manifest.checksum` holds the MD5 of `manifest.json`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from services import json_text
from services.problems import ProblemError, refuse

Format: TypeAlias = Literal["CSV", "Parquet"]

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "Bucket": "bucket",
        "Key": "key",
        "VersionId": "version_id",
        "IsLatest": "is_latest",
        "IsDeleteMarker": "is_delete_marker",
        "Size": "size",
        "LastModifiedDate": "last_modified_date",
        "EncryptionStatus": "encryption_status",
        "ObjectLockRetainUntilDate": "object_lock_retain_until_date",
        "ObjectLockMode": "object_lock_mode",
    }
)
"""The fields that the audit needs, by their names in the configuration and in a CSV schema, with those in Parquet."""

NEEDED = ("Bucket", "Key", "Size", "LastModifiedDate")
"""The fields without which nothing can be said."""

MANIFEST, CHECKSUM = "manifest.json", "manifest.checksum"
LARGEST = 8 * 1024 * 1024
"""Bytes of a manifest that are read; each file takes some 200."""


@dataclass(frozen=True)
class DataFile:
    """A file of the report: its key in the destination bucket, its size in bytes, its MD5 in hex."""

    key: str
    size: int
    md5: str


@dataclass(frozen=True)
class Manifest:
    """A report. `schema` holds the names of all its fields, in order, as the configuration spells those that are known."""

    bucket: str
    destination: str
    created: datetime
    format: Format
    schema: tuple[str, ...]
    files: tuple[DataFile, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that the audit would need and the report does not have."""
        return tuple(field for field in FIELDS if field not in self.schema)


def parse(content: bytes, checksum: bytes, bucket: str, where: str) -> Manifest:
    """The manifest of a report about `bucket`. Errors: `failed-check` where the checksum is another, `unfit` where the
    report is another bucket's or lacks what an audit cannot do without, `unreadable-file`.
    """
    told = checksum.decode("ascii", "replace").strip().lower()
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != told:
        raise refuse(
            "failed-check",
            "The inventory's manifest does not have the checksum that stands beside it: it is damaged or was changed.",
            "Take another report, or list the bucket: --engine list. If this happens again, find out who can write to the "
            "inventory's bucket.",
            where=where,
        )
    try:
        found = _manifest(json_text.parsed(content))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        raise refuse(
            "unreadable-file",
            "The inventory's manifest is not one of S3 Inventory.",
            "Give the folder of a report, in which manifest.json and manifest.checksum stand.",
            where=where,
        ) from None
    _fits(found, bucket, where)
    return found


def _manifest(value: Any) -> Manifest:
    form: Format = _format(_text(value["fileFormat"]))
    files = tuple(
        DataFile(_text(each["key"]), int(each["size"]), _text(each["MD5checksum"]).lower())
        for each in value["files"]
    )
    return Manifest(
        bucket=_text(value["sourceBucket"]),
        destination=_text(value["destinationBucket"]).rpartition(":")[2],
        created=datetime.fromtimestamp(int(value["creationTimestamp"]) / 1000, UTC),
        format=form,
        schema=_schema(_text(value["fileSchema"]), form),
        files=files,
    )


def _text(value: Any) -> str:
    """A text; nothing else is taken for one."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no text")
    return value


def _format(name: str) -> Format:
    match name.lower():
        case "csv":
            return "CSV"
        case "parquet":
            return "Parquet"
        case _:
            raise _unfit(f"The inventory is in the format {name[:20]!r}, which is not read.", "fileFormat")


def _schema(text: str, form: Format) -> tuple[str, ...]:
    if form == "CSV":
        return tuple(name.strip() for name in text.split(","))
    own = {parquet: name for name, parquet in FIELDS.items()}
    names = re.findall(r"(?:required|optional)\s+\w+\s+(\w+)", text)
    return tuple(own.get(name, name) for name in names)


def _fits(found: Manifest, bucket: str, where: str) -> None:
    if found.bucket != bucket:
        raise _unfit(f"The inventory is about the bucket {found.bucket[:63]!r}, not about {bucket}.", where)
    lacking = [field for field in NEEDED if field not in found.schema]
    if lacking:
        raise _unfit(
            f"The inventory lacks the fields {', '.join(lacking)}, without which nothing can be said.", where
        )
    names = [file.key for file in found.files]
    if len(set(names)) != len(names):
        raise _unfit("The inventory's manifest names a file twice, so its counts would be too high.", where)


def _unfit(summary: str, where: str) -> ProblemError:
    return refuse(
        "unfit",
        summary,
        "Configure an inventory of the backup bucket (daily, Parquet, all versions) with the fields "
        f"{', '.join(list(FIELDS)[2:])}, or list the bucket now: --engine list.",
        where=where,
    )
