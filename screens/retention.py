"""How long nobody can delete a backup, and what happens to its old versions."""

from __future__ import annotations

from textual.app import ComposeResult

from screens.form import FormPage
from screens.hardening_words import lock_words, version_words
from screens.widgets.words import Words


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
