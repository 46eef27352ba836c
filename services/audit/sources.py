"""Where an inventory's files come from: a folder on this computer, or its destination bucket, read through the port.

Files of a bucket are fetched in slices into a folder of their own and stay there until the audit is done, so a run that
ends early does not fetch them again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services import files, seen
from services.audit.manifest import CHECKSUM, LARGEST, MANIFEST, DataFile
from services.aws.paging import Onward
from services.aws.translate import problem_of
from services.model.calls import Aws, Refused
from services.model.coverage_reads import folders, get
from services.problems import Problem, ProblemError, refuse

SLICE = 8 * 1024 * 1024
"""Bytes that are fetched at once; the port gives no more of one answer."""

_REPORT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}Z")


class Source(Protocol):
    """A place with one report. `small` reads a file beside the manifest, `local` has a data file on this computer."""

    @property
    def where(self) -> str: ...

    def small(self, name: str) -> bytes: ...

    def local(self, file: DataFile, told: Callable[[int], None]) -> Path | Problem: ...


@dataclass(frozen=True)
class FolderSource:
    """A report in a folder: `manifest.json`, `manifest.checksum`, and the data files by their last name, there or below."""

    folder: Path

    @property
    def where(self) -> str:
        return str(self.folder)

    def small(self, name: str) -> bytes:
        return files.read_small(self.folder / name, LARGEST)

    def local(self, file: DataFile, told: Callable[[int], None]) -> Path | Problem:
        name = file.key.rpartition("/")[2]
        places = (self.folder / name, self.folder / "data" / name, self.folder.parent / "data" / name)
        found = next((place for place in places if name and seen.file(place)), None)
        if found is None:
            return Problem(
                "unreadable-file", f"The inventory's file {name} is not in {self.folder}.", (), name
            )
        told(found.stat().st_size)
        return found


@dataclass(frozen=True)
class BucketSource:
    """A report in its destination bucket, which `account` owns; `prefix` is the report's folder, with its slash."""

    aws: Aws
    bucket: str
    account: str
    prefix: str
    cache: Path

    @property
    def where(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def small(self, name: str) -> bytes:
        return self._get(self.prefix + name)

    def local(self, file: DataFile, told: Callable[[int], None]) -> Path | Problem:
        name = hashlib.sha256(f"{file.key} {file.md5}".encode()).hexdigest()[:24]
        target = self.cache / (name + ("".join(Path(file.key).suffixes[-2:]) or ".data"))
        if seen.file(target) and target.stat().st_size == file.size:
            told(file.size)
            return target
        files.folder(self.cache)
        try:
            with target.open("wb") as out:
                for begin in range(0, file.size, SLICE):
                    end = min(begin + SLICE, file.size) - 1
                    out.write(self._get(file.key, f"bytes={begin}-{end}"))
                    told(end + 1 - begin)
        except ProblemError as error:
            target.unlink(missing_ok=True)
            if error.problem.code not in {"denied", "not-ready"}:
                raise
            return error.problem
        except OSError as error:
            raise refuse("folder", f"The inventory's file could not be kept ({error.strerror}).", "Make room, then run the audit again.", where=str(target)) from None  # fmt: skip
        return target

    def _get(self, key: str, slice_: str = "") -> bytes:
        try:
            body: bytes = self.aws(get(self.bucket, self.account, key, slice_))["Body"]
        except Refused as refused:
            raise ProblemError(problem_of(refused)) from None
        return body


def newest(aws: Aws, bucket: str, account: str, prefix: str, cache: Path) -> BucketSource | None:
    """The newest report below a prefix that ends in a slash (the inventory's own folder); None if none is there yet."""
    seen: list[str] = []
    token, onward = "", Onward("s3:ListObjectsV2")
    while True:
        try:
            reply = aws(folders(bucket, account, prefix, token))
        except Refused as refused:
            raise ProblemError(problem_of(refused)) from None
        seen += [str(each["Prefix"]) for each in reply.get("CommonPrefixes", [])]
        if not reply.get("IsTruncated") or not reply.get("NextContinuationToken"):
            break
        token = str(reply["NextContinuationToken"])
        onward.to(token)
    reports = sorted(filter(is_report_name, seen))
    return BucketSource(aws, bucket, account, reports[-1], cache) if reports else None


def is_report_name(prefix: str) -> bool:
    """Whether a folder of a bucket is named as S3 names a report's."""
    return _REPORT.fullmatch(prefix.rstrip("/").rpartition("/")[2]) is not None


def is_report(folder: Path) -> bool:
    """Whether a folder holds a report itself."""
    return seen.file(folder / MANIFEST) or seen.file(folder / CHECKSUM)


def newest_below(folder: Path) -> Path | None:
    """The folder of the newest report in or directly below a folder; None if there is none."""
    if is_report(folder):
        return folder
    try:
        below = [each for each in folder.iterdir() if _REPORT.fullmatch(each.name) and is_report(each)]
    except OSError:
        return None
    return max(below, key=lambda each: each.name, default=None)
