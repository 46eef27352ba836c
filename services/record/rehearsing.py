"""Which wallet a rehearsal is done with: one whose backup was just seen, with the record's quorum ID, else one on record."""

from __future__ import annotations

from collections.abc import Sequence

from services.backups.rehearsal import Example
from services.record.book import Record
from services.setup_file import SetupFile
from services.verify.seen import Seen


def example(setup: SetupFile, record: Record, seen: Sequence[Seen] = ()) -> Example:
    """Everything about the wallet that the commands of a rehearsal name; empty where it is not known."""
    answers = setup.answers
    private = answers.text("recovery_key.private_file")
    whole = [one for one in seen if one.whole]
    looked = next((one for one in whole if one.quorum_id), whole[0] if whole else None)
    wallets = record.wallets
    if looked is not None:
        known = record.find(looked.key_id)
    else:
        known = next((one for one in wallets if one.file), wallets[0] if wallets else None)
    # What was seen says what the backup is; a wallet that is only on record is as the record says.
    key_id, algorithm, file = (
        (looked.key_id, looked.algorithm, looked.file)
        if looked is not None
        else (known.key_id, known.algorithm, known.file)
        if known is not None
        else ("", None, "")
    )
    return Example(
        bucket=answers.text("storage.bucket"),
        key_id=key_id,
        algorithm=algorithm,
        file=file,
        quorum_id=known.quorum_id if known is not None else answers.text("palisade.quorum_id"),
        private_file=str(setup.path.parent / private) if private else "",
        address=known.address if known is not None else "",
        profile=answers.text("aws.profile"),
        region=answers.text("aws.region"),
        production=answers.text("setup.environment") == "production",
    )
