"""Reads the backups of wallets, some or all, and says what no list can tell: content, encryption, retention.

Each wallet is read whole, a few wallets at once; what was read is let go at once and only its findings stay.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from services.audit.kinds import BY_NAME
from services.audit.unread import KINDS, MAY_PASS, Unread, checked, unread
from services.backups.coverage import agreed_root_key, coverage
from services.backups.findings import Finding
from services.backups.shards import ShardReport, check_shard, parse_key
from services.backups.shards import unread as too_large
from services.model.calls import Aws, Refused, Reply
from services.model.coverage_reads import get
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
    """What reading a wallet gave. `fetched` of its `files` came; `open` is a wallet of which some did, none of them passes,
    and another that did not come may. `root_key` is the digest of the root key upon which its files agree.
    """

    key_id: str
    files: int
    fetched: int = 0
    open: bool = False
    heads: tuple[Head, ...] = ()
    contents: tuple[Content, ...] = ()
    root_key: str | None = None


@dataclass(frozen=True)
class Reach:
    """How far reading came: of so many `wallets` that were asked for, of `read` at least one file came, of `part` of these
    not every one; `open` counts what `Read` calls so. Of the `files` of all, `fetched` came.
    """

    wallets: int = 0
    read: int = 0
    part: int = 0
    open: int = 0
    files: int = 0
    fetched: int = 0

    def with_(self, read: Read) -> Reach:
        return Reach(
            self.wallets + 1,
            self.read + (read.fetched > 0),
            self.part + (0 < read.fetched < read.files),
            self.open + read.open,
            self.files + read.files,
            self.fetched + read.fetched,
        )


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
    heads, reports, missed = list[Head](), list[ShardReport](), list[Unread]()
    for key, size in wallet.files:
        match _read_file(reader, key, size):
            case Unread() as why:
                missed.append(why)
            case (head, report):
                heads += [head] if head is not None else []
                reports.append(report)
    roots = {root for report in reports if (root := agreed_root_key(report)) is not None}
    # What two files say against each other no third one heals.
    unseen = len(roots) < 2 and any(each.kind in MAY_PASS for each in missed)
    whole = coverage(reports) if reports else None
    return Read(
        wallet.key_id,
        len(wallet.files),
        len(heads),
        unseen and whole is not None and whole.status == "fail",
        tuple(heads),
        (*_missed(wallet, missed), *_flaws(wallet, reports, None if unseen else whole)),
        roots.pop() if len(roots) == 1 else None,
    )


def _read_file(reader: Reader, key: str, size: int) -> tuple[Head | None, ShardReport] | Unread:
    """A file's head and what is in it; one that is too large is judged without either."""
    named = parse_key(key)
    assert named is not None  # noqa: S101 - the database gives backup files alone
    refused_unread = too_large(size, named.key_id, named.file)
    if refused_unread is not None:
        return None, refused_unread
    try:
        reply = reader.aws(get(reader.bucket, reader.account, key))
    except Refused as refused:
        return unread(refused, key)
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
        checked(refused)
        return head
    until = held.until.isoformat() if held is not None and held.until is not None else None
    mode = held.mode if held is not None else None
    return Head(head.key, head.version_id, head.encryption, head.kms_key, True, mode, until)


def _missed(wallet: Wallet, missed: list[Unread]) -> Iterator[Content]:
    """At most one finding for each reason for which files were not read; it names the first of them."""
    for kind in KINDS:
        seen = [each.seen for each in missed if each.kind == kind]
        if seen:
            yield Content(kind, BY_NAME[kind].status, wallet.key_id, len(seen), len(wallet.files), seen[0])


def _flaws(wallet: Wallet, reports: list[ShardReport], whole: Finding | None) -> Iterator[Content]:
    """At most one finding about what was read; `whole` judges the wallet, where no other file may be the one that passes."""
    files = len(wallet.files)
    flawed = [report for report in reports if report.status in {"fail", "warn"}]
    if whole is not None and whole.status == "fail":
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
