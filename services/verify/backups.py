"""What Palisade wrote: finds backup files, reads them, and says for each wallet whether its backup is whole.

It needs no private key, so it never claims that a backup can be opened.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.aws.translate import problem_of
from services.backups.addresses import key_of
from services.backups.coverage import by_wallet, coverage, coverage_id, per_key, shared_root_keys
from services.backups.findings import shown as safe
from services.backups.shards import ShardReport
from services.clock import stamp
from services.model.calls import Aws, Refused
from services.verify.access import nothing_to_read, reading
from services.verify.checks import Check, check_of
from services.verify.files import Judged, Memory, Wanted, as_check, judge
from services.verify.proving import Proven
from services.verify.search import Deleted, Folders, Found, FoundFile, Lately, Place, deleted, find

MOST_FILES = 30
"""How many of the newest files one pass reads, with all others of the same wallets; every one if wallets are named."""


@dataclass
class Watched:
    """What the looks of one watch share: the folders that the first one saw, and the files that were read."""

    folders: Folders = field(default_factory=Folders)
    files: Memory = field(default_factory=Memory)
    proven: Proven = field(default_factory=Proven)


@dataclass(frozen=True)
class Looked:
    """The lines about backups, and the files that they are about.

    `unread` are the wallets that were listed and not read; `more`: the bucket holds some that were not even listed.
    """

    checks: tuple[Check, ...]
    judged: tuple[Judged, ...] = ()
    unread: tuple[str, ...] = ()
    more: bool = False


def look(
    aws: Aws, wanted: Wanted, now: datetime, watched: Watched | None = None, lately: Lately | None = None
) -> Looked:
    """The checks of every backup file found, of every wallet, and of the sign-in's right to read them."""
    watched = watched or Watched()
    place = Place(wanted.bucket, wanted.account, wanted.key_ids, wanted.since)
    try:
        found = find(aws, place, watched.folders, lately)
    except Refused as refused:
        problem = problem_of(refused)
        return Looked((check_of("backup.arrived", "A backup arrived", problem), nothing_to_read()))
    if not found.files:
        return Looked((_nothing(wanted, found), *_missing(aws, wanted, place, set()), nothing_to_read()))
    chosen = _chosen(wanted, found)
    each = (judge(aws, wanted, file, now, watched.files) for file in chosen)
    judged = tuple(one for one in each if one is not None)
    checks = [_arrived(found, len(chosen)), *(check for one in judged for check in one.checks)]
    checks += _wallets(wanted, [one.report for one in judged if one.report is not None])
    checks += _missing(aws, wanted, place, {one.named.key_id for one in judged})
    unread = tuple(sorted({_wallet(file) for file in found.files} - {_wallet(file) for file in chosen}))
    more = found.truncated and not wanted.key_ids
    return Looked((*checks, reading(wanted, judged)), judged, unread, more)


def _chosen(wanted: Wanted, found: Found) -> Sequence[FoundFile]:
    """The files to read: a wallet is read whole or not at all, so that no wallet is judged by a part of its files."""
    if wanted.key_ids:
        return found.files
    wallets = {_wallet(file) for file in found.files[:MOST_FILES]}
    return [file for file in found.files if _wallet(file) in wallets]


def _wallet(file: FoundFile) -> str:
    return file.key.split("/", 1)[0]


def _arrived(found: Found, read: int) -> Check:
    newest = found.files[0]
    evidence = f"{_files(len(found.files))}; the newest is {newest.key}, written {newest.written:%Y-%m-%d %H:%M:%S} UTC."
    if read < len(found.files):
        evidence += (
            f" The newest wallets are read, with all of their {read} files; name others with --key-id."
        )
    if found.truncated:
        evidence += f" {_more(found)}"
        return Check("backup.arrived", "A backup arrived", "warn", evidence, _NAME_IT)
    return Check("backup.arrived", "A backup arrived", "pass", evidence + _counted(found))


def _nothing(wanted: Wanted, found: Found) -> Check:
    evidence = f"No backup file is in the bucket yet{_since(wanted)}"
    if found.others:
        evidence += f" ({found.others} other file{'s' * (found.others > 1)})"
    if found.new is not None:
        evidence = "No backup file in a new folder yet"
    evidence += "." + _counted(found)
    if found.truncated:
        return Check("backup.arrived", "A backup arrived", "waiting", f"{evidence} {_more(found)}", _NAME_IT)
    remedy = (
        "Create an MPC wallet on the new quorum in Palisade. If nothing arrives within a few minutes, compare every "
        "value of the kit with 'palisade-wizard values --config S', and see whether the quorum has the kit."
    )
    return Check("backup.arrived", "A backup arrived", "waiting", evidence, remedy)


