"""Who touched the backups: what is recorded, who is told, and what that costs."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Collapsible

from screens import flow
from screens.form import FormPage
from screens.widgets.words import Words


class Watching(FormPage):
    """The last page that asks; its costs are computed from the answers."""

    name_ = "watching"
    asks = (
        "storage.access_logs",
        "hardening.trail",
        "hardening.data_events",
        "hardening.alarms",
        "hardening.alarm_email",
        "storage.access_log_bucket",
        "hardening.trail_bucket",
    )

    def body(self) -> ComposeResult:
        yield Words("A backup that somebody reads or deletes should not go unnoticed.")
        yield self.field("storage.access_logs")
        yield self.field("hardening.trail", placeholder="off, create, or the ARN of a trail")
        yield self.field(
            "hardening.data_events",
            choices=[
                ("off: only changes of the bucket itself", "off"),
                ("write: who wrote and deleted", "write"),
                ("all: who read, too", "all"),
            ],
        )
        yield self.field("hardening.alarms")
        yield self.field("hardening.alarm_email", placeholder="for example security@example.com")
        folded = not any(key in self.session.drafts for key in self.asks[5:])
        with Collapsible(title="Names of the log buckets", collapsed=folded, id="advanced"):
            yield self.field("storage.access_log_bucket")
            yield self.field("hardening.trail_bucket")
        yield Vertical(id="costs", classes="apart")

    async def ready_costs(self) -> None:
        """Shows what the choices cost a month."""
