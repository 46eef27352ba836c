"""Finds the backup files of a bucket with few listings, however full the bucket is.

A named wallet is one folder. Without a name a small bucket is listed whole. In a large one only the names of the
folders are listed, and what is new since the last look is looked into: key IDs are random, so a new wallet may stand
anywhere among the old ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from services.backups.shards import parse_key
from services.model.audit_reads import versions
from services.model.calls import Aws, Call, Reply

PAGE = 1000
MOST_PAGES = 5
"""Pages of files that the first look at a large bucket goes through."""

MOST_OF_ONE = 3
"""Pages of files of one named wallet."""

MOST_FOLDER_PAGES = 50
"""Pages of folder names that a look at a large bucket goes through."""

MOST_NEW = 20
"""New folders that one look goes into."""

Lately: TypeAlias = Callable[[], Sequence[str]]
"""The object keys that were written lately, as a trail tells them."""


@dataclass(frozen=True)
class Place:
    """Where to look: all of the bucket or some wallets' folders; only files written since a moment, if there is one."""

    bucket: str
    account: str
    key_ids: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True)
class FoundFile:
    """A backup file as a listing tells of it; `size` in bytes."""

    key: str
    written: datetime
    size: int
    etag: str = ""


@dataclass(frozen=True)
class Found:
    """The newest file first. `others` counts what is no backup file, `folders` those of a large bucket, else None.

    `new` counts the folders that appeared since the first look, None on that look. `truncated`: there is more.
    """

    files: tuple[FoundFile, ...] = ()
    others: int = 0
    folders: int | None = None
    new: int | None = None
    truncated: bool = False


@dataclass(frozen=True)
class Deleted:
    """A backup file behind a delete marker, which is the version `marker`."""

    key: str
    marker: str
    when: datetime


@dataclass
class Folders:
    """The folder names that the first look at a large bucket saw; what comes later is new."""

    known: frozenset[str] | None = None


@dataclass
class _Sum:
    files: dict[str, FoundFile] = field(default_factory=dict)
    others: int = 0
    truncated: bool = False

    def add(self, reply: Reply, since: datetime | None) -> None:
        for item in reply.get("Contents", []):
            key, written = str(item["Key"]), datetime.fromisoformat(item["LastModified"])
            if parse_key(key) is None:
                self.others += 1
            elif since is None or written >= since:
                size = int(item.get("Size", 0))
                self.files[key] = FoundFile(key, written, size, str(item.get("ETag", "")))

    def found(self, folders: int | None = None, new: int | None = None) -> Found:
        files = sorted(self.files.values(), key=lambda file: (-file.written.timestamp(), file.key))
        return Found(tuple(files), self.others, folders, new, self.truncated)


def find(aws: Aws, place: Place, folders: Folders, lately: Lately | None = None) -> Found:
    """One look. Raises `Refused` when AWS does not let the bucket be listed."""
    seen = _Sum()
    if place.key_ids:
        for key_id in place.key_ids:
            _take(aws, place, seen, f"{key_id}/", MOST_OF_ONE)
        return seen.found()
    first = next(_pages(aws, place, {"Prefix": ""}))
    seen.add(first, place.since)
    if not _more(first):
        return seen.found()
    return _large(aws, place, folders, seen, first, lately=lately)


def deleted(aws: Aws, place: Place, key_id: str) -> Sequence[Deleted]:
    """The files of a wallet that a delete marker hides. Raises `Refused` when AWS does not let versions be listed."""
    call = versions(place.bucket, place.account)
    listed = aws(Call(call.service, call.op, {**call.params, "Prefix": f"{key_id}/"}))
    return [
        Deleted(
            str(each["Key"]), str(each.get("VersionId", "")), datetime.fromisoformat(each["LastModified"])
        )
        for each in listed.get("DeleteMarkers", [])
        if each.get("IsLatest") and parse_key(str(each["Key"])) is not None
    ]


def _large(
    aws: Aws, place: Place, folders: Folders, seen: _Sum, first: Reply, *, lately: Lately | None
) -> Found:
    names, whole = folders_of(aws, place)
    before, seen.truncated = folders.known, True
    new = _folders_of(lately()) if lately is not None else []
    if before is None:
        folders.known = names
        if not new:
            _take(aws, place, seen, "", MOST_PAGES - 1, after=first)
    else:
        seen.files.clear()
        new = list(dict.fromkeys([*sorted(names - before), *new]))
    for name in new[:MOST_NEW]:
        _take(aws, place, seen, name, 1)
    seen.truncated = not whole or before is None or len(new) > MOST_NEW
    return seen.found(len(names), None if before is None else len(names - before))


def _folders_of(keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(f"{named.key_id}/" for named in map(parse_key, keys) if named is not None))


def _take(aws: Aws, place: Place, seen: _Sum, prefix: str, most: int, *, after: Reply | None = None) -> None:
    """Adds the files under a prefix, in at most so many pages."""
    reply: Reply = {}
    for number, reply in enumerate(_pages(aws, place, {"Prefix": prefix}, after), 1):
        seen.add(reply, place.since)
        if number == most:
            break
    seen.truncated = seen.truncated or bool(_more(reply))


def folders_of(aws: Aws, place: Place) -> tuple[frozenset[str], bool]:
    """The names of the bucket's folders, each with its slash, and whether these are all. Raises `Refused`."""
    names: set[str] = set()
    reply: Reply = {}
    for number, reply in enumerate(_pages(aws, place, {"Prefix": "", "Delimiter": "/"}), 1):
        names.update(str(item["Prefix"]) for item in reply.get("CommonPrefixes", []))
        if number == MOST_FOLDER_PAGES:
            break
    return frozenset(names), not _more(reply)


def _pages(aws: Aws, place: Place, what: dict[str, str], after: Reply | None = None) -> Iterator[Reply]:
    params = {"Bucket": place.bucket, "ExpectedBucketOwner": place.account, **what}
    token = _more(after) if after is not None else ""
    while True:
        reply = aws(Call("s3", "ListObjectsV2", {**params, "MaxKeys": PAGE, **_from(token)}))
        yield reply
        token = _more(reply)
        if not token:
            return


def _from(token: str) -> dict[str, str]:
    return {"ContinuationToken": token} if token else {}


def _more(reply: Reply) -> str:
    """The token of the next page; empty if there is none."""
    return str(reply.get("NextContinuationToken") or "") if reply.get("IsTruncated") else ""