_NAME_IT = "Name the wallet with --key-id: then only its folder is looked at."


def _since(wanted: Wanted) -> str:
    return f" that was written since {stamp(wanted.since)}" if wanted.since else ""


def _counted(found: Found) -> str:
    if found.folders is None or found.new is None:
        return ""
    return f" The bucket has {found.folders:,} folders of wallets; {found.new} appeared since the first look."


def _more(found: Found) -> str:
    if found.folders is None:
        return "A wallet's folder holds more files than are looked at."
    return (
        f"The bucket holds at least {found.folders:,} wallets' folders, and not all of them were looked into."
    )


def _files(number: int) -> str:
    return f"{number} backup file{'s' * (number > 1)}"


def _missing(aws: Aws, wanted: Wanted, place: Place, found: set[str]) -> Iterator[Check]:
    """A line for each wanted wallet without a file: one that was deleted is not one that is still to come."""
    for key_id in wanted.key_ids:
        if key_id in found:
            continue
        identifier, title = coverage_id(key_id), f"Wallet {safe(key_id)} has a backup"
        try:
            gone = deleted(aws, place, key_id)
        except Refused as refused:
            gone, unseen = (), f" Whether one was deleted cannot be told: {problem_of(refused).summary}"
        else:
            unseen = ""
        if gone:
            yield _deleted(identifier, title, gone, place)
            continue
        evidence = f"No file {safe(key_id + '/recovery_shard-*.txt', 200)} is in the bucket yet{_since(wanted)}.{unseen}"
        remedy = "Check the key ID in Palisade, and that the wallet's quorum has the kit."
        yield Check(identifier, title, "waiting", evidence, remedy)


def _deleted(identifier: str, title: str, gone: Sequence[Deleted], place: Place) -> Check:
    first = gone[0]
    evidence = (
        f"It had one, and it was deleted: a delete marker of {stamp(first.when)} hides {first.key}"
        f"{f' and others hide {len(gone) - 1} more' if len(gone) > 1 else ''}. The versions below are still kept, "
        "unless those were deleted too."
    )
    words = ["aws", "s3api", "delete-object", "--bucket", place.bucket, "--key", first.key]
    words += ["--version-id", first.marker, "--expected-bucket-owner", place.account]
    remedy = f"Find out who did it. Removing the marker brings the file back, for each file: “{shlex.join(words)}”."
    return Check(identifier, title, "fail", evidence, remedy)


def _wallets(wanted: Wanted, reports: list[ShardReport]) -> Iterator[Check]:
    for key_id, files in by_wallet(reports).items():
        title = f"Wallet {key_id} has a whole backup for your recovery key"
        yield as_check(coverage_id(key_id), title, coverage(files))
        for digest, one in per_key(files, wanted.recovery_keys).items():
            yield as_check(f"{coverage_id(key_id)}.{digest[:16]}", f"Wallet {key_id}: {one.title}", one)
        if wanted.address and wanted.key_ids == (key_id,):
            yield _address(wanted.address, key_id, files)
    for key_id, shared in shared_root_keys(reports).items():
        if shared.status != "pass":
            yield as_check(f"backup.shared-root-key.{key_id}", f"Wallet {key_id}: {shared.title}", shared)


def _address(address: str, key_id: str, files: Sequence[ShardReport]) -> Check:
    identifier, title = f"backup.address.{key_id}", f"Wallet {key_id} has the address that you gave"
    facts = [file.facts for file in files if file.facts.root_key_sha256 is not None]
    key = key_of(address)
    if not facts or any(fact.algorithm != "ED25519" for fact in facts):
        evidence = (
            "It was not compared: the address of a SECP256K1 wallet comes from a key that only a recovery derives."
            if facts
            else "It was not compared: no file of the wallet names a root key."
        )
        return Check(identifier, title, "skipped", evidence, "Compare it at a rehearsal, which prints it.")
    if key is None:
        evidence = "It was not compared: only an address that is the key itself, in base58 or hex, can be."
        return Check(identifier, title, "skipped", evidence, "Compare it at a rehearsal, which prints it.")
    if all(fact.root_key_sha256 == key.sha256 for fact in facts):
        return Check(identifier, title, "pass", f"{safe(address, 80)} is the wallet's root key.")
    remedy = "Compare key ID and address with Palisade: one of them is another wallet's. Keep funds out until it is clear."
    return Check(identifier, title, "fail", f"{safe(address, 80)} is not the wallet's root key.", remedy)
