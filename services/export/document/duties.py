"""What the people around a backup must do: on events, every year, when something is lost; and what nothing proves."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from services.backups.command import ANY_FILE, recovery_command
from services.export.document.custody import private_name
from services.export.document.facts import Findings
from services.export.document.markdown import block, items, table, text
from services.model.values import Tree
from services.operator_policy import calls_for, policy
from services.own_command import own_command
from services.recovery.vendor_tool import validate_command

_EVENTS = (
    (
        "Key reshare",
        (
            "Have a new backup made at once: resharing makes the old ones worthless. See it arrive with "
            "“palisade-wizard verify”."
        ),
    ),
    (
        "Quorum restructure",
        "Have a new backup made as soon as the restructure is complete, and see it arrive.",
    ),
    (
        "Somebody who held the recovery key leaves",
        (
            "Make a new key pair and a new kit for future quorums. Quorums that exist keep their kit: plan with "
            "Palisade's support how to move or replace them if the old key must go."
        ),
    ),
    (
        "Once a year",
        (
            "Open the recovery private key. Recover an empty wallet in sandbox. See that the offline record of quorum "
            "IDs, key IDs and algorithms is complete: without it, nothing can be recovered without Palisade."
        ),
    ),
    (
        "Something in AWS changes",
        "Run “palisade-wizard doctor” and “palisade-wizard verify”, and write this document anew.",
    ),
)


def lifecycle(found: Findings) -> Iterator[str]:
    """The paragraphs about what to do when."""
    rows = [(event, text(duty)) for event, duty in _EVENTS]
    rows += [("Retention runs out", text(said)) for said in _retention(found)]
    yield table(("When", "What to do"), rows)


def _retention(found: Findings) -> Iterator[str]:
    lock, old, logs = (
        found.fact(address) for address in ("bucket.object-lock", "bucket.lifecycle", "log_group.retention")
    )
    if lock is None:
        yield "This set-up asks for no Object Lock: a backup can be deleted at any time by whoever may delete in the bucket."
    elif lock.sort == "unknown":
        yield "Whether Object Lock keeps backups from being deleted could not be seen."
    elif lock.sort in {"as planned", "not there yet"}:
        yield (
            f"Object Lock of the bucket, {lock.words}: a backup that is written under it is held for that long, and not "
            "a day longer. Before the oldest one runs out, decide whether to extend it: a backup is written once."
        )
    else:
        yield f"Object Lock of the bucket is not as planned ({lock.words}): look at what holds for each backup."
    if old is not None and old.sort != "unknown":
        yield f"Old versions in the bucket: {old.words}. The most recent backup must never expire."
    if logs is not None and logs.sort != "unknown":
        yield f"The trail's log group: {logs.words}. Copy what an audit will want before that."


def recovery(found: Findings) -> Iterator[str]:
    """The paragraphs about how a wallet is recovered, with the vendor's own tool."""
    answers = found.subject.setup.answers
    bucket, private = answers.text("storage.bucket"), private_name(found.subject.setup)
    yield (
        "Needed are the backup from the bucket, the recovery private key, and for each wallet its quorum ID, key ID and "
        "algorithm from the offline record. Words in capitals are to be replaced."
    )
    steps = [
        "# 1. Fetch the backup; this takes the rights below. For N, a number that the list shows: each file is whole.",
        f"aws s3 ls {shlex.quote(f's3://{bucket}/KEY-ID/')}",
        f"aws s3 cp {shlex.quote(f's3://{bucket}/KEY-ID/{ANY_FILE}')} .",
        "# 2. On an offline computer: prove that the private key opens.",
        *_shares(answers.text("recovery_key.custody"), private),
        validate_command(Path(private)),
        "# 3. Recover the wallet. ALGORITHM is SECP256K1 or ED25519, as the record says.",
        recovery_command(
            "KEY-ID",
            "ALGORITHM",
            ANY_FILE,
            private,
            answers.text("palisade.quorum_id") or "QUORUM-ID",
            output_file="recovered.txt",
        ),
    ]
    yield block("\n".join(steps), "sh")
    yield "What the person who fetches the backup must be allowed in AWS, and nothing else:"
    yield block(json.dumps(recover_policy(found), indent=2, ensure_ascii=False), "json")


def _shares(custody: str, private: str) -> Iterator[str]:
    if custody == "split":
        yield "#    First combine the shares; what they give is the password."
        yield own_command("shares combine", "SHARE-1", "SHARE-2", "--sealed", private, "--reveal")


def recover_policy(found: Findings) -> dict[str, Tree]:
    """The least policy for fetching a backup, from the calls that it takes."""
    subject = found.subject
    bucket = subject.setup.answers.text("storage.bucket")
    return policy(calls_for("recover", subject.blueprint, bucket), subject.place)


def unproven(found: Findings) -> Iterator[str]:
    """What this document cannot say."""
    yield items(map(text, _unproven(found)))


def _unproven(found: Findings) -> Iterator[str]:
    yield "That the recovery key opens a backup: only a recovery with the vendor's tool proves it, in sandbox with an empty wallet."
    yield "That Palisade writes backups: this document does not look at them; “palisade-wizard verify” does."
    yield "That whoever is named above still has the private key or a share."
    yield "What the account's other IAM policies allow: administrators of the account can read backups and change all of this."
    yield "What policies of the organisation (SCPs) forbid or allow."
    yield "What is entered in Palisade's console: this program cannot see it."
    if found.subject.seen is None:
        yield "Anything about AWS: it was not asked."
    elif found.unknown:
        yield f"What AWS did not tell: {', '.join(found.unknown)}."


def worth_knowing(found: Findings) -> Iterator[str]:
    """What a person should heed though it is no difference."""
    yield from (f"{note.address}: {note.says}" for note in found.plan.notes)
