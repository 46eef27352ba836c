"""What is in a bucket: every version of every file, whether anything keeps one from being deleted, and how it is emptied.

S3 deletes no bucket that has anything in it. Each version and each delete marker is deleted by its own name, so
nothing is only hidden. What is under retention or legal hold is never touched: the right to bypass it is not used.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.aws.failures import not_aws
from services.aws.paging import Onward
from services.clock import stamp
from services.engine.patience import Run, may_go_on, not_ready, pauses, wait, write
from services.events import Event, Progressed
from services.model.calls import Aws, Call, Refused, Reply, ask
from services.model.values import Tree
from services.problems import Problem, ProblemError, refuse
from services.side_by_side import threads

PAGE = 1000
"""Versions that S3 lists, and takes to delete, at once."""

_NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError"})
_NOT_HELD = frozenset({"NoSuchObjectLockConfiguration", "NoSuchKey", "NoSuchVersion"})
_PASSES = frozenset({"InternalError", "ServiceUnavailable", "SlowDown", "OperationAborted"})
_GONE = frozenset({"NoSuchKey", "NoSuchVersion"})


@dataclass(frozen=True)
class Locked:
    """How many versions nobody may delete yet, and the first of them.

    `until`: when the last one is free; None if legal holds alone keep them. `held`: legal holds are among what keeps them.
    """

    key: str
    version: str
    why: str
    count: int = 1
    until: datetime | None = None
    held: bool = False

    def and_(self, other: Locked) -> Locked:
        """Both together; the first stays the first."""
        times = [each for each in (self.until, other.until) if each is not None]
        return replace(
            self,
            count=self.count + other.count,
            until=max(times, default=None),
            held=self.held or other.held,
        )


@dataclass(frozen=True)
class Contents:
    """`versions` of files, older ones included; `markers` of deletions; `uploads` that were never finished.

    `second_factor`: versions go only with a code of the root user's device (MFA Delete).
    """

    versions: int = 0
    markers: int = 0
    uploads: int = 0
    locked: Locked | None = None
    second_factor: bool = False

    @property
    def files(self) -> bool:
        """Whether anything was ever written here that is still there."""
        return self.versions + self.markers > 0

    @property
    def words(self) -> str:
        """All of it in words; empty if there is nothing."""
        parts = [
            (self.versions, "version"),
            (self.markers, "delete marker"),
            (self.uploads, "unfinished upload"),
        ]
        return ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in parts if number)


def look(aws: Aws, bucket: Mapping[str, Tree], now: datetime, workers: int = 16) -> Contents:
    """Everything in a bucket, with what keeps any version from being deleted. Raises `Refused` where AWS does not tell."""
    lock = ask(
        aws,
        Call(
            "s3",
            "GetObjectLockConfiguration",
            bucket,
            {"on": "ObjectLockConfiguration.ObjectLockEnabled"},
            _NO_LOCK,
        ),
    )
    factor = ask(aws, Call("s3", "GetBucketVersioning", bucket, {"factor": "MFADelete"})) or {}
    found = Contents(second_factor=factor.get("factor") == "Enabled")
    with threads(workers) as pool:
        for page in _pages(aws, bucket):
            versions, markers = page.get("Versions") or [], page.get("DeleteMarkers") or []
            found = replace(
                found, versions=found.versions + len(versions), markers=found.markers + len(markers)
            )
            # Without Object Lock, which is for ever, no version can be locked.
            if lock is not None:
                for held in pool.map(lambda each: _held(aws, bucket, each, now), versions):
                    if held is not None:
                        found = replace(found, locked=found.locked.and_(held) if found.locked else held)
    return replace(found, uploads=sum(len(page.get("Uploads") or []) for page in _upload_pages(aws, bucket)))


def _pages(aws: Aws, bucket: Mapping[str, Tree]) -> Iterator[Reply]:
    call = Call("s3", "ListObjectVersions", {**bucket, "MaxKeys": PAGE})
    return _each(aws, call, KeyMarker="NextKeyMarker", VersionIdMarker="NextVersionIdMarker")


def _upload_pages(aws: Aws, bucket: Mapping[str, Tree]) -> Iterator[Reply]:
    call = Call("s3", "ListMultipartUploads", {**bucket, "MaxUploads": PAGE})
    return _each(aws, call, KeyMarker="NextKeyMarker", UploadIdMarker="NextUploadIdMarker")


def _each(aws: Aws, call: Call, **names: str) -> Iterator[Reply]:
    """The pages of a list; `names` are where the next one is told, by the parameter that asks for it."""
    at: Mapping[str, Tree] = {}
    onward = Onward(call.name)
    while True:
        page = _asked(aws, replace(call, params={**call.params, **at}))
        yield page
        if not page.get("IsTruncated"):
            return
        at = _next(page, **names)
        onward.to(tuple(str(at.get(name)) for name in names))


def _next(page: Reply, **names: str) -> Mapping[str, Tree]:
    return {name: page[there] for name, there in names.items() if page.get(there)}


def _asked(aws: Aws, call: Call) -> Reply:
    """A page of a list. What is not AWS's must not be taken for an empty one."""
    page = aws(call)
    if "IsTruncated" not in page:
        raise ProblemError(not_aws(call))
    return page


