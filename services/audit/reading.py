"""Reads the backups of wallets, some or all, and says what no list can tell: content, encryption, retention.

Each wallet is read whole, a few wallets at once; what was read is let go at once and only its findings stay.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from services.aws.translate import problem_of
from services.backups.coverage import agreed_root_key, coverage
from services.backups.findings import Finding
from services.backups.shards import ShardReport, check_shard, parse_key, unread
from services.model.calls import Aws, Refused, Reply
from services.model.coverage_reads import get
from services.problems import Problem, ProblemError
from services.side_by_side import threads
from services.verify.retention import OFF, Lock, held_by

SIDE_BY_SIDE = 8
"""Wallets that are read at once."""

_ENCRYPTIONS = {"aws:kms": "SSE-KMS", "aws:kms:dsse": "DSSE-KMS", "AES256": "SSE-S3"}
"""The words of an answer about a file, and those of S3 Inventory for the same."""


@dataclass(frozen=True)
class Reader:
    """How to read: through which port, in which bucket, for which recovery keys (SPKI DER).

    `quorum_of` gives a wallet's quorum ID by its key ID, empty where it is not known.
    """

    aws: Aws
    bucket: str
    account: str
    recovery_keys: tuple[bytes, ...]
    lock: Lock = OFF
    quorum_of: Callable[[str], str] = lambda _key_id: ""

    def where(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account, "Key": key}


@dataclass(frozen=True)
class Wallet:
    """The current backup files of a wallet: key and size in bytes of each."""

    key_id: str
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Head:
    """What an answer tells of one version of a file, in the columns of `objects`; the moment in ISO 8601."""

    key: str
    version_id: str
    encryption: str
    kms_key: str | None
    lock_known: bool
    lock_mode: str | None = None
    locked_until: str | None = None


@dataclass(frozen=True)
class Content:
    """A finding about what was read, in the columns of `contents`."""

    kind: str
    status: str
    key_id: str
    affected: int
    files: int
    seen: str


@dataclass(frozen=True)
class Read:
    """A wallet that was read. `root_key` is the digest of the root key upon which its files agree; `gone` counts files
    that were not there any more.
    """

    key_id: str
    heads: tuple[Head, ...] = ()
    contents: tuple[Content, ...] = ()
    root_key: str | None = None
    gone: int = 0


def read_all(reader: Reader, wallets: Iterable[Wallet]) -> Iterator[Read]:
    """Reads wallets side by side, in order, never more of them in memory than are read at once."""
    running: deque[Future[Read]] = deque()
    with threads(SIDE_BY_SIDE) as pool:
        for wallet in wallets:
            running.append(pool.submit(read_wallet, reader, wallet))
            if len(running) >= SIDE_BY_SIDE:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def read_wallet(reader: Reader, wallet: Wallet) -> Read:
    """Reads the files of a wallet and judges them. Raises `ProblemError` for what concerns more than this wallet."""
    heads, reports, denied, gone = [], [], [], 0
    for key, size in wallet.files:
        match _read_file(reader, key, size):
            case Problem(code="not-ready"):
                gone += 1
            case Problem() as problem:
                denied.append(problem)
            case (None, report):
                reports.append(report)
            case (head, report):
                heads.append(head)
                reports.append(report)
    found = tuple(_contents(wallet, reports, denied))
    roots = {root for report in reports if (root := agreed_root_key(report)) is not None}
    return Read(wallet.key_id, tuple(heads), found, roots.pop() if len(roots) == 1 else None, gone)


def _read_file(reader: Reader, key: str, size: int) -> tuple[Head | None, ShardReport] | Problem:
    named = parse_key(key)
    assert named is not None  # noqa: S101 - the database gives backup files alone
    too_large = unread(size, named.key_id, named.file)
    if too_large is not None:
        return None, too_large
    try:
        reply = reader.aws(get(reader.bucket, reader.account, key))
    except Refused as refused:
        problem = problem_of(refused)
        if problem.code not in {"denied", "not-ready"}:
            raise ProblemError(problem) from None
        return problem
    quorum = reader.quorum_of(named.key_id)
    report = check_shard(reply["Body"], named.key_id, named.file, reader.recovery_keys, quorum)
    return _head(reader, key, reply), report


def _head(reader: Reader, key: str, reply: Reply) -> Head:
    told = str(reply.get("ServerSideEncryption") or "")
    encryption = "SSE-C" if reply.get("SSECustomerAlgorithm") else _ENCRYPTIONS.get(told, told or "NOT-SSE")
    head = Head(
        key, str(reply.get("VersionId") or ""), encryption, reply.get("SSEKMSKeyId"), lock_known=False
    )
    if reader.lock.mode == "off":
        return head
    try:
        held = held_by(reader.aws, reader.where(key), reply)
    except Refused as refused:
        problem = problem_of(refused)
        if problem.code not in {"denied", "not-ready"}:
            raise ProblemError(problem) from None
        return head
    until = held.until.isoformat() if held is not None and held.until is not None else None
    mode = held.mode if held is not None else None
    return Head(head.key, head.version_id, head.encryption, head.kms_key, True, mode, until)


def _contents(wallet: Wallet, reports: list[ShardReport], denied: list[Problem]) -> Iterator[Content]:
    """At most one finding about what could not be read, and one about what was."""
    files = len(wallet.files)
    if denied:
        yield Content("unread", "unknown", wallet.key_id, len(denied), files, denied[0].summary)
    flawed = [report for report in reports if report.status in {"fail", "warn"}]
    whole = coverage(reports) if reports else None
    # A file that could not be read may be the one that passes.
    if whole is not None and whole.status == "fail" and not denied:
        yield Content(
            "unrecoverable", "fail", wallet.key_id, len(flawed) or files, files, _first(reports, whole)
        )
    elif flawed:
        yield Content("flawed", "warn", wallet.key_id, len(flawed), files, _first(flawed))


def _first(reports: list[ShardReport], instead: Finding | None = None) -> str:
    """The first flaw, in words."""
    each = (flaw for report in reports for flaw in report.findings if flaw.status in {"fail", "warn"})
    flaw = next(each, instead)
    return f"{flaw.title}: {flaw.evidence}" if flaw is not None else ""
