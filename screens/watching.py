"""Who touched the backups: what is recorded, who is told, and what that costs."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Collapsible

from screens import flow
from screens.form import FormPage
from screens.hardening_words import cost_words
from screens.widgets.words import Words

_NAMES = ("storage.access_log_bucket", "hardening.trail_bucket")


class Watching(FormPage):
    """The last page that asks. What the choices cost a month follows from the answers."""

    name_ = "watching"
    asks = (
        "hardening.trail",
        "hardening.data_events",
        "hardening.alarms",
        "hardening.alarm_email",
        "storage.access_logs",
        "hardening.inventory",
        *_NAMES,
    )

    def body(self) -> ComposeResult:
        yield Words("A backup that somebody reads or deletes should not go unnoticed.")
        yield self.field(
            "hardening.trail",
            hint="Who did what: off, create, or the ARN of a trail of yours.",
            placeholder="off, create, or the ARN of a trail",
        )
        yield self.field(
            "hardening.data_events",
            hint="Which accesses to backups the trail records.",
            choices=[
                ("off: only changes of key, role and bucket", "off"),
                ("write: also who wrote or deleted backups", "write"),
                ("all: also who read them", "all"),
            ],
        )
        yield self.field("hardening.alarms", hint="E-mails when something is wrong. Needs a trail.")
        yield self.field(
            "hardening.alarm_email",
            hint="Best a mailbox of several people. AWS asks it to confirm.",
            placeholder="for example security@example.com",
        )
        yield self.field(
            "storage.access_logs", hint="S3 lists every request in another bucket, for 400 days."
        )
        yield self.field(
            "hardening.inventory", hint="S3 lists every file in that bucket, once a day, for the audit."
        )
        folded = not any(key in self.session.drafts for key in _NAMES)
        with Collapsible(title="Names of the log buckets", collapsed=folded, id="advanced"):
            for key in _NAMES:
                yield self.field(key)
        yield Words(id="costs", classes="apart")

    def ready(self) -> None:
        super().ready()
        self.settled("")

    def settled(self, key: str) -> None:  # noqa: ARG002
        self.query_one("#costs", Words).say(cost_words(self.session.answers))

    def missing(self) -> tuple[str, ...]:
        return ("hardening.alarm_email",) if self.session.answers.flag("hardening.alarms") else ()

    def all_good(self) -> bool:
        if not super().all_good():
            self.query_one("#advanced", Collapsible).collapsed = not any(
                key in self.session.drafts for key in _NAMES
            )
            return False
        flow.mark(self.session, flow.HARDENING, "yes")
        return True
