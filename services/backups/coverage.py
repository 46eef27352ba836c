"""Whether a wallet as a whole has a way back: one passing file for a key that the organisation holds is enough.

How many files a wallet has, and what their numbers count, nobody promises: files are grouped by the recovery key
that they name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from services.backups.findings import OTHER_KEY, WRITE_AGAIN, Finding, Status, finding
from services.backups.shards import ShardReport

_NO_BACKUP = (
    "Check in Palisade that the wallet's quorum has the recovery kit and that the wallet is an MPC wallet, "
    "then create a new wallet and look again."
)
_FOREIGN_FOLDER = (
    "Ask Palisade which key ID the wallet has, compare earlier versions of the objects, "
    "and keep funds out of the wallets until it is clear."
)


def coverage_id(key_id: str) -> str:
    """The stable identifier of the check of a wallet as a whole."""
    return f"backup.coverage.{key_id}"


def by_wallet(files: Iterable[ShardReport]) -> Mapping[str, tuple[ShardReport, ...]]:
    """The reports by key ID, each group in the order given."""
    groups: dict[str, tuple[ShardReport, ...]] = {}
    for file in files:
        groups[file.key_id] = (*groups.get(file.key_id, ()), file)
    return groups


def by_recovery_key(files: Iterable[ShardReport]) -> Mapping[str | None, tuple[ShardReport, ...]]:
    """The reports by the SHA-256 of the recovery key they name; None holds those whose key is unreadable."""
    groups: dict[str | None, tuple[ShardReport, ...]] = {}
    for file in files:
        digest = file.facts.recovery_key_sha256
        groups[digest] = (*groups.get(digest, ()), file)
    return groups


def coverage(files: Sequence[ShardReport]) -> Finding:
    """Judges all files of one wallet; ValueError if they are of several."""
    if len({file.key_id for file in files}) > 1:
        raise ValueError("coverage judges the files of one key ID")
    if not files:
        return finding("coverage", "fail", "The wallet has no backup object.", _NO_BACKUP)
    roots = {agreed_root_key(file) for file in files} - {None}
    if len(roots) > 1:
        evidence = f"The {len(files)} files of this key ID name {len(roots)} different root keys."
        return finding("coverage", "fail", evidence, _FOREIGN_FOLDER)
    usable = [file for file in files if file.held and file.status != "fail"]
    others = _others(files)
    if not usable:
        evidence = (
            f"The wallet has {_count(len(files))}, and none passes for a recovery key of the kit.{others}"
        )
        # A file too damaged to name its key says nothing about the kit.
        foreign = all(not file.held and file.facts.recovery_key_sha256 is not None for file in files)
        remedy = OTHER_KEY if foreign else WRITE_AGAIN
        return finding("coverage", "fail", evidence, remedy)
    status: Status = "pass" if any(file.status == "pass" for file in usable) else "warn"
    evidence = (
        f"The wallet has {_count(len(files))}; for a recovery key of the kit: {_names(usable)}.{others}"
    )
    remedy = "" if status == "pass" else "Follow the remedy of the file's own finding before a recovery."
    return finding("coverage", status, evidence, remedy)


def per_key(files: Sequence[ShardReport], recovery_keys: Collection[bytes]) -> Mapping[str, Finding]:
    """A finding for each recovery key by its SHA-256, if the wallet is not simply covered by the kit's only key.

    Whoever holds one of several keys recovers from the files for that key alone. What several files count nobody
    promises, so a key without one is a warning.
    """
    kit = [hashlib.sha256(key).hexdigest() for key in recovery_keys]
    named = by_recovery_key(files)
    unknown = [digest for digest in named if digest is not None and digest not in kit]
    if len(kit) < 2 and not unknown:
        return {}
    found = {digest: _of_kit(digest, named.get(digest, ())) for digest in kit}
    return {**found, **{digest: _of_nobody(digest, named[digest]) for digest in unknown}}


def _of_kit(digest: str, files: Sequence[ShardReport]) -> Finding:
    usable = [file for file in files if file.status != "fail"]
    if usable:
        return finding("per-key", "pass", f"For the kit's key with SHA-256 {digest}: {_names(usable)}.")
    have = f"none of {_count(len(files))} passes" if files else "there is no file"
    evidence = f"For the kit's key with SHA-256 {digest} {have}: its holder cannot recover this wallet."
    return finding("per-key", "warn", evidence, WRITE_AGAIN if files else OTHER_KEY)


def _of_nobody(digest: str, files: Sequence[ShardReport]) -> Finding:
    evidence = f"For a key that is not in the kit (SHA-256 {digest}): {_names(files)}. Whoever holds it can recover this wallet too."
    return finding("per-key", "warn", evidence, OTHER_KEY)


def shared_root_keys(files: Iterable[ShardReport]) -> Mapping[str, Finding]:
    """A failed finding for each key ID whose root key also stands under another key ID; empty if there is none.

    A wallet has one key ID, and it goes into the decryption: under a second one, the same root key cannot be recovered.
    """
    owners: dict[str, set[str]] = {}
    for file in files:
        root = agreed_root_key(file)
        if root is not None:
            owners.setdefault(root, set()).add(file.key_id)
    shared = [sorted(key_ids) for key_ids in owners.values() if len(key_ids) > 1]
    return {key_id: _shared(key_id, key_ids) for key_ids in shared for key_id in key_ids}


def agreed_root_key(file: ShardReport) -> str | None:
    """The root key of a file, if all its parts agree upon it: a damaged file must not accuse another."""
    agreed = any(each.what == "root-key" and each.status == "pass" for each in file.findings)
    return file.facts.root_key_sha256 if agreed else None


def _shared(key_id: str, key_ids: Sequence[str]) -> Finding:
    others = [other for other in key_ids if other != key_id]
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    evidence = f"The same root key also stands under key ID {', '.join(others[:3])}{more}."
    return finding("shared-root-key", "fail", evidence, _FOREIGN_FOLDER)


def _others(files: Sequence[ShardReport]) -> str:
    """What to say of files that name a recovery key which is not the kit's."""
    foreign = {
        digest: group
        for digest, group in by_recovery_key(files).items()
        if digest is not None and not any(file.held for file in group)
    }
    return "".join(
        f" For an unknown recovery key (SHA-256 {digest}): {_names(group)}."
        for digest, group in foreign.items()
    )


def _names(files: Sequence[ShardReport]) -> str:
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(file.file for file in files[:3]) + more


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
