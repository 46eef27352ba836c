"""What the answers about hardening add up to, in words: how long a backup is safe, what expires, what it costs. Pure."""

from __future__ import annotations

from services import costs
from services.answers import Answers
from services.blueprint import blueprint
from services.problems import ProblemError

_NOWHERE = "000000000000"
"""Stands for the account until it is known; nothing that costs depends on it."""


def lock_words(answers: Answers) -> tuple[str, str]:
    """What the lock means, and the sign in front of it."""
    days = _days(answers.number("storage.object_lock_days"))
    match answers.text("storage.object_lock"):
        case "compliance":
            return (
                (
                    f"For {days} after it is written, nobody can delete a backup or shorten that: not you, not root, not "
                    "AWS. Object Lock can never be turned off again. See a backup arrive in a sandbox with it first: that "
                    "Palisade sends the checksum which S3 then asks for is not confirmed."
                ),
                "warn",
            )
        case "governance":
            return (
                (
                    f"For {days} after it is written, only a person with s3:BypassGovernanceRetention can delete a "
                    "backup. Object Lock itself can never be turned off again."
                ),
                "warn",
            )
        case _:
            return "Whoever may delete files in the bucket can delete a backup.", "todo"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def version_words(answers: Answers) -> tuple[str, str]:
    """What becomes of old versions, and whether that goes together with MFA Delete."""
    kept, days = answers.number("storage.noncurrent_versions"), answers.number("storage.noncurrent_days")
    planned = answers.text("hardening.mfa_delete") == "planned"
    if kept and planned:
        return (
            (
                "AWS does not allow MFA Delete and expiring old versions together: choose one. To plan MFA Delete, set the "
                "old versions to keep, and their days, to 0."
            ),
            "bad",
        )
    if planned:
        return (
            "Only root can turn MFA Delete on, with an MFA device: the review shows the exact command.",
            "todo",
        )
    if kept:
        return (
            (
                f"The newest version of a backup never expires. Of older ones the newest {kept} stay, the others for "
                f"{_days(days)}."
            ),
            "ok",
        )
    return "No version of a backup ever expires.", "ok"


def cost_words(answers: Answers) -> str:
    """The sum of the set-up's month and what it assumes; nothing while the answers do not go together yet."""
    try:
        made = blueprint(answers, answers.text("aws.account") or _NOWHERE)
    except ProblemError:
        return ""
    total, *_ = costs.sentences(costs.parts(made, answers, "none"))
    return f"{total} {costs.TYPICAL.says} The review shows every part of it."
