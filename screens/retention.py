"""How long nobody can delete a backup, and what happens to its old versions."""

from __future__ import annotations

from textual.app import ComposeResult

from screens.form import FormPage
from screens.widgets.words import Words
from services.answers import Answers


class Retention(FormPage):
    """Says in words what the answers add up to, before anything is made."""

    name_ = "retention"
    asks = (
        "storage.object_lock",
        "storage.object_lock_days",
        "storage.noncurrent_versions",
        "storage.noncurrent_days",
        "hardening.mfa_delete",
    )

    def body(self) -> ComposeResult:
        yield Words("Nobody should be able to delete a backup, by mistake or on purpose.")
        yield self.field(
            "storage.object_lock",
            hint="Keeps every backup from being deleted for some days.",
            choices=[
                ("off: whoever may delete, can", "off"),
                ("governance: only with a right of its own", "governance"),
                ("compliance: nobody can, not even root", "compliance"),
            ],
        )
        yield self.field("storage.object_lock_days", hint="Counted from the moment when a backup is written.")
        yield Words(id="lock")
        yield self.field(
            "storage.noncurrent_versions", hint="How many stay at any age; with 0, nothing ever expires."
        )
        yield self.field("storage.noncurrent_days", hint="For how many days every old version stays.")
        yield self.field(
            "hardening.mfa_delete",
            hint="Deleting a version takes root's second factor as well.",
            choices=[("off", "off"), ("planned: root turns it on", "planned")],
        )
        yield Words(id="versions")

    def ready(self) -> None:
        super().ready()
        self.settled("")

    def settled(self, key: str) -> None:  # noqa: ARG002
        answers = self.session.answers
        self.query_one("#lock", Words).say(*lock_words(answers))
        self.query_one("#versions", Words).say(*version_words(answers))


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
