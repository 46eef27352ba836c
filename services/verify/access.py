"""Who can recover: a backup that nobody may read and decrypt is none, however well it is written."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from services.verify.checks import Check
from services.verify.files import RESTORE, Judged, Wanted

_ID, _TITLE = "access.read", "You can read the backups"
_LET = (
    "Somebody must be able to read and decrypt them (s3:GetObject, kms:Decrypt), or no recovery is possible: "
    "'palisade-wizard policy --config S --for recover' prints the policy for that person; sign in as them and verify."
)


def reading(wanted: Wanted, judged: Sequence[Judged]) -> Check:
    """Whether this sign-in could read the backup files that were found, with the command that fetches one."""
    read = [each for each in judged if each.read]
    refused = [each.refused for each in judged if each.refused is not None]
    if not read and not refused:
        return Check(_ID, _TITLE, "waiting", "Nothing to read yet.")
    archived = [each for each in judged if each.archived]
    if archived and len(archived) == len(refused):
        return _archived(wanted, len(read), len(archived))
    if refused and all(problem.exit_code == 7 for problem in refused):
        return Check(_ID, _TITLE, "waiting", refused[0].summary, " ".join(refused[0].remedy))
    if not read:
        evidence = f"Nobody is shown to be able to read a backup: {wanted.reader} could not read one."
        return Check(_ID, _TITLE, "fail", evidence, _LET)
    if refused:
        evidence = f"{wanted.reader} could read {len(read)} files, and could not read {len(refused)}."
        return Check(_ID, _TITLE, "fail", evidence, _LET)
    amount = f"{len(read)} file{'s' * (len(read) > 1)}"
    evidence = f"Read as {wanted.reader}: {amount}. To fetch one: “{download(wanted, read[0].file.key)}” (add --profile if need be)."
    return Check(_ID, _TITLE, "pass", evidence)


def _archived(wanted: Wanted, read: int, archived: int) -> Check:
    """Of files in an archive nothing is known: neither who may read them, nor what is in them."""
    files, them = ("1 backup file is", "it") if archived == 1 else (f"{archived} backup files are", "them")
    others = f" {wanted.reader} could read {read} other file{'s' * (read > 1)}." if read else ""
    evidence = f"{files} in an archive and must be restored before anybody can read {them}.{others}"
    return Check(_ID, _TITLE, "unknown", evidence, RESTORE)


def nothing_to_read() -> Check:
    """The line while there is no file."""
    return Check(_ID, _TITLE, "waiting", "Nothing to read yet.")


def download(wanted: Wanted, key: str) -> str:
    """The command of AWS's own program that fetches a backup file, for a POSIX shell."""
    options = ["--bucket", wanted.bucket, "--key", key, "--expected-bucket-owner", wanted.account]
    words = ["aws", "s3api", "get-object", "--region", wanted.region, *options, key.rsplit("/", 1)[-1]]
    return shlex.join(words)