def _held(aws: Aws, bucket: Mapping[str, Tree], version: Mapping[str, Any], now: datetime) -> Locked | None:
    """What keeps one version; None if nothing does any more."""
    named = {**bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
    kept = {"mode": "Retention.Mode", "until": "Retention.RetainUntilDate"}
    retention = ask(aws, Call("s3", "GetObjectRetention", named, kept, _NOT_HELD)) or {}
    hold = ask(aws, Call("s3", "GetObjectLegalHold", named, {"on": "LegalHold.Status"}, _NOT_HELD)) or {}
    until = datetime.fromisoformat(str(retention["until"])) if retention.get("until") else None
    open_again = until is None or until <= now
    if open_again and hold.get("on") != "ON":
        return None
    key, identifier = str(version["Key"]), str(version["VersionId"])
    if open_again or until is None:
        return Locked(key, identifier, "is under a legal hold", held=True)
    why = f"is under {str(retention.get('mode')).lower()} retention until {stamp(until)}"
    return Locked(key, identifier, why, until=until, held=hold.get("on") == "ON")


def kept(title: str, contents: Contents) -> Problem | None:
    """Why a bucket cannot be emptied, now or by this program."""
    locked = contents.locked
    if locked is not None:
        return Problem(
            "unfit",
            f"In the {title}, {locked.count} of {contents.versions} versions cannot be deleted. The first is "
            f"{locked.key} (version {locked.version}), which {locked.why}.",
            _when_free(locked),
        )
    if contents.second_factor and contents.files:
        return Problem(
            "unfit",
            f"MFA Delete is on for the {title}: its {contents.words} go only with a code of the root user's device.",
            ("Have the root user turn MFA Delete off, then run the command again.",),
        )
    return None


def _when_free(locked: Locked) -> tuple[str, ...]:
    said = []
    if locked.until is not None:
        said.append(f"The last of them is free after {stamp(locked.until)}: run the command again then.")
    if locked.held:
        said.append(
            "A legal hold ends when whoever is responsible for it takes it off; this program never does."
        )
    return (*said, "Nothing was changed: until everything can go, nothing does.")


def empty(run: Run, bucket: Mapping[str, Tree]) -> Generator[Event]:
    """Deletes every version and marker, and ends every unfinished upload; what comes meanwhile as well."""
    done = 0
    before: Sequence[Mapping[str, Tree]] = ()
    tries = pauses(run.clock)
    while there := _first(run.aws, bucket):
        may_go_on(run)
        if there == before:
            pause = next(tries, None)
            if pause is None:
                raise not_ready("the files are still listed")
            yield from wait(run, pause, "S3 still lists what was deleted")
        else:
            tries = pauses(run.clock)
        before = there
        done += len(there) - (yield from _delete(run, bucket, there))
        yield Progressed(run.address, f"{done} version{'' if done == 1 else 's'} deleted")
    for page in _upload_pages(run.aws, bucket):
        for upload in page.get("Uploads") or []:
            may_go_on(run)
            named = {**bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
            yield from attempt(
                run, Call("s3", "AbortMultipartUpload", named, absent=frozenset({"NoSuchUpload"}))
            )


def _first(aws: Aws, bucket: Mapping[str, Tree]) -> Sequence[Mapping[str, Tree]]:
    """The first page of what there is, as S3 takes it to delete. From the beginning each time: what was listed is gone."""
    page = _asked(aws, Call("s3", "ListObjectVersions", {**bucket, "MaxKeys": PAGE}))
    both = (*(page.get("Versions") or ()), *(page.get("DeleteMarkers") or ()))
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in both]


def _delete(run: Run, bucket: Mapping[str, Tree], there: Sequence[Tree]) -> Generator[Event, None, int]:
    """Deletes these, and says how many S3 could not delete at the moment."""
    call = Call("s3", "DeleteObjects", {**bucket, "Delete": {"Objects": there, "Quiet": True}})
    reply = yield from write(run, call)
    errors = [each for each in reply.get("Errors") or [] if each.get("Code") not in _GONE]
    for error in errors:
        code, message = str(error.get("Code")), str(error.get("Message", ""))
        if code in _PASSES:
            continue
        if "object lock" in message.lower():
            raise refuse(
                "unfit",
                f"{error.get('Key')} (version {error.get('VersionId')}) came under retention or a legal hold after this run "
                "began, so the bucket stays.",
                "Run the command again: it says until when. What is gone by now is gone.",
            )
        raise Refused(call, code, message, 403 if code == "AccessDenied" else 400)
    return len(errors)


def attempt(run: Run, call: Call) -> Generator[Event, None, bool]:
    """Makes a deleting call; False if there was nothing to delete any more."""
    try:
        yield from write(run, call)
    except Refused as refused:
        if refused.code not in call.absent:
            raise
        return False
    return True
