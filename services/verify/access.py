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
    archived = sum(each.archived for each in judged)
    refused = [each.refused for each in judged if each.refused is not None and not each.archived]
    if any(problem.exit_code != 7 for problem in refused):
        evidence = (
            f"{wanted.reader} could read {_files(len(read))}, and could not read {len(refused)}."
            if read
            else f"Nobody is shown to be able to read a backup: {wanted.reader} could not read one."
        )
        return Check(_ID, _TITLE, "fail", f"{evidence}{_more(archived)}", _LET)
    if archived:
        others = f" {wanted.reader} could read {_files(len(read))}." if read else ""
        return Check(_ID, _TITLE, "unknown", f"{_more(archived).strip()}{others}", RESTORE)
    if refused:
        return Check(_ID, _TITLE, "waiting", refused[0].summary, " ".join(refused[0].remedy))
    if not read:
        return nothing_to_read()
    evidence = f"Read as {wanted.reader}: {_files(len(read))}. To fetch one: “{download(wanted, read[0].file.key)}” (add --profile if need be)."
    return Check(_ID, _TITLE, "pass", evidence)


def _files(number: int) -> str:
    return f"{number} file{'s' * (number != 1)}"


def _more(archived: int) -> str:
    """Of files in an archive nothing is known: neither who may read them, nor what is in them."""
    if not archived:
        return ""
    files, them = ("1 backup file is", "it") if archived == 1 else (f"{archived} backup files are", "them")
    return f" {files} in an archive and must be restored before anybody can read {them}."


def nothing_to_read() -> Check:
    """The line while there is no file."""
    return Check(_ID, _TITLE, "waiting", "Nothing to read yet.")


def download(wanted: Wanted, key: str) -> str:
    """The command of AWS's own program that fetches a backup file, for a POSIX shell."""
    options = ["--bucket", wanted.bucket, "--key", key, "--expected-bucket-owner", wanted.account]
    words = ["aws", "s3api", "get-object", "--region", wanted.region, *options, key.rsplit("/", 1)[-1]]
    return shlex.join(words)
