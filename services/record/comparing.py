"""The record held against the bucket: wallets of which only one of the two knows. Reads names alone, and few of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from services.aws.guards import ReadOnly
from services.aws.translate import problem_of
from services.backups.shards import parse_key
from services.model.calls import Aws, Refused
from services.own_command import on_setup
from services.problems import Problem, ProblemError
from services.record.wallet import Wallet
from services.verify.search import Folders, Place, find, folders_of

MOST_LOOKS = 100
"""Folders that are looked into one by one, where the listing of their names does not settle it."""

MOST_NAMED = 20
"""Wallets that get a sentence each."""


@dataclass(frozen=True)
class Comparison:
    """Key IDs, sorted. `unknown` are wallets on record of which nobody can say whether the bucket has them.

    `folders` counts the wallets' folders that were seen, `whole` says whether these are all; `problem` is why nothing
    could be seen.
    """

    bucket: str
    folders: int = 0
    whole: bool = True
    not_on_record: tuple[str, ...] = ()
    not_in_bucket: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def exit_code(self) -> int:
        """3 where the two differ, else 5 where something is unknown, else 0."""
        if self.not_on_record or self.not_in_bucket:
            return 3
        return 5 if self.unknown or self.problem is not None else 0


def compare(aws: Aws, bucket: str, account: str, wallets: Iterable[Wallet]) -> Comparison:
    """One listing of the bucket's folders; what AWS denies is unknown, and every other refusal is raised."""
    recorded = {wallet.key_id for wallet in wallets}
    look = _Look(ReadOnly(aws), Place(bucket, account))
    try:
        names, whole = folders_of(look.aws, look.place)
        folders = {name.removesuffix("/") for name in names}
        strangers = {name for name in folders - recorded if _a_wallets(look, name)}
        missing, unknown = _missing(look, recorded - folders, whole=whole)
    except Refused as refused:
        problem = problem_of(refused)
        if problem.code != "denied":
            raise ProblemError(problem) from None
        return Comparison(bucket, unknown=tuple(sorted(recorded)), whole=False, problem=problem)
    return Comparison(
        bucket,
        folders=len(strangers) + len(folders & recorded),
        whole=whole and look.left > 0,
        not_on_record=tuple(sorted(strangers)),
        not_in_bucket=tuple(sorted(missing)),
        unknown=tuple(sorted(unknown)),
    )


@dataclass
class _Look:
    aws: ReadOnly
    place: Place
    left: int = MOST_LOOKS

    def has_backup(self, key_id: str) -> bool | None:
        """Whether a folder holds a backup file; None where too many were looked into already."""
        if self.left <= 0:
            return None
        self.left -= 1
        return bool(find(self.aws, Place(self.place.bucket, self.place.account, (key_id,)), Folders()).files)


def _a_wallets(look: _Look, name: str) -> bool:
    """Whether a folder is a wallet's. Key IDs are UUIDs in every sample; another name must hold a backup file."""
    if parse_key(f"{name}/recovery_shard-0.txt") is None:
        return False
    try:
        return str(uuid.UUID(name)) == name.lower()
    except ValueError:
        return look.has_backup(name) is True


def _missing(look: _Look, key_ids: Iterable[str], *, whole: bool) -> tuple[set[str], set[str]]:
    """The wallets that are surely not there, and those of which it cannot be said."""
    if whole:
        return set(key_ids), set()
    answers = {key_id: look.has_backup(key_id) for key_id in sorted(key_ids)}
    return (
        {key_id for key_id, there in answers.items() if there is False},
        {key_id for key_id, there in answers.items() if there is None},
    )


def as_json(found: Comparison) -> dict[str, object]:
    """The JSON shape."""
    return {
        "bucket": found.bucket,
        "folders": found.folders,
        "complete": found.whole,
        "not_on_record": list(found.not_on_record),
        "not_in_bucket": list(found.not_in_bucket),
        "unknown": list(found.unknown),
        "problem": found.problem.summary if found.problem is not None else None,
        "exit_code": found.exit_code,
    }


def sentences(found: Comparison) -> tuple[str, ...]:
    """What differs and what to do, in whole sentences; a line for each wallet."""
    strangers, missing = found.not_on_record, found.not_in_bucket
    said = [
        f"! The bucket holds a backup of {key_id}, which is not on record. Its quorum ID is nowhere in the bucket: put "
        f"it on record with “{on_setup('record add', None, '--from-verify', '--key-id', key_id)}”."
        for key_id in strangers[:MOST_NAMED]
    ]
    if len(strangers) > MOST_NAMED:
        said.append(
            f"! It holds {len(strangers) - MOST_NAMED} more that are not on record. 'palisade-wizard record add --config S "
            "--from-verify --all' puts every one on record, if its quorum is the one that you name."
        )
    said += [
        f"! The wallet {key_id} is on record, and the bucket holds no backup of it. "
        f"“{on_setup('verify', None, '--key-id', key_id)}” tells whether one was deleted."
        for key_id in missing[:MOST_NAMED]
    ]
    if len(missing) > MOST_NAMED:
        said.append(
            f"! It holds no backup of {len(missing) - MOST_NAMED} more that are on record: --json names every one."
        )
    if found.problem is not None:
        said.append(
            f"? What the bucket holds is unknown. {' '.join((found.problem.summary, *found.problem.remedy))}"
        )
    elif found.unknown:
        said.append(
            f"? The bucket is too large to be looked through: nothing was learnt of {len(found.unknown)} wallets on "
            "record, which says neither that they are there nor that they are missing."
        )
    if not found.exit_code and found.whole:
        said.append(f"✓ The record and the bucket {found.bucket} know the same {_count(found.folders)}.")
    elif not found.exit_code:
        said.append(
            f"! Every wallet on record is in the bucket {found.bucket}. It has more folders than were looked through, "
            "so there may be wallets that are not on record."
        )
    return tuple(said)


def _count(number: int) -> str:
    return f"{number} wallet{'s' * (number != 1)}"
