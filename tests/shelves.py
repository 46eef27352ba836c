"""The files in buckets, above an AWS that keeps none behind a bucket policy: versions, markers, locks, unfinished uploads.

As strict as S3 where deleting is concerned: a version under retention or legal hold is not deleted, an unversioned
delete is not known here at all, and a bucket with anything in it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from services.model.calls import Aws, Call, Refused, Reply


@dataclass(frozen=True)
class Version:
    """One version or delete marker of a file."""

    key: str
    id: str
    marker: bool = False
    mode: str = ""
    until: datetime | None = None
    hold: bool = False

    def locked(self, now: datetime) -> bool:
        """Whether S3 refuses to delete it."""
        return self.hold or (self.until is not None and self.until > now)


@dataclass
class Shelves:
    """AWS with files in its buckets."""

    below: Aws
    versions: dict[str, list[Version]] = field(default_factory=dict)
    uploads: dict[str, list[str]] = field(default_factory=dict)
    page: int = 1000
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    seen: list[Call] = field(default_factory=list)
    before: Callable[[Call], None] = lambda _call: None
    _places: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Where a version was last, because tests with thousands of them ask about each."""

    def put(self, bucket: str, key: str, **more: Any) -> Version:
        """A new version of a file."""
        there = self.versions.setdefault(bucket, [])
        made = Version(key, f"v{sum(len(each) for each in self.versions.values())}-{len(self.seen)}", **more)
        there.append(made)
        return made

    def lock(self, bucket: str, nth: int, **more: Any) -> Version:
        """Puts a lock on the nth version."""
        self.versions[bucket][nth] = replace(self.versions[bucket][nth], **more)
        return self.versions[bucket][nth]

    def __call__(self, call: Call) -> Reply:
        self.before(call)
        does = getattr(self, f"_{call.op}", None) if call.service == "s3" else None
        if does is None:
            return self.below(call)
        self.seen.append(call)
        assert call.params.get("ExpectedBucketOwner"), f"{call.name} does not say whose the bucket is"
        found: Reply = does(call, str(call.params["Bucket"]))
        return found

    def _ListObjectVersions(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        self._there(call, bucket)
        every = sorted(self.versions.get(bucket, []), key=lambda each: (each.key, each.id))
        after = (str(call.params.get("KeyMarker", "")), str(call.params.get("VersionIdMarker", "")))
        rest = [each for each in every if (each.key, each.id) > after]
        page, more = rest[: self.page], len(rest) > self.page
        told = [(each, {"Key": each.key, "VersionId": each.id}) for each in page]
        return {
            "IsTruncated": more,
            "Versions": [named for each, named in told if not each.marker],
            "DeleteMarkers": [named for each, named in told if each.marker],
            **({"NextKeyMarker": page[-1].key, "NextVersionIdMarker": page[-1].id} if more else {}),
        }

    def _DeleteObjects(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        assert "BypassGovernanceRetention" not in call.params
        named: Any = call.params["Delete"]
        assert 0 < len(named["Objects"]) <= 1000
        errors = []
        there = {(v.key, v.id): v for v in self.versions[bucket]}
        assert len(there) == len(self.versions[bucket])
        for each in named["Objects"]:
            if there[each["Key"], each["VersionId"]].locked(self.now):
                says = "Access Denied because object protected by object lock."
                errors.append({**each, "Code": "AccessDenied", "Message": says})
            else:
                del there[each["Key"], each["VersionId"]]
        self.versions[bucket][:] = there.values()
        return {"Errors": errors} if errors else {}

    def _GetObjectRetention(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        found = self._version(call, bucket)
        if found.until is None:
            raise Refused(call, "NoSuchObjectLockConfiguration", "", 404)
        return {"Retention": {"Mode": found.mode, "RetainUntilDate": found.until.isoformat()}}

    def _GetObjectLegalHold(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        if not self._version(call, bucket).hold:
            raise Refused(call, "NoSuchObjectLockConfiguration", "", 404)
        return {"LegalHold": {"Status": "ON"}}

    def _version(self, call: Call, bucket: str) -> Version:
        wanted = (str(call.params["Key"]), str(call.params["VersionId"]))
        there = self.versions[bucket]
        at = self._places.get((bucket, *wanted), len(there))
        if at >= len(there) or (there[at].key, there[at].id) != wanted:
            self._places.update({(bucket, each.key, each.id): n for n, each in enumerate(there)})
            at = self._places[bucket, *wanted]
        return there[at]

    def _ListMultipartUploads(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        self._there(call, bucket)
        named = [{"Key": key, "UploadId": f"u-{key}"} for key in self.uploads.get(bucket, [])]
        return {"IsTruncated": False, "Uploads": named}

    def _AbortMultipartUpload(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        self.uploads[bucket].remove(str(call.params["Key"]))
        return {}

    def _DeleteBucket(self, call: Call, bucket: str) -> Reply:  # noqa: N802
        if self.versions.get(bucket) or self.uploads.get(bucket):
            raise Refused(call, "BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        self._sweep(bucket)
        return self.below(call)

    def _sweep(self, bucket: str) -> None:
        """moto writes access logs of its own, which nobody here asked for."""
        self.below(Call("s3", "DeleteBucketPolicy", {"Bucket": bucket}))
        found = self.below(Call("s3", "ListObjectVersions", {"Bucket": bucket})).get("Versions", [])
        for each in found:
            named = {"Bucket": bucket, "Key": each["Key"], "VersionId": each["VersionId"]}
            self.below(Call("s3", "DeleteObject", named))

    def _there(self, call: Call, bucket: str) -> None:
        self.below(Call("s3", "HeadBucket", {"Bucket": bucket}))


def files(shelves: Shelves) -> Mapping[str, int]:
    """How many versions and markers each bucket has."""
    return {bucket: len(there) for bucket, there in shelves.versions.items() if there}
