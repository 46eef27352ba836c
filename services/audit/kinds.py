"""What an audit can find, one row a kind: its status, its words, and what to do about it.

The condition under which a wallet has a finding is here as well, as SQL over a row of the coverage; the words and
the condition of a kind are so written in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.verify.checks import Status

WRITE_ANEW = "Ask Palisade to write the backup anew, and keep funds out of the wallet until an audit passes."
SEE_BUCKET = "Check the bucket with 'palisade-wizard doctor --config S' before more backups arrive like this."


@dataclass(frozen=True)
class Kind:
    """`name` is stable. `title` says what holds when there is none; `one` and `many` complete "3 …" when there are some.

    `when` is the condition, `affected` the number of files and `seen` a short text of what was seen, all SQL over the
    columns of `coverage`; empty for kinds that come from elsewhere.
    """

    name: str
    status: Status
    title: str
    one: str
    many: str
    remedy: str
    when: str = ""
    affected: str = "files"
    seen: str = "NULL"


KINDS = (
    Kind(
        "missing", "fail", "Every expected wallet has a backup",
        "wallet is expected and has no file in the bucket", "wallets are expected and have no file in the bucket",
        "See in Palisade whether the wallet's quorum has the kit, and whether the wallet is an MPC wallet; without a backup "
        "of your own you depend on Palisade's copy.",
        "expected AND known = 0 AND NOT unseen",
    ),
    Kind(
        "unseen", "unknown", "Every expected wallet could be looked for",
        "expected wallet is in a part of the bucket that could not be seen",
        "expected wallets are in a part of the bucket that could not be seen",
        "Remove what kept the audit from seeing everything, then run it again: this says neither that they are there nor "
        "that they are missing.",
        "expected AND known = 0 AND unseen",
    ),
    Kind(
        "not-expected", "fail", "Every wallet in the bucket is expected",
        "wallet is in the bucket and is not expected", "wallets are in the bucket and are not expected",
        "Put them on record with 'palisade-wizard record add --config S --from-verify --key-id ID': the quorum ID is nowhere "
        "in the bucket. If no wallet of yours has this key ID, find out who wrote the files.",
        "checks_expected AND NOT expected AND files + hidden > 0",
    ),
    Kind(
        "deleted", "fail", "No backup file is deleted",
        "wallet has backup files behind a delete marker", "wallets have backup files behind a delete marker",
        "Find out who deleted them. 'palisade-wizard verify --config S --key-id ID' prints the command that removes the marker.",
        "hidden > 0", "hidden",
    ),
    Kind(
        "encryption", "fail", "Every file is encrypted with your KMS key",
        "wallet has files that are not encrypted with your KMS key",
        "wallets have files that are not encrypted with your KMS key",
        f"{SEE_BUCKET} {WRITE_ANEW}",
        "wrong_encryption > 0", "wrong_encryption", "wrong_encryption_seen",
    ),
    Kind(
        "unversioned", "fail", "Every file has a version",
        "wallet has files without a version, which are lost when they are overwritten",
        "wallets have files without a version, which are lost when they are overwritten",
        f"{SEE_BUCKET} Versioning is turned on with 'palisade-wizard apply --config S'.",
        "unversioned > 0", "unversioned",
    ),
    Kind(
        "retention-none", "fail", "Every file is under retention",
        "wallet has files without retention", "wallets have files without retention",
        f"{SEE_BUCKET} Files that were written before get their retention by hand: 'palisade-wizard verify --config S "
        "--key-id ID' prints the command.",
        "unlocked > 0", "unlocked",
    ),
    Kind(
        "retention-expired", "fail", "No retention has run out",
        "wallet has files whose retention has run out", "wallets have files whose retention has run out",
        "Give the files retention anew: 'palisade-wizard verify --config S --key-id ID' prints the command.",
        "expired > 0", "expired", "CAST(first_unlocked AS VARCHAR)",
    ),
    Kind(
        "retention-weak", "fail", "Every retention is as strict and as long as the set-up asks for",
        "wallet has files whose retention is weaker or shorter than the set-up asks for",
        "wallets have files whose retention is weaker or shorter than the set-up asks for",
        "Lengthen it: 'palisade-wizard verify --config S --key-id ID' prints the command.",
        "weak > 0", "weak", "CAST(first_unlocked AS VARCHAR)",
    ),
    Kind(
        "small", "fail", "No file is suspiciously small",
        "wallet has files that are too small for a backup", "wallets have files that are too small for a backup",
        f"A whole file has 220 to 350 KB. 'palisade-wizard verify --config S --key-id ID' reads it. {WRITE_ANEW}",
        "small > 0", "small", "CAST(smallest AS VARCHAR)",
    ),
    Kind(
        "large", "fail", "No file is too large to be a backup",
        "wallet has files that are too large for a backup", "wallets have files that are too large for a backup",
        f"Find out who wrote the file. {WRITE_ANEW}",
        "large > 0", "large", "CAST(largest AS VARCHAR)",
    ),
    Kind(
        "gap", "warn", "No number of a file is left out",
        "wallet has a gap in the numbers of its files", "wallets have a gap in the numbers of their files",
        "One file is complete in itself, so the wallet may be well; ask Palisade whether a file was not written.",
        "files + hidden > 0 AND highest + 1 > files + hidden", "highest + 1 - files - hidden",
    ),
    Kind(
        "counted-twice", "unknown", "Every file is named once",
        "wallet has a file that the list names more than once", "wallets have a file that the list names more than once",
        "The list of the bucket is not sound, and its counts are too high: take a newer report, or list with --engine list.",
        "files + hidden > 0 AND highest + 1 < files + hidden", "files + hidden - highest - 1",
    ),
    Kind(
        "strange-folder", "warn", "Every wallet's folder is named with a UUID",
        "folder holds backup files and is not named with a UUID", "folders hold backup files and are not named with a UUID",
        "Key IDs are UUIDs in every sample that is known. Ask Palisade whether this is one of its wallets.",
        "files + hidden > 0 AND NOT uuid",
    ),
    Kind(
        "strange-name", "warn", "Nothing but backup files is in the bucket",
        "other file is in the bucket", "other files are in the bucket",
        "Find out who wrote them: only Palisade's role may write here, and it writes KEY_ID/recovery_shard-NUMBER.txt.",
    ),
    Kind(
        "unrecoverable", "fail", "The wallets that were read can be relied on",
        "wallet that was read has no file that passes for your recovery key",
        "wallets that were read have no file that passes for your recovery key",
        f"'palisade-wizard verify --config S --key-id ID' tells each flaw. {WRITE_ANEW}",
    ),
    Kind(
        "flawed", "warn", "No file that was read has a flaw",
        "wallet that was read has a flaw in some of its files", "wallets that were read have a flaw in some of their files",
        "'palisade-wizard verify --config S --key-id ID' tells each flaw.",
    ),
    Kind(
        "shared-root-key", "fail", "No two wallets that were read have the same root key",
        "wallet that was read has the root key of another one", "wallets that were read have the root key of another one",
        "Ask Palisade which key ID the wallet has, and keep funds out of the wallets until it is clear.",
    ),
    Kind(
        "writer", "fail", "Only Palisade wrote the files that were read",
        "wallet that was read has a file that somebody else than Palisade's role wrote",
        "wallets that were read have a file that somebody else than Palisade's role wrote",
        "Find out who this is and why they could write: nobody but the role needs to. 'palisade-wizard verify --config S --key-id "
        "ID' tells the record.",
    ),
    Kind(
        "unread", "unknown", "Every file that was asked for could be read",
        "wallet has files that could not be read", "wallets have files that could not be read",
        "Let this sign-in read the backups: 'palisade-wizard policy --config S --for coverage' prints the policy. Where AWS "
        "names another reason, remove that, then run the audit again.",
    ),
    Kind(
        "archived", "unknown", "No file that was asked for is in an archive",
        "wallet has files in an archive, which nobody can read before they are restored",
        "wallets have files in an archive, which nobody can read before they are restored",
        "Restore them first ('aws s3api restore-object', which takes up to two days), then run the audit again. Find out what "
        "archives backups, such as a lifecycle rule, and end that: a recovery would have to wait for them.",
    ),
    Kind(
        "unreadable", "fail", "No file that was asked for is one that nobody can read",
        "wallet has files that nobody can read", "wallets have files that nobody can read",
        "If a KMS key is disabled or waits for its deletion, take that back now ('aws kms enable-key', 'aws kms "
        f"cancel-key-deletion'). Else nothing brings these files back. {SEE_BUCKET} {WRITE_ANEW}",
    ),
    Kind(
        "gone", "fail", "Every file that was asked for is still in the bucket",
        "wallet has files that are on the list and not in the bucket any more",
        "wallets have files that are on the list and not in the bucket any more",
        "Find out who deleted them; 'palisade-wizard verify --config S --key-id ID' tells whether a delete marker hides them, "
        "and how to remove it. If you cleaned up yourself, take a newer list: --engine list.",
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in KINDS})
"""The kinds by their names."""
