"""A versioned bucket in memory that answers the calls of an audit as S3 does, page by page; thread-safe, as S3 is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from services.audit.database import opened
from services.audit.listing import Listing
from services.audit.pages import Pages
from services.clock import Clock
from services.model.calls import Aws, Call, Refused, Reply
from tests import fleet
from tests.fleet import Fleet
from tests.ports import FakeClock
from tests.world import ACCOUNT, BUCKET, KEY_ARN

WRITTEN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    """One version of a file; `order` counts from the newest of its key."""

    key: str
    order: int
    id: str
    marker: bool = False
    size: int = 300_000
    written: datetime = WRITTEN


@dataclass
class Stack:
    """Versions in S3's order: by key in UTF-8, the newest of a key first. `bodies` are what GetObject gives."""

    versions: list[Version] = field(default_factory=list)
    page: int = 1000
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(
        default_factory=lambda: {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY_ARN}
    )
    own_headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    """Prefixes that may not be listed, and keys that may not be read."""
    before: Callable[[Call], None] = lambda _call: None
    calls: list[Call] = field(default_factory=list)
    guard: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.versions.sort(key=lambda each: (each.key.encode(), each.order))
        self._index = [(each.key.encode(), each.order) for each in self.versions]

    def __call__(self, call: Call) -> Reply:
        with self.guard:
            self.calls.append(call)
            assert call.params["ExpectedBucketOwner"] == ACCOUNT
            assert call.params["Bucket"] == BUCKET
            self.before(call)
            if call.params.get("Prefix", call.params.get("Key")) in self.denied:
                raise Refused(call, "AccessDenied", "no", 403)
            match call.op:
                case "ListObjectVersions":
                    return self._list(call)
                case "GetObject":
                    return self._get(call)
                case _:
                    raise Refused(call, "NoSuchObjectLockConfiguration", "none", 404)

    def _list(self, call: Call) -> Reply:
        prefix, after = str(call.params.get("Prefix", "")), str(call.params.get("KeyMarker", ""))
        begin = bisect_left(self._index, (prefix.encode(), -1))
        if after:
            marker = str(call.params.get("VersionIdMarker", ""))
            order = (
                next((v.order for v in self.versions if (v.key, v.id) == (after, marker)), 1 << 30)
                if marker
                else 1 << 30
            )
            begin = max(begin, bisect_right(self._index, (after.encode(), order)))
        found: list[Version] = []
        for each in self.versions[begin : begin + self.page + 1]:
            if not each.key.startswith(prefix):
                break
            found.append(each)
        more = len(found) > self.page
        found = found[: self.page]
        told = [(each, self._entry(each)) for each in found]
        onward = {"NextKeyMarker": found[-1].key, "NextVersionIdMarker": found[-1].id} if more else {}
        return {
            "IsTruncated": more,
            "Versions": [{**entry, "Size": each.size} for each, entry in told if not each.marker],
            "DeleteMarkers": [entry for each, entry in told if each.marker],
            **onward,
        }

    def _entry(self, each: Version) -> dict[str, Any]:
        return {
            "Key": each.key,
            "VersionId": each.id,
            "IsLatest": each.order == 0,
            "LastModified": each.written.isoformat(),
        }

    def _get(self, call: Call) -> Reply:
        key = str(call.params["Key"])
        if key not in self.bodies:
            raise Refused(call, "NoSuchKey", "gone", 404)
        version = next((v.id for v in self.versions if v.key == key and v.order == 0), None)
        return {
            "Body": self.bodies[key],
            "VersionId": version,
            **self.headers,
            **self.own_headers.get(key, {}),
        }

    def count(self, op: str) -> int:
        return sum(call.op == op for call in self.calls)


def files(keys: Iterable[str]) -> list[Version]:
    """One version of each key."""
    return [Version(key, 0, f"v-{number}") for number, key in enumerate(dict.fromkeys(keys))]


def of_fleet(planted: Fleet) -> Stack:
    """The fleet as a bucket: what is named twice in the report cannot be twice in a bucket."""
    database = duckdb.connect()
    query = f"SELECT DISTINCT key, coalesce(version_id, ''), is_latest, is_delete_marker, size FROM ({fleet.rows(planted)})"
    rows = database.execute(query).fetchall()
    twice = {where for kind, where in planted.planted if kind == "counted-twice"}
    kept = {
        (key, latest): (key, version, latest, marker, size) for key, version, latest, marker, size in rows
    }
    assert len(rows) - len(kept) == len(twice)
    return Stack(
        [
            Version(key, 0 if latest else 1, version, marker, size or 0)
            for key, version, latest, marker, size in kept.values()
        ]
    )


Listed = list[tuple[str, str, bool, bool, int | None]]


def listed(aws: Aws, folder: Path, clock: Clock | None = None) -> Listed:
    """What the list engine keeps of a bucket, in order; it goes on with what is in the folder."""
    watch = clock or FakeClock(began=WRITTEN)
    with opened(folder / "audit.duckdb") as database:
        pages = Pages(database)
        pages.begin(BUCKET, ACCOUNT, watch.wall())
        listing = Listing(aws, BUCKET, ACCOUNT, watch)
        for _ in listing.run(pages):
            pass
        assert not listing.denied
        rows = database.execute("SELECT key, version_id, latest, marker, size FROM listed").fetchall()
    return sorted(rows)


def there(stack: Stack) -> Listed:
    """The same, as the bucket has it."""
    rows: Listed = [
        (v.key, v.id, v.order == 0, v.marker, None if v.marker else v.size) for v in stack.versions
    ]
    return sorted(rows)
